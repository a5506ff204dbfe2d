"""`fieldcut make`: the stage list, walked in process."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from flows.outcome import Outcome, outcome_of
from flows.show import Screen
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.story import run_stage, stages_to
from pipeline.workspace import Bench, new_job


def open_bench(folder: Path, workspace: Path, asked: Mapping[str, object], now: datetime, story: str = "") -> Bench:
    """The story's bench, open. Raises UserMistake for settings that are wrong, PersonNeeded when another run holds it."""
    if not folder.is_dir():
        raise UserMistake(M("{path} is not a folder. Give the folder that holds the clips.", path=str(folder)))
    try:
        job = new_job(folder, workspace, asked, now, story=story)
    except ValidationError as error:
        first = error.errors()[0]
        name, given = str(first["loc"][0]), str(first["input"])
        raise UserMistake(M("{name} cannot be {given}: {reason}", name=name, given=given, reason=first["msg"])) from error
    bench = Bench(job)
    bench.open()
    return bench


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
