"""The finished files held against their plans."""

from pathlib import Path

from pipeline import inspection as inspection_room
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


def run(bench: StoryContext, progress: Progress) -> None:
    """The finished files held against their plans."""
    for one, part in each(bench, progress):
        _inspect(one, part)
        part(1.0)


def _inspect(bench: StoryContext, progress: Progress) -> None:
    rendition = bench.read("rendition.json", Rendition)
    destination = publish_room.load_destination(bench.job.destination)
    plans = ("plan.json", "edit.json", "look.json", "subtitles.json")
    key = documents_key(bench, plans, version=inspection_room.VERSION, video=rendition.sha256, destination=destination)
    if bench.path("inspection.json").is_file():
        before = bench.read("inspection.json", Inspection)
        if before.key == key and before.passed:
            return
    found = inspection_room.inspect(
        Path(rendition.file),
        rendition=rendition,
        plan=bench.read("plan.json", RenderPlan),
        edit=bench.read("edit.json", Edit),
        look=bench.read("look.json", Look),
        subtitles=bench.read("subtitles.json", Subtitles),
        destination=destination,
        store=bench.store,
        scratch=bench.path("inspection.json").with_name("inspection"),
        progress=progress,
    )
    bench.write("inspection.json", found.model_copy(update={"key": key}))


STAGE = Stage(
    name="inspection",
    title=M("checking the finished video"),
    run=run,
    reads=("edit.json", "look.json", "subtitles.json", "plan.json", "rendition.json"),
    writes=("inspection.json",),
    job_fields=("destination", "more"),
)
