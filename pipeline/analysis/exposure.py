"""How light a picture is."""

import numpy as np

from pipeline.analysis.detector import Detector
from pipeline.analysis.frame import JUDGE_EVERY_S, Frame
from pipeline.documents.clip import Clip

DARK_MEAN = 36.0
DARK_HIGHLIGHT = 96.0
"""Too dark only when even the 95th percentile of luma is dull: a face by the fire is dark on average and fine to look at."""
BRIGHT_SHARE = 0.6
"""Share of pixels at 250 or more above which a picture is burned out."""
BLANK_CONTRAST = 3.0
"""Standard deviation of luma under which there is nothing in the picture."""
PLAIN_CONTRAST = 10.0
"""The same for a picture that has no detail either: a finger on the lens has shades, a wall too."""


class Exposure(Detector[list[tuple[float, float, float, float, float]]]):
    """Mean, spread, highlight and burned-out share of luma."""

    name = "exposure"
    every_s = JUDGE_EVERY_S

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip)
        self._values: list[tuple[float, float, float, float, float]] = []

    def feed(self, frame: Frame) -> None:
        """Measure one frame."""
        grey = frame.grey
        high = float(np.percentile(grey, 95))
        self._values.append((frame.at_s, float(grey.mean()), float(grey.std()), high, float((grey >= 250).mean())))

    def result(self) -> list[tuple[float, float, float, float, float]]:
        """(seconds, mean, standard deviation, 95th percentile, share of pixels burned out)."""
        return self._values
