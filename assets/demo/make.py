"""Make the demo story: the clips a village volunteer might drop, drawn frame by frame, around one recorded voice.

    python assets/demo/make.py            # everything: about three minutes on two cores
    python assets/demo/make.py talk       # only the clips whose job has this name

Needs numpy, opencv-python-headless and imageio-ffmpeg, which FieldCut has anyway. `voice.opus` is the only thing
not made here; README.md beside this file says where it comes from. Besides good clips the folder gets the trouble a
real one has: a duplicate, a broken copy, and clips too dark, shaken or out of focus. `truth.json` says which is which.
"""

from __future__ import annotations

import json
import math
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from camera import FPS, Camera, breeze, loudness, record, shift, shots, voice
from figures import close_branch, crate, farmer, planks
from paint import Layer, Picture, apple, as_picture, big_leaf, empty, mix, noise, ramp, shadow, tree
from scene import Landscape, tall_view, wide_view

HERE = Path(__file__).parent
STORY = HERE / "story"
WIDE, TALL = (1280, 720), (720, 1280)
BOUGH = (870, -330)  # where the near tree's corner lies: only its crown hangs into the picture

SPEECH = (  # start and end in the recorded voice, seconds; what is said
    (1.52, 3.57, "大家好，我们是云岭村的果农。"),
    (5.63, 7.55, "我们的苹果长在，呃，长在。"),
    (9.22, 12.24, "我们的苹果长在海拔两千米的高山上。"),
    (14.42, 16.33, "早晚温差大，又脆又甜。"),
    (19.29, 21.60, "高山苹果，五斤三十五块八毛。"),
    (24.26, 26.38, "点下面的小黄车，就可以买。"),
)
LIFTS = (
    (9.6, 12.4, 0.75),
    (14.6, 16.6, 0.55),
    (19.2, 22.0, 1.0),
    (24.6, 26.2, 0.25),
)  # when the apple is held up, how high


def pan(view: Landscape, size: tuple[int, int], seconds: float, across: float, up: float, drift: float) -> Iterator[Picture]:
    """A slow, even move over a landscape; near layers move more than far ones, clouds drift."""
    spare = (view.sky.shape[1] - size[0], view.sky.shape[0] - size[1])
    count = round(seconds * FPS)
    for n in range(count):
        t = n / (count - 1)
        dx, dy = -spare[0] * (0.5 + across * (t - 0.5)), -spare[1] * (0.5 + up * (t - 0.5))
        out = view.sky[: size[1], : size[0]].copy()
        cloud = view.clouds.moved(shift(dx * 0.1 - 260 + drift * n / FPS, dy * 0.1), (size[0], view.clouds.alpha.shape[0]))
        cloud.over(out)
        for layer, follow in view.layers:
            layer.moved(shift(dx * follow, dy * follow), size).over(out)
        yield out


def stage() -> tuple[Landscape, Layer, Layer]:
    """Where the talk is filmed: the view behind (a little soft), the table in front, a bough above."""
    view = wide_view(*WIDE)
    w, h = WIDE

    def soft(a: Picture) -> Picture:
        return as_picture(cv2.GaussianBlur(a, (0, 0), 1.1))

    behind = [(Layer(soft(layer.rgb), soft(layer.alpha)), follow) for layer, follow in view.layers]
    table = empty(w, h)
    table.rgb[612:], table.alpha[612:] = planks(w, h - 612, 4, boards=2), 1.0
    table.rgb[612:620] *= 1.25
    edge = as_picture(np.linspace(0, 0.4, 10))[:, None]
    table.rgb[602:612], table.alpha[602:612] = edge[..., None] * as_picture((0.16, 0.11, 0.09)), edge
    box = crate(236, 236, 5)
    shadow(as_picture(np.pad(box.alpha, 30)), 12, 0.6).over(table.rgb, 640, 464)
    box.onto(table, 656, 470)
    for x, y, size, seed in ((470, 610, 84, 41), (536, 628, 78, 44), (915, 622, 80, 47)):
        one = apple(size, seed, leaf=seed == 44)
        shadow(as_picture(np.pad(one.alpha, 12)), 6, 0.55).over(table.rgb, x - 8, y - 2)
        one.onto(table, x, y)
    return Landscape(view.sky, view.clouds, tuple(behind)), table, tree(860, 8)


