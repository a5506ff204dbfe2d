"""`fieldcut make`: runs the stages over a dropped folder, in this process."""

import contextlib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from pipeline.actions.last_run import LastRun
from pipeline.actions.outcome import Outcome
from pipeline.actions.progress import RunProgress
from pipeline.actions.run_record import RECORD
from pipeline.actions.story_notifications import run_and_notify
from pipeline.errors import FieldCutError, PersonNeeded, StoryBusy, UserMistake
from pipeline.stages.registry import ORDER, load_stage, run_stage, stages_to
from pipeline.workspace import StoryContext, story_of

BEGUN = frozenset({"story.toml", "job.json", "seconds.json", RECORD})
"""What a story has before its first stage is done."""


def make_story(
    folder: Path, workspace: Path, options: Mapping[str, object], now: datetime, stop_after: str, progress: RunProgress, *, story: str = ""
) -> Outcome:
    """Run the stages over a dropped folder, publish the story's page and notify the workspace's channels.

    Where nothing at all has changed since the last run, its outcome is told again and no stage is loaded.
    stop_after: name of the last stage, all of them when empty. Raises as `prepare_story` does, and what the stages raise.
    """
    stages = stages_to(stop_after)
    last_run = LastRun(folder, workspace, options, now, story)
    if stages == ORDER and (outcome := _told_again(last_run, progress)) is not None:
        return outcome
    from pipeline.actions.story_job import prepare_story  # styles, sheets, what renders: seconds on an old laptop

    with leaving_no_ghost(folder, workspace, story):
        context = prepare_story(folder, workspace, options, now, story)

        def work() -> Outcome:
            outcome = run_stages_and_publish_page(context, stages, progress)
            if stages == ORDER:
                last_run.keep(context, outcome)
            return outcome

        return run_and_notify(context, progress.warn, work)


@contextlib.contextmanager
def leaving_no_ghost(folder: Path, workspace: Path, story: str = "") -> Iterator[None]:
    """Take a story away again that was begun in this block for a mistake in the input and has left nothing: no list shall name it."""
    was_there = bool(_existing(folder, workspace, story))
    try:
        yield
    except UserMistake:
        begun = "" if was_there else _existing(folder, workspace, story)
        place, outbox = workspace / "stories" / begun, workspace / "outbox" / begun
        left = {path.name for path in place.rglob("*") if path.is_file() and not path.name.startswith(".")}
        if begun and left <= BEGUN:
            shutil.rmtree(place, ignore_errors=True)
            with contextlib.suppress(OSError):  # it holds something, so it stays
                outbox.rmdir()
        raise


def _existing(folder: Path, workspace: Path, story: str) -> str:
    """The story of a dropped folder that has been begun; empty where there is none."""
    if story:
        return story if (workspace / "stories" / story / "story.toml").is_file() else ""
    return story_of(folder, workspace) if folder.is_dir() else ""


def repeat_story(
    folder: Path, workspace: Path, options: Mapping[str, object], now: datetime, progress: RunProgress, *, story: str
) -> Outcome | None:
    """Return the outcome of the last run where nothing at all has changed since; None where the story must be made."""
    return _told_again(LastRun(folder, workspace, options, now, story), progress)


def _told_again(last_run: LastRun, progress: RunProgress) -> Outcome | None:
    repeated = last_run.repeated()
    return None if repeated is None else run_and_notify(repeated.context, progress.warn, lambda: repeated.outcome)


def run_stages_and_publish_page(context: StoryContext, stages: Sequence[str], progress: RunProgress) -> Outcome:
    """Run stages on an open story, close it, and publish its page on the workspace's own shelf."""
    return publish_page_of(context, lambda: run_stages(context, stages, progress))


def publish_page_of(context: StoryContext, walk: Callable[[], Outcome]) -> Outcome:
    """Do what makes a story's videos, and publish its page on the workspace's own shelf.

    Where the story stops for a person, an older page that no longer says what the sheet says offers nothing until somebody has acted.
    """
    try:
        outcome = walk()
    except StoryBusy:
        raise
    except PersonNeeded as stop:
        from pipeline.actions.live_offers import withdraw_page

        with contextlib.suppress(FieldCutError):  # why the story stopped must not be hidden by another trouble
            withdraw_page(context, stop.message)
        raise
    from pipeline.actions.local_page import publish_local_page  # loads the ledger: not before there is a video

    publish_local_page(context, outcome)
    return outcome


def run_stages(context: StoryContext, stages: Sequence[str], progress: RunProgress) -> Outcome:
    """Run stages on an open story and close it, however they end."""
    from pipeline.actions.story_outcome import outcome_of

    try:
        for number, name in enumerate(stages, 1):
            stage = load_stage(name)
            seconds = run_stage(context, stage, progress.begin(number, len(stages), stage.title))
            progress.end(number, len(stages), stage.title, seconds)
        return outcome_of(context, stages[-1])
    finally:
        context.close()
