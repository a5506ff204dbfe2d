"""`fieldcut make`: the stage list, walked in process."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import get_args

from pydantic import ValidationError

from flows.outcome import Outcome, outcome_of
from flows.show import Screen
from pipeline.documents.job import Job
from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.stages import check_asked
from pipeline.story import run_stage, stages_to
from pipeline.workspace import Bench, new_job

LEAST_SECONDS = 8
"""The end card takes four, and less than three of the story says nothing."""
OPTIONS = {"max_seconds": "--seconds", "destination": "--for", "language": "--lang", "width": "--size", "height": "--size"}
"""Where a field of the job has another name on the command line."""


def open_bench(folder: Path, workspace: Path, asked: Mapping[str, object], now: datetime, story: str = "") -> Bench:
    """The story's bench, open. Raises UserMistake for settings that are wrong, PersonNeeded when another run holds it."""
    if not folder.is_dir():
        raise UserMistake(M("{path} is not a folder. Give the folder that holds the clips.", path=str(folder)))
    _keep_out(folder, workspace, "--workspace")
    if asked.get("out"):
        _keep_out(folder, Path(str(asked["out"])), "--out")
    try:
        job = new_job(folder, workspace, asked, now, story=story)
    except ValidationError as error:
        raise UserMistake(_refusal(error)) from error
    if not job.max_seconds >= LEAST_SECONDS:
        raise UserMistake(
            M("{seconds} seconds are too short: with its end card a video needs {least}.", seconds=job.max_seconds, least=LEAST_SECONDS)
        )
    check_asked(job)
    bench = Bench(job)
    bench.open()
    return bench


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
    option = OPTIONS.get(name, f"--{name}")
    known = get_args(Job.model_fields[name].annotation) if name in Job.model_fields else ()
    if known:
        return M("{option} cannot be {given}. Choose one of: {known}.", option=option, given=given, known=", ".join(known))
    return M("{option} cannot be {given}: {reason}", option=option, given=given, reason=first["msg"])


def run_story(
    folder: Path, workspace: Path, asked: Mapping[str, object], now: datetime, stop_after: str, screen: Screen, *, story: str = ""
) -> Outcome:
    """Walk the stages over a dropped folder and say what came of it."""
    todo = stages_to(stop_after)
    bench = open_bench(folder, workspace, asked, now, story)
    try:
        for place, stage in enumerate(todo, 1):
            progress = screen.begin(place, len(todo), stage.title)
            seconds = run_stage(bench, stage, progress)
            screen.end(place, len(todo), stage.title, seconds)
        return outcome_of(bench, todo[-1].name)
    finally:
        bench.close()
