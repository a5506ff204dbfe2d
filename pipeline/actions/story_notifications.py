"""Who is told how a run ended: that a story is finished, or that it stopped for a person."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pipeline.actions.outcome import Outcome
from pipeline.documents.message import M, Message
from pipeline.documents.rendition import Inspection
from pipeline.errors import FieldCutError, PersonNeeded
from pipeline.settings import read_settings
from pipeline.stages.renditions import renditions
from pipeline.store.disk import write_atomically
from pipeline.workspace import StoryContext

TOLD = ".told"
"""In the story's folder: a hash of what was told last. The very same once more is no news."""


def run_and_notify(bench: StoryContext, warn: Callable[[Message], None], work: Callable[[], Outcome]) -> Outcome:
    """What `work` makes of a story; who has a channel for notices hears how it ended. warn: a notice that could not be sent."""
    try:
        outcome = work()
    except FieldCutError as stop:
        for warning in notify_stop(bench, stop):
            warn(warning)
        raise
    outcome.warnings.extend(notify_outcome(bench, outcome))
    return outcome


def notify_outcome(bench: StoryContext, outcome: Outcome) -> tuple[Message, ...]:
    """A story is finished, or did not pass. Returns warnings and never fails: a video does not depend on who hears of it."""
    if outcome.passed is None or not _anybody(bench.root):
        return ()
    videos = [one.read("inspection.json", Inspection).rendition_sha256 for one in renditions(bench)]
    return _tell(bench, "finished" if outcome.passed else "needs_person", M("{parts}", parts=tuple(outcome.news())), *videos)


def notify_stop(bench: StoryContext, stop: FieldCutError) -> tuple[Message, ...]:
    """A story cannot go on without a person; other errors are for who sits at the screen. Returns warnings and never fails."""
    if stop.exit_code != PersonNeeded.exit_code or not _anybody(bench.root):
        return ()
    return _tell(bench, "needs_person", stop.message)


def _anybody(workspace: Path) -> bool:
    """Whether the settings may name a channel: without one, nobody waits for the ledger to be loaded."""
    try:
        return bool(read_settings(workspace).notices)
    except FieldCutError:
        return True  # who wants to tell somebody says what is wrong


def _tell(bench: StoryContext, kind: Literal["finished", "needs_person"], text: Message, *about: str) -> tuple[Message, ...]:
    from pipeline.actions.release_notifications import notify_story  # the ledger: two seconds on an old laptop

    told = hashlib.sha256("\n".join([kind, str(text), *about]).encode()).hexdigest()
    mark = bench.story / TOLD
    try:
        if mark.is_file() and mark.read_text(encoding="utf-8") == told:
            return ()
        warnings = notify_story(bench.root, bench.job.story, kind, text, datetime.now(UTC))
        write_atomically(mark, told.encode())
    except FieldCutError as error:
        return (error.message,)
    except OSError as error:
        return (M("{path} could not be read: {error}", path=str(mark), error=str(error)),)
    return warnings
