"""How the camera travels, and how much of it is the hand shaking."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.analysis.frame import Frame
from pipeline.media.reading import Picture

SHAKY_ABOVE = 0.55
"""Picture widths a second. On 18 phone clips hand-held ones measure up to 0.37 (a selfie while walking), a shaken one 1.9."""
SMOOTH_S = 0.5
"""A hand's intended move lasts longer than this; what is faster is shake."""
LONGEST_STEP_S = 0.25
"""Frames further apart than this say nothing about the camera between them."""


class Travel:
    """Median optical flow of corner points between neighbouring frames: the camera, not what moves before it."""

    def __init__(self) -> None:
        self._before: tuple[float, Picture] | None = None
        self._at: list[float] = []
        self._velocity: list[tuple[float, float]] = []

    def feed(self, frame: Frame) -> None:
        """Follow the camera from the last frame to this one."""
        tiny = frame.tiny
        if self._before is not None:
            step = frame.at_s - self._before[0]
            if 0 < step <= LONGEST_STEP_S:
                move = _median_flow(self._before[1], tiny)
                self._at.append(frame.at_s)
                self._velocity.append((float(move[0]) / step, float(move[1]) / step))
        self._before = (frame.at_s, tiny)

    def result(self) -> list[tuple[float, float, float]]:
        """(seconds, speed, shake), both in picture widths a second; shake is speed less its average over half a second."""
        if not self._at:
            return []
        at = np.array(self._at)
        velocity = np.array(self._velocity)
        smooth = np.stack([velocity[np.abs(at - moment) <= SMOOTH_S / 2].mean(axis=0) for moment in at])
        shake = np.hypot(*(velocity - smooth).T)
        speed = np.hypot(*velocity.T)
        return [(float(t), float(v), float(s)) for t, v, s in zip(at, speed, shake, strict=True)]


def _median_flow(before: Picture, after: Picture) -> NDArray[np.float64]:
    points = cv2.goodFeaturesToTrack(before, 80, 0.01, 8)
    if points is None or len(points) < 6:
        return np.zeros(2)
    moved, found, _ = cv2.calcOpticalFlowPyrLK(before, after, points, np.zeros_like(points), winSize=(15, 15), maxLevel=3)
    kept = found[:, 0] == 1
    if kept.sum() < 6:
        return np.zeros(2)
    return np.asarray(np.median((moved - points)[kept, 0], axis=0) / before.shape[1], dtype=np.float64)
