"""Quotas: how many calls a service allows in a window of time, and the error when none are left."""

from datetime import datetime
from typing import Literal, Protocol

from pydantic import AwareDatetime, Field

from pipeline.documents.base import Frozen
from pipeline.documents.message import M
from pipeline.errors import Fault
from pipeline.settings import minute_and_zone


class Quota(Frozen):
    """At most `calls` calls in `per_s` seconds, for an account or for the whole app."""

    name: str
    calls: int
    per_s: float
    of: Literal["account", "app"] = "account"
    begins_s: float = 0.0
    """When a window of a day begins, seconds after midnight UTC: 57,600 for midnight in Peking."""
    verified: bool = False


class QuotaWindow(Frozen):
    """A stretch of time in which a platform allows `limit` calls."""

    name: str
    """What is counted: calls, uploads, units."""
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    limit: int = Field(gt=0)


class QuotaSpent(Fault):
    """The platform allows no more calls before `until`."""

    def __init__(self, platform: str, account: str, until: datetime) -> None:
        super().__init__(
            M(
                "{platform} {account} takes no more before {until}. Nothing was sent; it goes on then.",
                platform=platform,
                account=account,
                until=minute_and_zone(until),
            )
        )
        self.until = until


class QuotaCounter(Protocol):
    """Counts calls for all processes: the ledger's `QuotaBook`."""

    def spend(self, platform: str, account: str, window: QuotaWindow, *, at: datetime, cost: int = 1) -> int:
        """Count a call before it is made and return what is left of the window. Raises QuotaSpent when nothing is left."""

    def hold_off(self, platform: str, account: str, until: datetime) -> None:
        """Record that the service asks to wait: no process spends before `until`."""
