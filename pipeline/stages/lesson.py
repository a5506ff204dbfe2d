"""The page that explains the story."""

from pathlib import Path

from pipeline import lesson as lesson_room
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses, Transcripts
from pipeline.documents.edit import Edit
from pipeline.documents.look import Look
from pipeline.documents.message import M, Warnings
from pipeline.documents.offer import Choice
from pipeline.documents.rendition import Inspection, Rendition
from pipeline.documents.subtitles import Subtitles
from pipeline.stages.documents_key import documents_key
from pipeline.stages.external_files import report_copy
from pipeline.stages.stage import Progress, Stage
from pipeline.stages.timings import stage_seconds
from pipeline.store import copy_atomically
from pipeline.workspace import StoryContext


def run(bench: StoryContext, progress: Progress) -> None:
    """The page that explains."""
    job, rendition = bench.job, bench.read("rendition.json", Rendition)
    told = ("clips.json", "analyses.json", "transcripts.json", "choice.json", "edit.json", "prices.json", "subtitles.json", "look.json")
    key = documents_key(bench, (*told, "inspection.json"), version=lesson_room.VERSION, video=rendition.sha256, language=job.language)
    report = bench.store.make("reports", key, ".html", lambda part: _report(bench, rendition, part))
    copy_atomically(report, bench.story / "report.html")
    copy_atomically(report, bench.outbox / "report.html")
    progress(1.0)


def _report(bench: StoryContext, rendition: Rendition, path: Path) -> None:
    choice, cut = bench.read("choice.json", Choice), bench.read("edit.json", Edit)
    lesson_room.write_report(
        path,
        store=bench.store,
        job=bench.job,
        clips=bench.read("clips.json", Clips),
        analyses=bench.read("analyses.json", Analyses).by_clip,
        transcripts=bench.read("transcripts.json", Transcripts).by_clip,
        choice=choice,
        edit=cut,
        subtitles=bench.read("subtitles.json", Subtitles),
        rendition=rendition,
        inspection=bench.read("inspection.json", Inspection),
        video=Path(rendition.file),
        seconds_per_stage=stage_seconds(bench),
        warnings=(*choice.warnings, *cut.warnings, *bench.read("prices.json", Warnings).messages),
        language=bench.job.language,
        look=bench.read("look.json", Look),
    )


STAGE = Stage(
    name="lesson",
    title=M("writing the report"),
    run=run,
    reads=(
        "clips.json",
        "analyses.json",
        "transcripts.json",
        "choice.json",
        "edit.json",
        "prices.json",
        "look.json",
        "subtitles.json",
        "rendition.json",
        "inspection.json",
    ),
    writes=("report.html",),
    job_fields=("language", "out"),
    external_outputs=report_copy,
)
