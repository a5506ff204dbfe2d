"""The shape of a detector: fed small frames of one clip in order, asked for its result after the last."""

from abc import ABC, abstractmethod
from math import isfinite
from typing import ClassVar, Generic, TypeVar

from pipeline.analysis.frame import Frame
from pipeline.documents.clip import Clip

R_co = TypeVar("R_co", covariant=True)


class Detector(ABC, Generic[R_co]):
    """One thing that is measured on a clip's picture.

    every_s: seconds between two frames that it is fed; 0 for every frame that is decoded (`frame.RATE` a second).
    """

    name: ClassVar[str]
    every_s: ClassVar[float] = 0.0

    def __init__(self, clip: Clip) -> None:
        self.clip = clip

    @abstractmethod
    def feed(self, frame: Frame) -> None:
        """Look at the next frame."""

    @abstractmethod
    def result(self) -> R_co:
        """Return what was found. Called once the last frame was fed."""


class SeriesDetector(Detector[tuple[tuple[float, float], ...]]):
    """A detector of one number a frame. Its values are kept in the analysis, `Analysis.measurements`, under its name.

    version: goes up when the same clip would give other values.
    """

    version: ClassVar[int] = 1

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip)
        self._series: list[tuple[float, float]] = []

    @abstractmethod
    def measure(self, frame: Frame) -> float:
        """Return the value of one frame; NaN where the frame says nothing, which is left out."""

    def feed(self, frame: Frame) -> None:
        """Measure one frame."""
        value = self.measure(frame)
        if isfinite(value):
            self._series.append((round(frame.at_s, 3), round(float(value), 4)))

    def result(self) -> tuple[tuple[float, float], ...]:
        """Return (seconds, value) in order of time."""
        return tuple(self._series)
