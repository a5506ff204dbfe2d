"""A dropped folder with everything a phone, a chat app and a bad cable make, and what came of it."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.documents.clip import Clip, Clips, SetAside
from pipeline.footage import ingest_folder

ODD_NAME = "村里 [1]'s 50%.mp4"


@dataclass(frozen=True)
class Dropped:
    """The folder, its files before anybody looked, and the document that `ingest_folder` made of it."""

    folder: Path
    before: dict[str, tuple[int, int]]
    document: Clips

    def clip(self, name: str) -> Clip:
        return next(clip for clip in self.document.clips if clip.name == name)

    def aside(self, name: str) -> SetAside:
        return next(item for item in self.document.set_aside if item.name == name)


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file with its size and the time of its last change."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


@pytest.fixture(scope="session")
def listed() -> Callable[[Path], dict[str, tuple[int, int]]]:
    """`listing`, for tests."""
    return listing


@pytest.fixture(scope="session")
def dropped(tmp_path_factory: pytest.TempPathFactory, run_ffmpeg, picture_options, sound_options) -> Dropped:
    """Made once; tests only look."""
    folder = tmp_path_factory.mktemp("dropped")
    make = run_ffmpeg

    def bars(size: str = "160x96", rate: float = 30, seconds: float = 1.6) -> list[str]:
        return ["-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}"]

    def tone(seconds: float = 1.6) -> list[str]:
        return ["-f", "lavfi", "-i", f"sine=440:d={seconds}"]

    both = [*picture_options, *sound_options]
    plain = make(*bars(), *tone(), *both, out=folder / "plain.mp4")
    for turn in (90, 180, 270):
        make("-display_rotation", turn, "-i", plain, "-c", "copy", out=folder / f"turned{turn}.mp4")
    uneven = "select=not(mod(n\\,7))+not(mod(n\\,3))"
    make(*bars(), "-vf", uneven, "-fps_mode", "vfr", *picture_options, out=folder / "uneven.mp4")
    make(*bars(rate=24), *picture_options, out=folder / "film24.mp4")
    make("-ss", "0.7", "-i", plain, "-c", "copy", out=folder / "edit_list.mp4")
    make(*bars(rate=25), *picture_options, out=folder / "silent.mp4")
    make(*bars(), "-itsoffset", "0.5", *tone(0.8), *both, out=folder / "late_sound.mp4")
    make(*tone(), *sound_options, out=folder / "sound.m4a")
    shutil.copy(folder / "sound.m4a", folder / "sound named.mp4")
    make("-i", plain, "-c", "copy", "-output_ts_offset", "1000", "-muxdelay", "0", out=folder / "stream.ts")
    make(*bars(), "-vf", "setsar=2/1", *picture_options, out=folder / "anamorphic.mp4")
    make(*bars(), *bars("320x192"), "-map", "0", "-map", "1", *picture_options, out=folder / "two tracks.mp4")
    make(*bars(), "-frames:v", "1", out=folder / "photo.jpg")
    shutil.copy(folder / "photo.jpg", folder / "photo named.mp4")
    shutil.copy(folder / "photo.jpg", folder / "no suffix")
    cover = ["-i", folder / "photo.jpg", "-map", "0", "-map", "1", "-c", "copy", "-disposition:v:1", "attached_pic"]
    make("-i", plain, *cover, out=folder / "cover.mp4")
    make("-i", plain, "-c", "copy", "-metadata", "creation_time=2026-10-12T01:02:03Z", out=folder / "dated.mp4")
    (folder / "发来的").mkdir()
    shutil.copy(plain, folder / "发来的" / "plain.mp4")
    shutil.copy(plain, folder / "plain(1).mp4")
    make("-i", plain, "-c", "copy", "-metadata", "comment=another", out=folder / "发来的" / ODD_NAME)
    for late, name in enumerate(("VID_20261012_090000.mp4", "VID_20261012_080000.mp4")):
        make("-i", plain, "-c", "copy", "-metadata", f"comment={late}", out=folder / name)
    _break_off(folder, make, both, bars, tone)
    (folder / "nothing.mp4").write_bytes(b"")
    (folder / "words.mp4").write_text("村里的土豆\n" * 50, encoding="utf-8")
    (folder / "noise.mp4").write_bytes(os.urandom(20_000))
    (folder / "说明.txt").write_text("土豆", encoding="utf-8")
    (folder / ".DS_Store").write_bytes(b"x")
    before = listing(folder)
    return Dropped(folder, before, ingest_folder(folder))


def _break_off(folder: Path, make, both, bars, tone) -> None:
    whole = make(*bars("320x180", seconds=3), *tone(3), *both, out=folder / "whole.mp4")
    front = make("-i", whole, "-c", "copy", "-movflags", "+faststart", out=folder / "front.mp4")
    for percent in (2, 30, 60, 85):
        for source in (whole, front):
            data = source.read_bytes()
            (folder / f"broken {source.stem} {percent}.mp4").write_bytes(data[: len(data) * percent // 100])
    for suffix in ("mkv", "avi"):
        other = make("-i", whole, "-c", "copy", out=folder / f"whole.{suffix}")
        data = other.read_bytes()
        (folder / f"broken.{suffix}").write_bytes(data[: len(data) // 2])
        other.unlink()
    whole.unlink()
    front.unlink()
