"""Notifications of how a run ended: the story is finished, or it stopped for a person."""

import contextlib
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pipeline.actions.failures import as_fieldcut_error
from pipeline.actions.outcome import Outcome
from pipeline.documents.message import M, Message
from pipeline.documents.rendition import Inspection
from pipeline.errors import FieldCutError, PersonNeeded, SheetQuestion
from pipeline.settings import read_settings
from pipeline.stages.renditions import renditions
from pipeline.store.disk import error_reason, write_atomically
from pipeline.workspace import StoryContext

LAST_NOTIFICATION = ".told"
"""The file in the story's folder with the hash of the last notification: the same one is not sent twice."""
TOLD_FAILURES = Path("notices") / "told-failures.json"
"""In the workspace: by what failed, the last failure that people were notified of."""


def run_and_notify(
    context: StoryContext, warn: Callable[[Message], None], work: Callable[[], Outcome], *, of_every_error: bool = False
) -> Outcome:
    """Do `work` on a story and notify the workspace's channels how it ended.

    warn: takes each notice that could not be sent. of_every_error: notify of those, too, that only a person at a screen would see.
    """
    try:
        outcome = work()
    except Exception as error:
        stop = as_fieldcut_error(error, context.root)
        if isinstance(stop, SheetQuestion):
            show_question(context, stop.message)
        for warning in notify_stop(context, stop, of_every_error=of_every_error):
            warn(warning)
        raise
    outcome.warnings.extend(notify_outcome(context, outcome))
    if context.store.trouble is not None:
        outcome.warnings.append(M("{trouble} This machine did everything alone.", trouble=context.store.trouble))
    return outcome


def show_question(context: StoryContext, question: Message) -> None:
    """Put what is asked of a person where the report stands, so that whoever opens the outbox sees it; a full disk shows it nowhere."""
    from pipeline.lesson import write_waiting_page  # draws and writes pages: a run that ends well needs none of it

    for page in (context.story / "report.html", context.outbox / "report.html"):
        with contextlib.suppress(OSError, FieldCutError):
            write_waiting_page(page, context.job.story, question, context.job.language)


def notify_outcome(context: StoryContext, outcome: Outcome) -> tuple[Message, ...]:
    """Notify that a story is finished, or did not pass its inspection. Returns warnings and never fails: no video depends on its notice."""
    if outcome.passed is None or not _has_channels(context.root):
        return ()
    videos = [rendition.read("inspection.json", Inspection).rendition_sha256 for rendition in renditions(context)]
    return _notify(context, "finished" if outcome.passed else "needs_person", M("{parts}", parts=tuple(outcome.summary_parts())), *videos)


def notify_stop(context: StoryContext, stop: FieldCutError, *, of_every_error: bool = False) -> tuple[Message, ...]:
    """Notify that a story cannot go on without a person; other errors only where nobody sees a screen. Returns warnings and never fails."""
    person_needed = stop.exit_code == PersonNeeded.exit_code
    if not (person_needed or of_every_error) or not _has_channels(context.root):
        return ()
    return _notify(context, "needs_person" if person_needed else "failed", stop.message)


def notify_run_failure(workspace: Path, what: str, error: FieldCutError, now: datetime) -> tuple[Message, ...]:
    """Notify that something that runs by itself has failed; the same failure, again and again, once until `note_run_success`.

    what: the story, or what was to be done, in words. now: aware. Returns warnings and never fails.
    """
    if not _has_channels(workspace):
        return ()
    from pipeline.actions.release_notifications import notify_story

    known = _told_failures(workspace)
    if known.get(what) == str(error.message):
        return ()
    try:
        warnings = notify_story(workspace, what, "failed", error.message, now)
        _keep_told_failures(workspace, {**known, what: str(error.message)})
    except FieldCutError as trouble:
        return (trouble.message,)
    return warnings


def note_run_success(workspace: Path, what: str) -> None:
    """Forget the failure of something that has succeeded since: its next one is told again."""
    known = _told_failures(workspace)
    if known.pop(what, None) is not None:
        with contextlib.suppress(FieldCutError):
            _keep_told_failures(workspace, known)


def _told_failures(workspace: Path) -> dict[str, str]:
    try:
        found = json.loads((workspace / TOLD_FAILURES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _keep_told_failures(workspace: Path, told: dict[str, str]) -> None:
    (workspace / TOLD_FAILURES).parent.mkdir(parents=True, exist_ok=True)
    write_atomically(workspace / TOLD_FAILURES, json.dumps(told, ensure_ascii=False))


def _has_channels(workspace: Path) -> bool:
    """Whether the settings may name a channel: without one, loading the ledger would be waiting for nothing."""
    try:
        return bool(read_settings(workspace).notices)
    except FieldCutError:
        return True  # sending the notice then reports what is wrong


def _notify(context: StoryContext, kind: Literal["finished", "needs_person", "failed"], text: Message, *about: str) -> tuple[Message, ...]:
    from pipeline.actions.release_notifications import notify_story  # the ledger: two seconds on an old laptop

    digest = hashlib.sha256("\n".join([kind, str(text), *about]).encode()).hexdigest()
    mark = context.story / LAST_NOTIFICATION
    try:
        if mark.is_file() and mark.read_text(encoding="utf-8") == digest:
            return ()
        warnings = notify_story(context.root, context.job.story, kind, text, datetime.now(UTC))
        write_atomically(mark, digest.encode())
    except FieldCutError as error:
        return (error.message,)
    except OSError as error:
        return (M("{path} could not be read: {error}", path=str(mark), error=error_reason(error)),)
    return warnings
