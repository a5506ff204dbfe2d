"""Which frame of a source an output frame shows, and how HDR is shown: what rendering and inspection must agree on."""

TICKS = 3000
"""Parts of an output frame that source times are counted in: at 30 frames a second the 90 kHz of MPEG."""
EARLY_S = 0.002
"""Containers and edits round times to the millisecond: a frame that is due this little later is shown already."""
TONE_MAP: tuple[tuple[str, tuple[str, ...], dict[str, str]], ...] = (
    ("zscale", (), {"t": "linear", "npl": "203"}),
    ("format", ("gbrpf32le",), {}),
    ("zscale", (), {"p": "bt709"}),
    ("tonemap", ("mobius",), {"desat": "0"}),
    ("zscale", (), {"t": "bt709", "m": "bt709", "r": "tv"}),
    ("format", ("yuv420p",), {}),
)
"""Filters from PQ or HLG to ordinary video: name, plain arguments, named ones. 203 nits is reference white (ITU-R BT.2408);
mobius keeps everything below it as it is."""


def seek_second(start_s: float, longest_gap_s: float) -> int:
    """Where to seek for a cut: a whole second, earlier than the longest gap between frames.

    Any other seek is a frame off on some phone's file.
    """
    return max(0, int(start_s - longest_gap_s - 0.5))


def frame_clock(start_s: float, fps: int) -> tuple[int, int]:
    """Which slot of the `fps` filter is the first frame of a cut that begins `start_s` after the seek, and how far times must move.

    The filter rounds a frame's time to the nearest slot, so that a slot shows what comes on screen up to half a slot after it.
    The move, in ticks, makes the slot show what is on screen when it begins on the cut's own clock, and `EARLY_S` after it.
    """
    first, rest = divmod(round(start_s * fps * TICKS), TICKS)
    return first, TICKS // 2 - rest - round(EARLY_S * fps * TICKS)


def tone_map_chain() -> str:
    """`TONE_MAP` as it stands in a filter chain."""
    steps = ((name, [*plain, *(f"{key}={value}" for key, value in named.items())]) for name, plain, named in TONE_MAP)
    return ",".join(f"{name}={':'.join(arguments)}" for name, arguments in steps)
