"""The job of a run: what a person asked for, laid over the story's settings, its last run and the note beside the clips."""

import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from pipeline.actions.workspace_sheet import workspace_sheet
from pipeline.brand import style_named, style_roots
from pipeline.catalog.note import read_brief
from pipeline.catalog.note_settings import read_wishes
from pipeline.documents.job import LEAST_SECONDS, Job, RenditionSpec
from pipeline.documents.message import M, Message
from pipeline.errors import StoryBusy, UserMistake
from pipeline.publish import destination_named
from pipeline.stages.preflight import check_job
from pipeline.store import load_document
from pipeline.workspace import StoryContext, new_job

BUSY_PATIENCE_S, BUSY_LOOK_S = 900.0, 0.5
"""How long an ordered run waits while another one works on its story, and between two looks: a worker that was killed may leave a run that
ends a moment after its successor has begun, and somebody may be making the story by hand."""
NO_SHEET = "none"
"""`--catalog none`: a story without a product, though its last run had one."""
OPTION_NAMES = {"max_seconds": "--seconds", "destination": "--for", "language": "--lang", "width": "--size", "height": "--size"}
"""Fields of the job whose command-line option has another name."""


def prepare_story(folder: Path, workspace: Path, options: Mapping[str, Any], now: datetime, story: str = "") -> StoryContext:
    """Open the story of a dropped folder, as one run's context. options: as `job_of` takes them.

    Raises UserMistake for settings that are wrong, PersonNeeded when another run holds it.
    """
    return open_story(job_of(folder, workspace, options, now, story))


def prepare_story_when_free(
    folder: Path, workspace: Path, options: Mapping[str, Any], now: datetime, story: str = "", patience_s: float = BUSY_PATIENCE_S
) -> StoryContext:
    """Open the story as `prepare_story` does, once no other run works on it. Raises PersonNeeded when one still does after `patience_s`."""
    until_s = time.monotonic() + patience_s
    while True:
        try:
            return prepare_story(folder, workspace, options, now, story)
        except StoryBusy:
            if time.monotonic() >= until_s:
                raise
        time.sleep(BUSY_LOOK_S)


def job_of(folder: Path, workspace: Path, options: Mapping[str, Any], now: datetime, story: str = "") -> Job:
    """The job of a dropped folder, whose story is begun when it is new.

    options: fields of `Job`; `destinations` and `sizes` (pairs of width and height) may be lists: every size for every destination.
    Raises UserMistake for a folder or settings that are wrong.
    """
    if not folder.is_dir():
        raise UserMistake(M("{path} is not a folder. Give the folder that holds the clips.", path=str(folder)))
    _require_outside(folder, workspace, "--workspace")
    if options.get("out"):
        _require_outside(folder, Path(str(options["out"])), "--out")
    try:
        job = _job(folder, workspace, _with_wishes(folder, workspace, options), now, story)
    except ValidationError as error:
        raise UserMistake(_invalid_option(error)) from error
    if not job.max_seconds >= LEAST_SECONDS:
        raise UserMistake(
            M("{seconds} seconds are too short: with its end card a video needs {least}.", seconds=job.max_seconds, least=LEAST_SECONDS)
        )
    return job


def _with_wishes(folder: Path, workspace: Path, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options, and what the note beside the clips wishes where no option says otherwise."""
    if not read_wishes(read_brief(folder).text):
        return dict(options)
    from pipeline.actions.note_options import note_options  # loads styles and destinations, which other runs need later

    wishes = note_options(folder, style_roots(workspace))
    named = {"destinations": {"destination"}, "sizes": {"width", "height"}}
    return {**{name: wish for name, wish in wishes.items() if not named.get(name, set()) & options.keys()}, **options}


def open_story(job: Job) -> StoryContext:
    """Open a job's story and save the job for the next `render`. Raises UserMistake for a job that cannot be
    made on this machine, PersonNeeded when another run holds the story."""
    check_job(job)
    context = StoryContext(job)
    context.open()
    context.write("job.json", job)
    return context


def _job(folder: Path, workspace: Path, options: dict[str, Any], now: datetime, story: str) -> Job:
    destinations, sizes = options.pop("destinations", []), options.pop("sizes", [])
    if destinations:
        options["destination"] = destinations[0]
    if sizes:
        options["width"], options["height"] = sizes[0]
    job = _with_last_sheet(new_job(folder, workspace, options, now, story=story), options)
    job = job.model_copy(
        update={"template": style_named(job.template, style_roots(workspace)), "destination": destination_named(job.destination)}
    )
    destinations = [destination_named(name) for name in destinations]
    sizes_or_default = sizes or [(job.width, job.height)]
    specs = [RenditionSpec(destination=name, width=w, height=h) for name in destinations or [job.destination] for w, h in sizes_or_default]
    return job.model_copy(update={"more": tuple(dict.fromkeys(specs))[1:]})


def _with_last_sheet(job: Job, options: Mapping[str, Any]) -> Job:
    """The job with a product sheet where none is named: that of the story's last run, else the workspace's own.

    Raises UserMistake when the last run's is gone and there is no other.
    """
    if job.catalog or "catalog" in options:
        return job.model_copy(update={"catalog": "" if job.catalog == NO_SHEET else job.catalog})
    workspace = Path(job.workspace)
    last, own = workspace / "stories" / job.story / "job.json", workspace_sheet(workspace)
    sheet = load_document(last, Job).catalog if last.is_file() else ""
    if own is not None and not (sheet and Path(sheet).is_file()):
        sheet = str(own)
    if sheet and not Path(sheet).is_file():
        raise UserMistake(
            M(
                "{story} was made with the product sheet {path}, which is not there any more. Name it with --catalog, or --catalog none.",
                story=job.story,
                path=sheet,
            )
        )
    return job.model_copy(update={"catalog": sheet})


def _require_outside(folder: Path, target: Path, option: str) -> None:
    """Refuse to write into the dropped folder: the next run would take the result for a clip."""
    if target.resolve().is_relative_to(folder.resolve()):
        raise UserMistake(
            M(
                "{target} lies inside the dropped folder {folder}, which is never written to. Name another folder with {option}.",
                target=str(target),
                folder=str(folder),
                option=option,
            )
        )


def _invalid_option(error: ValidationError) -> Message:
    first = error.errors()[0]
    name, value = str(first["loc"][0]), str(first["input"])
    option = OPTION_NAMES.get(name, f"--{name}")
    choices = get_args(Job.model_fields[name].annotation) if name in Job.model_fields else ()
    if choices:
        return M("{option} cannot be {given}. Choose one of: {known}.", option=option, given=value, known=", ".join(choices))
    return M("{option} cannot be {given}: {reason}", option=option, given=value, reason=first["msg"])
