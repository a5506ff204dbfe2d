"""The shape of a check: fed every decoded frame once, asked for its findings at the end."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from pipeline.documents.look import Box
from pipeline.documents.message import Message
from pipeline.documents.rendition import Finding
from pipeline.inspection.case import Case
from pipeline.inspection.evidence import save_evidence
from pipeline.inspection.reading import DecodedFrame, Picture


class InspectionCheck(ABC):
    """One thing that a finished file must be. A check that needs no picture leaves `feed` as it is."""

    name: ClassVar[str]

    def __init__(self, case: Case) -> None:
        self.case = case
        self._pictures = 0

    def feed(self, seen: DecodedFrame) -> None:  # noqa: B027 - most checks need no picture
        """Look at the next frame of the file."""

    @abstractmethod
    def result(self) -> Sequence[Finding]:
        """What was found: at least one finding, whether it passed or not. Called once, after the last frame."""

    def passed(self, message: Message) -> Finding:
        """A finding that all is well."""
        return Finding(check=self.name, passed=True, message=message)

    def failed(self, message: Message, at_s: float | None = None, frame: Picture | str | None = None, boxes: Sequence[Box] = ()) -> Finding:
        """A finding that something is wrong, with its time and the frame (a picture, or the path of one already written)."""
        path = frame if isinstance(frame, str) else self.evidence(frame, boxes) if frame is not None else ""
        return Finding(check=self.name, passed=False, message=message, at_s=None if at_s is None else round(at_s, 3), frame=path)

    def evidence(self, frame: Picture, boxes: Sequence[Box] = ()) -> str:
        """Write a picture of a frame for a finding and return its path."""
        self._pictures += 1
        return save_evidence(frame, f"{self.name}-{self._pictures}", self.case.scratch, boxes)
