"""What volunteers send, made in its kinds and given to FieldCut: what each should be, and whether it is.

`python -m benchmarks.quality.footage_kinds [--talk CLIP] [--kind NAME]` makes every file anew out of fractals, drawn photos and a clip in
which somebody speaks, which the tests do not use in this way. Prints a line for each file, right or wrong, and ends with 1 where one is
wrong. Takes two minutes of one core.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from pillow_heif import register_heif_opener

from pipeline.analysis import analyse
from pipeline.documents.clip import Clip, Clips
from pipeline.edit.copies import find_copies
from pipeline.edit.slow_motion import intended_speed
from pipeline.edit.small_sources import MOST_ENLARGED, enlargement
from pipeline.footage import PhotoFilms, ingest_folder
from pipeline.footage.probe import probe
from pipeline.media import FFMPEG
from pipeline.media.decode import small_frames
from pipeline.resources import ASSETS
from pipeline.stages.headline import is_placeholder
from pipeline.store import file_sha256

TALK = ASSETS / "demo" / "story" / "VID_20261018_093000.mp4"
FRACTAL = "mandelbrot=s=720x576:r=50:start_scale=1.2:end_scale=0.4:end_pts=80"
X264 = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"]
AAC = ["-c:a", "aac"]
MACHINES = (
    "新建文件夹 2|新建文件夹(3) - 副本|New Folder (4)|未命名文件夹|DCIM|102APPLE|微信图片_20261102|WeChat Files|Camera Roll|"
    "11月2日|相册|网盘"
)
PEOPLE = "蓝莓开园|王家坝的藕|高山白菜|野生菌 第二批|Blueberry hill|腊肉熏好了|相思豆|新疆哈密瓜"


@dataclass(frozen=True)
class KindReading:
    """One made file of a kind: what came of it, and whether that is right."""

    kind: str
    what: str
    got: str
    right: bool


def run_ffmpeg(*arguments: object, out: Path) -> Path:
    """Run ffmpeg and return the file that it made."""
    subprocess.run([FFMPEG, "-y", "-nostdin", "-loglevel", "error", *map(str, arguments), f"file:{out}"], check=True)
    return out


def look_at(path: Path) -> Clip:
    """Return the facts of a file."""
    return probe(path, path.name, file_sha256(path))


def mirrored(folder: Path, _talk: Path) -> Iterator[KindReading]:
    """Every display matrix: four turns, each with and without a flip."""
    stored = run_ffmpeg("-f", "lavfi", "-i", FRACTAL, "-t", 0.2, *X264, out=folder / "stored.mp4")
    for turn, flip in product((0, 90, 180, 270), ((), ("-display_hflip",))):
        clip = look_at(run_ffmpeg("-display_rotation", turn, *flip, "-i", stored, "-c", "copy", out=folder / f"{turn}{len(flip)}.mov"))
        shown = cv2.imread(str(run_ffmpeg("-i", clip.path, "-frames:v", 1, out=folder / "shown.png")))
        _, picture = next(small_frames(clip, short_side=576, rate=1))
        off = float(np.abs(shown.astype(int) - picture).mean()) if shown.shape == picture.shape else 255.0
        yield KindReading("mirrored", f"{turn}° {'flipped' if flip else ''}", f"off by {off:.1f} levels", off < 3)


def interlaced(folder: Path, _talk: Path) -> Iterator[KindReading]:
    """Woven and whole pictures, with flags that tell the truth and flags that lie."""
    woven = {"tff": "tinterlace=interleave_top", "bff": "tinterlace=interleave_bottom", "": "fps=25"}
    flags = {
        "no flags": (",setfield=prog", X264),
        "flags": ("", [*X264, "-x264opts", "interlaced"]),
        "30 crf": (",setfield=prog", [*X264, "-crf", 30]),
    }
    for (fields, weave), (flag, (more, options)) in product(woven.items(), flags.items()):
        name = f"{fields or 'whole'} {flag}"
        clip = look_at(run_ffmpeg("-f", "lavfi", "-i", FRACTAL, "-t", 1, "-vf", weave + more, *options, out=folder / f"{name}.mp4"))
        yield KindReading("interlaced", name, clip.fields or "whole", clip.fields == fields)


def copies(folder: Path, talk: Path) -> Iterator[KindReading]:
    """A talk and what chats make of it; and two halves of one talk, which are no copies."""
    sent = {
        "small, start cut off": ("-ss", 1.21, "-vf", "scale=-2:240", *AAC, "-b:a", "24k"),
        "quiet, other rate, mono": ("-r", 20, "-af", "volume=-15dB", *AAC, "-ac", 1, "-ar", 16000),
        "loud, pressed": ("-vf", "scale=-2:360", "-af", "volume=8dB,acompressor", *AAC),
        "last two thirds": ("-ss", 5.4, "-vf", "scale=-2:270", "-c:a", "libopus", "-b:a", "16k"),
        "sharpened, a border": ("-vf", "unsharp,pad=iw+24:ih+24:12:12", *AAC, "-b:a", "32k"),
    }
    original = look_at(run_ffmpeg("-i", talk, "-c", "copy", out=folder / "talk.mp4"))
    for name, how in sent.items():
        copy = look_at(run_ffmpeg("-i", talk, *how, "-c:v", "libx264", "-preset", "veryfast", "-crf", 34, out=folder / f"{name}.mkv"))
        yield _pair("copies", name, original, copy, True)
    halves = [look_at(run_ffmpeg("-ss", at, "-t", 8, "-i", talk, *X264, out=folder / f"{at}.mp4")) for at in (0, 9)]
    yield _pair("copies", "two halves of a talk", *halves, False)


def _pair(kind: str, name: str, first: Clip, second: Clip, same: bool) -> KindReading:
    found = find_copies(Clips(clips=(first, second), set_aside=()), {clip.id: analyse(clip) for clip in (first, second)})
    told = f"{'whole' if found[0].whole else 'part'}, picture {'same' if found[0].same_picture else 'other'}" if found else "no copy"
    return KindReading(kind, name, told, bool(found) == same and (not same or (found[0].whole and found[0].same_picture)))


def sound(folder: Path, talk: Path) -> Iterator[KindReading]:
    """Several tracks, and one whose form changes on the way."""
    noise, silence = "anoisesrc=a=0.15:c=brown:d=12", "anullsrc=d=12"
    for name, other in (("noise", noise), ("silence", silence)):
        for place in (0, 1):
            tracks = ["-map", "0:a", "-map", "1:a"] if place == 0 else ["-map", "1:a", "-map", "0:a"]
            made = run_ffmpeg(
                "-t", 12, "-i", talk, "-f", "lavfi", "-i", other, "-map", "0:v", *tracks, *X264, out=folder / f"{name}{place}.mkv"
            )
            clip = look_at(made)
            used = clip.sound.stream if clip.sound else None
            yield KindReading("sound", f"voice is track {place} beside {name}", f"track {used}", used == place)
    forms = (("-ac", 1, "-ar", 44100), ("-ac", 2, "-ar", 48000))
    pieces = [
        run_ffmpeg("-ss", 4 * n, "-t", 4, "-i", talk, *X264, *form, "-output_ts_offset", 4 * n, out=folder / f"{n}.ts")
        for n, form in enumerate(forms)
    ]
    joined = folder / "joined.ts"
    joined.write_bytes(b"".join(piece.read_bytes() for piece in pieces))
    heard = analyse(look_at(joined)).sound
    last_s = heard.speech[-1].end_s if heard and heard.speech else 0.0
    yield KindReading("sound", "changes from mono to stereo", f"speech until {last_s:.1f} s", last_s > 5)


def photos(folder: Path, _talk: Path) -> Iterator[KindReading]:
    """Photos in their formats, of a burst, of a Live Photo, and of codes."""
    dropped, rng = folder / "dropped", np.random.default_rng(11)
    dropped.mkdir()

    def drawn(blur: float = 0.0) -> Image.Image:
        spots = np.zeros((900, 1200, 3), np.uint8)
        for _ in range(60):
            at, colour = rng.integers(0, 900, 2), rng.integers(30, 255, 3)
            cv2.circle(spots, (int(at[0]) + 150, int(at[1])), int(rng.integers(20, 160)), tuple(map(int, colour)), -1)
        return Image.fromarray(cv2.GaussianBlur(spots, (0, 0), blur) if blur else spots)

    register_heif_opener()
    for name in ("a.jpg", "b.HEIC", "c.webp", "d.png", "e.bmp"):
        drawn().save(dropped / name)
    burst = drawn()
    burst.save(dropped / "IMG_1.jpg")
    Image.fromarray(cv2.GaussianBlur(np.asarray(burst), (0, 0), 6)).save(dropped / "IMG_2.jpg")
    run_ffmpeg("-f", "lavfi", "-i", "life=s=320x240:r=15:mold=10", "-t", 2, *X264, out=dropped / "IMG_9.MOV")
    drawn().save(dropped / "IMG_9.HEIC")
    with zipfile.ZipFile(dropped / "IMG_8.livp", "w") as packed:
        packed.write(run_ffmpeg("-f", "lavfi", "-i", "cellauto=s=320x240:r=15", "-t", 2, *X264, out=folder / "x.MOV"), "IMG_8.MOV")
    drawn().resize((560, 1200)).save(dropped / "Screenshot_2.png")
    document = ingest_folder(dropped, photos=PhotoFilms(folder / "made", 1080, 1920))
    clips = {clip.name: clip for clip in document.clips}
    film = {"IMG_9.MOV", "IMG_8.livp"}
    for name in sorted(path.name for path in dropped.iterdir()):
        wanted = "film" if name in film else "left out" if name in ("IMG_2.jpg", "IMG_9.HEIC", "Screenshot_2.png") else "photo"
        got = "left out" if name not in clips else "photo" if clips[name].photo else "film"
        yield KindReading("photos", name, got, got == wanted)


def slow_motion(folder: Path, _talk: Path) -> Iterator[KindReading]:
    """High rates with and without the phone's tags, and rates that are none."""
    apple, android = "com.apple.quicktime.full-frame-rate-playback-intent", "com.android.capture.fps"
    for rate, tag, speed in (
        (240, f"{apple}=0", 0.25),
        (240, f"{apple}=1", 1.0),
        (120, f"{android}=120", 0.25),
        (120, "", 0.25),
        (60, "", 1.0),
        (15, "", 1.0),
    ):
        tags = ["-movflags", "use_metadata_tags", "-metadata", tag] if tag else []
        source = f"sierpinski=s=320x240:r={rate}"
        clip = look_at(run_ffmpeg("-f", "lavfi", "-i", source, "-t", 1, *X264, *tags, out=folder / f"{rate}{len(tag)}.mov"))
        got = intended_speed(clip, analyse(clip))
        yield KindReading("slow motion", f"{rate} fps {tag}", f"speed {got:g}", got == speed)


