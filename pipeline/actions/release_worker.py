"""`fieldcut settle --stay`: a worker that does what is due when it is due, until a person ends it.

It keeps no state that could be left half-done: each round asks the ledger what is due and does that, one release after the other.
Several workers may run at once, on several machines: the ledger gives each release to one of them.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

from pipeline.actions.failures import as_fieldcut_error
from pipeline.actions.live_offers import LiveOffers
from pipeline.actions.page_renewal import page_renewal
from pipeline.actions.progress import SilentProgress
from pipeline.actions.publish_report import release_line
from pipeline.actions.publishing_context import publishing_context
from pipeline.actions.release_notifications import notify_page_changes, notify_releases, notify_untold, send_unsent_notices
from pipeline.actions.releases import moved_by_this_process, offer_lines
from pipeline.documents.message import M, Message
from pipeline.errors import FieldCutError
from pipeline.language import say
from pipeline.publish.engine import EngineContext, work_on
from pipeline.publish.engine.retry_policy import RetryPolicy
from pipeline.publish.ledger import RESUMABLE, Entry, PersonTask, State
from pipeline.publish.ledger.tasks import OFFER

POLL_S = 1.0
"""Seconds between two queries of what is due, by the wall clock, so that a laptop that slept and a release that another process entered
are noticed as well."""
RETRY_PAUSE_S, MAX_RETRY_PAUSE_S = 5.0, 60.0
"""Seconds after an error before the same is tried again: doubled each time, up to the second number."""
LIVE_OFFERS_S = 60.0
"""Seconds between two turns in which what is live is held against the sheets."""
RENDER_AHEAD = timedelta(minutes=10)
"""No video is made anew when a post is due within this time: it must not wait for a page."""
UNSENT_NOTICES_S = 60.0
"""Seconds between two attempts at notices that could not be sent."""


_OFFERS = "offers"


@dataclass
class _RetryPause:
    """The text of an error, and the pause before the next attempt. Seconds, monotonic."""

    text: str
    pause_s: float
    until: float


@dataclass
class ReleaseWorker:
    """One release worker. show: prints a line for the person. ended: whether the worker was asked to end."""

    workspace: Path
    language: str
    show: Callable[[str], None]
    ended: Callable[[], bool]
    _pauses: dict[str, _RetryPause] = field(default_factory=dict)
    _shown_tasks: set[str] = field(default_factory=set)
    """The tasks for people that were shown already, by id and what they ask for."""
    _shown_problems: set[Message] = field(default_factory=set)
    _warned: tuple[Message, ...] = ()
    _next_offers_at: float = 0.0
    """When live offers are looked at again: seconds, monotonic."""
    _next_notices_at: float = 0.0
    """When unsent notices are tried again: seconds, monotonic."""

    def work(self) -> NoReturn:
        """Work until KeyboardInterrupt. Raises what opening the ledger raises, the first time; later errors are shown as lines."""
        started = False
        while True:
            try:
                # It never waits inside of one release: another one may be due meanwhile.
                with publishing_context(self.workspace) as engine:
                    if not started:
                        started = True
                        self._show_start(engine)
                    self._rounds(replace(engine, retry_policy=RetryPolicy(stay_s=0.0)))
            except Exception as error:
                if not started:
                    raise
                self._note_failure("", error)
            self._pause()

    def _show_start(self, engine: EngineContext) -> None:
        count = len(engine.ledger.releases(open_only=True))
        self.show(say(M("Waiting for what is due: {count} posts are open. Ctrl-C ends it.", count=count), self.language))

    def _rounds(self, engine: EngineContext) -> None:
        """Do what is due, round after round, until the settings change."""
        settings = _settings_changed_at(self.workspace)
        while settings == _settings_changed_at(self.workspace):
            for entry in self._due(engine):
                self._work_on(entry, engine)
            self._pauses.pop("", None)
            if time.monotonic() >= self._next_offers_at:
                self._keep_offers_true(engine)
                self._next_offers_at = time.monotonic() + LIVE_OFFERS_S
            if time.monotonic() >= self._next_notices_at:
                self._next_notices_at = time.monotonic() + UNSENT_NOTICES_S
                self._warn(notify_untold(self.workspace, engine) or send_unsent_notices(self.workspace, engine))
            self._pause()

    def _due(self, engine: EngineContext) -> Iterator[Entry]:
        """Yield what is due, each release once; the ledger is asked again after each: an upload may last until another post is due."""
        done: set[str] = set()
        while True:
            due = [entry for entry in engine.ledger.due(engine.clock.now()) if entry.id not in done and not self._is_paused(entry.id)]
            if not due:
                return
            entry = min(due, key=lambda entry: entry.state is not State.UPLOADED)
            done.add(entry.id)
            yield entry

    def _work_on(self, entry: Entry, engine: EngineContext) -> None:
        if self.ended():
            raise KeyboardInterrupt
        try:
            updated = work_on(entry, engine)
        except Exception as error:  # one release must not keep the others from their hour
            self._note_failure(entry.id, error)
            return
        self._pauses.pop(entry.id, None)
        for moved in moved_by_this_process([updated] if updated else [], {entry.id: entry.step}, engine):
            if (moved.state, moved.reason) != (entry.state, entry.reason):
                self.show(release_line(moved, self.language))
            self._warn(notify_releases(self.workspace, engine, [moved]))
        self._show_tasks(engine.ledger.tasks.all(release_id=entry.id))

    def _keep_offers_true(self, engine: EngineContext) -> None:
        def there_is_time() -> bool:
            soon = engine.ledger.due(engine.clock.now() + RENDER_AHEAD)
            return not self.ended() and not any(entry.state in RESUMABLE for entry in soon)

        render = page_renewal(self.workspace, engine, SilentProgress(), self.language, there_is_time=there_is_time)
        try:
            turn = LiveOffers(self.workspace, engine, render).keep_true()
        except Exception as error:  # posts must not wait for a page
            self._note_failure(_OFFERS, error)
            return
        self._pauses.pop(_OFFERS, None)
        for line in offer_lines(replace(turn, problems=[]), self.language):
            self.show(line)
        for problem in (*turn.problems, *notify_page_changes(self.workspace, engine, turn.changed)):
            if problem not in self._shown_problems:
                self.show(f"⚠ {say(problem, self.language)}")
        self._shown_problems = set(turn.problems)
        self._show_tasks([task for task in engine.ledger.tasks.all() if task.kind == OFFER])

    def _show_tasks(self, tasks: Iterable[PersonTask]) -> None:
        for task in tasks:
            if f"{task.id}{task.subject}" not in self._shown_tasks:
                self._shown_tasks.add(f"{task.id}{task.subject}")
                self.show(f"→ {say(task.message, self.language)}")

    def _note_failure(self, key: str, error: Exception) -> None:
        fault: FieldCutError = as_fieldcut_error(error, self.workspace)
        text, previous = say(fault.message, self.language), self._pauses.get(key)
        pause_s = min(MAX_RETRY_PAUSE_S, 2 * previous.pause_s) if previous else RETRY_PAUSE_S
        self._pauses[key] = _RetryPause(text, pause_s, time.monotonic() + pause_s)
        if previous is None or previous.text != text:
            self.show(f"⚠ {f'{key[:8]}  ' if key not in ('', _OFFERS) else ''}{text}")

    def _is_paused(self, key: str) -> bool:
        pause = self._pauses.get(key)
        return pause is not None and time.monotonic() < pause.until

    def _pause(self) -> None:
        while True:
            if self.ended():
                raise KeyboardInterrupt
            time.sleep(POLL_S)
            if not self._is_paused(""):
                return

    def _warn(self, warnings: tuple[Message, ...]) -> None:
        for warning in warnings:
            if warning not in self._warned:
                self.show(f"⚠ {say(warning, self.language)}")
        self._warned = warnings


def _settings_changed_at(workspace: Path) -> int:
    """When fieldcut.toml was last written (nanoseconds), 0 without one; a change means that accounts and channels are read again."""
    try:
        return (workspace / "fieldcut.toml").stat().st_mtime_ns
    except OSError:
        return 0
