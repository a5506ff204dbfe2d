"""`fieldcut render`: renders a story again from its documents, without analysing or transcribing its clips again."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pipeline.actions.make import run_stages, run_stages_and_publish_page
from pipeline.actions.outcome import Outcome
from pipeline.actions.progress import RunProgress
from pipeline.actions.story_job import open_story
from pipeline.actions.story_notifications import run_and_notify
from pipeline.documents.job import Job
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.settings import read_settings
from pipeline.stages.registry import ORDER
from pipeline.store import load_document
from pipeline.story_layout import migrate_story

KEPT_STAGES = ("footage", "analysis", "speech")
"""Stages that do not run again: their documents, analyses and transcripts, are kept."""
RERENDER_STAGES = tuple(name for name in ORDER if name not in KEPT_STAGES)
REQUIRED_DOCUMENTS = ("clips.json", "analyses.json", "transcripts.json", "brief.json")
"""What a story must have to be rendered again."""


def rerender_story(story: str, workspace: Path, changes: Mapping[str, object], now: datetime, progress: RunProgress) -> Outcome:
    """Render a story's videos again, with the job of its last run.

    changes: fields of `Job` that differ this time. A person's edits win; a lapsed offer, or a spoken price that differs from the sheet,
    stops it as in `make`. Raises UserMistake when there is no such story or it was never cut.
    """
    job = last_job(story, workspace).model_copy(update={**changes, "now": now})
    context = open_story(job)
    return run_and_notify(context, progress.warn, lambda: run_stages_and_publish_page(context, RERENDER_STAGES, progress))


def story_names(workspace: Path) -> tuple[str, ...]:
    """The stories that were begun in a workspace, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in (workspace / "stories").glob("*/job.json")))


def unknown_story(name: str, workspace: Path) -> UserMistake:
    """The mistake of a story that is not there, with those that are."""
    known = ", ".join(story_names(workspace))
    return UserMistake(M("There is no story {name} in {path}. Known: {known}", name=name, path=str(workspace), known=known))


def last_job(story: str, workspace: Path) -> Job:
    """The job of a story's last run. Raises UserMistake when there is no such story, or it was never cut."""
    folder = workspace / "stories" / story
    if not (folder / "job.json").is_file():
        raise unknown_story(story, workspace)
    migrate_story(folder)
    missing = [name for name in REQUIRED_DOCUMENTS if not (folder / name).is_file()]
    job = load_document(folder / "job.json", Job)
    if missing:
        raise UserMistake(M("The story {name} was never cut. Run fieldcut make {folder} first.", name=story, folder=job.source))
    settings, root = read_settings(workspace), workspace.resolve()
    # a workspace may have been moved, or a path to it typed in another way
    now = {"workspace": str(root), "timezone": settings.coop.timezone, "coop": settings.coop.brand_in(root)}
    return Job.model_validate({**job.model_dump(), **now, "speech_model": settings.speech.model_in(root)})


def rerender_job(job: Job, progress: RunProgress) -> Outcome:
    """Run every stage but footage, analysis and speech; no page is published and nobody is notified."""
    return run_stages(open_story(job), RERENDER_STAGES, progress)
