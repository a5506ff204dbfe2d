"""The servers' clock: the Date of each answer tells how far this machine's clock is off."""

import time
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
    """How far this machine's clock is off, by the last server that answered.

    Date has whole seconds and the way back takes time, so a few seconds mean nothing.
    """

    def __init__(self, now: Now = utc_now) -> None:
        self._now = now
        self._last_offset: tuple[float, datetime, float] | None = None

    @property
    def off_s(self) -> float | None:
        """Seconds that this machine is ahead; None when no server answered recently, or the clock was set since."""
        if self._last_offset is None:
            return None
        off_s, at, ticks = self._last_offset
        passed_s = time.monotonic() - ticks
        return off_s if passed_s < FRESH_S and abs((self._now() - at).total_seconds() - passed_s) < SET_S else None

    def observe(self, answer: httpx.Response) -> None:
        """Take the time from an answer: an event hook of httpx."""
        date = server_time(answer)
        if date is not None:
            now = self._now()
            self._last_offset = (now - date).total_seconds(), now, time.monotonic()

    def check(self, within_s: float) -> None:
        """Raise ClockWrong when the clock is known to be off by more than `within_s` seconds."""
        off_s = self.off_s
        if off_s is not None and abs(off_s) > within_s:
            raise ClockWrong(self._now(), off_s)