def small(folder: Path, _talk: Path) -> Iterator[KindReading]:
    """Sizes that phones and chats send, in an upright video of 1080 × 1920."""
    for size, told in (
        ("480x270", True),
        ("640x360", True),
        ("544x960", False),
        ("1280x720", True),
        ("1920x1080", False),
        ("1080x1920", False),
    ):
        clip = look_at(run_ffmpeg("-f", "lavfi", "-i", f"gradients=s={size}:r=10", "-t", 0.5, *X264, out=folder / f"{size}.mp4"))
        times = enlargement(clip, 1080, 1920)
        yield KindReading("small", size, f"{times:.1f} times larger", (times > MOST_ENLARGED) == told)


def links(folder: Path, talk: Path) -> Iterator[KindReading]:
    """Links inside the folder, out of it, and shortcuts of desktops."""
    dropped, elsewhere = folder / "dropped", folder / "elsewhere"
    for made in (dropped / "day", elsewhere):
        made.mkdir(parents=True)
    run_ffmpeg("-t", 1, "-i", talk, "-c", "copy", out=dropped / "day" / "in.mp4")
    run_ffmpeg("-ss", 3, "-t", 1, "-i", talk, "-c", "copy", out=elsewhere / "out.mp4")
    (dropped / "DCIM.lnk").write_bytes(b"L\0\0\0\x01\x14\x02\0" + bytes(80))
    if hasattr(os, "symlink"):
        for name, target in (("again", dropped / "day"), ("card", elsewhere), ("loop", dropped)):
            (dropped / name).symlink_to(target, target_is_directory=True)
    document = ingest_folder(dropped)
    used, named = sorted(clip.name for clip in document.clips), sorted(item.name for item in document.set_aside)
    yield KindReading("links", "used", ", ".join(used), used == ["day/in.mp4"])
    yield KindReading("links", "named", ", ".join(named), named == ["DCIM.lnk", "card"])


