"""Every output frame shows the source frame that is on screen at its time, on any phone's file, whole or split, across every join."""

import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.documents.clip import Clip
from pipeline.media import FFMPEG
from pipeline.render.chunks import join, make_chunks
from pipeline.store import Store

FPS = 30
BITS = 10
WIDE, HIGH = 160, 96
TIMES_GOOD_TO_S = 0.002
"""Phones and the edit round times to a millisecond: a frame that comes this much later is still the one that was meant."""


def barcode(number: int) -> np.ndarray:
    """A picture that says its number in two rows of five blocks, black and white."""
    picture = np.full((HIGH, WIDE, 3), 96, np.uint8)
    for bit in range(BITS):
        x, y = 10 + (bit % 5) * 30, 10 + (bit // 5) * 44
        picture[y : y + 32, x : x + 20] = 235 if number >> bit & 1 else 16
    return picture


def read_number(picture: np.ndarray) -> int:
    """The number of a barcode picture of any size."""
    high, wide = picture.shape[:2]
    number = 0
    for bit in range(BITS):
        x, y = (10 + (bit % 5) * 30 + 10) * wide // WIDE, (10 + (bit // 5) * 44 + 16) * high // HIGH
        number |= int(picture[y - 2 : y + 3, x - 2 : x + 3].mean() > 126) << bit
    return number


@dataclass(frozen=True)
class Source:
    """A clip that says its frame numbers, and when each of its frames comes on screen (seconds from its start)."""

    clip: Clip
    shown: tuple[tuple[float, int], ...]

    def at(self, seconds: float) -> int:
        """The number on screen; before the first frame the first."""
        seen = [number for when, number in self.shown if when < seconds + TIMES_GOOD_TO_S - 1e-6]
        return seen[-1] if seen else self.shown[0][1]


def upright(frame: av.VideoFrame) -> np.ndarray:
    """As a player shows it, which here only turns."""
    return np.rot90(frame.to_ndarray(format="gray"), frame.rotation // 90 % 4)


def numbers_of(path: Path) -> list[tuple[float, int]]:
    with av.open(str(path)) as container:
        zero = (container.start_time or 0) / av.time_base
        return [(float(frame.time) - zero, read_number(upright(frame))) for frame in container.decode(video=0)]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory, run_ffmpeg, look_at) -> dict[str, Source]:
    folder = tmp_path_factory.mktemp("numbered")
    count = 240
    raw = b"".join(barcode(number).tobytes() for number in range(count))

    def numbered(name: str, rate: str, *options: str) -> Path:
        layout = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{WIDE}x{HIGH}", "-r", rate, "-i", "pipe:0"]
        coded = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "45", "-crf", "18", "-pix_fmt", "yuv420p"]
        command = [FFMPEG, "-y", "-loglevel", "error", *layout, *options, *coded, str(folder / name)]
        subprocess.run(command, input=raw, check=True)
        return folder / name

    plain = numbered("cfr30.mp4", "30")
    paths = {
        "cfr30": plain,
        "cfr25": numbered("cfr25.mp4", "25"),
        "cfr24": numbered("cfr24.mp4", "24"),
        "cfr60": numbered("cfr60.mp4", "60"),
        "ntsc": numbered("ntsc.mp4", "30000/1001"),
        "vfr": numbered("vfr.mp4", "30", "-vf", "select=not(mod(n\\,7))+not(mod(n\\,3))+gt(n\\,170)", "-fps_mode", "vfr"),
        "mkv": numbered("ms.mkv", "24000/1001"),
        "turned": run_ffmpeg("-display_rotation", 180, "-i", plain, "-c", "copy", out=folder / "turned.mp4"),
        "edit list": run_ffmpeg("-ss", "0.71", "-i", plain, "-c", "copy", out=folder / "cut.mp4"),
        "stream": run_ffmpeg("-i", plain, "-c", "copy", "-output_ts_offset", "700", out=folder / "a.ts"),
    }
    return {name: Source(look_at(path), tuple(numbers_of(path))) for name, path in paths.items()}


