"""The stages as a Prefect flow: one content-keyed task a stage, one after the other in the flow's own main thread.

Prefect shows the run and caches which stages were done; results name documents with their hashes and never hold media. A render must
run in the main thread, since its processes end with the thread that started them: a task here is called, never submitted.
"""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from prefect import State, flow, get_run_logger, task
from prefect.runtime import flow_run
from prefect.states import Failed

from flows.batch_runs import BatchRuns
from flows.prefect_api import PrefectApi
from flows.run_artifacts import StoryArtifacts
from flows.run_log import RunLogger, open_run_log
from flows.run_names import run_name
from flows.worker_process import end_with_worker
from pipeline.actions.failures import as_fieldcut_error
from pipeline.actions.make import publish_page_of
from pipeline.actions.outcome import Outcome
from pipeline.actions.run_record import RunRecord
from pipeline.actions.story_job import prepare_story_when_free
from pipeline.actions.story_notifications import notify_run_failure, run_and_notify
from pipeline.actions.story_outcome import outcome_of
from pipeline.documents.aside_lines import aside_lines
from pipeline.documents.clip import Clips
from pipeline.documents.job import Job
from pipeline.documents.message import M
from pipeline.documents.offer import Choice
from pipeline.documents.sizes import SIZES, size_named
from pipeline.errors import FieldCutError, UserMistake
from pipeline.language import say
from pipeline.publish.destinations import place_label
from pipeline.settings import read_settings, using_zone_of
from pipeline.stages.registry import load_stage, run_stage, stages_to
from pipeline.store.shared import SharedStore
from pipeline.workspace import StoryContext

LOG_STEPS = 10
"""Lines that a stage's progress writes to the run's log: few enough to cost nothing, and no render waits for the server."""


_OPEN: ContextVar[StoryContext] = ContextVar("open story")
"""The story that the flow has open: its tasks share its store, and the machines that help with it."""


def _cache_key(_context: object, parameters: dict[str, Any]) -> str:
    return load_stage(parameters["stage"]).key(StoryContext(parameters["job"]))


@task(task_run_name="{stage}", cache_key_fn=_cache_key, persist_result=True, result_serializer="json", retries=0)
def stage_task(stage: str, job: Job, progress: Callable[[float], None]) -> dict[str, str]:
    """Run one stage on the story that the flow has open. Returns what the stage left: documents with their hashes."""
    context, stage_to_run = _OPEN.get(None) or StoryContext(job), load_stage(stage)
    run_stage(context, stage_to_run, progress)
    return stage_to_run.made(context)


def _run_name() -> str:
    """The run's name in words: story, product, destination, and when it began."""
    asked = flow_run.parameters
    story = str(asked.get("story") or Path(str(asked.get("folder", ""))).name)
    return run_name(
        story, str(asked.get("product") or ""), str(asked.get("destination") or ""), f"{datetime.now(_zone_of(asked)):%m-%d %H:%M}"
    )


def _zone_of(asked: Mapping[str, Any]) -> ZoneInfo | None:
    """The co-op's zone; the machine's where the settings cannot be read, which the run itself will tell."""
    try:
        return ZoneInfo(read_settings(Path(str(asked.get("workspace") or "workspace"))).coop.timezone)
    except FieldCutError:
        return None


@flow(name="make-story", flow_run_name=_run_name, persist_result=True, result_serializer="json", retries=0)
def make_story(
    folder: str,
    workspace: str = "workspace",
    story: str = "",
    catalog: str = "",
    product: str = "",
    template: str = "",
    destination: str = "",
    max_seconds: float = 0.0,
    width: int = 0,
    height: int = 0,
    sizes: str = "",
    preset: Literal["", "draft", "standard", "best"] = "",
    language: Literal["", "zh", "en"] = "",
    speech: Literal["", "zh", "en", "auto"] = "",
    music: str = "",
    subtitles: Literal["", "style", "plain", "karaoke", "keyword"] = "",
    out: str = "",
    encoder: str = "",
    threads: int = 0,
    nice: int = 0,
    stop_after: str = "",
    order: str = "",
    now: str = "",
) -> "dict[str, Any] | State[Any]":
    """Make a story's video, as `fieldcut make` does.

    folder: the dropped clips. story: its id, made from the folder's name when empty. From catalog to nice: as `Job` has them, for what
    differs from the story's settings; destination may be several with commas, sizes are names or 1080x1920, with commas. stop_after: last
    stage, all of them when empty. order: the key under which the run was ordered, for its record. now: the time (ISO 8601 with zone) by
    which offers are judged; empty for the moment the run begins.
    Returns the outcome as `fieldcut make --json` prints it. A mistake in the input fails the run with its one clear line.
    """
    end_with_worker()
    given = {"catalog": catalog, "product": product, "template": template, "destination": destination, "max_seconds": max_seconds}
    given |= {"width": width, "height": height, "preset": preset, "language": language, "speech": speech, "music": music}
    given["subtitles"] = subtitles
    given |= {"out": out, "encoder": encoder, "threads": threads, "nice": nice, "destinations": _several(destination), "sizes": sizes}
    options = {name: value for name, value in given.items() if value}
    try:
        if sizes:
            options["sizes"] = [_sized(size) for size in _several(sizes)]
        with using_zone_of(Path(workspace)) as zone:
            at = datetime.fromisoformat(now) if now else datetime.now(zone)
            return _make(Path(folder), Path(workspace), options, at, stop_after, story, order)
    except FieldCutError as error:
        return Failed(message=say(error.message, language or "zh"))


