"""Where the eye rests when there is no face: detail, colour that stands out, and what moves."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.analysis.detector import Detector
from pipeline.analysis.frame import Frame
from pipeline.documents.analysis import Subject
from pipeline.documents.clip import Clip

LOOK_EVERY_S = 0.4
GRID = 64
WINDOW = 0.3
"""The place whose surroundings hold most counts, not the mean of all: between two things there is often nothing. A third of
the picture is what a portrait window shows of a landscape one."""
CENTRE_PULL = 0.45
"""Standard deviation of the centre's pull, in picture sizes: phones are pointed at what matters."""


class Interest(Detector[list[Subject]]):
    """The place with most detail, colour contrast and movement around it."""

    name = "interest"
    every_s = LOOK_EVERY_S

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip)
        self._before: NDArray[np.float32] | None = None
        self._subjects: list[Subject] = []

    def feed(self, frame: Frame) -> None:
        """Weigh one frame."""
        small = cv2.resize(frame.image, (GRID, GRID), interpolation=cv2.INTER_AREA)
        lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB).astype(np.float32)
        colour_contrast = np.linalg.norm(lab - cv2.GaussianBlur(lab, (0, 0), 20), axis=2).astype(np.float32)
        luma = lab[:, :, 0]
        detail = np.abs(luma - cv2.GaussianBlur(luma, (0, 0), 2)).astype(np.float32)
        movement = np.abs(luma - self._before) if self._before is not None else np.zeros_like(luma)
        self._before = luma
        weight = _share(colour_contrast) + _share(detail) + _share(np.maximum(movement - np.median(movement) - 4, 0))
        axis = (np.arange(GRID) + 0.5) / GRID
        pull = np.exp(-((axis - 0.5) ** 2) / (2 * CENTRE_PULL**2))
        # a bell, not a box: a box is as full with the subject at its edge as with the subject in its middle
        surroundings = cv2.GaussianBlur(weight, (0, 0), WINDOW * GRID / 3, borderType=cv2.BORDER_CONSTANT)
        surroundings = surroundings * pull[None, :] * pull[:, None]
        total = float(weight.sum())
        if total <= 0:
            return
        row, column = np.unravel_index(int(np.argmax(surroundings)), surroundings.shape)
        x, y = float(axis[column]), float(axis[row])
        spread = float(np.sqrt((weight.sum(axis=0) * (axis - x) ** 2).sum() / total))
        self._subjects.append(
            Subject(
                at_s=round(frame.at_s, 3),
                x=round(x, 4),
                y=round(y, 4),
                width=round(min(1.0, 2 * spread), 4),
                height=round(min(1.0, 2 * spread), 4),
                kind="interest",
                weight=round(1 - min(0.9, 2 * spread), 4),
            )
        )

    def result(self) -> list[Subject]:
        """Centres of interest over time; weight falls as the interest is spread out."""
        return self._subjects


def _share(values: NDArray[np.float32]) -> NDArray[np.float32]:
    total = float(values.sum())
    return values / total if total > 1e-6 else values
