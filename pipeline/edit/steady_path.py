"""A window's way along a subject: still where it can be, else as smooth as a corridor about the subject's own way allows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STILL_SPAN = 0.5
"""A subject whose way spans no more than this share of the window is shown by a window that stands still."""
SWAY_SPAN = 0.65
MOST_SWAY_TURNS = 2
"""A way that spans no more than this and would turn the window round so often is a sway, too: where something is that moves is known to a
tenth of the window or so, and what is seen of it is now its head and now its feet."""
SWAY_PERCENTILES = (3, 97)
"""Between which the way's span is taken: a look or two that are off by a little make no walk of a sway."""
CORRIDORS = (0.15, 0.2)
"""The window's centre is kept within this share of its width of the subject's; the first one whose path a viewer can bear. Both hold the
centre of every mover tried for 99.6 % of the time and more, 0.25 loses a dash by a look; the narrower holds more of its edges."""
LEAST_CORRIDOR = 0.08
"""What is left of the corridor for a subject that fills the window."""
MOST_CORRIDOR = 0.35
OUTLIER = 0.75
"""Window widths by which a look that went wrong is off, at least; whoever turns round in a second is half as far from her neighbours."""
MARGIN = 0.03
"""Share of the window's width that stays free beside a subject that is shown whole."""
MOST_SPEED = 1.5
"""Window widths a second: what is behind the subject crosses the video in two thirds of a second. In a portrait window, whoever crosses a
landscape picture in four seconds asks for 0.5, one to and fro in four seconds for 1.3, a dash across it in 0.8 s for 1.8."""
MOST_ACCEL = 4.0
"""Window widths per second squared: 1.2, 2.7 and 4.1 for the same three."""
STEP_S = 0.1
BELL_S = 0.5
"""Standard deviation of the bell that smooths the way inside the corridor."""
ROUNDS = 400
LAST_BELL_S = 0.2
"""Standard deviation of the last smoothing, which takes the corners off that the corridor's edges leave."""
Way = NDArray[np.float64]


@dataclass(frozen=True)
class WindowPath:
    """Positions of the window's centre every `STEP_S` seconds, or one for all of the time; fractions of the picture.

    speed, accel: the highest, in window widths a second (squared).
    """

    positions: Way
    speed: float = 0.0
    accel: float = 0.0

    @property
    def within_limits(self) -> bool:
        """Whether a viewer can bear it."""
        return self.speed <= MOST_SPEED and self.accel <= MOST_ACCEL

    @property
    def turns(self) -> int:
        """How often it goes back."""
        ways = np.sign(np.round(np.diff(self.positions), 4))
        return int((np.diff(ways[ways != 0]) != 0).sum())

    def at(self, seconds: float) -> float:
        """Position at a second, between the steps as well."""
        return float(np.interp(seconds / STEP_S, np.arange(len(self.positions)), self.positions))


def steady_path(moments: Sequence[float], positions: Sequence[float], window: float, size: float, length_s: float) -> WindowPath:
    """Return the window's path for a subject's way.

    positions: of the subject's centre, at `moments` (seconds, rising). window, size: of the window and of the subject, in the same
    direction; all in fractions of the picture. Where the corridors of `CORRIDORS` ask for more than the limits, one that only just holds
    the whole subject is tried; the path's speed and acceleration say whether that was enough.
    """
    times = np.arange(0.0, length_s + STEP_S, STEP_S)
    looks = np.asarray(moments, dtype=np.float64), np.clip(_without_outliers(positions, window), 0.0, 1.0)
    first, last = np.percentile(np.interp(times, *looks), SWAY_PERCENTILES)
    still = WindowPath(np.clip(np.array([(first + last) / 2]), *_bounds(window)))
    if last - first <= STILL_SPAN * window:
        return still
    track = np.clip(_between(*looks, times), 0.0, 1.0)
    whole = max(LEAST_CORRIDOR, min(MOST_CORRIDOR, 0.5 - size / (2 * window) - MARGIN))
    for slack in sorted({min(whole, corridor) for corridor in CORRIDORS} | {whole}):
        path = _smoothed(track, slack * window, window)
        if path.within_limits:
            break
    return still if last - first <= SWAY_SPAN * window and path.turns >= MOST_SWAY_TURNS else path


def _without_outliers(positions: Sequence[float], window: float) -> Way:
    """The positions without a look that went wrong: one far from both its neighbours, who are near one another."""
    given = np.asarray(positions, dtype=np.float64)
    if len(given) < 3:
        return given
    middle = np.median(np.stack([given[:-2], given[1:-1], given[2:]]), axis=0)
    inner = np.where(np.abs(given[1:-1] - middle) > OUTLIER * window, middle, given[1:-1])
    return np.concatenate([given[:1], inner, given[-1:]])


def _between(moments: Way, positions: Way, times: Way) -> Way:
    """Positions at all times, by cubic Hermite curves with the slopes of the neighbours: a turn between two looks reaches beyond both.

    Before the first look and after the last the subject rests.
    """
    if len(positions) < 3:
        return np.interp(times, moments, positions)
    slopes = np.gradient(positions, moments)
    slopes[[0, -1]] = 0.0
    first = np.clip(np.searchsorted(moments, times, side="right") - 1, 0, len(moments) - 2)
    gap = moments[first + 1] - moments[first]
    part = np.clip((times - moments[first]) / gap, 0.0, 1.0)
    here, there = positions[first], positions[first + 1]
    leave, come = slopes[first] * gap, slopes[first + 1] * gap
    cubic = 2 * part**3 - 3 * part**2 + 1, part**3 - 2 * part**2 + part, 3 * part**2 - 2 * part**3, part**3 - part**2
    return np.asarray(cubic[0] * here + cubic[1] * leave + cubic[2] * there + cubic[3] * come, dtype=np.float64)


def _bounds(window: float) -> tuple[float, float]:
    """Between which the window's centre may stand, so that the window lies in the picture."""
    return min(0.5, window / 2), max(0.5, 1 - window / 2)


def _smoothed(track: Way, slack: float, window: float) -> WindowPath:
    # where the subject is nearer to the picture's edge than half a window, the window stands at the edge, not a corridor away from it
    low, high = (np.clip(track + side * slack, *_bounds(window)) for side in (-1, 1))
    if low.max() <= high.min():
        return WindowPath(np.array([(low.max() + high.min()) / 2]))
    bell, last = _bell(len(track), BELL_S), _bell(len(track), LAST_BELL_S)
    path = np.clip(np.full(len(track), np.median(track)), low, high)
    for _ in range(ROUNDS):
        path = np.clip(bell @ path, low, high)
    path = last @ path
    velocity = np.diff(path) / STEP_S / window
    return WindowPath(path, float(np.abs(velocity).max()), float(np.abs(np.diff(velocity)).max(initial=0.0)) / STEP_S)


def _bell(length: int, sigma_s: float) -> NDArray[np.float64]:
    """Smoothing by a bell as a matrix; beyond both ends the way goes on as it ended."""
    radius = round(3 * sigma_s / STEP_S)
    kernel = np.exp(-((np.arange(-radius, radius + 1) * STEP_S / sigma_s) ** 2) / 2)
    matrix = np.zeros((length, length))
    for offset, weight in zip(range(-radius, radius + 1), kernel / kernel.sum(), strict=True):
        np.add.at(matrix, (np.arange(length), np.clip(np.arange(length) + offset, 0, length - 1)), weight)
    return matrix
