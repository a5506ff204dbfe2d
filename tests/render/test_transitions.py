"""Dissolves: for their frames, and no other, the cut before shows through by the right part, wherever the chunks end."""

import random
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from pipeline.documents.edit import CropKey, CropPath
from pipeline.store import Store
from tests.tiers import sample

FPS = 30
NEAR = 9.0
"""Levels of 255 by which a block may be off: x264 loses some. A dissolve of 12 frames changes a block by 17 a frame."""


def seen_as_meant(barcode, frame: np.ndarray, leaving: int | None, coming: int, part: float = 1.0) -> float:
    """How far a frame is at most from `part` of one number over the rest of another (levels of 255)."""
    meant = barcode.meant(coming) * part + (barcode.meant(leaving) * (1 - part) if leaving is not None else 0)
    return float(np.abs(barcode.levels(frame) - meant).max())


def timeline(sources, spans) -> list[tuple[int | None, int, float]]:
    """What every frame must show: the number that leaves, the one that comes, and how much of that."""
    shown: list[tuple[int | None, int, float]] = []
    before: list[int] = []
    for name, start, count, how in spans:
        speed, dissolve = how.get("speed", 1.0), min(how.get("dissolve", 0), count) if shown else 0
        own = sources[name].through(start, count, speed)
        for place, number in enumerate(own):
            mixed = place < dissolve
            shown.append((before[place] if mixed else None, number, (place + 1) / (dissolve + 1) if mixed else 1.0))
        before = sources[name].through(start + count * speed / FPS, 200, speed)
    return shown


def off(sources, barcode, spans, frames) -> list[tuple[int, float]]:
    """Frames that show something else than they must, with how far they are off."""
    meant = timeline(sources, spans)
    assert len(frames) == len(meant)
    apart = [seen_as_meant(barcode, frame, *shown) for frame, shown in zip(frames, meant, strict=True)]
    return [(place, round(level, 1)) for place, level in enumerate(apart) if level > NEAR]


def cuts(sources, spans):
    return [(sources[name].clip, start, count, how) for name, start, count, how in spans]


@pytest.mark.parametrize("longest_s", sample([3.0, 0.5], 0.5))
def test_every_frame_of_a_dissolve_is_the_right_mix_and_no_other_is_one(sources, planned, frames_of, barcode, tmp_path, longest_s):
    """Constant, variable, turned and mixed rates, the same clip on both sides, in few chunks and in many."""
    spans = [
        ("cfr30", 0.5, 20, {}),
        ("vfr", 1.0, 25, {"dissolve": 9}),
        ("cfr24", 0.3, 21, {"dissolve": 1}),
        ("turned", 2.0, 12, {}),
        ("turned", 1.2, 30, {"dissolve": 12}),
        ("stream", 2.6, 33, {"dissolve": 5}),
        ("cfr60", 0.4, 20, {}),
        ("cfr30", 4.0, 19, {"dissolve": 10}),
    ]
    plan = planned(cuts(sources, spans), longest_s=longest_s)
    assert (len(plan.chunks) > 6) == (longest_s < 1)
    assert plan.frames == sum(count for _, _, count, _ in spans)
    assert not off(sources, barcode, spans, frames_of(plan, Store(tmp_path)))


@pytest.mark.system
@pytest.mark.parametrize("longest_s", sample([3.0, 0.6], 0.6))
def test_sped_cuts_dissolve_into_each_other_frame_by_frame(sources, planned, frames_of, barcode, tmp_path, longest_s):
    speeds = (0.5, 1.5, 2.0, 4.0, 8.0, 1.0, 0.5)
    names = ("cfr30", "cfr24", "vfr", "ntsc", "cfr30", "mkv", "camcorder")
    spans = [
        (name, 0.2, 20 if speed < 8 else 16, {"speed": speed, "dissolve": 6 + place})
        for place, (name, speed) in enumerate(zip(names, speeds, strict=True))
    ]
    plan = planned(cuts(sources, spans), longest_s=longest_s)
    assert not off(sources, barcode, spans, frames_of(plan, Store(tmp_path)))


