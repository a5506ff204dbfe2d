"""All measurements of one instant, brought together from detectors that look at different times."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.analysis.travel import SMOOTH_S

SHAKE_WINDOW_S = 1.0
"""Shake is judged over a second: one jerk is a step, a second of it is a shaky hand."""


@dataclass(frozen=True)
class Moment:
    """Units as in `documents.analysis.Sample`; highlight is the 95th percentile of luma, burned_out a share."""

    at_s: float
    sharpness: float
    brightness: float
    contrast: float
    highlight: float
    burned_out: float
    speed: float
    shake: float


def bring_together(
    sharpness: Sequence[tuple[float, float]],
    exposure: Sequence[tuple[float, float, float, float, float]],
    travel: Sequence[tuple[float, float, float]],
    cuts: Sequence[float] = (),
) -> list[Moment]:
    """One moment for every exposure measurement; sharpness has the same times, travel is averaged around them within one picture."""
    times = [at for at, _, _ in travel]
    borders = [float("-inf"), *cuts, float("inf")]
    moments = []
    for (at, sharp), (_, mean, spread, high, burned) in zip(sharpness, exposure, strict=True):
        here = bisect_right(borders, at)
        first = bisect_left(times, max(at - SHAKE_WINDOW_S / 2, borders[here - 1]))
        last = bisect_left(times, min(at + SHAKE_WINDOW_S / 2, borders[here]))
        near = travel[first:last]
        shake = (sum(value**2 for _, _, value in near) / len(near)) ** 0.5 if near else 0.0
        speeds = [speed for when, speed, _ in near if abs(when - at) <= SMOOTH_S / 2]
        moments.append(Moment(at, sharp, mean, spread, high, burned, sum(speeds) / len(speeds) if speeds else 0.0, shake))
    return moments
