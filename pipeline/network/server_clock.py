"""The servers' clock: the Date of each answer tells how far this machine's clock is off."""

import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from pipeline.network.errors import ClockWrong

FRESH_S, SET_S = 600.0, 60.0
Now = Callable[[], datetime]
"""Returns the time, aware."""


def utc_now() -> datetime:
    """Return this machine's time."""
    return datetime.now(UTC)


def server_time(answer: httpx.Response) -> datetime | None:
    """Return the server's time when it answered (RFC 9110, 6.6.1), aware; None when it does not say.

    A cached answer carries the date when it was stored, and an Age above 0: it is ignored.
    """
    if answer.headers.get("age", "0").strip() not in ("", "0"):
        return None
    try:
        date = parsedate_to_datetime(answer.headers["date"])
    except (KeyError, ValueError, TypeError):
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date


class ServerClock:
    """How far this machine's clock is off, by the last two servers that answered.

    Date has whole seconds and the way back takes time, so a few seconds mean nothing. One garbled Date proves nothing either: of two
    answers the one that agrees more with this machine is believed.
    """

    def __init__(self, now: Now = utc_now) -> None:
        self.answers = 0
        """Answers observed so far."""
        self._now = now
        self._offsets: deque[tuple[float, datetime, float]] = deque(maxlen=2)

    @property
    def off_s(self) -> float | None:
        """Seconds that this machine is ahead; None when no server answered recently, or the clock was set since."""
        offsets = [off_s for off_s, at, ticks in self._offsets if self._holds(at, time.monotonic() - ticks)]
        return min(offsets, key=abs, default=None)

    def _holds(self, at: datetime, passed_s: float) -> bool:
        """Whether an observation is fresh, and the clock was not set since."""
        return passed_s < FRESH_S and abs((self._now() - at).total_seconds() - passed_s) < SET_S

    def observe(self, answer: httpx.Response) -> None:
        """Take the time from an answer: an event hook of httpx."""
        date = server_time(answer)
        if date is not None:
            now = self._now()
            self.answers += 1
            self._offsets.append(((now - date).total_seconds(), now, time.monotonic()))

    def is_off(self, within_s: float) -> bool:
        """Whether the clock is known to be off by more than `within_s` seconds."""
        return self.off_s is not None and abs(self.off_s) > within_s

    def check(self, within_s: float) -> None:
        """Raise ClockWrong when `is_off`."""
        if self.is_off(within_s):
            raise ClockWrong(self._now(), self.off_s or 0.0)
