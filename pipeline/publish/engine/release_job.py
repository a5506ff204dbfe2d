"""One release while a worker holds it: what it is, what it is driven with, and its moves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import JsonValue

from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.errors import UserMistake
from pipeline.network.errors import PlatformError, RetryableError
from pipeline.network.quota import QuotaSpent, QuotaWindow
from pipeline.publish.engine.context import EngineContext
from pipeline.publish.engine.upload_progress import LedgerUploadProgress
from pipeline.publish.ledger import Actor, Entry, State, Transition, Who
from pipeline.publish.platforms.base import Limits, Platform, PlatformSession

ACT = "act"
"""The kind of task that says what a person must do before a release can go on."""


@dataclass
class ReleaseJob:
    """A release in hand. entry: where it stands. checked: its files and rules were checked by this very run.

    uploaded_at: when this run saw that the platform has all bytes.
    """

    means: EngineContext
    platform: Platform
    settings: Mapping[str, Any]
    entry: Entry
    memory: LedgerUploadProgress
    checked: bool = False
    uploaded_at: datetime | None = None
    limits: Limits = field(init=False)
    line: PlatformSession = field(init=False)

    def __post_init__(self) -> None:
        self.limits = self.platform.limits(self.settings)
        clock, ledger, name = self.means.clock, self.means.ledger, account_name(self.release)
        self.line = PlatformSession(
            http=self.means.access.http,
            token=lambda at_least_s: self.means.access.token(name, at_least_s),
            settings=self.settings,
            now=clock.now,
            wait=clock.wait,
            spend=self._spend,
            still_ours=lambda: ledger.must_hold(self.entry.id),
            sign=lambda text: self.means.access.sign(name, text),
        )

    @property
    def release(self) -> Release:
        """The document."""
        return self.entry.release

    @property
    def where(self) -> dict[str, str]:
        """For sentences: whose post it is, and where."""
        return {"story": self.release.story, "platform": self.release.platform, "account": self.release.account}

    def now(self) -> datetime:
        """Aware."""
        return self.means.clock.now()

    def first_look(self) -> datetime:
        """When to ask for the first time what became of the post."""
        asked = self.limits.first_look_s
        return self.later(self.means.retry_policy.first_look_s if asked is None else asked)

    def later(self, seconds: float) -> datetime:
        """So many seconds from now."""
        return self.now() + timedelta(seconds=seconds)

    def move(
        self, to: State, *, lookup: bool = False, ending: PlatformError | None = None, reason: Message | None = None, **more: Any
    ) -> None:
        """Write a state, before the call it announces. lookup: it is what the platform has answered, and not what we did."""
        by = Actor(who=Who.LOOKUP if lookup else Who.MACHINE, name=self.means.worker)
        if ending is not None:
            answer: dict[str, JsonValue] = dict(ending.essence)
            more = {"request_id": ending.request_id, "answer": answer, **more}
            reason = reason or ending.message
        self.entry = self.means.ledger.advance(self.entry, to, by=by, at=self.now(), reason=reason, **more)

    def postpone(self, until: datetime | None) -> None:
        """It stays where it is, and is not touched before."""
        self.entry = self.means.ledger.postpone(self.entry, until)

    def ask(self, message: Message) -> None:
        """Something that a person must do first."""
        self.means.ledger.tasks.open(ACT, message, at=self.now(), release_id=self.entry.id)

    def asked_is_done(self) -> None:
        """It goes on, so it was done."""
        for task in self.means.ledger.tasks.all(release_id=self.entry.id):
            if task.kind == ACT:
                self.means.ledger.tasks.close(task.id, by=Actor(who=Who.MACHINE, name=self.means.worker), at=self.now())

    def history(self) -> list[Transition]:
        """Every move so far."""
        return self.means.ledger.history(self.entry.id)

    def _spend(self, name: str, cost: int = 1) -> None:
        quota = next((quota for quota in self.limits.quotas if quota.name == name), None)
        if quota is None:
            raise ValueError(f"{self.platform.name} has no quota {name}")
        now = self.now()
        number = (now.timestamp() - quota.begins_s) // quota.per_s
        # Counted from 1970 and not back from now, else two processes count in two windows.
        begins = datetime.fromtimestamp(quota.begins_s + number * quota.per_s, UTC)
        window = QuotaWindow(name=name, starts_at=begins, ends_at=begins + timedelta(seconds=quota.per_s), limit=quota.calls)
        account = self.release.account if quota.of == "account" else ""
        problem: RetryableError
        try:
            self.means.ledger.quota.spend(self.release.platform, account, window, at=now, cost=cost)
        except QuotaSpent as spent:
            problem = RetryableError(spent.message, max(1.0, (spent.until - now).total_seconds()))
        else:
            return
        raise problem


def account_name(release: Release) -> str:
    """As fieldcut.toml and --to write it; empty for a platform without accounts."""
    return f"{release.platform}:{release.account}" if release.account else ""


def open_job(entry: Entry, means: EngineContext) -> ReleaseJob:
    """Take up a release that this process holds. Raises UserMistake for a platform or an account that is not known here."""
    platform = means.platforms.get(entry.release.platform)
    if platform is None:
        raise UserMistake(M("FieldCut does not publish to {platform} by itself.", platform=entry.release.platform))
    name = account_name(entry.release)
    settings = means.access.settings(name) if name else {}
    return ReleaseJob(means, platform, settings, entry, LedgerUploadProgress(means.ledger, entry.id, means.clock.now))