def test_what_is_dissolved_out_of_is_held_when_its_clip_ends(sources, planned, frames_of, barcode, tmp_path):
    source = sources["cfr25"]
    spans = [("cfr25", round(source.clip.duration_s - 0.6, 3), 15, {}), ("cfr24", 1.0, 30, {"dissolve": 12})]
    assert timeline(sources, spans)[20][0] == source.shown[-1][1]
    assert not off(sources, barcode, spans, frames_of(planned(cuts(sources, spans)), Store(tmp_path)))


def test_the_first_cuts_dissolve_is_ignored_and_a_long_one_cut_down(sources, planned, frames_of, barcode, tmp_path):
    spans = [("cfr30", 0.5, 20, {"dissolve": 8}), ("cfr24", 0.3, 10, {"dissolve": 400}), ("vfr", 0.4, 25, {"dissolve": 10})]
    plan = planned(cuts(sources, spans))
    assert plan.frames == 55
    assert not off(sources, barcode, spans, frames_of(plan, Store(tmp_path)))


def test_the_end_card_comes_out_of_the_last_cut(sources, planned, frames_of, barcode, tmp_path):
    card = tmp_path / "card.png"
    Image.fromarray(barcode.draw(341)[..., ::-1]).save(card)
    spans = [(sources["cfr30"].clip, 1.0, 40), (None, 0.0, 50, {"dissolve": 9})]
    plan = planned(spans, backdrop=card, longest_s=1.0)
    frames = frames_of(plan, Store(tmp_path))
    numbers = sources["cfr30"].through(1.0, 60)
    for place, frame in enumerate(frames):
        part = min(1.0, max(0, place - 39) / 10)
        assert seen_as_meant(barcode, frame, numbers[min(place, 59)], 341, part) < NEAR, place
    assert len(frames) == 90


def test_windows_go_on_along_their_way_on_both_sides_of_a_dissolve(slope, planned, frames_of, tmp_path):
    """One slope from dark to light, one from light to dark; while they mix, both windows glide."""
    glides = [((0, 0.2), (72, 0.8)), ((0, 0.7), (60, 0.3))]
    windows = [CropPath(width=0.25, height=1, keys=tuple(CropKey(frame=frame, x=x, y=0.5) for frame, x in glide)) for glide in glides]
    plan = planned([(slope(20, 230), 0.1, 60), (slope(230, 20), 0.2, 60, {"dissolve": 12})], size=(120, 120), crops=windows, longest_s=0.9)
    levels = [float(frame[40:80, 56:64].mean()) for frame in frames_of(plan, Store(tmp_path))]
    apart = []
    for place, level in enumerate(levels):
        rising = 20 + 210 * float(np.interp(place, *zip(*glides[0], strict=True)))
        falling = 230 - 210 * float(np.interp(place - 60, *zip(*glides[1], strict=True)))
        part = min(1.0, max(0, place - 59) / 13)
        apart.append(level - rising * (1 - part) - falling * part)
    assert np.ptp(apart) < 3.5  # two frames' way; a window that stopped under the dissolve would be off by six