def talk(sound: Picture) -> Iterator[Picture]:
    """The farmer at the table says what the voice says."""
    view, table, bough = stage()
    still = empty(*WIDE)
    for layer, _ in view.layers:
        layer.onto(still)
    puppet, mouth = farmer(), loudness(sound)
    mood = cv2.GaussianBlur(mouth[None], (0, 0), 7)[0]
    for n, level in enumerate(mouth):
        t = n / FPS
        lift = max(height * float(ramp(start - 0.5, start + 0.2, t) * ramp(end + 0.6, end - 0.1, t)) for start, end, height in LIFTS)
        lift = 0.10 + lift * 0.9 + 0.05 * float(mood[n]) * math.sin(t * 5.1) + 0.015 * math.sin(t * 1.3)
        blink = max(0.0, 1 - abs((t * 0.83 + 0.3 * math.sin(t * 0.7)) % 3 - 1.5) / 0.09)
        nod, tilt = (
            3.5 * float(mood[n]) + 1.2 * math.sin(t * 1.1),
            1.6 * math.sin(t * 0.8) + 2.2 * float(mood[n]) * math.sin(t * 2.3),
        )
        figure = puppet.posed(float(level), blink, lift, nod, tilt)
        out = view.sky.copy()
        view.clouds.moved(shift(-300 + 5.0 * t, 0), (WIDE[0], view.clouds.alpha.shape[0])).over(out)
        still.over(out)
        figure.moved(shift(355 + 2 * math.sin(t * 0.6), 92 + 1.2 * math.sin(t * 1.9)), WIDE).over(out)
        table.over(out)
        bough.moved(shift(0, 0, 0.35 * math.sin(t * 0.9) + 0.15 * math.sin(t * 2.1), 1.0, (430, 860)), (860, 860)).over(out, *BOUGH)
        yield out


