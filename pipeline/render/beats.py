"""The beats of a piece of music: tempo and phase of a steady grid, and how far it can be believed."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.documents.message import M
from pipeline.media import FFMPEG, TOLERANT, run_media
from pipeline.store import scratch_folder

RATE = 22_050
HOP = 256
WINDOW = 2048
BANDS = 40
LONGEST_S = 120
"""Seconds that are listened to: a piece that keeps its tempo keeps it as long as a video."""
SLOWEST_BPM, FASTEST_BPM, USUAL_BPM = 50.0, 190.0, 110.0
TIGHTNESS = 100.0
"""Cost of a beat that comes earlier or later than the tempo says, as in Ellis, Beat Tracking by Dynamic Programming (2007)."""
TOGETHER_S = 0.04
BELIEVED = 0.85
"""Share of the grid's beats beside which a beat was found by itself, from which on cuts may fall on the grid: pieces with a steady beat
had 0.86 to 1.0, played freely they had 0.36 to 0.51."""
AS_LIKELY = 0.95
SAME_TEMPO = 0.08
"""Octaves within which two tempi are one."""
DOUBTED = 0.5
"""Confidence at most of a tempo beside which another is as likely."""
SLOWEST_HALVED_BPM = 60.0
"""A slower piece has weak beats of its own between the strong ones."""
WEAK_SHARE = 0.6
"""Of the onsets at the other places, under which every second place of a grid is no beat."""
SILENCE_LEVEL = 10 ** (-50 / 20)
"""Amplitude under which the ends of a user's file are trimmed: silence there would be a gap at every repeat, and no beat begins in it."""
Series = NDArray[np.float64]


@dataclass(frozen=True)
class BeatGrid:
    """Beats at offset_s, offset_s + beat_s and so on, from the first sound of the piece. confidence: 0 to 1."""

    beat_s: float
    offset_s: float
    confidence: float

    @property
    def believed(self) -> bool:
        """Whether cuts may fall on it."""
        return self.confidence >= BELIEVED


def find_beats(path: Path) -> BeatGrid | None:
    """Listen to a music file; None where it is too short or too even to have a beat. Raises MediaFault."""
    with scratch_folder() as folder:
        raw = folder / "music.f32"
        arguments = [FFMPEG, "-hide_banner", "-nostdin", "-v", "error", "-y", *TOLERANT, "-i", f"file:{path}", "-map", "0:a:0"]
        arguments += ["-t", f"{LONGEST_S}", "-ar", str(RATE), "-ac", "1", "-f", "f32le", f"file:{raw}"]
        run_media(arguments, name=M("listening to {file}", file=path.name))
        sound = np.fromfile(raw, np.float32)
    loud = np.flatnonzero(np.abs(sound) > SILENCE_LEVEL)
    return beats_of(sound[loud[0] :]) if len(loud) else None


def beats_of(sound: NDArray[np.float32]) -> BeatGrid | None:
    """The beat grid of mono samples at RATE; None under four seconds, and for a sound in which nothing begins."""
    if len(sound) < 4 * RATE:
        return None
    onsets = _onsets(sound)
    if onsets.max() <= 0:
        return None
    period, doubt = _period(onsets)
    period, phase = _grid(onsets, period)
    if 60 * RATE / HOP / (2 * period) >= SLOWEST_HALVED_BPM and _every_second_is_weak(onsets, period, phase):
        period, phase = _grid(onsets, 2 * period)
    grid = np.arange(phase, len(onsets), period)
    found = _tracked(onsets, period)
    nearest = np.abs(grid[:, None] - found[None, :]).min(axis=1) if len(found) else np.full(len(grid), np.inf)
    frame_s, heard_s = HOP / RATE, WINDOW / 2 / RATE  # a window hears what lies in its middle
    offset_s = (phase * frame_s + heard_s) % (period * frame_s)
    together = float((nearest * frame_s <= TOGETHER_S).mean())
    return BeatGrid(period * frame_s, offset_s, min(together, DOUBTED) if doubt else together)


