"""From finished files to people: the outbox, the page that explains, and the seconds it took."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

from pipeline import lesson as lesson_room
from pipeline import subtitles as subtitles_room
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses, Transcripts
from pipeline.documents.edit import Edit
from pipeline.documents.job import RenditionSpec
from pipeline.documents.look import Look
from pipeline.documents.message import Warnings
from pipeline.documents.offer import Choice
from pipeline.documents.rendition import Inspection, Rendition
from pipeline.documents.subtitles import Subtitles
from pipeline.media.still import grab
from pipeline.stages.producing import documents_key
from pipeline.stages.renditions import each
from pipeline.stages.timings import stage_seconds
from pipeline.store import copy_atomically, write_atomically
from pipeline.workspace import StoryContext

Progress = Callable[[float], None]


def deliver(bench: StoryContext, progress: Progress) -> None:
    """The outbox; nothing that inspection has not passed leaves."""
    wanted = bench.job.renditions
    for one, (video, part) in zip(wanted, each(bench, progress), strict=True):
        if video.read("inspection.json", Inspection).passed:
            _deliver(video, one, part)
    if any(one.leader for one in wanted):
        write_atomically(bench.outbox / "leaders.csv", _who_gets_what(bench, wanted))


def _deliver(bench: StoryContext, wanted: RenditionSpec, progress: Progress) -> None:
    rendition = bench.read("rendition.json", Rendition)
    name = f"{bench.job.story}-{wanted.name}"
    video, cover, cues = bench.outbox / f"{name}.mp4", bench.outbox / f"{name}.jpg", bench.outbox / f"{name}.srt"
    copy_atomically(Path(rendition.file), video)
    grab(Path(rendition.file), min(1.5, rendition.length_s / 3), cover, width=bench.job.width)
    write_atomically(cues, subtitles_room.to_srt(bench.read("subtitles.json", Subtitles)))
    files = {"video": str(video), "cover": str(cover), "subtitles": str(cues)}
    bench.write_text("outbox.json", json.dumps(files, ensure_ascii=False))
    progress(1.0)


def _who_gets_what(bench: StoryContext, wanted: tuple[RenditionSpec, ...]) -> str:
    """A list for the person who sends the videos out; the mark at its beginning is for Excel."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(("团长 leader", "店名 shop", "提货点 pick-up", "链接 link", "视频 video"))
    for one in wanted:
        if one.leader is not None:
            video = f"{bench.job.story}-{one.name}.mp4"
            lines.writerow((one.leader.name, one.leader.shop, one.leader.pickup, one.leader.link, video))
    return "\ufeff" + out.getvalue()


def lesson(bench: StoryContext, progress: Progress) -> None:
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
