"""The clock as a parameter, so that tests wait for nothing."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """The clock, a parameter everywhere."""

    def now(self) -> datetime:
        """Aware."""

    def wait(self, seconds: float) -> None:
        """Let so many seconds pass."""


class SystemClock:
    """This machine's clock."""

    def now(self) -> datetime:
        """UTC."""
        return datetime.now(UTC)

    def wait(self, seconds: float) -> None:
        """Sleeps; Ctrl-C ends it."""
        time.sleep(max(0.0, seconds))
