"""How much memory a process will take, and how much all of them together may.

ffmpeg opens every input of a graph at once: each decoder holds its reference frames and a queue of finished ones, whether its turn has
come or not. The constants were fitted to the highest proportional set size of ffmpeg 9.0.2 with one decoder, filter and encoder
thread, a little high, because what is too much waits and what is too little swaps: 63 MB for a 270×480 draft from one 1080p clip, 230
for 1080×1920 at `standard` (480 at `best`), 314 from four such clips, 286 and 468 from one and four in HLG, 370 from a phone's own HLG,
338 and 623 from one and four in 4K, 529 and 1060 in 4K HLG.
"""

from collections.abc import Sequence
from functools import cache

import av

from pipeline import system
from pipeline.documents.plan import LaidLayer, Picture, SourcePiece
from pipeline.render.command import Missing
from pipeline.render.encoder import SOFTWARE

MOST_MB = 960.0
"""For this process and its children together; 1 GiB with a margin for what an estimate misses."""
OWN_MB = 300.0
"""Of this process, where the system does not tell."""
SHARE_OF_FREE = 0.7
"""Of the memory that is free now, where that is less: an old laptop has a browser open beside this."""
MB = 1e6

PROGRAM_MB = 40.0
HELD = 14
"""Frames that one open input holds: the decoder's own, and those that wait for their turn."""
DRAWN = 35
"""Output frames between the filters and the file, without the look-ahead."""
LOOKAHEAD = {"ultrafast": 0, "superfast": 0, "veryfast": 10, "faster": 20, "fast": 30, "medium": 40, "slow": 50, "slower": 60}
"""Frames that x264 looks ahead; each is held with its half-size copy and its motion, about two frames."""
BURST = 0.5
"""Of the output frames that fill the longest gap between two frames of a source: they are drawn in one go."""
FLOAT_FRAMES = 2
"""Frames in 32-bit RGB between the steps of the tone mapping."""


def process_mb(made: Sequence[Missing], threads: int = 1) -> float:
    """Megabytes that one process making these chunks will take at its highest, estimated. Their sources are the same and open once.

    threads: of every decoder.
    """
    opened = sum(_opened(piece, threads) for piece in made[0].chunk.pieces)
    return PROGRAM_MB + (opened + sum(map(_drawn, made))) / MB


def _opened(piece: SourcePiece, threads: int) -> float:
    bytes_a_pixel = 1.5 if piece.transfer == "sdr" else 3.0
    return piece.width * piece.height * (4 if piece.still else bytes_a_pixel * (HELD + threads - 1))


def _drawn(one: Missing) -> float:
    """Bytes between the sources and the file."""
    chunk, picture = one.chunk, one.picture
    ahead = LOOKAHEAD.get(picture.speed, 60) if picture.encoder == SOFTWARE else 0
    longest = max((min(piece.frames, piece.longest_gap_s * picture.fps) for piece in chunk.pieces), default=0)
    drawn = picture.width * picture.height * 1.5 * (DRAWN + 2 * ahead + BURST * longest)
    return drawn + sum(map(_layer, chunk.laid)) + max(_mapped(piece, picture) for piece in chunk.pieces)


def _mapped(piece: SourcePiece, picture: Picture) -> float:
    """Tone mapping works on one piece at a time, in the smaller of the window's size and the output's."""
    if piece.transfer == "sdr":
        return 0.0
    window = piece.width * piece.height * (piece.crop.width * piece.crop.height if piece.crop else 1.0)
    return min(window, picture.width * picture.height) * 12 * FLOAT_FRAMES


def _layer(laid: LaidLayer) -> float:
    return _pixels(laid.file) * 4 * (2 if laid.still else HELD)


@cache
def _pixels(file: str) -> int:
    """Of one frame of a layer; none when it cannot be read, which rendering will say."""
    try:
        with av.open(file) as container:
            return container.streams.video[0].width * container.streams.video[0].height
    except (av.FFmpegError, OSError, IndexError):
        return 0


def room_mb() -> float:
    """Megabytes that children may take together now: what this process leaves of the limit, and what the computer has to give."""
    system.give_back_memory()
    return min(MOST_MB - _own_mb(), SHARE_OF_FREE * _free_mb())


def _own_mb() -> float:
    own = system.own_memory()
    return OWN_MB if own is None else own / MB


def _free_mb() -> float:
    return system.memory()[1] / MB
