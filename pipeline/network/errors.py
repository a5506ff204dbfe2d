"""How a call to a platform can end badly, as one tree.

Ending
├── TryLater         certainly no effect; may be repeated
│   ├── TooMany      the platform asks to be left alone
│   └── TokenRefused another access token is needed
├── StartAgain       the upload was forgotten; all bytes again
├── Refused          no, and it stays no
├── Unclear          may have had its effect
└── PersonMustAct    only a person can go on

ClockWrong stands beside it: nothing was sent because this machine's clock is off.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pipeline.documents.message import M, Message
from pipeline.errors import PersonNeeded
from pipeline.settings import minute_and_zone


class PlatformError(Exception):
    """A call that did not go well; `message` is for a person, `essence` for the ledger.

    In `upload` and `look_up` TryLater and Unclear are the same: repeated after a while. In `publish` they are not.
    """

    def __init__(self, message: Message, *, request_id: str = "", essence: Mapping[str, Any] | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.request_id = request_id
        self.essence = dict(essence or {})


class RetryableError(PlatformError):
    """It has certainly had no effect, and may be repeated after `after_s` seconds."""

    def __init__(self, message: Message, after_s: float, **more: Any) -> None:
        super().__init__(message, **more)
        self.after_s = after_s


class RateLimited(RetryableError):
    """The platform asks to be left alone (429): every process waits, with every release of the account."""


class TokenRejected(RetryableError):
    """The platform does not take this access token and has done nothing: the engine gets another one and repeats the call."""

    def __init__(self, message: Message, **more: Any) -> None:
        super().__init__(message, 0.0, **more)


class UploadExpired(PlatformError):
    """The platform has forgotten the upload: nothing is public, all bytes must be sent anew."""


class Rejected(PlatformError):
    """The platform says no, and will go on saying so."""


class OutcomeUnknown(PlatformError):
    """It may or may not have had its effect: nothing but a look-up or a person can tell."""


class ActionRequired(PlatformError):
    """Only a person can go on: log in again, get a permission, lift a ban. Nothing was published."""


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
