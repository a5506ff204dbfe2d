"""`fieldcut render` and `fieldcut variants`: a story that was made before, rendered again from what is known of it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pipeline.actions.make import open_story, run_stages, run_stages_and_publish_page
from pipeline.actions.outcome import Outcome
from pipeline.actions.progress import RunProgress
from pipeline.actions.story_notifications import run_and_notify
from pipeline.documents.job import Job
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.settings import read_settings
from pipeline.stages.registry import ORDER
from pipeline.store import load

LOOKED_AND_LISTENED = ("footage", "analysis", "speech")
"""Stages whose documents stand: nothing is looked at or transcribed again."""
AGAIN = tuple(name for name in ORDER if name not in LOOKED_AND_LISTENED)
NEEDED = ("clips.json", "analyses.json", "transcripts.json", "brief.json")


def rerender_story(story: str, workspace: Path, changes: Mapping[str, object], now: datetime, progress: RunProgress) -> Outcome:
    """Render a story's videos again, as they were asked for the last time.

    changes: fields of `Job` that are otherwise this time. What a person changed wins; a lapsed offer or another price said than written
    stops it as ever. Raises UserMistake when there is no such story or it was never cut.
    """
    job = last_job(story, workspace).model_copy(update={**changes, "now": now})
    bench = open_story(job)
    return run_and_notify(bench, progress.warn, lambda: run_stages_and_publish_page(bench, AGAIN, progress))


def last_job(story: str, workspace: Path) -> Job:
    """What a story was made for the last time. Raises UserMistake when there is no such story, or it was never cut."""
    folder = workspace / "stories" / story
    if not (folder / "job.json").is_file():
        known = sorted(path.parent.name for path in (workspace / "stories").glob("*/job.json"))
        raise UserMistake(M("There is no story {name} in {path}. Known: {known}", name=story, path=str(workspace), known=", ".join(known)))
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    job = load(folder / "job.json", Job)
    if missing:
        raise UserMistake(M("The story {name} was never cut. Run fieldcut make {folder} first.", name=story, folder=job.source))
    # a workspace may have been moved, or a path to it typed in another way
    return Job.model_validate(
        {**job.model_dump(), "workspace": str(workspace.resolve()), "timezone": read_settings(workspace).coop.timezone}
    )


def rerender_job(job: Job, progress: RunProgress) -> Outcome:
    """Walk every stage but those that look and listen."""
    return run_stages(open_story(job), AGAIN, progress)
