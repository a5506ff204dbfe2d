"""What a finished video looks like, in a few kilobytes: a hash of the picture four times a second, which outlives another encoding, another
size and other words on it."""

from pathlib import Path

import av
import cv2
import numpy as np

STEP_S = 0.25
TOP, BOTTOM = 0.18, 0.6
"""The band of the picture that is hashed, in fractions of its height: titles lie above it, subtitles and cards below."""
SIDE = 12
BITS = SIDE * SIDE
FLAT_LEVELS = 6.0
"""Standard deviation of the band's grey levels below which a picture shows nothing that could be told from another."""


def picture_signature(video: Path) -> tuple[str, ...]:
    """Return the hashes of a video's pictures, every STEP_S seconds, each 36 hex digits; flat pictures are left out.

    Each bit tells whether the picture gets brighter from one of 12×13 fields to the next one on its right (difference hash, Krawetz 2013).
    Raises av.FFmpegError for a file that cannot be read.
    """
    hashes: list[str] = []
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        # What no other picture needs is not decoded: that leaves a third of them, more than are looked at.
        stream.codec_context.skip_frame = "NONREF"
        due = 0.0
        for frame in container.decode(stream):
            if frame.time is None or frame.time < due - 1e-3:
                continue
            due += STEP_S
            found = picture_hash(frame.reformat(format="gray8").to_ndarray())
            hashes += [found] if found else []
    return tuple(hashes)


def picture_hash(grey: np.ndarray) -> str:
    """Return the hash of one picture (height × width, uint8); empty for one that is flat."""
    high = grey.shape[0]
    band = grey[int(high * TOP) : int(high * BOTTOM)]
    small = cv2.resize(band, (SIDE + 1, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    if float(small.std()) < FLAT_LEVELS:
        return ""
    bits = (small[:, 1:] > small[:, :-1]).reshape(-1)
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):0{BITS // 4}x}"
