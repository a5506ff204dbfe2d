"""Notifications of how a run ended: the story is finished, or it stopped for a person."""

import contextlib
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pipeline.actions.outcome import Outcome
from pipeline.documents.message import M, Message
from pipeline.documents.rendition import Inspection
from pipeline.errors import FieldCutError, PersonNeeded, SheetQuestion
from pipeline.lesson import write_waiting_page
from pipeline.settings import read_settings
from pipeline.stages.renditions import renditions
from pipeline.store.disk import write_atomically
from pipeline.workspace import StoryContext

LAST_NOTIFICATION = ".told"
"""The file in the story's folder with the hash of the last notification: the same one is not sent twice."""


def run_and_notify(context: StoryContext, warn: Callable[[Message], None], work: Callable[[], Outcome]) -> Outcome:
    """Do `work` on a story and notify the workspace's channels how it ended. warn: takes each notice that could not be sent."""
    try:
        outcome = work()
    except FieldCutError as stop:
        if isinstance(stop, SheetQuestion):
            show_question(context, stop.message)
        for warning in notify_stop(context, stop):
            warn(warning)
        raise
    outcome.warnings.extend(notify_outcome(context, outcome))
    return outcome


def show_question(context: StoryContext, question: Message) -> None:
    """Put what is asked of a person where the report stands, so that whoever opens the outbox sees it; a full disk shows it nowhere."""
    for page in (context.story / "report.html", context.outbox / "report.html"):
        with contextlib.suppress(OSError, FieldCutError):
            write_waiting_page(page, context.job.story, question, context.job.language)


def notify_outcome(context: StoryContext, outcome: Outcome) -> tuple[Message, ...]:
    """Notify that a story is finished, or did not pass its inspection. Returns warnings and never fails: no video depends on its notice."""
    if outcome.passed is None or not _has_channels(context.root):
        return ()
    videos = [rendition.read("inspection.json", Inspection).rendition_sha256 for rendition in renditions(context)]
    return _notify(context, "finished" if outcome.passed else "needs_person", M("{parts}", parts=tuple(outcome.summary_parts())), *videos)


def notify_stop(context: StoryContext, stop: FieldCutError) -> tuple[Message, ...]:
    """Notify that a story cannot go on without a person; other errors only go to the screen. Returns warnings and never fails."""
    if stop.exit_code != PersonNeeded.exit_code or not _has_channels(context.root):
        return ()
    return _notify(context, "needs_person", stop.message)


def _has_channels(workspace: Path) -> bool:
    """Whether the settings may name a channel: without one, loading the ledger would be waiting for nothing."""
    try:
        return bool(read_settings(workspace).notices)
    except FieldCutError:
        return True  # sending the notice then reports what is wrong


def _notify(context: StoryContext, kind: Literal["finished", "needs_person"], text: Message, *about: str) -> tuple[Message, ...]:
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
        return (M("{path} could not be read: {error}", path=str(mark), error=str(error)),)
    return warnings
