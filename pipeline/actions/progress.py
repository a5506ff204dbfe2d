"""The seam through which a run reports its progress."""

from collections.abc import Callable
from typing import Protocol

from pipeline.documents.message import Message


class RunProgress(Protocol):
    """Receives the stages as they begin and end, and shows them as bars on a terminal, lines in a log, or not at all."""

    def begin(self, number: int, count: int, title: Message) -> Callable[[float], None]:
        """Stage `number` of `count` begins. Returns a callback that takes the share of it that is done, 0 to 1."""

    def end(self, number: int, count: int, title: Message, seconds: float) -> None:
        """The stage has ended. seconds: how long it took."""

    def warn(self, warning: Message) -> None:
        """Show something a person should know that does not stop the run."""


class SilentProgress:
    """Shows nothing: for work that nobody watches."""

    def begin(self, number: int, count: int, title: Message) -> Callable[[float], None]:
        """See RunProgress."""
        del number, count, title
        return lambda _share: None

    def end(self, number: int, count: int, title: Message, seconds: float) -> None:
        """See RunProgress."""

    def warn(self, warning: Message) -> None:
        """See RunProgress."""
