"""The stages as a Prefect flow: one content-keyed task a stage, one after the other in the flow's own main thread.

Prefect shows the run and caches which stages were done; results name documents with their hashes and never hold media. A render must
run in the main thread, since its processes end with the thread that started them: a task here is called, never submitted.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task

from pipeline.actions.local_page import publish_local_page
from pipeline.actions.make import prepare_story
from pipeline.actions.outcome import Outcome, outcome_of
from pipeline.actions.story_notifications import run_and_notify
from pipeline.documents.job import Job
from pipeline.settings import using_zone_of
from pipeline.stages.registry import load_stage, run_stage, stages_to
from pipeline.workspace import StoryContext

LOG_STEPS = 10
"""Lines that a stage's progress writes to the run's log: few enough to cost nothing, and no render waits for the server."""


def _cache_key(_context: object, parameters: dict[str, Any]) -> str:
    return load_stage(parameters["stage"]).key(StoryContext(parameters["job"]))


@task(task_run_name="{stage}", cache_key_fn=_cache_key, persist_result=True, result_serializer="json", retries=0)
def stage_task(stage: str, job: Job) -> dict[str, str]:
    """Run one stage on the story that the flow has open. Returns what the stage left: documents with their hashes."""
    context, stage_to_run = StoryContext(job), load_stage(stage)
    run_stage(context, stage_to_run, _log_progress(stage))
    return stage_to_run.made(context)


@flow(name="make-story", flow_run_name="make {folder}", persist_result=True, result_serializer="json", retries=0)
def make_story(
    folder: str,
    workspace: str = "workspace",
    asked: dict[str, Any] | None = None,
    now: datetime | None = None,
    stop_after: str = "",
    story: str = "",
) -> dict[str, Any]:
    """Make a story's video, as `fieldcut make` does.

    folder: the dropped clips. asked: fields of `Job` that differ from the defaults. now: the time (aware) by which offers are judged;
    None for the moment the run begins. stop_after: last stage, all of them when empty. story: its id, made from the folder's name
    when empty.
    Returns the outcome as `fieldcut make --json` prints it. A mistake in the input fails the run with its one clear line.
    """
    with using_zone_of(Path(workspace)) as zone:
        return _make(Path(folder), Path(workspace), asked or {}, now or datetime.now(zone), stop_after, story)


def _make(folder: Path, workspace: Path, options: dict[str, Any], now: datetime, stop_after: str, story: str) -> dict[str, Any]:
    stages = stages_to(stop_after)
    context = prepare_story(folder, workspace, options, now, story)

    def work() -> Outcome:
        for name in stages:
            if stage_task(name, context.job) != load_stage(name).made(context):
                # The result is cached, but its documents were deleted, or another run or a person changed them since.
                stage_task.with_options(refresh_cache=True)(name, context.job)
        outcome = outcome_of(context, stages[-1])
        publish_local_page(context, outcome)
        return outcome

    try:
        return run_and_notify(context, lambda warning: get_run_logger().warning(str(warning)), work).as_json()
    finally:
        context.close()


def _log_progress(stage: str) -> Callable[[float], None]:
    logger, logged = get_run_logger(), 0

    def progress(part: float) -> None:
        nonlocal logged
        if (step := int(part * LOG_STEPS)) > logged:
            logged = step
            logger.info("%s: %d %%", stage, round(100 * step / LOG_STEPS))

    return progress
