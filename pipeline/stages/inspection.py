"""Inspection of the finished files against their plans."""

from pathlib import Path

from pipeline import inspection as inspection_room
from pipeline import lesson as lesson_room
from pipeline import publish as publish_room
from pipeline.documents.edit import Edit
from pipeline.documents.look import Look
from pipeline.documents.message import M
from pipeline.documents.plan import RenderPlan
from pipeline.documents.rendition import Inspection, Rendition
from pipeline.documents.subtitles import Subtitles
from pipeline.stages.documents_key import documents_key
from pipeline.stages.renditions import each
from pipeline.stages.stage import Progress, Stage
from pipeline.workspace import StoryContext


def run(context: StoryContext, progress: Progress) -> None:
    """Compare the finished files with their plans."""
    for number, (video, part) in enumerate(each(context, progress)):
        _inspect(video, part, in_report=number == 0)
        part(1.0)


def _inspect(context: StoryContext, progress: Progress, *, in_report: bool) -> None:
    """Inspect one video. in_report: the report shows frames of it, which are taken from the same decode."""
    rendition = context.read("rendition.json", Rendition)
    destination = publish_room.load_destination(context.job.destination)
    documents = ("plan.json", "edit.json", "look.json", "subtitles.json")
    key = documents_key(context, documents, version=inspection_room.VERSION, video=rendition.sha256, destination=destination)
    if context.path("inspection.json").is_file():
        before = context.read("inspection.json", Inspection)
        if before.key == key and before.passed:
            return
    result = inspection_room.inspect(
        Path(rendition.file),
        rendition=rendition,
        plan=context.read("plan.json", RenderPlan),
        edit=context.read("edit.json", Edit),
        look=context.read("look.json", Look),
        subtitles=context.read("subtitles.json", Subtitles),
        destination=destination,
        store=context.store,
        scratch=context.path("inspection.json").with_name("inspection"),
        progress=progress,
        see=lesson_room.SheetFrames(rendition, context.store).see if in_report else None,
    )
    context.write("inspection.json", result.model_copy(update={"key": key}))


STAGE = Stage(
    name="inspection",
    title=M("checking the finished video"),
    run=run,
    reads=("edit.json", "look.json", "subtitles.json", "plan.json", "rendition.json"),
    writes=("inspection.json",),
    job_fields=("destination", "more"),
)
