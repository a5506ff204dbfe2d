"""ffmpeg and other child processes with one owner, and decoding with PyAV.

`run_media` runs one child, `run_side_by_side` several; `FFMPEG` is the pinned binary; `fonts_environment` lets libass see our fonts only.
"""

from pipeline.media.ffmpeg import FFMPEG, TOLERANT, ffmpeg_version, fonts_environment, quote_for_filter
from pipeline.media.process import Child, die_with_parent, run_media, run_side_by_side

__all__ = [
    "FFMPEG",
    "TOLERANT",
    "Child",
    "die_with_parent",
    "ffmpeg_version",
    "fonts_environment",
    "quote_for_filter",
    "run_media",
    "run_side_by_side",
]
