"""`fieldcut variants`: one video for each group leader of a sheet."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pipeline import catalog as catalog_room
from pipeline.actions.make import open_story, run_stages
from pipeline.actions.outcome import Outcome
from pipeline.actions.progress import RunProgress
from pipeline.actions.rerender import AGAIN, last_job
from pipeline.actions.story_notifications import run_and_notify
from pipeline.documents.job import RenditionSpec


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
    """One video for each group leader of a sheet, beside the story's own.

    size: (width, height), (0, 0) for that of the story. Lines of the sheet that cannot be used are told as warnings.
    """
    last = last_job(story, workspace)
    found = catalog_room.read_leaders(sheet)
    width, height = size if all(size) else (last.width, last.height)
    wanted = tuple(RenditionSpec(destination=destination, width=width, height=height, leader=leader) for leader in found.leaders)
    job = last.model_copy(update={**changes, "more": wanted, "now": now})
    bench = open_story(job)
    outcome = run_and_notify(bench, progress.warn, lambda: run_stages(bench, AGAIN, progress))
    outcome.warnings.extend(found.problems)
    return outcome
