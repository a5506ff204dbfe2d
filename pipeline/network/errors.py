"""Errors of a call to a platform, as one tree that says what the caller may do next.

PlatformError
├── RetryableError      no for now; a call that makes nothing public may be repeated
│   ├── RateLimited     the platform asks to wait
│   ├── TokenRejected   another access token is needed
│   └── NotSent         no connection, nothing left (see http.py)
├── UploadExpired       the platform has forgotten the upload; send all bytes again
├── Rejected            no, and it stays no
├── OutcomeUnknown      no answer, or none that can be read
└── ActionRequired      only a person can go on

What kind an error is says nothing of whether the call had its effect: platforms have refused, asked to wait and found the token dead in
answer to a call that made the post. Only `had_no_effect` says so.

ClockWrong stands beside it: nothing was sent because this machine's clock is off.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from pipeline.documents.message import M, Message
from pipeline.errors import PersonNeeded
from pipeline.settings import minute_and_zone


class PlatformError(Exception):
    """A call that failed. message: for a person. request_id: the platform's. response: the redacted answer, for the ledger.

    had_no_effect: it is certain that the call did nothing, because nothing left this machine or the platform's contract says so of this
    very answer. After `publish` only such an error ends the attempt; any other leaves it in doubt.
    """

    had_no_effect = False

    def __init__(self, message: Message, *, request_id: str = "", response: Mapping[str, Any] | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.request_id = request_id
        self.response = dict(response or {})


class RetryableError(PlatformError):
    """No for now: what makes nothing public may be repeated after `after_s` seconds."""

    def __init__(self, message: Message, after_s: float, **more: Any) -> None:
        super().__init__(message, **more)
        self.after_s = after_s


class RateLimited(RetryableError):
    """The platform asks to wait (429): every process waits with every release of the account."""


class TokenRejected(RetryableError):
    """The platform rejects the access token: the engine gets another one before the next call."""

    def __init__(self, message: Message, **more: Any) -> None:
        super().__init__(message, 0.0, **more)


class UploadExpired(PlatformError):
    """The platform has forgotten the upload: all bytes must be sent again."""


class Rejected(PlatformError):
    """The platform refuses, and would refuse the same again."""


class OutcomeUnknown(PlatformError):
    """The call may or may not have had its effect: only a look-up or a person can tell."""


class ActionRequired(PlatformError):
    """Only a person can go on: log in again, get a permission, lift a ban."""


@contextmanager
def before_the_call() -> Iterator[None]:
    """Mark the errors of the block as without effect: it prepares the call that publishes and sends nothing that could."""
    try:
        yield
    except PlatformError as error:
        error.had_no_effect = True
        raise


class ClockWrong(PersonNeeded):
    """This machine's clock and the platform's are too far apart. off_s: seconds that ours is ahead; negative when it is behind."""

    def __init__(self, here: datetime, off_s: float) -> None:
        there = here - timedelta(seconds=off_s)
        super().__init__(
            M(
                "This machine's clock says {here}, the platform's {there}. Set the clock right; nothing was sent.",
                here=minute_and_zone(here),
                there=minute_and_zone(there),
            )
        )
        self.off_s = off_s
