"""`fieldcut settle --stay`: what is due is done when it is due, until a person ends it.

There is nothing here that could be left half-done: each round asks the ledger what is due and does that, one release after the other.
Several may stay at once, on several machines: the ledger lets one of them have a release.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from pipeline.actions.failures import as_fieldcut_error
from pipeline.actions.publish_report import release_line
from pipeline.actions.publishing_context import publishing_context
from pipeline.actions.release_notifications import notify_releases, send_unsent_notices
from pipeline.actions.releases import moved_by_this_process
from pipeline.documents.message import M, Message
from pipeline.errors import FieldCutError
from pipeline.language import say
from pipeline.publish.engine import EngineContext, RetryPolicy, work_on
from pipeline.publish.ledger import Entry, State

POLL_S = 1.0
"""Between two looks at what is due: one query, by the clock on the wall, so that a laptop that slept and a release that another process
entered are noticed as well."""
REST_S, LONGEST_REST_S = 5.0, 60.0
"""After an error, before the same is tried again: doubled each time."""
LATE_S = 60.0
"""Between two looks at notices that could not be sent."""


@dataclass
class _Rest:
    """What failed, and when it may be touched again. Seconds, monotonic."""

    text: str
    pause_s: float
    until: float


@dataclass
class ReleaseWorker:
    """One worker that stays. show: takes a line for the person. ended: whether it was asked to end."""

    workspace: Path
    language: str
    show: Callable[[str], None]
    ended: Callable[[], bool]
    _rests: dict[str, _Rest] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)
    """Tasks that were shown."""
    _warned: tuple[Message, ...] = ()
    _late_at: float = 0.0

    def work(self) -> NoReturn:
        """Until KeyboardInterrupt. Raises what opening the ledger raises, the first time; from then on errors are lines."""
        begun = False
        while True:
            try:
                # It never waits inside of one release: another one may be due meanwhile.
                with publishing_context(self.workspace) as means:
                    if not begun:
                        begun = True
                        self._begin(means)
                    self._rounds(replace(means, retry_policy=RetryPolicy(stay_s=0.0)))
            except Exception as error:
                if not begun:
                    raise
                self._failed("", error)
            self._pause()

    def _begin(self, means: EngineContext) -> None:
        count = len(means.ledger.releases(open_only=True))
        self.show(say(M("Waiting for what is due: {count} posts are open. Ctrl-C ends it.", count=count), self.language))

    def _rounds(self, means: EngineContext) -> None:
        """Round after round, until the settings change."""
        settings = _written_at(self.workspace)
        while settings == _written_at(self.workspace):
            for entry in self._due(means):
                self._go_on(entry, means)
            self._rests.pop("", None)
            if time.monotonic() >= self._late_at:
                self._late_at = time.monotonic() + LATE_S
                self._warn(send_unsent_notices(self.workspace, means))
            self._pause()

    def _due(self, means: EngineContext) -> Iterator[Entry]:
        """What is due, once each; asked anew after each, since a post's hour may come while another one is brought over."""
        done: set[str] = set()
        while True:
            due = [one for one in means.ledger.due(means.clock.now()) if one.id not in done and not self._rests_now(one.id)]
            if not due:
                return
            entry = min(due, key=lambda one: one.state is not State.UPLOADED)
            done.add(entry.id)
            yield entry

    def _go_on(self, entry: Entry, means: EngineContext) -> None:
        if self.ended():
            raise KeyboardInterrupt
        try:
            after = work_on(entry, means)
        except Exception as error:  # one release must not keep the others from their hour
            self._failed(entry.id, error)
            return
        self._rests.pop(entry.id, None)
        for moved in moved_by_this_process([after] if after else [], {entry.id: entry.step}, means):
            if (moved.state, moved.reason) != (entry.state, entry.reason):
                self.show(release_line(moved, self.language))
            self._warn(notify_releases(self.workspace, means, [moved]))
        for task in means.ledger.tasks.all(release_id=entry.id):
            if not task.closed_at and task.id not in self._asked:
                self._asked.add(task.id)
                self.show(f"→ {say(task.message, self.language)}")

    def _failed(self, key: str, error: Exception) -> None:
        told: FieldCutError = as_fieldcut_error(error, self.workspace)
        text, before = say(told.message, self.language), self._rests.get(key)
        pause_s = min(LONGEST_REST_S, 2 * before.pause_s) if before else REST_S
        self._rests[key] = _Rest(text, pause_s, time.monotonic() + pause_s)
        if before is None or before.text != text:
            self.show(f"⚠ {f'{key[:8]}  ' if key else ''}{text}")

    def _rests_now(self, key: str) -> bool:
        rest = self._rests.get(key)
        return rest is not None and time.monotonic() < rest.until

    def _pause(self) -> None:
        while True:
            if self.ended():
                raise KeyboardInterrupt
            time.sleep(POLL_S)
            if not self._rests_now(""):
                return

    def _warn(self, warnings: tuple[Message, ...]) -> None:
        for warning in warnings:
            if warning not in self._warned:
                self.show(f"⚠ {say(warning, self.language)}")
        self._warned = warnings


def _written_at(workspace: Path) -> int:
    """Of the settings: accounts, channels and the ledger's address are read anew after a change."""
    try:
        return (workspace / "fieldcut.toml").stat().st_mtime_ns
    except OSError:
        return 0
