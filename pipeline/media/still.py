"""Saves one frame of a finished video as a picture."""

from pathlib import Path

from pipeline import system
from pipeline.media.ffmpeg import FFMPEG, TOLERANT
from pipeline.media.process import run_media
from pipeline.store import part_beside


def save_still(video: Path, at_s: float, out: Path, *, width: int) -> None:
    """Write the frame at `at_s` seconds as a picture `width` pixels wide, atomically; the suffix of `out` is the format.

    Raises MediaFault.
    """
    part = part_beside(out)
    try:
        arguments = [
            "-ss",
            f"{at_s:.3f}",
            "-i",
            f"file:{video}",
            "-frames:v",
            "1",
            "-vf",
            f"scale={width}:-2",
            "-q:v",
            "3",
            "-map_metadata",
            "-1",
            "-update",  # one picture: a % in its path is no number to be filled in
            "1",
        ]
        run_media([FFMPEG, "-hide_banner", "-nostdin", "-y", "-loglevel", "warning", *TOLERANT, *arguments, f"file:{part}"], name=out.name)
        system.replace(part, out)
    finally:
        part.unlink(missing_ok=True)
