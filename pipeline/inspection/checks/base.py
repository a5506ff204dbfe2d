"""The base class of checks: fed every decoded frame once, asked for its findings at the end."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from pipeline.documents.look import Box
from pipeline.documents.message import Message
from pipeline.documents.rendition import Finding
from pipeline.inspection.context import InspectionContext
from pipeline.inspection.decode import DecodedFrame, Picture
from pipeline.inspection.finding_picture import save_finding_picture
from pipeline.media import Child


class InspectionCheck(ABC):
    """One check of a finished file. A check that needs no picture does not override `feed`."""

    name: ClassVar[str]

    def __init__(self, context: InspectionContext) -> None:
        self.context = context
        self._pictures = 0

    def processes(self) -> Sequence[Child]:
        """Return the processes whose results `result` needs. They run while the file is decoded."""
        return ()

    def feed(self, frame: DecodedFrame) -> None:  # noqa: B027 - most checks need no picture
        """Look at the next frame of the file."""

    @abstractmethod
    def result(self) -> Sequence[Finding]:
        """Return at least one finding, passed or failed. Called once, after the last frame."""

    def passed(self, message: Message) -> Finding:
        """A finding that passed."""
        return Finding(check=self.name, passed=True, message=message)

    def failed(
        self,
        message: Message,
        remedy: Message,
        at_s: float | None = None,
        frame: Picture | str | None = None,
        boxes: Sequence[Box] = (),
    ) -> Finding:
        """A finding that failed, with its time (seconds) and its frame (a picture, or the path of one already written).

        remedy: what a person does next, as the volunteer can do it.
        """
        path = frame if isinstance(frame, str) else self.save_picture(frame, boxes) if frame is not None else ""
        seconds = None if at_s is None else round(at_s, 3)
        return Finding(check=self.name, passed=False, message=message, remedy=remedy, at_s=seconds, frame=path)

    def save_picture(self, frame: Picture, boxes: Sequence[Box] = ()) -> str:
        """Write a picture of a frame for a finding and return its path."""
        self._pictures += 1
        return save_finding_picture(frame, f"{self.name}-{self._pictures}", self.context.scratch, boxes)
