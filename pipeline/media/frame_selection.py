"""Selects the source frame that each output frame shows, and tone-maps HDR: shared by rendering and inspection, which must agree."""

import os
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import cast

import av
from av.format import Flags

from pipeline.documents.clip import Fields

FilterStep = tuple[str, tuple[str, ...], dict[str, str]]
"""One ffmpeg filter: its name, positional arguments, named arguments."""
TICKS = 3000
"""Ticks per output frame in which source times are counted: at 30 frames a second the 90 kHz of MPEG."""
ROUNDING_S = 0.002
"""Rounding of times in containers and edits: a frame that is due this little later is shown already."""
ROUNDING_TICKS = 1e-6
"""Tolerance in ticks: far above the rounding of doubles in a division, far below the resolution of any clock."""
SEEK_MARGIN_S = 0.1
"""How much further back than the longest gap between frames a seek goes, because that gap is rounded."""
LAST_FRAME_REPEATS = 48
"""Times that a clip's last frame is repeated at the clip's own rate, so that the `fps` filter does not drop it for coming in one output
frame with others and the end: more than a thousand frames a second in no clock of milliseconds need."""
TO_LINEAR_LIGHT: tuple[FilterStep, ...] = (
    ("zscale", (), {"t": "linear", "npl": "203"}),
    ("format", ("gbrpf32le",), {}),
    ("zscale", (), {"p": "bt709"}),
    ("tonemap", ("mobius",), {"desat": "0"}),
)
TONE_MAP: tuple[FilterStep, ...] = (*TO_LINEAR_LIGHT, ("zscale", (), {"t": "bt709", "m": "bt709", "r": "tv"}), ("format", ("yuv420p",), {}))
"""Filters from PQ or HLG to ordinary video. 203 nits is reference white (ITU-R BT.2408); mobius keeps everything below it as it is.
`TO_LINEAR_LIGHT` is the part up to linear light in the colours of BT.709, for what goes on in RGB."""


@dataclass(frozen=True)
class FrameSelection:
    """How ffmpeg selects the frames of a cut: input options, and the filters that give exactly those frames at times 0, 1, 2 …"""

    options: dict[str, str | None]
    steps: tuple[FilterStep, ...]


def select_frames(
    path: str, stream: int, start_s: float, longest_gap_s: float, frames: int, *, fps: int, speed: float = 1.0, fields: Fields = ""
) -> FrameSelection:
    """Select the frames that a source shows at `start_s` + n * `speed` / `fps` seconds after its container's start.

    stream: index among the video streams. longest_gap_s: longest gap between two frames of the clip. Before its first frame a clip shows
    the first one, after its end the last. fields: how its pictures are woven; each field becomes a picture. For a source that cannot be
    opened, ffmpeg will report the error.

    The container's own times are kept (`-copyts`) and its start taken away here: ffmpeg's shift rounds to the stream's clock, half a
    frame in an AVI, and depends in transport streams on where the seek went. Each frame's time is then counted in ticks of the cut,
    up to the half slot that the `fps` filter rounds at, so that slot n shows what is on screen when it begins, and `ROUNDING_S` after.
    Where a clip changes its size half way, the graph goes on instead of beginning to count anew (`-reinit_filter 0`); a `scale` after the
    steps must come before anything that depends on the size.
    """
    container_start, seek_s = _container_start_and_seek(path, stream, start_s - longest_gap_s - SEEK_MARGIN_S)
    options: dict[str, str | None] = {"copyts": None, "reinit_filter": "0"}
    if seek_s > 0:
        options["ss"] = f"{seek_s:.6f}"
    first_tick = float((container_start + Fraction(start_s) + Fraction(ROUNDING_S)) * fps * TICKS)
    unwoven: tuple[FilterStep, ...] = (("bwdif", (), {"mode": "send_field", "parity": fields, "deint": "all"}),) if fields else ()
    steps: tuple[FilterStep, ...] = (
        *unwoven,
        ("settb", (f"1/{fps * TICKS}",), {}),
        ("setpts", (f"floor((PTS-{first_tick:.3f})/{speed!r}+{ROUNDING_TICKS:.7f})+{TICKS // 2}",), {}),
        ("tpad", (), {"stop_mode": "clone", "stop": str(LAST_FRAME_REPEATS)}),
        ("fps", (), {"fps": str(fps), "start_time": "0"}),
        ("tpad", (), {"stop_mode": "clone", "stop": "-1"}),
        ("trim", (), {"end_frame": str(frames)}),
        ("setpts", ("PTS-STARTPTS",), {}),
    )
    return FrameSelection(options, steps)


def _container_start_and_seek(path: str, stream: int, wanted_s: float) -> tuple[Fraction, float]:
    """The container's start, and where to seek so that decoding begins with a whole picture at or before `wanted_s`; 0 for no seek."""
    try:
        stat = os.stat(path)
        container_start, indexed = _start_and_index(path, stat.st_mtime_ns, stat.st_size)
        if indexed or wanted_s <= 0:
            return container_start, max(0.0, wanted_s)
        return container_start, _search_key_frame(path, stream, container_start, wanted_s)
    except (av.FFmpegError, OSError, IndexError):
        return Fraction(0), max(0.0, wanted_s)


@lru_cache(maxsize=256)
def _start_and_index(path: str, changed_ns: int, size: int) -> tuple[Fraction, bool]:  # noqa: ARG001 - a changed file is another entry
    """Start of a container on its own clock (seconds), and whether it has an index, which transport streams lack."""
    with av.open(path, metadata_errors="replace") as container:
        return Fraction(container.start_time or 0, av.time_base), not container.format.flags & cast(int, Flags.ts_discont.value)


def _search_key_frame(path: str, stream: int, container_start: Fraction, wanted_s: float) -> float:
    """Seek position (seconds) from which decoding meets a key frame at or before `wanted_s`; 0 when only the start does.

    Without an index a seek ends anywhere between two key frames, and nothing decodes before the second of them.
    """
    with av.open(path, metadata_errors="replace") as container:
        track = container.streams.video[stream]
        back_s = 0.0
        while wanted_s > back_s:
            container.seek(int((container_start + Fraction(wanted_s - back_s)) * av.time_base))
            key_packet = next((packet for packet in container.demux(track) if packet.is_keyframe and packet.pts is not None), None)
            if (
                key_packet is not None
                and key_packet.pts is not None
                and key_packet.time_base is not None
                and key_packet.pts * key_packet.time_base - container_start <= wanted_s
            ):
                return wanted_s - back_s
            back_s = 2 * back_s + 0.5
    return 0.0


def filter_chain(steps: tuple[FilterStep, ...]) -> str:
    """Filters as the text of an ffmpeg filter chain."""
    filters = ((name, [*plain, *(f"{key}={value}" for key, value in named.items())]) for name, plain, named in steps)
    return ",".join(f"{name}={':'.join(arguments)}" if arguments else name for name, arguments in filters)


def tone_map_chain() -> str:
    """`TONE_MAP` as the text of an ffmpeg filter chain."""
    return filter_chain(TONE_MAP)
