"""How the camera travels, and how much of it is the hand shaking."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.analysis.detector import Detector
from pipeline.analysis.frame import Frame
from pipeline.documents.clip import Clip
from pipeline.media.decode import Picture

SHAKY_ABOVE = 0.27
"""Picture widths a second. Over 18 phone clips hand-held ones measure up to 0.21 (a selfie while walking), a shaken one 0.7; a
picture that jumps by 1 % of its width from frame to frame measures 0.34, a walk that sways by 3 % 0.18."""
SMOOTH_S = 0.5
"""A hand's intended move lasts longer than this; what is faster is unrest."""
BOUNCE_SHARE = 0.5
"""How far the slow part of the unrest counts: a walk's bounce of about two a second is borne twice as well as a tremor."""
LONGEST_STEP_S = 0.25
"""Frames further apart than this say nothing about the camera between them."""
CameraVelocity = tuple[float, float, float]
"""(seconds, to the right, down), the last two in picture widths a second."""


class CameraMotion(Detector[list[CameraVelocity]]):
    """Median optical flow of corner points between neighbouring frames: the camera, not what moves before it."""

    name = "camera_motion"

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip)
        self._before: tuple[float, Picture] | None = None
        self._velocities: list[CameraVelocity] = []

    def feed(self, frame: Frame) -> None:
        """Follow the camera from the last frame to this one."""
        tiny = frame.tiny
        if self._before is not None:
            step = frame.at_s - self._before[0]
            if 0 < step <= LONGEST_STEP_S:
                move = _median_flow(self._before[1], tiny)
                self._velocities.append((frame.at_s, float(move[0]) / step, float(move[1]) / step))
        self._before = (frame.at_s, tiny)

    def result(self) -> list[CameraVelocity]:
        """Return how the picture moved since the frame before, at every frame that has one near enough."""
        return self._velocities


def speed_and_shake(velocities: Sequence[CameraVelocity], cuts: Sequence[float] = ()) -> list[tuple[float, float, float]]:
    """Return (seconds, speed, shake), both in picture widths a second.

    cuts: seconds at which a new picture begins; what seems to move there is not the camera. Shake is the part of the velocity
    that its two neighbours do not share (a tremor), or half of what half a second does not share (a bounce), whichever is more.
    """
    borders = np.array(sorted(cuts))
    at = np.array([when for when, _, _ in velocities if when not in cuts])
    velocity = np.array([(right, down) for when, right, down in velocities if when not in cuts])
    picture = np.searchsorted(borders, at, side="right")
    moves: list[tuple[float, float, float]] = []
    for index, time in enumerate(at):
        same = picture == picture[index]
        nearest = np.abs(np.arange(len(at)) - index) <= 1
        tremor = np.hypot(*(velocity[index] - velocity[same & nearest].mean(axis=0)))
        bounce = np.hypot(*(velocity[index] - velocity[same & (np.abs(at - time) <= SMOOTH_S / 2)].mean(axis=0)))
        moves.append((float(time), float(np.hypot(*velocity[index])), float(max(tremor, BOUNCE_SHARE * bounce))))
    return moves


def _median_flow(before: Picture, after: Picture) -> NDArray[np.float64]:
    points = cv2.goodFeaturesToTrack(before, 80, 0.01, 8)
    if points is None or len(points) < 6:
        return np.zeros(2)
    moved, tracked, _ = cv2.calcOpticalFlowPyrLK(before, after, points, np.zeros_like(points), winSize=(15, 15), maxLevel=3)
    kept = tracked[:, 0] == 1
    if kept.sum() < 6:
        return np.zeros(2)
    return np.asarray(np.median((moved - points)[kept, 0], axis=0) / before.shape[1], dtype=np.float64)