def titles(_folder: Path, _talk: Path) -> Iterator[KindReading]:
    """Folders' names of machines and of people."""
    for name in (*MACHINES.split("|"), *PEOPLE.split("|")):
        got = is_placeholder(name)
        yield KindReading("titles", name, "no title" if got else "title", got == (name in MACHINES.split("|")))


KINDS: dict[str, Callable[[Path, Path], Iterator[KindReading]]] = {
    kind.__name__: kind for kind in (mirrored, interlaced, copies, sound, photos, slow_motion, small, links, titles)
}


def main() -> int:
    """Make and judge the kinds; print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--talk", type=Path, default=TALK, help="a clip of at least 17 s in which somebody speaks")
    parser.add_argument("--kind", choices=KINDS, action="append", help="only this kind; may be given again")
    options = parser.parse_args()
    readings: list[KindReading] = []
    for name in options.kind or KINDS:
        with tempfile.TemporaryDirectory() as folder:
            for reading in KINDS[name](Path(folder), options.talk):
                readings.append(reading)
                print(f"{'right' if reading.right else 'WRONG'}  {reading.kind:<12} {reading.what:<42} {reading.got}", flush=True)
    wrong = sum(not reading.right for reading in readings)
    print(f"{len(readings) - wrong} of {len(readings)} right")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
