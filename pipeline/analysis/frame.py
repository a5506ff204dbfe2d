"""Frames that detectors are fed, and how often."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media.decode import Picture

RATE = 15.0
"""Frames a second that are looked at: shake needs neighbours less than a tenth of a second apart."""
SHORT_SIDE = 360
"""Pixels of the analysed picture's shorter side, at most."""
JUDGE_EVERY_S = 0.2
"""Sharpness and exposure are measured at the same times: together they are one sample."""
LONGEST_STEP_S = 0.25
"""Frames further apart than this say nothing about the camera between them."""
LEAST_CORNERS = 6
Flow = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Corner points of the frame before, and where they are now: N x 2 pixels of `Frame.tiny` each."""


@dataclass(frozen=True)
class EarlierFrame:
    """What is kept of the frame before: its time and `Frame.tiny`."""

    at_s: float
    tiny: Picture


@dataclass(frozen=True)
class Frame:
    """One upright analysed frame.

    at_s: its time on the clip's clock, seconds. image: BGR, shorter side `SHORT_SIDE` pixels or less. before: the frame analysed before it.
    """

    at_s: float
    image: Picture
    before: EarlierFrame | None = None

    @cached_property
    def grey(self) -> Picture:
        """Luma, 0..255."""
        return cv2.cvtColor(self.image, cv2.COLOR_BGR2GRAY).astype(np.uint8)

    @cached_property
    def tiny(self) -> Picture:
        """Luma with a short side of 180 pixels: enough to follow the camera."""
        scale = min(1.0, 180 / min(self.grey.shape))
        size = (max(16, round(self.grey.shape[1] * scale)), max(16, round(self.grey.shape[0] * scale)))
        return cv2.resize(self.grey, size, interpolation=cv2.INTER_AREA).astype(np.uint8)

    @property
    def step_s(self) -> float | None:
        """Seconds since the frame before; None where there is none, or none that says anything about the camera."""
        step = self.at_s - self.before.at_s if self.before is not None else 0.0
        return step if 0 < step <= LONGEST_STEP_S else None

    @cached_property
    def flow(self) -> Flow | None:
        """Corners followed from the frame before (Lucas–Kanade); None where fewer than six are found, or there is no step."""
        if self.before is None or self.step_s is None:
            return None
        points = cv2.goodFeaturesToTrack(self.before.tiny, 80, 0.01, 8)
        if points is None or len(points) < LEAST_CORNERS:
            return None
        moved, tracked, _ = cv2.calcOpticalFlowPyrLK(
            self.before.tiny, self.tiny, points, np.zeros_like(points), winSize=(15, 15), maxLevel=3
        )
        kept = tracked[:, 0] == 1
        if kept.sum() < LEAST_CORNERS:
            return None
        return points[kept, 0].astype(np.float32), moved[kept, 0].astype(np.float32)


class Every:
    """Answers yes at most once in a number of seconds, so that a costly detector looks by time and not by frame. 0: always yes."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._due = float("-inf")

    def __call__(self, at_s: float) -> bool:
        """Return whether the frame at this time is to be looked at."""
        if self.seconds and at_s + 1e-6 < self._due:
            return False
        self._due = at_s + self.seconds * 0.95
        return True
