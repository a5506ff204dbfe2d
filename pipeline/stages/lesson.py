"""The page that explains the story."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from pipeline import lesson as lesson_room
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses, Transcripts
from pipeline.documents.edit import Edit, Framing
from pipeline.documents.look import Look
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Choice
from pipeline.documents.rendition import Inspection, Rendition
from pipeline.documents.shooting_list import SHOOTING_LIST, ShootingList, StoryPoint
from pipeline.documents.spoken_prices import PricePassages
from pipeline.documents.subtitles import Subtitles
from pipeline.publish.destinations import place_label
from pipeline.stages.documents_key import documents_key
from pipeline.stages.external_files import report_copy
from pipeline.stages.renditions import renditions
from pipeline.stages.stage import Progress, Stage
from pipeline.stages.timings import stage_seconds
from pipeline.store import copy_atomically, write_atomically
from pipeline.workspace import StoryContext


def run(context: StoryContext, progress: Progress) -> None:
    """Write the page that explains, with pictures of the first rendition, into the story's folder and the outbox."""
    first = renditions(context)[0]
    job, rendition = context.job, first.read("rendition.json", Rendition)
    documents = (
        "clips.json",
        "analyses.json",
        "transcripts.json",
        "choice.json",
        "edit.json",
        "prices.json",
        "subtitles.json",
        "framing.json",
        "look.json",
        *((SHOOTING_LIST,) if context.path(SHOOTING_LIST).is_file() else ()),
    )
    videos = _videos(context)
    facts = {"video": rendition.sha256, "language": job.language, "videos": lesson_room.key_of(videos)}
    key = documents_key(first, (*documents, "inspection.json"), version=lesson_room.VERSION, **facts)
    report = context.store.make("reports", key, ".html", lambda part: _report(first, rendition, part, videos=videos))
    elsewhere = lesson_room.seen_from(report.read_text(encoding="utf-8"), _address(context.outbox, context.story))
    write_atomically(context.story / "report.html", elsewhere)
    copy_atomically(report, context.outbox / "report.html")
    progress(1.0)


def _videos(context: StoryContext) -> list[lesson_room.ShownVideo]:
    """Every video of the run, with the files that the delivery put down for it."""
    shown = []
    for spec, video in zip(context.job.renditions, renditions(context), strict=True):
        rendition, passed = video.read("rendition.json", Rendition), video.read("inspection.json", Inspection).passed
        files = json.loads(video.path("outbox.json").read_text(encoding="utf-8")) if passed else {}
        place = place_label(spec.destination, spec.leader.name if spec.leader else "", context.job.language)
        shown.append(
            lesson_room.ShownVideo(
                name=f"{place} {spec.width}×{spec.height}",
                file=Path(files.get("video", "")).name,
                cover=Path(files.get("cover", "")).name,
                track=lesson_room.subtitle_track(video.read("subtitles.json", Subtitles)),
                length_s=rendition.length_s,
                width=rendition.width,
                height=rendition.height,
            )
        )
    return shown


def _address(folder: Path, seen_from: Path) -> str:
    """A folder as a page in another one links to it."""
    try:
        return quote(Path(os.path.relpath(folder, seen_from)).as_posix()) + "/"
    except ValueError:  # another drive of Windows
        return folder.resolve().as_uri() + "/"


def write_report_without_video(context: StoryContext, stop: Message) -> None:
    """Write the page of a story that stopped before its video, and what to do, into the story's folder and the outbox."""
    first = renditions(context)[0]
    report = context.story / "report.html"
    _report(first, None, report, (stop,))
    copy_atomically(report, context.outbox / "report.html")


def _report(
    context: StoryContext,
    rendition: Rendition | None,
    path: Path,
    stops: Sequence[Message] = (),
    videos: Sequence[lesson_room.ShownVideo] = (),
) -> None:
    choice, cut = context.read("choice.json", Choice), context.read("edit.json", Edit)
    lesson_room.write_report(
        path,
        store=context.store,
        job=context.job,
        clips=context.read("clips.json", Clips),
        analyses=context.read("analyses.json", Analyses).by_clip,
        transcripts=context.read("transcripts.json", Transcripts).by_clip,
        choice=choice,
        edit=cut,
        subtitles=context.read("subtitles.json", Subtitles),
        rendition=rendition,
        inspection=context.read("inspection.json", Inspection) if rendition else None,
        video=Path(rendition.file) if rendition else None,
        seconds_per_stage=stage_seconds(context),
        warnings=(*stops, *choice.warnings, *cut.warnings, *context.read("prices.json", PricePassages).messages),
        language=context.job.language,
        look=context.read("look.json", Look),
        framing=context.read("framing.json", Framing),
        videos=videos,
        points=_points(context),
    )


def _points(context: StoryContext) -> tuple[StoryPoint, ...]:
    """What is still to be filmed; nothing in a story that an earlier release cut."""
    return context.read(SHOOTING_LIST, ShootingList).points if context.path(SHOOTING_LIST).is_file() else ()


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
        SHOOTING_LIST,
        "look.json",
        "subtitles.json",
        "rendition.json",
        "inspection.json",
        "outbox.json",
    ),
    writes=("report.html",),
    job_fields=("language", "out", "destination", "width", "height", "more"),
    external_outputs=report_copy,
)
