"""The clock as a parameter, so that tests wait for nothing."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """A clock that tells the time and waits."""

    def now(self) -> datetime:
        """Return the time, aware."""

    def wait(self, seconds: float) -> None:
        """Return after that many seconds."""


class SystemClock:
    """This machine's clock."""

    def now(self) -> datetime:
        """Return the time in UTC."""
        return datetime.now(UTC)

    def wait(self, seconds: float) -> None:
        """Sleep; Ctrl-C ends it."""
        time.sleep(max(0.0, seconds))
