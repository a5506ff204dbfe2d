"""All voices and the music bed on one timeline, block by block, exact to the sample."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.documents.plan import Voice
from pipeline.render.denoise import RATE, Samples
from pipeline.render.voices import read_block

BLOCK = 5 * RATE
SHORTEST_FADE_S = 0.008
"""Shorter ones are heard as a click."""
ATTACK_S = 0.35
"""Music goes down before the first word: the plan knows when it comes."""
RELEASE_S = 0.8
CROSSFADE_S = 3.0
"""Between the end and the beginning of music that was not made to loop."""
MUSIC_IN_S = 0.03


@dataclass(frozen=True)
class Bed:
    """Decoded music. file: raw 32-bit stereo at 48 kHz. first, samples: the stretch of it that is played."""

    file: Path
    first: int
    samples: int
    gain_db: float
    ducked_db: float
    fade_out_s: float
    loops: bool


def write_mix(
    out: Path, samples: int, voices: Sequence[Voice], cuts: Sequence[Path], bed: Bed | None, progress: Callable[[float], None]
) -> None:
    """Write the whole timeline as raw 32-bit stereo at 48 kHz: levels may go beyond 1, the master brings them back.

    cuts: the voices' files, in the same order.
    """
    lengths = [min(round(voice.length_s * RATE), cut.stat().st_size // 4) for voice, cut in zip(voices, cuts, strict=True)]
    duck = ducking(voices)
    with out.open("wb") as file:
        for first in range(0, samples, BLOCK):
            count = min(BLOCK, samples - first)
            block = np.zeros((count, 2), np.float32)
            for voice, cut, length in zip(voices, cuts, lengths, strict=True):
                _add_voice(block, first, voice, cut, length)
            if bed is not None:
                _add_music(block, first, samples, bed, duck)
            file.write(block.tobytes())  # numpy would say of a full disk only that too little was written
            progress((first + count) / samples)


def _add_voice(block: Samples, first: int, voice: Voice, cut: Path, length: int) -> None:
    begin = round(voice.at_s * RATE)
    low, high = max(first, begin), min(first + len(block), begin + length)
    if low >= high:
        return
    sound = read_block(cut, low - begin, high - low, 1)[:, 0]
    place = np.arange(low - begin, high - begin)
    shape = 10 ** (voice.gain_db / 20) * np.minimum(
        _rise(place + 0.5, voice.fade_in_s, length), _rise(length - place - 0.5, voice.fade_out_s, length)
    )
    block[low - first : high - first] += (sound * shape[: len(sound)]).astype(np.float32)[:, None]


def _rise(samples: NDArray[np.floating[Any]], fade_s: float, length: int) -> NDArray[np.float64]:
    """0 to 1 over the fade, as half a cosine; never longer than half the piece."""
    fade = min(max(fade_s, SHORTEST_FADE_S) * RATE, length / 2)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.clip(samples / fade, 0, 1)))


def ducking(voices: Sequence[Voice]) -> tuple[list[float], list[float]]:
    """How far music is down (0..1) at which second: points of a line. Pauses too short to come up and go down again are bridged."""
    spans: list[list[float]] = []
    for voice in sorted((v for v in voices if v.speech), key=lambda v: v.at_s):
        if spans and voice.at_s - spans[-1][1] < ATTACK_S + RELEASE_S:
            spans[-1][1] = max(spans[-1][1], voice.at_s + voice.length_s)
        else:
            spans.append([voice.at_s, voice.at_s + voice.length_s])
    seconds = [point for start, end in spans for point in (start - ATTACK_S, start, end, end + RELEASE_S)]
    return seconds or [0.0], [0.0, 1.0, 1.0, 0.0] * len(spans) or [0.0]


def _add_music(block: Samples, first: int, samples: int, bed: Bed, duck: tuple[list[float], list[float]]) -> None:
    place = np.arange(first, first + len(block))
    down = np.interp(place / RATE, *duck)
    down = down * down * (3 - 2 * down)
    out_s = max(min(bed.fade_out_s, samples / RATE / 2), SHORTEST_FADE_S)
    shape = np.asarray(10 ** ((bed.gain_db - bed.ducked_db * down) / 20), np.float64)
    shape *= np.clip(place / (MUSIC_IN_S * RATE), 0, 1) * _rise(samples - place - 0.5, out_s, samples)
    for low, high, start, weight in _rounds(first, first + len(block), bed):
        sound = read_block(bed.file, bed.first + start, high - low, 2)
        here = slice(low - first, low - first + len(sound))
        block[here] += (sound * (weight[: len(sound)] * shape[here])[:, None]).astype(np.float32)


def _rounds(low: int, high: int, bed: Bed) -> Iterator[tuple[int, int, int, NDArray[np.float64]]]:
    """The music's rounds that sound between two samples of the timeline: from, to, place in the music, weights.

    Music made to loop goes on without a seam; other music is blended, at equal power, from its end into its beginning.
    """
    cross = 0 if bed.loops else min(round(CROSSFADE_S * RATE), bed.samples // 4)
    step = bed.samples - cross
    turn = max(0, (low - bed.samples) // step)
    while turn * step < high:
        start, stop = max(low, turn * step), min(high, turn * step + bed.samples)
        if start < stop:
            at = np.arange(start, stop) - turn * step
            weight = np.ones(len(at))
            if cross:
                rising = np.sin(np.pi / 2 * np.clip(at / cross, 0, 1)) if turn else weight
                weight = rising * np.sin(np.pi / 2 * np.clip((bed.samples - at) / cross, 0, 1))
            yield start, stop, start - turn * step, weight
        turn += 1
