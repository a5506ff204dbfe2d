"""A clip's sound as the recogniser wants it."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
"""What Whisper and the voice detector were trained on."""

Samples = NDArray[np.float32]


def read_sound(path: Path, stream: int) -> Samples:
    """All sound of one audio stream as mono samples of -1..1 at 16 kHz, sample 0 being time 0 of the container's clock.

    A track that begins late is preceded by silence, holes in it are filled with silence, so that times stay the clip's own;
    damaged packets are skipped. Raises OSError (av.error.FFmpegError is one) when nothing can be opened.
    """
    parts: list[Samples] = []
    length = 0
    with av.open(str(path)) as container:
        track = container.streams.audio[stream]
        origin = (container.start_time or 0) / av.time_base
        resampler = av.AudioResampler("s16", "mono", RATE_HZ)
        for at_s, block in _blocks(container, track, resampler):
            if at_s is not None:
                missing = round((at_s - origin) * RATE_HZ) - length
                if missing > RATE_HZ // 10:
                    parts.append(np.zeros(missing, np.float32))
                    length += missing
                elif missing < 0 and not length:
                    block = block[-missing:]
            parts.append(block)
            length += len(block)
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _blocks(
    container: av.container.InputContainer, track: av.AudioStream, resampler: av.AudioResampler
) -> Iterator[tuple[float | None, Samples]]:
    for packet in container.demux(track):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            continue
        for frame in frames:
            at_s = frame.time
            for out in resampler.resample(frame):
                yield at_s, _floats(out)
                at_s = None
    for out in resampler.resample(None):
        yield None, _floats(out)


def _floats(frame: av.AudioFrame) -> Samples:
    samples: Samples = frame.to_ndarray()[0].astype(np.float32) / 32768
    return samples
