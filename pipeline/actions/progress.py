"""Who hears how far a run is."""

from collections.abc import Callable
from typing import Protocol

from pipeline.documents.message import Message


class RunProgress(Protocol):
    """Hears of stages as they begin and end: bars on a terminal, lines in a log, or nothing."""

    def begin(self, number: int, count: int, title: Message) -> Callable[[float], None]:
        """Stage `number` of `count` begins; what is returned takes how much of it is done, 0 to 1."""

    def end(self, number: int, count: int, title: Message, seconds: float) -> None:
        """The stage has ended and took so many seconds."""

    def warn(self, warning: Message) -> None:
        """Something a person should know that stops nothing."""
