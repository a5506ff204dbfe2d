"""How the camera travels, and how much of it is the hand shaking."""

from collections.abc import Sequence

import numpy as np

from pipeline.analysis.detector import Detector
from pipeline.analysis.frame import Frame
from pipeline.documents.clip import Clip

SHAKY_ABOVE = 0.27
"""Picture widths a second. Over 18 phone clips hand-held ones measure up to 0.21 (a selfie while walking), a shaken one 0.7; a
picture that jumps by 1 % of its width from frame to frame measures 0.34, a walk that sways by 3 % 0.18."""
SMOOTH_S = 0.5
"""A hand's intended move lasts longer than this; what is faster is unrest."""
BOUNCE_SHARE = 0.5
"""How far the slow part of the unrest counts: a walk's bounce of about two a second is borne twice as well as a tremor."""
CameraVelocity = tuple[float, float, float]
"""(seconds, to the right, down), the last two in picture widths a second."""


class CameraMotion(Detector[list[CameraVelocity]]):
    """Median optical flow of corner points between neighbouring frames: the camera, not what moves before it."""

    name = "camera_motion"

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip)
        self._velocities: list[CameraVelocity] = []

    def feed(self, frame: Frame) -> None:
        """Follow the camera from the last frame to this one."""
        if frame.step_s is None:
            return
        move = np.zeros(2)
        if frame.flow is not None:
            points, moved = frame.flow
            move = np.median(moved - points, axis=0) / frame.tiny.shape[1]
        self._velocities.append((frame.at_s, float(move[0]) / frame.step_s, float(move[1]) / frame.step_s))

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
