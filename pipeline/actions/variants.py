"""`fieldcut variants`: one video for each group leader of a sheet."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pipeline import catalog as catalog_room
from pipeline.actions.make import run_stages
from pipeline.actions.outcome import Outcome
from pipeline.actions.progress import RunProgress
from pipeline.actions.rerender import RERENDER_STAGES, last_job
from pipeline.actions.story_job import open_story
from pipeline.actions.story_notifications import run_and_notify
from pipeline.documents.job import RenditionSpec
from pipeline.publish import destination_named


def make_variants(
    story: str,
    workspace: Path,
    sheet: Path,
    destination: str,
    size: tuple[int, int],
    changes: Mapping[str, object],
    now: datetime,
    progress: RunProgress,
) -> Outcome:
    """Make one video for each group leader of a sheet, beside the story's own.

    changes: fields of `Job` that differ from the last run. size: (width, height), (0, 0) for that of the story. Lines of the sheet that
    cannot be used become warnings. Raises UserMistake when there is no such story, it was never cut, or the sheet cannot be read.
    """
    last = last_job(story, workspace)
    sheet_leaders = catalog_room.read_leaders(sheet)
    width, height = size if all(size) else (last.width, last.height)
    destination = destination_named(destination)
    specs = tuple(RenditionSpec(destination=destination, width=width, height=height, leader=leader) for leader in sheet_leaders.leaders)
    job = last.model_copy(update={**changes, "more": specs, "now": now})
    context = open_story(job)
    outcome = run_and_notify(context, progress.warn, lambda: run_stages(context, RERENDER_STAGES, progress))
    outcome.warnings.extend(sheet_leaders.problems)
    return outcome
