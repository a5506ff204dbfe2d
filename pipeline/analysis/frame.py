"""Frames that detectors are fed, and how often."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from pipeline.media.decode import Picture

RATE = 15.0
"""Frames a second that are looked at: shake needs neighbours less than a tenth of a second apart."""
SHORT_SIDE = 360
"""Pixels of the analysed picture's shorter side, at most."""
JUDGE_EVERY_S = 0.2
"""Sharpness and exposure are measured at the same times: together they are one sample."""


@dataclass(frozen=True)
class Frame:
    """One upright analysed frame.

    at_s: its time on the clip's clock, seconds. image: BGR, shorter side `SHORT_SIDE` pixels or less.
    """

    at_s: float
    image: Picture

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
