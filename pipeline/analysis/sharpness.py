"""How sharp the sharpest part of a picture is, whatever it shows."""

import cv2
import numpy as np

from pipeline.analysis.detector import Detector
from pipeline.analysis.frame import JUDGE_EVERY_S, Frame
from pipeline.documents.clip import Clip
from pipeline.media.decode import Picture

BLURRED_BELOW = 0.48
"""On 18 phone clips at 360p the softest sharp one measures 0.66 (a time-lapse flower), an out-of-focus one 0.36."""
GRID = 8
LEAST_DETAIL = 4.0
"""Blocks with less coarse detail than this (squared luma steps) are sky or wall and say nothing about focus."""
LEAST_SHAPE = 25.0
"""Blocks with more than this between blurs of 4 and 16 pixels (squared luma steps) hold a shape; a sky's gradient has under 5."""


class Sharpness(Detector[list[tuple[float, float]]]):
    """Fine detail over coarse detail, per block of a grid; the 90th percentile of the blocks counts.

    An edge in focus has about as much energy between blurs of 1 and 2 pixels as between 2 and 4; defocus takes the fine
    band first. The ratio does not depend on contrast or subject, as the usual variance of the Laplacian does; looking at
    the best blocks keeps a shallow depth of field from counting as blur. Grain is taken off as the level of the flattest blocks.
    """

    name = "sharpness"
    every_s = JUDGE_EVERY_S

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip)
        self._values: list[tuple[float, float]] = []

    def feed(self, frame: Frame) -> None:
        """Measure one frame."""
        self._values.append((frame.at_s, fine_over_coarse(frame.grey)))

    def result(self) -> list[tuple[float, float]]:
        """(seconds, ratio); NaN where the picture has nothing that could be sharp, 0 where all of it is a haze."""
        return self._values


def fine_over_coarse(grey: Picture) -> float:
    """The ratio for one picture.

    When fewer than three blocks hold any detail: 0 when there are large shapes all the same, which no focus leaves without an
    edge, and NaN for a wall or a clear sky.
    """
    image = grey.astype(np.float32)
    blurred = [cv2.GaussianBlur(image, (0, 0), sigma) for sigma in (1.0, 2.0, 4.0)]
    fine = cv2.resize((blurred[0] - blurred[1]) ** 2, (GRID, GRID), interpolation=cv2.INTER_AREA)
    coarse = cv2.resize((blurred[1] - blurred[2]) ** 2, (GRID, GRID), interpolation=cv2.INTER_AREA)
    grain = float(np.percentile(fine, 5))
    detailed = coarse > LEAST_DETAIL + grain
    if detailed.sum() < 3:
        large = cv2.resize((blurred[2] - cv2.GaussianBlur(image, (0, 0), 16)) ** 2, (GRID, GRID), interpolation=cv2.INTER_AREA)
        return 0.0 if (large > LEAST_SHAPE).sum() >= 3 else float("nan")
    ratio = np.sqrt(np.maximum(fine - grain, 0) / coarse)
    return float(np.percentile(ratio[detailed], 90))