@pytest.mark.system
def test_colours_of_hdr_and_of_the_styles_table_hold_on_both_sides(footage, look_at, planned, frames_of, tmp_path):
    """Outside the dissolve, every picture is what the cut shows alone; inside, nothing is darker or lighter than both."""
    table = tmp_path / "warm.cube"
    steps = [n / 4 for n in range(5)]
    rows = [f"{min(1, r * 1.1):.5f} {g:.5f} {b * 0.8:.5f}" for b in steps for g in steps for r in steps]
    table.write_text("LUT_3D_SIZE 5\n" + "\n".join(rows) + "\n")
    hdr = look_at(footage / "clips" / "rooftops_hdr10_pq_hevc10.mp4")
    plain = look_at(footage / "clips" / "geese_lake_phone_720p.mp4")
    window = CropPath(width=0.32, height=1, keys=(CropKey(frame=0, x=0.5, y=0.5),))
    kept = {"size": (90, 160), "crops": [window, window], "lut": table, "preset": ("ultrafast", 6)}
    mixed = frames_of(planned([(hdr, 0.1, 12), (plain, 1.0, 16, {"dissolve": 8})], **kept), Store(tmp_path / "a"), "rgb24")
    hard = frames_of(planned([(hdr, 0.1, 12), (plain, 1.0, 16)], **kept), Store(tmp_path / "b"), "rgb24")
    going = frames_of(planned([(hdr, 0.1, 20), (plain, 1.0, 1)], **kept), Store(tmp_path / "c"), "rgb24")
    for place in range(28):
        part = (place - 11) / 9 if 12 <= place < 20 else 1.0
        leaving = going[place] if place < 20 else hard[place]
        meant = leaving * (1 - part) + hard[place] * part
        apart = mixed[place].astype(float) - meant
        assert abs(apart.mean()) < 1.5, place
        assert np.abs(apart).mean() < 6.0, place


@pytest.mark.system
def test_a_cue_over_a_dissolve_and_sped_up_footage_is_seen_on_its_frames_only(
    planned, frames_of, run_ffmpeg, look_at, picture_options, tmp_path
):
    """Both clips are dark, so that only letters are light."""
    dark = [
        look_at(run_ffmpeg("-f", "lavfi", "-i", f"color={grey}:s=160x96:r=30:d=8", *picture_options, out=tmp_path / f"{grey}.mp4"))
        for grey in ("0x202020", "0x484848")
    ]
    style = "Style: Default,Noto Sans SC,30,&H00FFFFFF,0,1,0,0,2,4,4,30"
    fields = "Format: Name, Fontname, Fontsize, PrimaryColour, Bold, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV"
    first, last = 41, 76
    times = [f"0:00:{frame * 100 // FPS // 100:02}.{frame * 100 // FPS % 100:02}" for frame in (first, last)]
    script = (
        f"[Script Info]\nPlayResX: 160\nPlayResY: 96\n\n[V4+ Styles]\n{fields}\n{style}\n\n[Events]\n"
        f"Format: Layer, Start, End, Style, Text\nDialogue: 0,{times[0]},{times[1]},Default,土豆\n"
    )
    spans = [(dark[0], 0.0, 45, {"speed": 4.0}), (dark[1], 0.5, 45, {"speed": 2.0, "dissolve": 15}), (dark[0], 1.0, 20, {"dissolve": 5})]
    for longest_s in (3.0, 0.7):
        plan = planned(spans, ass=lambda begins, ends: script if begins < last and ends > first else "", longest_s=longest_s)
        seen = [place for place, frame in enumerate(frames_of(plan, Store(tmp_path / str(longest_s)))) if frame.max() > 150]
        assert seen == list(range(first, last))


def test_no_boundary_falls_into_a_dissolve_or_at_its_cut(sources, planned):
    """Hundreds of edits with cuts of all lengths."""
    clip = sources["cfr24"].clip
    for seed in range(200):
        dice = random.Random(seed)
        spans = [
            (clip, 0.1, dice.choice((1, 2, 9, 20, 45, 84, 130, 260)), {"dissolve": dice.choice((0, 0, 1, 9, 30, 100)), "speed": 0.25})
            for _ in range(dice.randint(1, 14))
        ]
        plan = planned(spans)
        edges = {chunk.start_frame for chunk in plan.chunks}
        at = 0
        for place, (_, _, frames, how) in enumerate(spans):
            mixed = min(how["dissolve"], frames) if place else 0
            assert not edges & set(range(at, at + mixed)), seed
            at += frames
        assert plan.frames == at
        for chunk in plan.chunks:
            assert chunk.pieces[0].dissolve == 0
            assert sum(piece.frames for piece in chunk.pieces) == chunk.frames
        assert all(before.start_frame + before.frames == after.start_frame for before, after in pairwise(plan.chunks))
