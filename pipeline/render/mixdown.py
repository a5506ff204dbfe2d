"""Mixes all clip sounds and the music onto one timeline, block by block, exact to the sample."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.documents.plan import Voice
from pipeline.render.clip_sound import read_block
from pipeline.render.denoise import RATE, Samples

BLOCK = 5 * RATE
SHORTEST_FADE_S = 0.008
"""Shorter ones are heard as a click."""
ATTACK_S = 0.35
"""Time in which music is ducked, before the first word: the plan knows when it comes."""
RELEASE_S = 0.8
LAST_RELEASE_S = 0.35
"""The same after the last word: music takes over where the voice ends, without a hole of most of a second before it fades out itself."""
CROSSFADE_S = 3.0
"""Crossfade between the end and the start of music that was not made to loop."""
MUSIC_FADE_IN_S = 0.03


@dataclass(frozen=True)
class DecodedMusic:
    """Decoded music. file: raw 32-bit stereo at 48 kHz. first, samples: start and length of the part that is played, in samples."""

    file: Path
    first: int
    samples: int
    gain_db: float
    ducked_db: float
    fade_out_s: float
    loops: bool
    rises_at_s: float = 0.0
    rise_db: float = 0.0


def write_mixdown(
    out: Path, samples: int, voices: Sequence[Voice], files: Sequence[Path], bed: DecodedMusic | None, progress: Callable[[float], None]
) -> None:
    """Write the whole timeline as raw 32-bit stereo at 48 kHz; samples may exceed 1, which mastering corrects.

    samples: length of the timeline. files: the voices' own files, in the same order. progress: called with 0..1.
    """
    lengths = [
        min(round(voice.length_s * RATE), file_of_voice.stat().st_size // 4) for voice, file_of_voice in zip(voices, files, strict=True)
    ]
    ducking = ducking_curve(voices)
    with out.open("wb") as file:
        for first in range(0, samples, BLOCK):
            count = min(BLOCK, samples - first)
            block = np.zeros((count, 2), np.float32)
            for voice, file_of_voice, length in zip(voices, files, lengths, strict=True):
                _add_voice(block, first, voice, file_of_voice, length)
            if bed is not None:
                _add_music(block, first, samples, bed, ducking)
            file.write(block.tobytes())  # numpy would say of a full disk only that too little was written
            progress((first + count) / samples)


def _add_voice(block: Samples, first: int, voice: Voice, cut: Path, length: int) -> None:
    start = round(voice.at_s * RATE)
    low, high = max(first, start), min(first + len(block), start + length)
    if low >= high:
        return
    sound = read_block(cut, low - start, high - low, 1)[:, 0]
    offsets = np.arange(low - start, high - start)
    gain = 10 ** (voice.gain_db / 20) * np.minimum(
        _fade_curve(offsets + 0.5, voice.fade_in_s, length), _fade_curve(length - offsets - 0.5, voice.fade_out_s, length)
    )
    block[low - first : high - first] += (sound * gain[: len(sound)]).astype(np.float32)[:, None]


def _fade_curve(samples: NDArray[np.floating[Any]], fade_s: float, length: int) -> NDArray[np.float64]:
    """Weights rising from 0 to 1 over the fade, as half a cosine; the fade is at most half of `length`."""
    fade_length = min(max(fade_s, SHORTEST_FADE_S) * RATE, length / 2)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.clip(samples / fade_length, 0, 1)))


def ducking_curve(voices: Sequence[Voice]) -> tuple[list[float], list[float]]:
    """Key points of the ducking: times in seconds, and how far the music is ducked there (0..1). Short pauses are bridged."""
    spans: list[list[float]] = []
    for voice in sorted((v for v in voices if v.speech), key=lambda v: v.at_s):
        if spans and voice.at_s - spans[-1][1] < ATTACK_S + RELEASE_S:
            spans[-1][1] = max(spans[-1][1], voice.at_s + voice.length_s)
        else:
            spans.append([voice.at_s, voice.at_s + voice.length_s])
    seconds = [point for start, end in spans for point in (start - ATTACK_S, start, end, end + RELEASE_S)]
    if spans:
        seconds[-1] = spans[-1][1] + LAST_RELEASE_S
    return seconds or [0.0], [0.0, 1.0, 1.0, 0.0] * len(spans) or [0.0]


def _add_music(block: Samples, first: int, samples: int, bed: DecodedMusic, duck: tuple[list[float], list[float]]) -> None:
    positions = np.arange(first, first + len(block))
    ducked = np.interp(positions / RATE, *duck)
    ducked = ducked * ducked * (3 - 2 * ducked)
    fade_out_s = max(min(bed.fade_out_s, samples / RATE / 2), SHORTEST_FADE_S)
    risen = np.clip((positions / RATE - bed.rises_at_s) / LAST_RELEASE_S, 0, 1)
    gain = np.asarray(10 ** ((bed.gain_db + bed.rise_db * risen - bed.ducked_db * ducked) / 20), np.float64)
    gain *= np.clip(positions / (MUSIC_FADE_IN_S * RATE), 0, 1) * _fade_curve(samples - positions - 0.5, fade_out_s, samples)
    for low, high, start, weight in _music_repeats(first, first + len(block), bed):
        sound = read_block(bed.file, bed.first + start, high - low, 2)
        target = slice(low - first, low - first + len(sound))
        block[target] += (sound * (weight[: len(sound)] * gain[target])[:, None]).astype(np.float32)


def _music_repeats(low: int, high: int, bed: DecodedMusic) -> Iterator[tuple[int, int, int, NDArray[np.float64]]]:
    """The repeats of the music heard in the timeline samples [low, high): first and end sample, offset in the music, weights.

    Music made to loop continues without a seam; other music is crossfaded, at equal power, from its end into its start.
    """
    crossfade = 0 if bed.loops else min(round(CROSSFADE_S * RATE), bed.samples // 4)
    step = bed.samples - crossfade
    repeat = max(0, (low - bed.samples) // step)
    while repeat * step < high:
        start, stop = max(low, repeat * step), min(high, repeat * step + bed.samples)
        if start < stop:
            offsets = np.arange(start, stop) - repeat * step
            weight = np.ones(len(offsets))
            if crossfade:
                rising = np.sin(np.pi / 2 * np.clip(offsets / crossfade, 0, 1)) if repeat else weight
                weight = rising * np.sin(np.pi / 2 * np.clip((bed.samples - offsets) / crossfade, 0, 1))
            yield start, stop, start - repeat * step, weight
        repeat += 1
