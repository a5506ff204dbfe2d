"""Whether a clip's pictures are woven of two fields, by its flags and by the look of its lines: either may lie."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

import av
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from pipeline.documents.clip import Fields

HEIGHTS = {480, 486, 512, 576, 608, 1080, 1088}
"""Stored lines of camcorders' and broadcasters' pictures. No others are looked at: most phones' films are not touched by this."""
NEVER_WOVEN = {"hevc", "vp8", "vp9", "av1"}
"""Codecs in which nobody records fields."""
PLACES = (0.15, 0.5, 0.8)
"""Where in a clip it is looked at; and how many pictures in a row at each."""
PICTURES = 5
WOVEN_RATIO = 1.18
"""How much better one order of fields fits than the other: 1.8 to 2.4 where pictures are woven, 1.21 after a codec at crf 33 smoothed the
combs; at most 1.13 where they are whole."""
COMB_SHARE = 0.4
"""How badly a picture's own lines fit each other, held against the better order, from which on they are combs: 0.41 to 1.3 where pictures
are woven; in whole ones that move mostly 0.2 to 0.35, and there neither order fits better."""
MOVES_RATIO = 1.5
"""How much worse neighbouring pictures fit than the own lines where something moves."""
LOOKED_AT_COLUMNS = 320


def fields_of(container: InputContainer, stream: VideoStream, first: av.VideoFrame, length_s: float) -> Fields:
    """How a clip's pictures are woven; empty where they are whole, “auto” where only its flags say so."""
    flagged = bool(first.interlaced_frame)
    if not flagged and (first.height not in HEIGHTS or stream.codec_context.name in NEVER_WOVEN or first.height > first.width):
        return ""
    votes = Counter(vote for share in PLACES for vote in _votes(container, stream, share * length_s))
    woven = votes["tff"] + votes["bff"]
    if woven > votes["whole"]:
        return "tff" if votes["tff"] >= votes["bff"] else "bff"
    return "auto" if flagged and not votes["whole"] else ""


def _votes(container: InputContainer, stream: VideoStream, at_s: float) -> Iterator[str]:
    """What each picture near a time looks like: tff, bff, whole, or nothing where nothing moves."""
    lines = list(islice(_luma(container, stream, at_s), PICTURES)) or list(islice(_luma(container, stream, 0.0), PICTURES))
    for before, picture, after in zip(lines, lines[1:], lines[2:], strict=False):
        if before.shape == picture.shape == after.shape:
            yield _vote(before, picture, after)


def _luma(container: InputContainer, stream: VideoStream, at_s: float) -> Iterator[NDArray[np.int32]]:
    """The luma of pictures from the key frame before a time on, with all their lines and some of their columns.

    In a stream without an index a seek may end behind the last key frame, and give nothing.
    """
    try:
        container.seek((container.start_time or 0) + int(at_s * av.time_base))
        for frame in container.decode(stream):
            grey = frame.to_ndarray(format="gray")
            yield grey[:, :: max(1, grey.shape[1] // LOOKED_AT_COLUMNS)].astype(np.int32)
    except (av.FFmpegError, ValueError):
        return


def _vote(before: NDArray[np.int32], picture: NDArray[np.int32], after: NDArray[np.int32]) -> str:
    """Hold each line's neighbours against the same line of the pictures before and after (the measure of ffmpeg's idet)."""

    def misfit(lines: NDArray[np.int32], parity: int) -> float:
        above, below = picture[1:-3][parity::2], picture[3:-1][parity::2]
        return float(np.abs(above + below - 2 * lines[2:-2][parity::2]).sum())

    top_first = misfit(before, 0) + misfit(after, 1)
    bottom_first = misfit(before, 1) + misfit(after, 0)
    own = misfit(picture, 0) + misfit(picture, 1)
    best = min(top_first, bottom_first)
    if max(top_first, bottom_first) > WOVEN_RATIO * best and own > COMB_SHARE * best:
        return "tff" if top_first > bottom_first else "bff"
    return "whole" if best > MOVES_RATIO * own else ""
