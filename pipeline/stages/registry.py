"""The order of the stages: the only file that knows it. A new stage is a file here beside it and a line in `ORDER`.

A stage reads documents, writes documents, and leaves what is costly in the content store, so walking all of them again
costs little: `fieldcut make` walks them in process, a Prefect flow walks the same list.
"""

import time
from collections.abc import Sequence
from importlib import import_module

from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.settings import using_zone
from pipeline.stages.stage import Progress, Stage
from pipeline.stages.timings import save_stage_seconds
from pipeline.workspace import StoryContext

ORDER: tuple[str, ...] = (
    "catalog",
    "footage",
    "analysis",
    "speech",
    "commerce",
    "edit",
    "brand",
    "subtitles",
    "render",
    "inspection",
    "deliver",
    "lesson",
)
"""Names of the stages, each that of its file in `pipeline/stages/`."""


def load_stage(name: str) -> Stage:
    """Load a stage of `ORDER` and with it the rooms it works in: all of them take a second, so each waits for its turn."""
    stage: Stage = import_module(f"pipeline.stages.{name}").STAGE
    return stage


def stages_to(stop_after: str) -> Sequence[str]:
    """Return the names up to and with the given one; all of them for an empty name. Raises UserMistake for an unknown name."""
    if not stop_after:
        return ORDER
    if stop_after not in ORDER:
        raise UserMistake(M("There is no stage {name}. The stages are: {known}.", name=stop_after, known=", ".join(ORDER)))
    return ORDER[: ORDER.index(stop_after) + 1]


def run_stage(context: StoryContext, stage: Stage, progress: Progress) -> float:
    """Run one stage on an open story; returns and notes the seconds it took."""
    begun = time.monotonic()
    with using_zone(context.job.timezone):
        stage.run(context, progress)
    seconds = time.monotonic() - begun
    save_stage_seconds(context, stage.name, seconds)
    return seconds
