"""The dropped files: facts of each, and what was set aside."""

from pathlib import Path

from pipeline import footage as footage_room
from pipeline.documents.message import M
from pipeline.documents.offer import Brief
from pipeline.stages.external_files import dropped_files
from pipeline.stages.stage import Progress, Stage
from pipeline.workspace import StoryContext


def run(context: StoryContext, progress: Progress) -> None:
    """Probe the dropped files."""
    context.write(
        "clips.json", footage_room.ingest_folder(Path(context.job.source), progress, generated=context.read("brief.json", Brief).generated)
    )


STAGE = Stage(
    name="footage",
    title=M("looking at the clips"),
    run=run,
    reads=("brief.json",),
    writes=("clips.json",),
    job_fields=("source", "timezone"),
    external_inputs=dropped_files,
)
