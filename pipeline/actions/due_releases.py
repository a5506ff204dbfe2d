"""The releases that fall due soon, each as an order that is carried out once: what the watch asks for while `fieldcut up` runs."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Thread

from pipeline.actions.publish_report import PublishReport
from pipeline.actions.publishing_context import publishing_context
from pipeline.actions.release_notifications import notify_releases
from pipeline.actions.releases import moved_by_this_process
from pipeline.language import say
from pipeline.publish.engine import work_on
from pipeline.publish.engine.retry_policy import RetryPolicy
from pipeline.publish.ledger import Entry, Ledger
from pipeline.publish.platforms.registry import platforms_of

AHEAD_S = 90.0
"""A run is ordered so long before a release is due: it takes five seconds to start, several times that on a busy machine, then checks all
that takes time (a minute ahead), and waits for the hour itself."""


@dataclass(frozen=True)
class DueRelease:
    """One release that is due at a moment (aware; the past for one that waits).

    step: of the ledger; another step is another order. held: a worker has it, or had it when it was killed.
    """

    release: str
    story: str
    destination: str
    step: int
    due_at: datetime
    held: bool = False
    product: str = ""
    account: str = ""
    planned_at: datetime | None = None

    @property
    def key(self) -> str:
        """The name of the order."""
        return f"release:{self.release}:{self.step}:{self.due_at.timestamp():.0f}"


def due_in(ledger: Ledger, workspace: Path, now: datetime) -> tuple[DueRelease, ...]:
    """The releases that a machine may take up within `AHEAD_S`, the longest waiting first."""
    return tuple(_orders(ledger.due(now + timedelta(seconds=AHEAD_S)), ledger.held(), workspace))


def _orders(entries: Sequence[Entry], held: Collection[str], workspace: Path) -> Iterator[DueRelease]:
    platforms = platforms_of(workspace) if entries else {}
    for entry in entries:
        platform = platforms.get(entry.release.platform)
        if platform is None or not platform.capabilities.by_person:
            release, due_at = entry.release, entry.next_at or entry.since
            yield DueRelease(
                release=entry.id,
                story=release.story,
                destination=release.platform,
                step=entry.step,
                due_at=due_at,
                held=entry.id in held,
                product=release.offer.name if release.offer else "",
                account=release.account,
                planned_at=release.planned_at,
            )


def work_on_releases(workspace: Path, releases: Sequence[str], language: str, policy: RetryPolicy | None = None) -> PublishReport:
    """Go on with several releases at the same time, each as `work_on_release` does.

    Raises what the first one raises that goes wrong, when all others have come as far as they go.
    """
    if len(releases) == 1:
        return work_on_release(workspace, releases[0], language, policy)
    turns = [_Turn(partial(work_on_release, workspace, release, language, policy)) for release in releases]
    for turn in turns:
        turn.start()
    for turn in turns:
        turn.join()
    reports = [turn.result() for turn in turns]
    return PublishReport(
        [line for report in reports for line in report.lines],
        any(report.person_needed for report in reports),
        [entry for report in reports for entry in report.entries],
    )


class _Turn(Thread):
    """Work on one release in a thread that ends with its process: a run that is cancelled waits for no hour."""

    def __init__(self, work: Callable[[], PublishReport]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._report: PublishReport | None = None
        self._error: Exception | None = None

    def run(self) -> None:
        try:
            self._report = self._work()
        except Exception as error:
            self._error = error

    def result(self) -> PublishReport:
        """Return what it came to; raises what went wrong."""
        if self._error is not None:
            raise self._error
        assert self._report is not None
        return self._report


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
