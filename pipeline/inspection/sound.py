"""Reads a sound track as levels over time."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

WINDOW_S = 0.02
"""Length of one level: short against a syllable, long against the lowest note's period."""
FLOOR_DB = -120.0

Levels = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SoundTrack:
    """A decoded track: its start and end in seconds, and its level in every window from time 0."""

    start_s: float
    end_s: float
    levels: Levels
    """Decibels below full scale (RMS of the loudest channel), one per `WINDOW_S`."""


def read_sound(path: Path, stream: int = 0, *, from_s: float = 0.0, to_s: float | None = None, source: bool = False) -> SoundTrack | None:
    """Decode a sound track, or the part of it between two times; None without such a track, or when none of its frames decodes.

    Level 0 is that of `from_s`. source: times count from the container's start, as for clips; a finished file must begin at 0.
    """
    start: float | None = None
    end = from_s
    power: list[float] = []
    weight: list[int] = []
    try:
        with av.open(str(path)) as container:
            if stream >= len(container.streams.audio):
                return None
            track = container.streams.audio[stream]
            rate = track.codec_context.sample_rate
            step = max(1, round(rate * WINDOW_S))
            zero = (container.start_time or 0) / av.time_base if source else 0.0
            resampler = av.AudioResampler(format="fltp")
            if from_s > 1:
                container.seek(int((from_s + zero - 1) * av.time_base))
            for frame in container.decode(track):
                at = float(frame.time or 0.0) - zero
                if to_s is not None and at >= to_s:
                    break
                for part in resampler.resample(frame):
                    samples = np.asarray(part.to_ndarray(), dtype=np.float64)
                    first = round((at - from_s) * rate)
                    end = at + samples.shape[1] / rate
                    start = at if start is None else start
                    _add(samples, first, step, power, weight)
    except (av.FFmpegError, OSError):
        if start is None:
            return None
    if start is None:
        return None
    mean = np.asarray(power) / np.maximum(1, np.asarray(weight))
    return SoundTrack(start, end, np.maximum(FLOOR_DB, 10 * np.log10(np.maximum(mean, 1e-12))))


def _add(samples: Levels, first: int, step: int, power: list[float], weight: list[int]) -> None:
    if first < 0:
        samples, first = samples[:, -first:], 0
    done = 0
    while done < samples.shape[1]:
        window = (first + done) // step
        take = min(samples.shape[1] - done, (window + 1) * step - first - done)
        piece = samples[:, done : done + take]
        while len(power) <= window:
            power.append(0.0)
            weight.append(0)
        power[window] += float((piece**2).sum(axis=1).max())
        weight[window] += take
        done += take
