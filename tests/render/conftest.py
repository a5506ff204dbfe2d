"""Plans by hand, what is rendered from them, and clips that say their frame numbers."""

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from pipeline.documents.clip import Clip, Clips
from pipeline.documents.edit import CropKey, CropPath, Cut, Edit, Framing
from pipeline.documents.look import Layer, Look, MovingPicture
from pipeline.documents.message import M
from pipeline.documents.plan import Picture, RenderPlan, SoundPlan
from pipeline.media import FFMPEG
from pipeline.render import plan as planning
from pipeline.render.chunks import make_chunks
from pipeline.resources import FONTS
from pipeline.store import Store
from tests import builders
from tests.builders import ffmpeg

FPS = 30
WHOLE = CropPath(width=1, height=1, keys=(CropKey(frame=0, x=0.5, y=0.5),))
LETTERS = builders.letters(size_px=20, bold=False, outline_px=1)
Span = tuple[Clip | None, float, int] | tuple[Clip | None, float, int, Mapping[str, Any]]
"""A cut: its clip (none for the end card), where it starts in it (seconds), its frames, and its speed or dissolve where it has one."""


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> Callable[..., RenderPlan]:
    """A render plan from spans; chunks may be made shorter than usual so that there are more joins."""

    def plan(
        spans: Sequence[Span],
        *,
        size: tuple[int, int] = (160, 96),
        layers: Sequence[Layer] = (),
        ass: Callable[[int, int], str] = lambda *_: "",
        crops: Sequence[CropPath] = (),
        shortest_s: float | None = None,
        longest_s: float = planning.LONGEST_CHUNK_S,
        breaks: Sequence[int] = (),
        backdrop: Path | None = None,
        moving: MovingPicture | None = None,
        lut: Path | None = None,
        preset: tuple[str, int] = ("ultrafast", 18),
        sound: SoundPlan | None = None,
    ) -> RenderPlan:
        least = min(planning.SHORTEST_CHUNK_S, longest_s / 3) if shortest_s is None else shortest_s
        monkeypatch.setattr(planning, "SHORTEST_CHUNK_S", least)
        monkeypatch.setattr(planning, "LONGEST_CHUNK_S", longest_s)
        cuts = tuple(
            Cut(clip_id=clip.id if clip else "", source_start_s=start, frames=n, role="scenic", reason=M("x"), **(rest[0] if rest else {}))
            for clip, start, n, *rest in spans
        )
        edit = Edit(fps=FPS, cuts=cuts, heard=(), decisions=(), led_by="music")
        width, height = size
        table = str(lut or "")
        picture = Picture(
            width=width,
            height=height,
            fps=FPS,
            crf=preset[1],
            speed=preset[0],
            lut=table,
            lut_sha256="1" if lut else "",
            fonts=str(FONTS),
        )
        return planning.plan_render(
            edit,
            Framing(aspect="x", paths=tuple(crops) or tuple(WHOLE if clip else None for clip, *_ in spans)),
            Clips(clips=tuple({clip.id: clip for clip, *_ in spans if clip}.values()), set_aside=()),
            Look(
                style="plain",
                width=width,
                height=height,
                fps=FPS,
                lut=table,
                layers=tuple(layers),
                typography=LETTERS,
                backdrop=str(backdrop or ""),
                moving=moving,
            ),
            picture=picture,
            sound=sound or SoundPlan(length_s=edit.frames / FPS, voices=(), music=None),
            ass_under=ass,
            story="s",
            destination="shelf",
            breaks=breaks,
        )

    return plan


@pytest.fixture(scope="session")
def frames_of() -> Callable[..., list[np.ndarray]]:
    """Every frame of a plan, rendered chunk by chunk, as luma or in another format."""

    def frames(plan: RenderPlan, store: Store, format: str = "gray") -> list[np.ndarray]:
        files, _ = make_chunks(plan, store, at_once=2, progress=lambda _: None)
        shown: list[np.ndarray] = []
        for file in files:
            with av.open(str(file)) as container:
                shown.extend(frame.to_ndarray(format=format) for frame in container.decode(video=0))
        return shown

    return frames