def close_up(seconds: float) -> Iterator[Picture]:
    """Ripe apples on the branch, the orchard far out of focus behind, held in a hand that breathes."""
    w, h = TALL[0] + 40, TALL[1] + 40
    view = tall_view(w, h)
    back = view.sky.copy()
    for layer, _ in view.layers:
        layer.over(back)
    back = as_picture(cv2.GaussianBlur(np.clip(back * 1.05, 0, 1), (0, 0), 15))
    rng = np.random.default_rng(12)
    for _ in range(46):  # out-of-focus gleams
        disc = np.zeros((h, w), np.float32)
        cv2.circle(
            disc,
            (int(rng.integers(w)), int(rng.integers(h // 6, h))),
            int(rng.integers(14, 44)),
            1.0,
            -1,
            cv2.LINE_AA,
        )
        glow = ((1.0, 0.92, 0.62), (0.78, 0.86, 0.50), (1.0, 0.72, 0.55))[rng.integers(3)]
        back = mix(back, glow, cv2.GaussianBlur(disc, (0, 0), 2.0) * np.float32(rng.uniform(0.06, 0.24)))
    branch = close_branch(*TALL)
    for n in range(round(seconds * FPS)):
        t = n / FPS
        dx, dy = 5 * math.sin(t * 1.5) + 2 * math.sin(t * 3.1), 4 * math.sin(t * 1.9 + 1)
        out = as_picture(cv2.warpAffine(back, shift(dx * 0.4 - 20, dy * 0.4 - 20), TALL, flags=cv2.INTER_LINEAR))
        branch.moved(shift(dx, dy, 0.8 * math.sin(t * 1.2), 1.03, (360, 200)), TALL).over(out)
        yield out


def night(seconds: float) -> Iterator[Picture]:
    """The orchard after sunset, where nothing can be made out."""
    for frame in pan(wide_view(1360, 720), WIDE, seconds, 0.3, 0.0, 3):
        yield as_picture(frame.mean(2, keepdims=True) * as_picture((0.045, 0.055, 0.085)) + frame * 0.015)


def shaken(seconds: float) -> Iterator[Picture]:
    """The wide view by somebody who runs."""

    def held(t: float) -> Picture:
        dx = 40 * math.sin(2 * math.pi * 3.7 * t) + 20 * math.sin(2 * math.pi * 6.1 * t + 1)
        dy = 40 * math.sin(2 * math.pi * 4.3 * t + 2) + 18 * math.sin(2 * math.pi * 7.3 * t)
        return shift(dx, dy, 2.2 * math.sin(2 * math.pi * 3.1 * t + 1), 1.2)

    for n, frame in enumerate(pan(wide_view(1360, 720), WIDE, seconds, 0.2, 0.0, 3)):
        steps = [held((n + k / 8) / FPS) for k in range(4)]  # half a frame of motion blur
        yield as_picture(sum(cv2.warpAffine(frame, m, WIDE, borderMode=cv2.BORDER_REFLECT) for m in steps) / 4)


def blurred(seconds: float) -> Iterator[Picture]:
    """Table and crate with the lens set on something else."""
    view, table, bough = stage()
    out = view.sky.copy()
    for layer in (*(layer for layer, _ in view.layers), table):
        layer.over(out)
    bough.over(out, *BOUGH)
    for n in range(round(seconds * FPS)):
        t = n / FPS
        moved = cv2.warpAffine(out, shift(4 * math.sin(t), 3 * math.sin(t * 1.4), 0, 1.04), WIDE)
        yield as_picture(cv2.GaussianBlur(moved, (0, 0), 11 + 1.5 * math.sin(t * 2)))


def make_talk() -> None:
    sound = voice(HERE / "voice.opus")
    record(STORY / "VID_20261018_093000.mp4", shots(talk(sound), Camera(WIDE, 1)), "2026-10-18T01:30:00Z", sound, generated=True)


def make_orchard() -> None:
    path = STORY / "VID_20261018_081200.mp4"
    frames = pan(wide_view(1460, 730), WIDE, 5.5, 0.8, 0.0, 9)
    record(path, shots(frames, Camera(WIDE, 2)), "2026-10-18T00:12:00Z", breeze(5.5, 2, birds=4))
    shutil.copyfile(path, path.with_name("VID_20261018_081200(1).mp4"))


def make_close_up() -> None:
    frames = (cv2.rotate(f, cv2.ROTATE_90_COUNTERCLOCKWISE) for f in shots(close_up(4.5), Camera(TALL, 3)))
    record(
        STORY / "IMG_2031.MOV",
        (as_picture(f) for f in frames),
        "2026-10-18T00:40:00Z",
        breeze(4.5, 3, birds=1),
        turn=-90,
    )


def make_terraces() -> None:
    frames = pan(tall_view(760, 1340), TALL, 4.5, 0.5, -0.8, 7)
    record(STORY / "果园 远景.mp4", shots(frames, Camera(TALL, 4)), "2026-10-18T00:21:00Z", breeze(4.5, 4, birds=2))


def make_trouble() -> None:
    record(
        STORY / "VID_20261018_194500.mp4",
        shots(night(3), Camera(WIDE, 5, 0.008)),
        "2026-10-18T11:45:00Z",
        breeze(3, 5),
        30,
    )
    record(STORY / "VID_20261018_085500.mp4", shots(shaken(3), Camera(WIDE, 6)), "2026-10-18T00:55:00Z", breeze(3, 6), 31)
    record(
        STORY / "VID_20261018_090100.mp4",
        shots(blurred(3), Camera(WIDE, 7, 0.004)),
        "2026-10-18T01:01:00Z",
        breeze(3, 7),
        28,
    )
    broken = STORY / "VID_20261018_092000.mp4"
    record(
        broken,
        shots(pan(wide_view(1320, 720), WIDE, 2, 0.5, 0, 5), Camera(WIDE, 8)),
        "2026-10-18T01:20:00Z",
        breeze(2, 8),
        32,
    )
    broken.write_bytes(broken.read_bytes()[: broken.stat().st_size * 45 // 100])  # the index at the end never arrived


def make_photo() -> None:
    """The product photo of the sheet: three apples on a board, at twice the size and scaled down."""
    n = 1200
    yy, xx = np.mgrid[:n, :n].astype(np.float32) / n
    out = mix((0.99, 0.96, 0.90), (0.86, 0.82, 0.74), ramp(0.1, 1.0, np.hypot(xx - 0.35, yy - 0.25)))
    top = planks(n, 470, 4, (0.80, 0.60, 0.41), 2) * np.linspace(0.92, 1.12, 470, dtype=np.float32)[:, None, None]
    out[n - 470 :] = mix(out[n - 470 :], top, ramp(0, 14, np.arange(470, dtype=np.float32))[:, None] * np.ones((1, n), np.float32))
    for x, y, size, seed in ((60, 250, 600, 15), (560, 210, 620, 21), (270, 400, 720, 33)):
        one = apple(size, seed, leaf=seed == 33)
        pool = np.zeros((n, n), np.float32)
        cv2.ellipse(
            pool,
            (x + round(size * 0.56), y + round(size * 0.925)),
            (round(size * 0.38), round(size * 0.06)),
            0,
            0,
            360,
            1.0,
            -1,
        )
        shadow(pool, 26, 0.75).over(out)
        one.over(out, x, y)
    leaf = big_leaf(n, (930, 1060), 200, 0.18, 4)
    shadow(leaf.alpha, 9, 0.5, 4, 12).over(out)
    leaf.over(out)
    small = cv2.resize(np.clip(out * (0.985 + 0.03 * noise(n, n, 2, 1, 1)[..., None]), 0, 1), (600, 600), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(HERE / "apple.jpg"), (small[..., ::-1] * 255 + 0.5).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 90])


def make_papers() -> None:
    """The volunteer's note, and what is true about every file."""
    (STORY / "说明.txt").write_text("高山苹果 云岭村\n想突出：海拔两千米、又脆又甜\n", encoding="utf-8")
    truth = {
        "VID_20261018_093000.mp4": {
            "speech": [{"start": start, "end": end, "text": text} for start, end, text in SPEECH],
            "retake": [SPEECH[1][:2]],
            "note": "the second sentence is a false start, said again properly by the third; the voice is synthetic",
        },
        "VID_20261018_081200.mp4": {"scenic": True},
        "VID_20261018_081200(1).mp4": {"duplicate_of": "VID_20261018_081200.mp4"},
        "IMG_2031.MOV": {"portrait": True, "rotation": 90},
        "果园 远景.mp4": {"scenic": True, "portrait": True},
        "VID_20261018_194500.mp4": {"defect": "too dark"},
        "VID_20261018_085500.mp4": {"defect": "shaky"},
        "VID_20261018_090100.mp4": {"defect": "out of focus"},
        "VID_20261018_092000.mp4": {"defect": "truncated (copy was broken off)"},
        "说明.txt": {"note": "the volunteer's note, not footage"},
    }
    (HERE / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


JOBS: dict[str, Callable[[], None]] = {
    "papers": make_papers,
    "photo": make_photo,
    "talk": make_talk,
    "orchard": make_orchard,
    "close_up": make_close_up,
    "terraces": make_terraces,
    "trouble": make_trouble,
}

if __name__ == "__main__":
    STORY.mkdir(exist_ok=True)
    for name in sys.argv[1:] or JOBS:
        JOBS[name]()
