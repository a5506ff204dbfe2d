"""`fieldcut make`: the stage list, walked in process."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from pipeline.actions.outcome import Outcome, outcome_of
from pipeline.actions.progress import RunProgress
from pipeline.actions.story_notifications import run_and_notify
from pipeline.documents.job import LEAST_SECONDS, Job, RenditionSpec
from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.stages.preflight import check_job
from pipeline.stages.registry import load_stage, run_stage, stages_to
from pipeline.workspace import StoryContext, new_job

SAID_OTHERWISE = {"max_seconds": "--seconds", "destination": "--for", "language": "--lang", "width": "--size", "height": "--size"}
"""Where a field of the job has another name on the command line."""


def prepare_story(folder: Path, workspace: Path, asked: Mapping[str, Any], now: datetime, story: str = "") -> StoryContext:
    """The story's bench, open.

    asked: fields of `Job`; `destinations` and `sizes` (pairs of width and height) may be lists: every size for every destination.
    Raises UserMistake for settings that are wrong, PersonNeeded when another run holds it.
    """
    if not folder.is_dir():
        raise UserMistake(M("{path} is not a folder. Give the folder that holds the clips.", path=str(folder)))
    _keep_out(folder, workspace, "--workspace")
    if asked.get("out"):
        _keep_out(folder, Path(str(asked["out"])), "--out")
    try:
        job = _job(folder, workspace, dict(asked), now, story)
    except ValidationError as error:
        raise UserMistake(_refusal(error)) from error
    if not job.max_seconds >= LEAST_SECONDS:
        raise UserMistake(
            M("{seconds} seconds are too short: with its end card a video needs {least}.", seconds=job.max_seconds, least=LEAST_SECONDS)
        )
    return open_story(job)


def open_story(job: Job) -> StoryContext:
    """The bench of a job, open, with the job noted for the next `render`. Raises as `prepare_story` does."""
    check_job(job)
    bench = StoryContext(job)
    bench.open()
    bench.write("job.json", job)
    return bench


def _job(folder: Path, workspace: Path, asked: dict[str, Any], now: datetime, story: str) -> Job:
    destinations, sizes = asked.pop("destinations", []), asked.pop("sizes", [])
    if destinations:
        asked["destination"] = destinations[0]
    if sizes:
        asked["width"], asked["height"] = sizes[0]
    job = new_job(folder, workspace, asked, now, story=story)
    shapes = sizes or [(job.width, job.height)]
    wanted = [RenditionSpec(destination=name, width=w, height=h) for name in destinations or [job.destination] for w, h in shapes]
    return job.model_copy(update={"more": tuple(dict.fromkeys(wanted))[1:]})


def _keep_out(folder: Path, target: Path, option: str) -> None:
    """What is made must not lie among what was dropped: the next run would take it for a clip."""
    if target.resolve().is_relative_to(folder.resolve()):
        raise UserMistake(
            M(
                "{target} lies inside the dropped folder {folder}, which is never written to. Name another folder with {option}.",
                target=str(target),
                folder=str(folder),
                option=option,
            )
        )


def _refusal(error: ValidationError) -> Message:
    first = error.errors()[0]
    name, given = str(first["loc"][0]), str(first["input"])
    option = SAID_OTHERWISE.get(name, f"--{name}")
    known = get_args(Job.model_fields[name].annotation) if name in Job.model_fields else ()
    if known:
        return M("{option} cannot be {given}. Choose one of: {known}.", option=option, given=given, known=", ".join(known))
    return M("{option} cannot be {given}: {reason}", option=option, given=given, reason=first["msg"])


def make_story(
    folder: Path, workspace: Path, asked: Mapping[str, object], now: datetime, stop_after: str, progress: RunProgress, *, story: str = ""
) -> Outcome:
    """Walk the stages over a dropped folder and say what came of it; who has a channel for notices hears it as well."""
    todo = stages_to(stop_after)
    bench = prepare_story(folder, workspace, asked, now, story)
    return run_and_notify(bench, progress.warn, lambda: run_stages_and_publish_page(bench, todo, progress))


def run_stages_and_publish_page(bench: StoryContext, todo: Sequence[str], progress: RunProgress) -> Outcome:
    """These stages on an open bench, which is closed afterwards, and the story's page on the workspace's own shelf."""
    outcome = run_stages(bench, todo, progress)
    from pipeline.actions.local_page import publish_local_page  # loads the ledger, which nobody waits for before there is a video

    publish_local_page(bench, outcome)
    return outcome


def run_stages(bench: StoryContext, todo: Sequence[str], progress: RunProgress) -> Outcome:
    """These stages on an open bench, which is closed afterwards."""
    try:
        for number, name in enumerate(todo, 1):
            stage = load_stage(name)
            seconds = run_stage(bench, stage, progress.begin(number, len(todo), stage.title))
            progress.end(number, len(todo), stage.title, seconds)
        return outcome_of(bench, todo[-1])
    finally:
        bench.close()
