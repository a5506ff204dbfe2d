"""How much memory one render process will take, and how much all of them together may take.

ffmpeg opens every input of a graph at once: each decoder holds its reference frames and a queue of decoded ones, even while its input
is not shown yet. The constants were fitted to the peak proportional set size of ffmpeg 9.0.2 with one decoder, filter and encoder
thread, a little high, because an estimate too high makes a chunk wait and one too low makes the computer swap: 63 MB for a 270×480
draft from one 1080p clip, 230 for 1080×1920 at `standard` (480 at `best`), 314 from four such clips, 286 and 468 from one and four in
HLG, 370 from a phone's own HLG, 338 and 623 from one and four in 4K, 529 and 1060 in 4K HLG.
"""

from collections.abc import Sequence
from functools import cache

import av

from pipeline import system
from pipeline.documents.plan import LaidLayer, Picture, SourcePiece
from pipeline.render.chunk_command import ChunkRequest
from pipeline.render.encoder import SOFTWARE

LIMIT_MB = 960.0
"""Limit for this process and its children together: 1 GiB less a margin for errors of the estimate."""
ASSUMED_OWN_MB = 300.0
"""Memory of this process, where the system does not report it."""
SHARE_OF_FREE = 0.7
"""Share of the free memory that may be used when that is less than the limit: an old laptop has a browser open as well."""
MB = 1e6

PROGRAM_MB = 40.0
FRAMES_PER_INPUT = 14
"""Frames that one open input holds: the decoder's references and the queue of decoded ones."""
FRAMES_PER_OUTPUT = 35
"""Output frames held between the filters and the file, without the encoder's look-ahead."""
LOOKAHEAD_FRAMES = {"ultrafast": 0, "superfast": 0, "veryfast": 10, "faster": 20, "fast": 30, "medium": 40, "slow": 50, "slower": 60}
"""Frames that x264 looks ahead; each is held with its half-size copy and its motion, about two frames."""
BURST_SHARE = 0.5
"""Share of the output frames that fill the longest gap between two source frames: ffmpeg produces them in one burst."""
FLOAT_FRAMES = 2
"""Frames in 32-bit RGB between the steps of the tone mapping."""


def estimate_process_mb(requests: Sequence[ChunkRequest], threads: int = 1) -> float:
    """Estimate the peak memory, in megabytes, of one process that makes these chunks; their common sources are opened once.

    threads: threads of each decoder.
    """
    inputs = sum(_input_bytes(piece, threads) for piece in requests[0].chunk.pieces)
    return PROGRAM_MB + (inputs + sum(map(_output_bytes, requests))) / MB


def _input_bytes(piece: SourcePiece, threads: int) -> float:
    bytes_a_pixel = 1.5 if piece.transfer == "sdr" else 3.0
    return piece.width * piece.height * (4 if piece.still else bytes_a_pixel * (FRAMES_PER_INPUT + threads - 1))


def _output_bytes(request: ChunkRequest) -> float:
    """Bytes held between the sources and the output file."""
    chunk, picture = request.chunk, request.picture
    lookahead = LOOKAHEAD_FRAMES.get(picture.speed, 60) if picture.encoder == SOFTWARE else 0
    longest_gap = max((min(piece.frames, piece.longest_gap_s * picture.fps) for piece in chunk.pieces), default=0)
    frame_bytes = picture.width * picture.height * 1.5 * (FRAMES_PER_OUTPUT + 2 * lookahead + BURST_SHARE * longest_gap)
    return frame_bytes + sum(map(_layer_bytes, chunk.laid)) + max(_tone_mapping_bytes(piece, picture) for piece in chunk.pieces)


def _tone_mapping_bytes(piece: SourcePiece, picture: Picture) -> float:
    """Bytes that tone mapping takes: one piece at a time, in the smaller of the crop window's size and the output's."""
    if piece.transfer == "sdr":
        return 0.0
    window = piece.width * piece.height * (min(1.0, piece.crop.width) * min(1.0, piece.crop.height) if piece.crop else 1.0)
    return min(window, picture.width * picture.height) * 12 * FLOAT_FRAMES


def _layer_bytes(laid: LaidLayer) -> float:
    return _frame_pixels(laid.file) * 4 * (2 if laid.still else FRAMES_PER_INPUT)


@cache
def _frame_pixels(file: str) -> int:
    """Pixels in one frame of a layer; 0 when it cannot be read, which rendering will report."""
    try:
        with av.open(file) as container:
            return container.streams.video[0].width * container.streams.video[0].height
    except (av.FFmpegError, OSError, IndexError):
        return 0


def available_mb() -> float:
    """Megabytes that child processes may take together now: what this process leaves of the limit, or a share of the free memory."""
    system.release_freed_memory()
    return min(LIMIT_MB - _used_mb(), SHARE_OF_FREE * _free_mb())


def _used_mb() -> float:
    used = system.process_memory()
    return ASSUMED_OWN_MB if used is None else used / MB


def _free_mb() -> float:
    return system.memory()[1] / MB
