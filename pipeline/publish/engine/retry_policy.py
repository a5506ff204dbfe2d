"""The retry policy: how long and how often the engine tries, waits and looks again."""

from collections.abc import Callable
from datetime import timedelta

from pipeline.documents.base import Frozen
from pipeline.network.errors import PlatformError, RetryableError, TokenRejected

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S


class RetryPolicy(Frozen):
    """Limits of one workspace's engine. All times in seconds."""

    tries: int = 10
    """Failed calls of an upload in a row before it is given up; progress starts the count anew. With the waits below, about an hour."""
    restarts: int = 4
    """How often an upload that the platform has forgotten starts again from its first byte."""
    attempts: int = 5
    """Calls that publish, when each was refused for the moment and certainly had no effect."""
    first_wait_s: float = 2.0
    longest_wait_s: float = 900.0
    """Between two tries: doubled each time, at most this."""
    stay_s: float = 300.0
    """How long one `deliver` waits in all; a longer wait is left to another run, with its hour on record."""
    late_s: float = 12 * HOUR_S
    """A post that is later than this for its planned hour is not published: its words may no longer be true."""
    twin_s: float = 12 * HOUR_S
    """How long a post waits for another one with the same words whose outcome is in doubt."""
    first_look_s: float = 15.0
    longest_look_s: float = 6 * HOUR_S
    """Between two look-ups: half of the time since publishing, within these."""
    processing_s: float = 3 * DAY_S
    """A post that the platform is still processing after this needs a person to look at it; look-ups go on."""
    stop_s: float = 14 * DAY_S
    """After this there are no more look-ups, and only a person can tell."""
    live_looks_s: tuple[float, ...] = (HOUR_S, DAY_S)
    """When a live post is looked at again, counted from when it was first seen: is it still there, and its cart link?"""
    cart_s: float = 7 * DAY_S
    """How long a missing cart link is looked for again."""

    def delay(self, error: PlatformError, failures: int, chance: Callable[[], float]) -> timedelta:
        """Wait before the next try: doubled each time, with jitter so that many workers do not come back at once.

        error: how the last try ended; never less than it asks for, and nothing the first time that only the token was rejected.
        failures: tries in a row that failed before this one. chance: gives a number from 0 to 1, for the jitter.
        """
        if isinstance(error, TokenRejected) and not failures:
            return timedelta(0)
        longest = min(self.longest_wait_s, self.first_wait_s * 2 ** min(failures, 30))
        asked = error.after_s if isinstance(error, RetryableError) else 0.0
        return timedelta(seconds=asked + longest * (0.5 + 0.5 * chance()))
