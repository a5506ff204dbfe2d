"""Which frame of a source an output frame shows, and how HDR is shown: what rendering and inspection must agree on."""

import os
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import cast

import av
from av.format import Flags

Step = tuple[str, tuple[str, ...], dict[str, str]]
"""One filter of a chain: its name, plain arguments, named ones."""
TICKS = 3000
"""Parts of an output frame that source times are counted in: at 30 frames a second the 90 kHz of MPEG."""
EARLY_S = 0.002
"""Containers and edits round times to the millisecond: a frame that is due this little later is shown already."""
TIE = 1e-6
"""Of a tick: far above what doubles lose in a division, far below what any clock counts."""
BEFORE_S = 0.1
"""A seek goes this much further back than the longest gap between frames, which the clip's facts round."""
HELD = 48
"""Times that a clip's last frame is repeated at the clip's own rate, so that the `fps` filter does not drop it for coming in one output
frame with others and the end: more than a thousand frames a second in no clock of milliseconds need."""
TO_LIGHT: tuple[Step, ...] = (
    ("zscale", (), {"t": "linear", "npl": "203"}),
    ("format", ("gbrpf32le",), {}),
    ("zscale", (), {"p": "bt709"}),
    ("tonemap", ("mobius",), {"desat": "0"}),
)
TONE_MAP: tuple[Step, ...] = (*TO_LIGHT, ("zscale", (), {"t": "bt709", "m": "bt709", "r": "tv"}), ("format", ("yuv420p",), {}))
"""Filters from PQ or HLG to ordinary video. 203 nits is reference white (ITU-R BT.2408); mobius keeps everything below it as it is.
`TO_LIGHT` is the part up to linear light in the colours of BT.709, for what goes on in RGB."""


@dataclass(frozen=True)
class Way:
    """How ffmpeg comes to the frames of a cut: its input options, and the filters that leave exactly those frames at times 0, 1, 2 …"""

    options: dict[str, str | None]
    steps: tuple[Step, ...]


def way_to(path: str, stream: int, start_s: float, longest_gap_s: float, frames: int, *, fps: int, speed: float = 1.0) -> Way:
    """The way to the frames that a source shows at `start_s` + n * `speed` / `fps` seconds after its container's start.

    stream: its place among the video streams. longest_gap_s: between two frames of the clip. Before its first frame a clip shows the
    first one, after its end the last. A source that cannot be opened gives a way at which ffmpeg says so.

    The container's own times are kept (`-copyts`) and its start taken away here: ffmpeg's shift rounds to the stream's clock, half a
    frame in an AVI, and depends in transport streams on where the seek went. Each frame's time is then counted in ticks of the cut,
    up to the half slot that the `fps` filter rounds at, so that slot n shows what is on screen when it begins, and `EARLY_S` after.
    Where a clip changes its size half way, the graph goes on instead of beginning to count anew (`-reinit_filter 0`); a `scale` after the
    steps must come before anything that depends on the size.
    """
    zero, seek_s = _entry(path, stream, start_s - longest_gap_s - BEFORE_S)
    options: dict[str, str | None] = {"copyts": None, "reinit_filter": "0"}
    if seek_s > 0:
        options["ss"] = f"{seek_s:.6f}"
    due = float((zero + Fraction(start_s) + Fraction(EARLY_S)) * fps * TICKS)
    steps: tuple[Step, ...] = (
        ("settb", (f"1/{fps * TICKS}",), {}),
        ("setpts", (f"floor((PTS-{due:.3f})/{speed!r}+{TIE:.7f})+{TICKS // 2}",), {}),
        ("tpad", (), {"stop_mode": "clone", "stop": str(HELD)}),
        ("fps", (), {"fps": str(fps), "start_time": "0"}),
        ("tpad", (), {"stop_mode": "clone", "stop": "-1"}),
        ("trim", (), {"end_frame": str(frames)}),
        ("setpts", ("PTS-STARTPTS",), {}),
    )
    return Way(options, steps)


def _entry(path: str, stream: int, wanted_s: float) -> tuple[Fraction, float]:
    """The container's start, and where to seek so that decoding begins with a whole picture at or before `wanted_s`; 0 for no seek."""
    try:
        stat = os.stat(path)
        zero, indexed = _clock(path, stat.st_mtime_ns, stat.st_size)
        if indexed or wanted_s <= 0:
            return zero, max(0.0, wanted_s)
        return zero, _searched(path, stream, zero, wanted_s)
    except (av.FFmpegError, OSError, IndexError):
        return Fraction(0), max(0.0, wanted_s)


@lru_cache(maxsize=256)
def _clock(path: str, changed_ns: int, size: int) -> tuple[Fraction, bool]:  # noqa: ARG001 - a changed file is another entry
    """When a container starts on its own clock (seconds), and whether it has an index: streams made for the air have none."""
    with av.open(path, metadata_errors="replace") as container:
        return Fraction(container.start_time or 0, av.time_base), not container.format.flags & cast(int, Flags.ts_discont.value)


def _searched(path: str, stream: int, zero: Fraction, wanted_s: float) -> float:
    """A second from which a search by time meets a key frame at or before `wanted_s`; 0 when there is none but the start.

    Without an index a search ends anywhere between two key frames, and nothing before the second is a picture.
    """
    with av.open(path, metadata_errors="replace") as container:
        track = container.streams.video[stream]
        back = 0.0
        while wanted_s > back:
            container.seek(int((zero + Fraction(wanted_s - back)) * av.time_base))
            met = next((packet for packet in container.demux(track) if packet.is_keyframe and packet.pts is not None), None)
            if met is not None and met.pts is not None and met.time_base is not None and met.pts * met.time_base - zero <= wanted_s:
                return wanted_s - back
            back = 2 * back + 0.5
    return 0.0


def chain(steps: tuple[Step, ...]) -> str:
    """Steps as they stand in a filter chain."""
    written = ((name, [*plain, *(f"{key}={value}" for key, value in named.items())]) for name, plain, named in steps)
    return ",".join(f"{name}={':'.join(arguments)}" if arguments else name for name, arguments in written)


def tone_map_chain() -> str:
    """`TONE_MAP` as it stands in a filter chain."""
    return chain(TONE_MAP)