def _onsets(sound: NDArray[np.float32]) -> Series:
    """How much begins in each frame: growth of the logarithmic spectrum over two frames, against the neighbouring bands' maximum."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP]
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(WINDOW).astype(np.float32), axis=1))
    edges = np.unique(np.geomspace(3, WINDOW // 2, BANDS + 8).astype(int))
    bands = np.log1p(10 * np.add.reduceat(spectrum, edges[:-1], axis=1))
    widest = np.maximum(bands, np.maximum(np.roll(bands, 1, axis=1), np.roll(bands, -1, axis=1)))
    growth = np.zeros(len(bands))
    growth[2:] = np.maximum(bands[2:] - widest[:-2], 0).sum(axis=1)
    around = round(0.5 * RATE / HOP)
    mean = np.convolve(growth, np.ones(2 * around + 1) / (2 * around + 1), "same")
    onsets = np.maximum(growth - mean, 0)
    return np.asarray(onsets / max(float(onsets.std()), 1e-9))


def _period(onsets: Series) -> tuple[float, bool]:
    """Frames from beat to beat, where the onsets agree with themselves one, two, four and eight beats later; whether that is in doubt.

    It is in doubt where another tempo, neither half nor twice as fast, is as likely.
    """
    spectrum = np.fft.rfft(onsets, 2 * len(onsets))
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[: len(onsets)]
    tempi = np.arange(SLOWEST_BPM, FASTEST_BPM, 0.25)
    periods = 60 * RATE / HOP / tempi
    lags = np.arange(len(correlation))
    agreement = sum(np.interp(periods * times, lags, correlation, right=0.0) for times in (1, 2, 4, 8))
    likely = np.asarray(agreement * np.exp(-0.5 * np.log2(tempi / USUAL_BPM) ** 2))
    chosen = float(tempi[likely.argmax()])
    others = [tempi / (chosen * times) for times in (0.5, 1, 2)]
    others_apart = np.all([np.abs(np.log2(ratio)) > SAME_TEMPO for ratio in others], axis=0)
    doubt = bool((likely[others_apart] >= AS_LIKELY * likely.max()).any())
    return 60 * RATE / HOP / chosen, doubt


def _grid(onsets: Series, period: float) -> tuple[float, float]:
    """The period near a given one, and the phase, whose grid has most onsets under it."""
    smooth = _smoothed(onsets)
    best = (-1.0, period, 0.0)
    for candidate in period * np.linspace(0.97, 1.03, 61):
        phases = np.arange(0, candidate, 0.5)
        places = phases[:, None] + np.arange(0, len(onsets) - candidate, candidate)[None, :]
        means = np.interp(places, np.arange(len(smooth)), smooth).mean(axis=1)
        if means.max() > best[0]:
            best = float(means.max()), float(candidate), float(phases[means.argmax()])
    return best[1], best[2]


def _smoothed(onsets: Series) -> Series:
    """The onsets over their neighbours, so that a place between two frames counts."""
    return np.asarray(np.convolve(onsets, [0.25, 0.5, 0.25], "same"))


def _every_second_is_weak(onsets: Series, period: float, phase: float) -> bool:
    """Whether a grid counts halves of beats: little begins at every second of its places."""
    smooth = _smoothed(onsets)
    strength = np.interp(np.arange(phase, len(onsets), period), np.arange(len(smooth)), smooth)
    halves = sorted((float(strength[::2].mean()), float(strength[1::2].mean())))
    return halves[0] < WEAK_SHARE * halves[1]


def _tracked(onsets: Series, period: float) -> Series:
    """Beats found one after the other, each free to come early or late (dynamic programming). Frames."""
    scores, before = onsets.copy(), np.full(len(onsets), -1)
    lags = np.arange(round(period / 2), round(2 * period) + 1)
    cost = -TIGHTNESS * np.log(lags / period) ** 2
    for frame in range(int(lags[0]), len(onsets)):
        reachable = lags[lags <= frame]
        candidates = scores[frame - reachable] + cost[: len(reachable)]
        best = int(candidates.argmax())
        if candidates[best] > 0:
            scores[frame] += candidates[best]
            before[frame] = frame - reachable[best]
    last = len(scores) - int(period)
    frame = last + int(scores[last:].argmax())
    beats = []
    while frame >= 0:
        beats.append(frame)
        frame = int(before[frame])
    return np.array(beats[::-1], dtype=np.float64)
