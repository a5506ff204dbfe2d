"""The job of a worker: one release that it holds, what it drives the release with, and the moves it makes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
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

ACTION_TASK = "act"
"""Kind of the task that says what a person must do before a release can go on."""


@dataclass
class ReleaseJob:
    """A release that this process holds. entry: its present state. checked: this run has checked its files and rules.

    uploaded_at: when this run saw that the platform has all bytes; None before. hashed: see `check_files`.
    """

    context: EngineContext
    platform: Platform
    settings: Mapping[str, Any]
    entry: Entry
    progress: LedgerUploadProgress
    checked: bool = False
    uploaded_at: datetime | None = None
    hashed: dict[Path, tuple[int, ...]] = field(default_factory=dict)
    limits: Limits = field(init=False)
    session: PlatformSession = field(init=False)

    def __post_init__(self) -> None:
        self.limits = self.platform.limits(self.settings)
        clock, ledger, name = self.context.clock, self.context.ledger, account_name(self.release)
        self.session = PlatformSession(
            http=self.context.access.http,
            token=lambda at_least_s: self.context.access.token(name, at_least_s),
            settings=self.settings,
            now=clock.now,
            wait=clock.wait,
            spend=self._spend,
            check_lease=lambda: ledger.must_hold(self.entry.id),
            sign=lambda text: self.context.access.sign(name, text),
        )

    @property
    def release(self) -> Release:
        """The release's document."""
        return self.entry.release

    @property
    def message_values(self) -> dict[str, str]:
        """Values for messages: story, platform and account."""
        return {"story": self.release.story, "platform": self.release.platform, "account": self.release.account}

    def now(self) -> datetime:
        """Return the time, aware."""
        return self.context.clock.now()

    def first_look(self) -> datetime:
        """Return the time of the first look-up after publishing."""
        asked = self.limits.first_look_s
        return self.later(self.context.retry_policy.first_look_s if asked is None else asked)

    def later(self, seconds: float) -> datetime:
        """Return the time that many seconds from now."""
        return self.now() + timedelta(seconds=seconds)

    def move(
        self, to: State, *, lookup: bool = False, error: PlatformError | None = None, reason: Message | None = None, **more: Any
    ) -> None:
        """Write a state to the ledger, before the call it announces.

        lookup: the state is what the platform answered, not what we did. error: why; its message, request id and response are recorded.
        more: as `Ledger.advance` takes it.
        """
        by = Actor(who=Who.LOOKUP if lookup else Who.MACHINE, name=self.context.worker)
        if error is not None:
            answer: dict[str, JsonValue] = dict(error.response)
            more = {"request_id": error.request_id, "answer": answer, **more}
            reason = reason or error.message
        self.entry = self.context.ledger.advance(self.entry, to, by=by, at=self.now(), reason=reason, **more)

    def postpone(self, until: datetime | None) -> None:
        """Keep the release's state and take it up again at `until`; None: not before a person acts."""
        self.entry = self.context.ledger.postpone(self.entry, until)

    def open_task(self, message: Message) -> None:
        """Ask a person to do something before the release can go on."""
        self.context.ledger.tasks.open(ACTION_TASK, message, at=self.now(), release_id=self.entry.id)

    def close_tasks(self) -> None:
        """Close what a person was asked to do: the release goes on, so it was done."""
        for task in self.context.ledger.tasks.all(release_id=self.entry.id):
            if task.kind == ACTION_TASK:
                self.context.ledger.tasks.close(task.id, by=Actor(who=Who.MACHINE, name=self.context.worker), at=self.now())

    def history(self) -> list[Transition]:
        """Return every move so far, the oldest first."""
        return self.context.ledger.history(self.entry.id)

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
            self.context.ledger.quota.spend(self.release.platform, account, window, at=now, cost=cost)
        except QuotaSpent as spent:
            problem = RetryableError(spent.message, max(1.0, (spent.until - now).total_seconds()))
        else:
            return
        raise problem


def account_name(release: Release) -> str:
    """Name of a release's account as fieldcut.toml and --to write it; empty for a release without account."""
    return f"{release.platform}:{release.account}" if release.account else ""


def post_by_hand(entry: Entry, platform: Platform, context: EngineContext) -> ReleaseJob:
    """Make the job for a release that a person posts: such accounts are names only, nothing is configured, and nobody logs in here."""
    return ReleaseJob(context, platform, {}, entry, LedgerUploadProgress(context.ledger, entry.id, context.clock.now))


def open_job(entry: Entry, context: EngineContext) -> ReleaseJob:
    """Make the job for a release that this process holds. Raises UserMistake for an unknown platform or account."""
    platform = context.platforms.get(entry.release.platform)
    if platform is None:
        raise UserMistake(M("FieldCut does not publish to {platform} by itself.", platform=entry.release.platform))
    name = account_name(entry.release)
    settings = context.access.settings(name) if name else {}
    return ReleaseJob(context, platform, settings, entry, LedgerUploadProgress(context.ledger, entry.id, context.clock.now))
