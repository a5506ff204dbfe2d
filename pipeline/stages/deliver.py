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
from pipeline.media.still import save_still
from pipeline.stages.external_files import outbox_files
from pipeline.stages.renditions import each
from pipeline.stages.stage import Progress, Stage
from pipeline.store import copy_atomically, write_atomically
from pipeline.workspace import StoryContext


def run(context: StoryContext, progress: Progress) -> None:
    """Put the videos into the outbox; nothing that inspection has not passed leaves."""
    specs = context.job.renditions
    for spec, (video, part) in zip(specs, each(context, progress), strict=True):
        if video.read("inspection.json", Inspection).passed:
            _deliver(video, spec, part)
    if any(spec.leader for spec in specs):
        write_atomically(context.outbox / "leaders.csv", _leaders_table(context, specs))


def _deliver(context: StoryContext, spec: RenditionSpec, progress: Progress) -> None:
    rendition = context.read("rendition.json", Rendition)
    name = f"{context.job.story}-{spec.name}"
    video, cover, cues = context.outbox / f"{name}.mp4", context.outbox / f"{name}.jpg", context.outbox / f"{name}.srt"
    copy_atomically(Path(rendition.file), video)
    save_still(Path(rendition.file), min(1.5, rendition.length_s / 3), cover, width=context.job.width)
    files = {"video": str(video), "cover": str(cover)}
    subtitles = context.read("subtitles.json", Subtitles)
    first = tuple(cue for cue in subtitles.shown if cue.lines)
    if first:  # what waits for an ear is no more in the file than on the picture
        write_atomically(cues, subtitles_room.to_srt(subtitles.model_copy(update={"cues": first})))
        files["subtitles"] = str(cues)
    else:
        cues.unlink(missing_ok=True)
    context.write_text("outbox.json", json.dumps(files, ensure_ascii=False))
    progress(1.0)


def _leaders_table(context: StoryContext, specs: tuple[RenditionSpec, ...]) -> str:
    """Return the CSV for the person who sends the videos out; Excel needs the mark at its beginning."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(("团长 leader", "店名 shop", "提货点 pick-up", "链接 link", "视频 video"))
    for spec in specs:
        if (leader := spec.leader) is not None:
            video = f"{context.job.story}-{spec.name}.mp4"
            lines.writerow(map(_as_text, (leader.name, leader.shop, leader.pickup, leader.link, video)))
    return "\ufeff" + out.getvalue()


def _as_text(cell: str) -> str:
    """A cell that a spreadsheet shows and does not calculate, whatever another sheet brought (https://owasp.org/www-community/attacks/CSV_Injection)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


STAGE = Stage(
    name="deliver",
    title=M("putting it in the outbox"),
    run=run,
    reads=("subtitles.json", "rendition.json", "inspection.json"),
    writes=("outbox.json",),
    job_fields=("destination", "width", "height", "out", "more"),
    external_outputs=outbox_files,
)
