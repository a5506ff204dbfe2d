"""All measurements of one frame, joined from detectors that look at different times."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from pipeline.analysis.camera_motion import SMOOTH_S
from pipeline.documents.analysis import Sample

SHAKE_WINDOW_S = 1.0
"""Shake is judged over a second: one jerk is a step, a second of it is a shaky hand."""


@dataclass(frozen=True)
class FrameSample:
    """Units as in `documents.analysis.Sample`; highlight is the 95th percentile of luma, burned_out a share."""

    at_s: float
    sharpness: float
    brightness: float
    contrast: float
    highlight: float
    burned_out: float
    speed: float
    shake: float


def join_measurements(
    sharpness: Sequence[tuple[float, float]],
    exposure: Sequence[tuple[float, float, float, float, float]],
    camera_moves: Sequence[tuple[float, float, float]],
    cuts: Sequence[float] = (),
) -> list[FrameSample]:
    """Join the measurements into one sample for every time of exposure.

    Sharpness has the same times; the camera's speed and shake are averaged around them within one picture.
    """
    times = [at for at, _, _ in camera_moves]
    borders = [float("-inf"), *cuts, float("inf")]
    samples = []
    for (at, sharp), (_, mean, spread, high, burned) in zip(sharpness, exposure, strict=True):
        border = bisect_right(borders, at)
        first = bisect_left(times, max(at - SHAKE_WINDOW_S / 2, borders[border - 1]))
        last = bisect_left(times, min(at + SHAKE_WINDOW_S / 2, borders[border]))
        near = camera_moves[first:last]
        shake = (sum(value**2 for _, _, value in near) / len(near)) ** 0.5 if near else 0.0
        speeds = [speed for when, speed, _ in near if abs(when - at) <= SMOOTH_S / 2]
        samples.append(FrameSample(at, sharp, mean, spread, high, burned, sum(speeds) / len(speeds) if speeds else 0.0, shake))
    return samples


def to_document(sample: FrameSample) -> Sample:
    """Return what the analysis keeps of a sample, rounded."""
    return Sample(
        at_s=round(sample.at_s, 3),
        sharpness=0.0 if isnan(sample.sharpness) else round(sample.sharpness, 3),
        brightness=round(sample.brightness, 1),
        contrast=round(sample.contrast, 1),
        motion=round(sample.speed, 4),
        jerk=round(sample.shake, 4),
    )
