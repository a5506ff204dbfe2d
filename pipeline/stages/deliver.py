"""The outbox: what a person takes away."""

import csv
import io
import json
from pathlib import Path

from pipeline import subtitles as subtitles_room
from pipeline.documents.job import RenditionSpec
from pipeline.documents.message import M
from pipeline.documents.rendition import Inspection, Rendition
from pipeline.documents.subtitles import Subtitles
from pipeline.media.still import grab
from pipeline.stages.external_files import outbox_files
from pipeline.stages.renditions import each
from pipeline.stages.stage import Progress, Stage
from pipeline.store import copy_atomically, write_atomically
from pipeline.workspace import StoryContext


def run(bench: StoryContext, progress: Progress) -> None:
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


STAGE = Stage(
    name="deliver",
    title=M("putting it in the outbox"),
    run=run,
    reads=("subtitles.json", "rendition.json", "inspection.json"),
    writes=("outbox.json",),
    job_fields=("destination", "width", "height", "out", "more"),
    external_outputs=outbox_files,
)