AWKWARD_S = (0.0, 0.0167, 0.5, 0.65, 1.0, 1.2345, 1.25, 2.0333, 2.4999, 3.3333, 3.7171)


@pytest.mark.parametrize("name", ["cfr30", "cfr25", "cfr24", "cfr60", "ntsc", "vfr", "mkv", "turned", "edit list", "stream"])
def test_every_frame_is_the_one_on_screen_at_its_time(sources, planned, frames_of, tmp_path: Path, name: str):
    """Cuts of all lengths at awkward times, several of them from one file in one chunk: also every frame around every join."""
    source = sources[name]
    spans = [(source.clip, start, 11 + place) for place, start in enumerate(AWKWARD_S)]
    frames = frames_of(planned(spans), Store(tmp_path))
    meant = [source.at(start + place / FPS) for _, start, count in spans for place in range(count)]
    assert [read_number(frame) for frame in frames] == meant


@pytest.mark.parametrize("start_s", [0.05, 0.25, 0.3167, 0.35001])
def test_a_long_cut_goes_on_without_a_jump_where_it_is_split(sources, planned, frames_of, tmp_path: Path, start_s: float):
    """0.25 s is half a frame: rounding each half by itself would show a frame twice."""
    source = sources["cfr60"]
    long = Source(sources["cfr24"].clip, sources["cfr24"].shown)
    for shown in (source, long):
        count = int((shown.clip.duration_s - start_s) * FPS)
        plan = planned([(shown.clip, start_s, count)], longest_s=1.0)
        assert len(plan.chunks) > 2
        numbers = [read_number(frame) for frame in frames_of(plan, Store(tmp_path))]
        assert numbers == [shown.at(start_s + place / FPS) for place in range(count)]


def test_cuts_of_one_clip_share_a_chunk_in_any_order(sources, planned, frames_of, tmp_path: Path):
    source = sources["cfr30"]
    spans = [(source.clip, 3.0, 6), (source.clip, 3.0, 6), (source.clip, 2.9, 4), (source.clip, 0.0, 5), (source.clip, 3.0, 1)]
    plan = planned(spans)
    assert len(plan.chunks) == 1
    meant = [source.at(start + place / FPS) for _, start, count in spans for place in range(count)]
    assert [read_number(frame) for frame in frames_of(plan, Store(tmp_path))] == meant


def test_a_cut_up_to_the_last_frame_holds_it_and_shows_nothing_else(sources, planned, frames_of, tmp_path: Path):
    source = sources["cfr25"]
    start = source.clip.duration_s - 0.4
    numbers = [read_number(frame) for frame in frames_of(planned([(source.clip, start, 13)]), Store(tmp_path))]
    assert numbers == [source.at(start + place / FPS) for place in range(13)]
    assert numbers[-1] == 239


def test_the_joined_file_has_every_frame_in_its_place_and_a_steady_clock(sources, planned, sound_of, tmp_path: Path):
    """One- and two-frame chunks among them: those break the clock when B-frames are in them."""
    clips = [sources[name].clip for name in ("cfr30", "vfr", "cfr24", "turned")]
    spans = [(clips[place % 4], 0.3 * place, count) for place, count in enumerate((61, 1, 62, 2, 70, 5, 90))]
    plan = planned(spans, shortest_s=0.0)
    store = Store(tmp_path)
    files, _ = make_chunks(plan, store, at_once=2, progress=lambda _: None)
    part = store.part("renditions", "whole", ".mp4")
    join(files, sound_of(plan.frames / FPS), part)
    with av.open(str(part)) as container:
        shown = [(frame.pts * frame.time_base, read_number(frame.to_ndarray(format="gray"))) for frame in container.decode(video=0)]
        assert {str(stream.type) for stream in container.streams} == {"video", "audio"}
    assert [at for at, _ in shown] == [Fraction(place, FPS) for place in range(plan.frames)]
    by_clip = {source.clip.id: source for source in sources.values()}
    meant = [by_clip[clip.id].at(start + place / FPS) for clip, start, count in spans for place in range(count)]
    assert [number for _, number in shown] == meant
    assert not list(part.parent.glob("*.txt"))