def _several(names: str) -> list[str]:
    return [name for part in names.split(",") if (name := part.strip())]


def _sized(name: str) -> tuple[int, int]:
    """Raises UserMistake for what is no size on offer."""
    if (size := size_named(name)) is None:
        raise UserMistake(M("{name} is not a size on offer. Choose one of: {known}.", name=name, known=", ".join(SIZES)))
    return size


def _make(folder: Path, workspace: Path, options: dict[str, Any], now: datetime, stop_after: str, story: str, order: str) -> dict[str, Any]:
    stages = stages_to(stop_after)
    try:
        context = prepare_story_when_free(folder, workspace, options, now, story)
    except Exception as error:
        if story:  # whoever ordered it looks into the story's record
            RunRecord(workspace / "stories" / story, stages, order).stop(as_fieldcut_error(error, workspace))
        notify_run_failure(workspace, story or folder.name, as_fieldcut_error(error, workspace), datetime.now(UTC))
        raise
    if isinstance(context.store, SharedStore):
        context.machines = BatchRuns(os.environ["PREFECT_API_URL"], context.job.story, str(flow_run.id), context.job.language)
    _OPEN.set(context)
    record = RunRecord(context.story, stages, order)
    shown = StoryArtifacts(context.job.story, stages, context.job.language)
    log = open_run_log(workspace, flow="make-story", run=str(flow_run.id), story=context.job.story)

    def walk() -> Outcome:
        for name in stages:
            stage, begun_s = load_stage(name), time.monotonic()
            shown.stage(name, stage.title)
            progress = _both(record.stage(name), _log_progress(name))
            if stage_task(name, context.job, progress) != stage.made(context):
                # The result is cached, but its documents were deleted, or another run or a person changed them since.
                stage_task.with_options(refresh_cache=True)(name, context.job, progress)
            log.info("done", extra={"stage": name, "seconds": round(time.monotonic() - begun_s, 1)})
            if name == "footage":
                _log_clips(context, log)
            if name == "commerce":
                _name_in_words(context)
        return outcome_of(context, stages[-1])

    try:
        outcome = run_and_notify(
            context, lambda warning: get_run_logger().warning(str(warning)), lambda: publish_page_of(context, walk), of_every_error=True
        )
    except Exception as error:
        stop = as_fieldcut_error(error, workspace)
        record.stop(stop)
        shown.fail(stop.message)
        log.error("%s", stop.message, extra={"stage": record.at_work})
        raise
    except BaseException:
        record.interrupt()
        log.warning("stopped", extra={"stage": record.at_work})
        raise
    finally:
        context.close()
    record.finish(outcome)
    shown.finish(outcome)
    log.info("finished", extra={"seconds": round(sum(outcome.seconds.values()), 1)})
    return outcome.as_json()


def _log_clips(context: StoryContext, log: RunLogger) -> None:
    clips = context.read("clips.json", Clips)
    for clip in clips.clips:
        log.info("%s, %.1f s", clip.name, clip.duration_s, extra={"stage": "footage", "clip": clip.id})
    for line in aside_lines(clips.set_aside):
        log.warning("%s", line, extra={"stage": "footage"})


def _name_in_words(context: StoryContext) -> None:
    """Name the run by the product that was chosen, and by its places as people call them."""
    offer, language = context.read("choice.json", Choice).offer, context.job.language
    places = dict.fromkeys(place_label(rendition.destination, "", language) for rendition in context.job.renditions)
    name = run_name(context.job.story, offer.name if offer else "", "、".join(places), at=context.job.now)
    with suppress(FieldCutError), PrefectApi(os.environ["PREFECT_API_URL"]) as api:
        api.patch(f"/flow_runs/{flow_run.id}", {"name": name})


def _both(first: Callable[[float], None], second: Callable[[float], None]) -> Callable[[float], None]:
    def progress(part: float) -> None:
        first(part)
        second(part)

    return progress


def _log_progress(stage: str) -> Callable[[float], None]:
    logger, logged = get_run_logger(), 0

    def progress(part: float) -> None:
        nonlocal logged
        if (step := int(part * LOG_STEPS)) > logged:
            logged = step
            logger.info("%s: %d %%", stage, round(100 * step / LOG_STEPS))

    return progress