@pytest.fixture(scope="session")
def sound_of(tmp_path_factory: pytest.TempPathFactory, run_ffmpeg, sound_options) -> Callable[[float], Path]:
    """A finished sound track of that many seconds."""
    folder = tmp_path_factory.mktemp("sound")
    return lambda seconds: run_ffmpeg("-f", "lavfi", "-i", f"sine=330:d={seconds}", *sound_options, out=folder / f"{seconds:.3f}.m4a")


@pytest.fixture(scope="session")
def slope(tmp_path_factory: pytest.TempPathFactory, look_at) -> Callable[[int, int], Clip]:
    """`slope(left, right)`: four seconds of a wide picture whose luma goes from one level to another, lossless."""
    folder = tmp_path_factory.mktemp("slopes")

    def make(left: int, right: int) -> Clip:
        path = folder / f"{left}-{right}.mp4"
        row = np.tile(np.linspace(left, right, 480).round().astype(np.uint8), (120, 1))
        layout = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "480x120", "-r", "30", "-i", "pipe:0"]
        coded = ["-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", str(path)]
        subprocess.run([FFMPEG, "-y", "-loglevel", "error", *layout, *coded], input=row.tobytes() * 120, check=True)
        return look_at(path)

    return make


TIMES_GOOD_TO_S = 0.002
"""Phones and the edit round times to a millisecond: a frame that comes this much later is still the one that was meant."""


class Barcode:
    """A picture that says its number in two rows of five blocks, black and white."""

    wide, high, bits = 160, 96, 10
    dark, light = 16, 235

    def draw(self, number: int) -> np.ndarray:
        """The picture of a number, BGR."""
        picture = np.full((self.high, self.wide, 3), 96, np.uint8)
        for bit in range(self.bits):
            x, y = 10 + (bit % 5) * 30, 10 + (bit // 5) * 44
            picture[y : y + 32, x : x + 20] = self.light if number >> bit & 1 else self.dark
        return picture

    def levels(self, picture: np.ndarray) -> np.ndarray:
        """How light each block is in a luma picture of any size."""
        high, wide = picture.shape[:2]
        seen = []
        for bit in range(self.bits):
            x, y = (10 + (bit % 5) * 30 + 10) * wide // self.wide, (10 + (bit // 5) * 44 + 16) * high // self.high
            seen.append(float(picture[y - 2 : y + 3, x - 2 : x + 3].mean()))
        return np.array(seen)

    def meant(self, number: int) -> np.ndarray:
        """How light each block of a number is."""
        return np.array([float(self.light if number >> bit & 1 else self.dark) for bit in range(self.bits)])

    def read(self, picture: np.ndarray) -> int:
        """The number that a luma picture shows."""
        return sum(1 << bit for bit, level in enumerate(self.levels(picture)) if level > 126)


@dataclass(frozen=True)
class Source:
    """A clip that says its frame numbers, and when each of its frames comes on screen (seconds from its start)."""

    clip: Clip
    shown: tuple[tuple[float, int], ...]

    def at(self, seconds: float) -> int:
        """The number on screen; before the first frame the first."""
        seen = [number for when, number in self.shown if when < seconds + TIMES_GOOD_TO_S - 1e-6]
        return seen[-1] if seen else self.shown[0][1]

    def through(self, start_s: float, frames: int, speed: float = 1.0) -> list[int]:
        """The numbers that a cut shows."""
        return [self.at(start_s + place * speed / FPS) for place in range(frames)]


@pytest.fixture(scope="session")
def barcode() -> Barcode:
    """How numbers are drawn and read."""
    return Barcode()


NUMBERED = 240
CODED = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "45", "-crf", "18", "-pix_fmt", "yuv420p"]
PLAIN = ["-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj420p"]
BROADCAST = ["-c:v", "mpeg2video", "-q:v", "2", "-g", "60", "-bf", "2", "-pix_fmt", "yuv420p"]


