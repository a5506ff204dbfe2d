"""The stage list as a Prefect flow: one content-keyed task a stage, one after the other in the flow's own main thread.

Prefect shows the run and remembers which turns were made; documents go by their names and hashes, media never travel. A render belongs
in the main thread, since its processes end with the thread that started them: a task here is called, never submitted.
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
from pipeline.settings import zone_of
from pipeline.stages.registry import load_stage, run_stage, stages_to
from pipeline.workspace import StoryContext

LOGGED_PARTS = 10
"""Progress goes to the run's log in so many steps: a line each costs nothing, and a server that is away stops no render."""


def _key(_context: object, parameters: dict[str, Any]) -> str:
    return load_stage(parameters["stage"]).key(StoryContext(parameters["job"]))


@task(task_run_name="{stage}", cache_key_fn=_key, persist_result=True, result_serializer="json", retries=0)
def stage_task(stage: str, job: Job) -> dict[str, str]:
    """One stage's turn on the story whose bench the flow holds; the result names what it left, with hashes."""
    bench, todo = StoryContext(job), load_stage(stage)
    run_stage(bench, todo, _log_progress(stage))
    return todo.made(bench)


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

    folder: the dropped clips. asked: fields of `Job` that were asked for. now: the clock the offers are judged by; None for the moment
    the run begins. stop_after: last stage, all of them when empty. story: its id, made from the folder's name when empty.
    Returns the outcome as `fieldcut make --json` prints it. A mistake in the input fails the run with its one clear line.
    """
    with zone_of(Path(workspace)) as zone:
        return _make(Path(folder), Path(workspace), asked or {}, now or datetime.now(zone), stop_after, story)


def _make(folder: Path, workspace: Path, asked: dict[str, Any], now: datetime, stop_after: str, story: str) -> dict[str, Any]:
    todo = stages_to(stop_after)
    bench = prepare_story(folder, workspace, asked, now, story)

    def work() -> Outcome:
        for name in todo:
            if stage_task(name, bench.job) != load_stage(name).made(bench):
                # The turn is remembered, but its documents were deleted, or another run or a person changed them since.
                stage_task.with_options(refresh_cache=True)(name, bench.job)
        outcome = outcome_of(bench, todo[-1])
        publish_local_page(bench, outcome)
        return outcome

    try:
        return run_and_notify(bench, lambda warning: get_run_logger().warning(str(warning)), work).as_json()
    finally:
        bench.close()


def _log_progress(stage: str) -> Callable[[float], None]:
    logger, told = get_run_logger(), 0

    def progress(part: float) -> None:
        nonlocal told
        if (step := int(part * LOGGED_PARTS)) > told:
            told = step
            logger.info("%s: %d %%", stage, round(100 * step / LOGGED_PARTS))

    return progress
