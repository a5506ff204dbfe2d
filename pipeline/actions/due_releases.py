"""The releases that fall due soon, each as an order that is carried out once: what the watch asks for while `fieldcut up` runs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.actions.publish_report import PublishReport
from pipeline.actions.publishing_context import has_ledger, open_workspace_ledger, publishing_context
from pipeline.actions.release_notifications import notify_releases
from pipeline.actions.releases import moved_by_this_process
from pipeline.language import say
from pipeline.publish.engine import work_on
from pipeline.publish.engine.retry_policy import RetryPolicy
from pipeline.publish.ledger import Entry
from pipeline.publish.platforms.registry import platforms_of

AHEAD_S = 90.0
"""A run is ordered so long before a release is due: it takes five seconds to start, several times that on a busy machine, then checks all
that takes time (a minute ahead), and waits for the hour itself."""


@dataclass(frozen=True)
class DueRelease:
    """One release that is due at a moment (aware; the past for one that waits). step: of the ledger; another step is another order."""

    release: str
    story: str
    destination: str
    step: int
    due_at: datetime

    @property
    def key(self) -> str:
        """The name of the order."""
        return f"release:{self.release}:{self.step}:{self.due_at.timestamp():.0f}"


def due_soon(workspace: Path, now: datetime) -> tuple[DueRelease, ...]:
    """The releases that a machine may take up within `AHEAD_S`, the longest waiting first; none where nothing was ever published.

    Raises as `open_workspace_ledger` does.
    """
    if not has_ledger(workspace):
        return ()
    with open_workspace_ledger(workspace) as ledger:
        return tuple(_orders(ledger.due(now + timedelta(seconds=AHEAD_S)), workspace))


def _orders(entries: Sequence[Entry], workspace: Path) -> Iterator[DueRelease]:
    platforms = platforms_of(workspace) if entries else {}
    for entry in entries:
        platform = platforms.get(entry.release.platform)
        if platform is None or not platform.capabilities.by_person:
            yield DueRelease(entry.id, entry.release.story, entry.release.platform, entry.step, entry.next_at or entry.since)


def work_on_release(workspace: Path, release: str, language: str, policy: RetryPolicy | None = None) -> PublishReport:
    """Go on with one release as far as it goes: its upload, its hour, its look-ups; and notify the channels of what it came to.

    policy: how long it waits for its hour, and for the look-ups after it, where that differs from the workspace's. What another worker
    holds is left to it. Raises as `publishing_context` does, UserMistake for an unknown release.
    """
    report = PublishReport()
    with publishing_context(workspace) as engine:
        before = engine.ledger.get(release)
        after = work_on(before, replace(engine, retry_policy=policy) if policy else engine)
        if after is None:
            return report
        report.tell(after, language)
        moved = moved_by_this_process([after], {before.id: before.step}, engine)
        report.lines += [f"⚠ {say(warning, language)}" for warning in notify_releases(workspace, engine, moved)]
        tasks = engine.ledger.tasks.all(release_id=release)
        report.lines += [f"→ {say(task.message, language)}" for task in tasks]
    report.person_needed = bool(tasks)
    return report