@pytest.fixture(scope="session")
def sources(once: Callable[..., Path], look_at) -> dict[str, Source]:
    """Clips of 240 numbered frames in what phones and cameras write."""
    folder = once(_write_sources, NUMBERED, CODED, PLAIN, BROADCAST)
    shown = json.loads((folder / "shown.json").read_text(encoding="utf-8"))
    return {name: Source(look_at(folder / file), tuple((at, number) for at, number in times)) for name, (file, times) in shown.items()}


def _write_sources(folder: Path) -> None:
    """The clips, and what each shows when, as read off its own frames."""
    barcode = Barcode()
    raw = b"".join(barcode.draw(number).tobytes() for number in range(NUMBERED))

    def numbered(name: str, rate: str, *options: str, coded: Sequence[str] = CODED) -> Path:
        layout = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{barcode.wide}x{barcode.high}", "-r", rate, "-i", "pipe:0"]
        subprocess.run([FFMPEG, "-y", "-loglevel", "error", *layout, *options, *coded, str(folder / name)], input=raw, check=True)
        return folder / name

    def switching(name: str) -> Path:
        """What a live room's replay is when the line got better: twice as large from the middle on."""
        half, sizes = len(raw) // 2, ("160:96", "320:192")
        layout = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{barcode.wide}x{barcode.high}", "-r", "30", "-i", "pipe:0"]
        parts = []
        for place, size in enumerate(sizes):
            parts.append(folder / f"{place} of {name}")
            how = ["-vf", f"scale={size}", *CODED, "-f", "mpegts", str(parts[-1])]
            subprocess.run([FFMPEG, "-y", "-loglevel", "error", *layout, *how], input=raw[half * place : half * (place + 1)], check=True)
        listing = folder / f"{name}.txt"
        listing.write_text("".join(f"file '{part}'\n" for part in parts))
        return ffmpeg("-f", "concat", "-safe", "0", "-i", listing, "-c", "copy", out=folder / name)

    tone = ["-f", "lavfi", "-i", "sine=440:r=48000:d=8"]
    late = ["-filter_complex", "[0:v]trim=0.7[v]", "-map", "[v]", "-map", "1:a", *CODED, "-c:a", "aac"]
    plain = numbered("cfr30.mp4", "30")
    paths = {
        "cfr30": plain,
        "cfr25": numbered("cfr25.mp4", "25"),
        "cfr24": numbered("cfr24.mp4", "24"),
        "cfr60": numbered("cfr60.mp4", "60"),
        "ntsc": numbered("ntsc.mp4", "30000/1001"),
        "vfr": numbered("vfr.mp4", "30", "-vf", "select=not(mod(n\\,7))+not(mod(n\\,3))+gt(n\\,170)", "-fps_mode", "vfr"),
        "mkv": numbered("ms.mkv", "24000/1001"),
        "turned": ffmpeg("-display_rotation", 180, "-i", plain, "-c", "copy", out=folder / "turned.mp4"),
        "edit list": ffmpeg("-ss", "0.71", "-i", plain, "-c", "copy", out=folder / "cut.mp4"),
        "stream": ffmpeg("-i", plain, "-c", "copy", "-output_ts_offset", "700", out=folder / "a.ts"),
        "late stream": ffmpeg("-i", plain, *tone, *late, out=folder / "late.ts"),
        "camcorder": numbered("camcorder.mpg", "25", coded=BROADCAST),
        "old camera": numbered("old.avi", "30000/1001", coded=PLAIN),
        "switching": switching("replay.ts"),
        "no index": ffmpeg("-i", plain, "-c", "copy", "-live", "1", out=folder / "live.mkv"),
    }
    shown = {name: (path.name, _numbers_of(path, barcode)) for name, path in paths.items()}
    (folder / "shown.json").write_text(json.dumps(shown), encoding="utf-8")


def _numbers_of(path: Path, barcode: Barcode) -> list[tuple[float, int]]:
    with av.open(str(path)) as container:
        zero = (container.start_time or 0) / av.time_base
        return [(float(frame.time) - zero, barcode.read(_upright(frame))) for frame in container.decode(video=0)]


def _upright(frame: av.VideoFrame) -> np.ndarray:
    """As a player shows it, which here only turns."""
    return np.rot90(frame.to_ndarray(format="gray"), frame.rotation // 90 % 4)
