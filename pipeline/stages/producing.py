"""From what is shown to finished files: the render plans, the videos, their inspection."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline import brand as brand_room
from pipeline import inspection as inspection_room
from pipeline import publish as publish_room
from pipeline import render as render_room
from pipeline import subtitles as subtitles_room
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses
from pipeline.documents.edit import Edit, Framing
from pipeline.documents.look import Look
from pipeline.documents.message import M, Warnings
from pipeline.documents.plan import RenderPlan
from pipeline.documents.provenance import Provenance
from pipeline.documents.rendition import Inspection, Rendition
from pipeline.documents.subtitles import Subtitles
from pipeline.errors import DiskFault, FieldCutError
from pipeline.media import ffmpeg_version
from pipeline.resources import FONTS
from pipeline.stages.composing import style_accent
from pipeline.stages.renditions import each, renditions
from pipeline.store import content_key, file_sha256
from pipeline.workspace import StoryContext

Progress = Callable[[float], None]
BYTES_A_PIXEL = 0.12
"""Of a finished frame and its chunk at `best`, generously: what a run asks of the disk before it starts."""
LEADER_SHARE = 0.2
"""Of a video's room on the disk: a leader's variant has few chunks of its own, but a file in the cache and one in the outbox."""


def render(bench: StoryContext, progress: Progress) -> None:
    """The finished files, chunk by chunk; what looks the same in several videos is made once."""
    benches = renditions(bench)
    _ask_disk(bench, benches)
    encoder, notice = render_room.choose_encoder(bench.job.encoder)
    bench.write("notices.json", Warnings(messages=(notice,) if notice else ()))
    before = [_last_plan(one) for one in benches]
    plans = [_plan(one, encoder) for one in benches]
    for one, plan in zip(benches, plans, strict=True):
        one.write("plan.json", plan)
    machine = render_room.Machine(threads=bench.job.threads, nice=bench.job.nice)
    made = render_room.render_all(plans, bench.store, machine=machine, before=before, progress=progress)
    for one, rendition in zip(benches, made, strict=True):
        one.write("rendition.json", _labelled(one, rendition))


def _labelled(bench: StoryContext, rendition: Rendition) -> Rendition:
    """The file with the mark of generated content in it, where something in it was generated; what is inspected is what leaves."""
    found = bench.read("provenance.json", Provenance)
    if not found.generated:
        return rendition
    key = content_key(step="label", tool=ffmpeg_version(), video=rendition.sha256, provenance=found)
    file = bench.store.make("renditions", key, ".mp4", lambda part: _label(Path(rendition.file), part, found))
    return rendition.model_copy(update={"file": str(file), "sha256": file_sha256(file)})


def _label(source: Path, part: Path, found: Provenance) -> None:
    publish_room.label_file(source, part, found)


def _plan(bench: StoryContext, encoder: str) -> RenderPlan:
    job, look, cut = bench.job, bench.read("look.json", Look), bench.read("edit.json", Edit)
    clips, cues = bench.read("clips.json", Clips), bench.read("subtitles.json", Subtitles)
    picture = render_room.plan_picture(look, job.preset, FONTS).model_copy(update={"encoder": encoder})
    music, accent = render_room.choose_music(job.music, brand_room.load_style(job.template).pace.mood, job.story), style_accent(job)
    return render_room.plan_render(
        cut,
        bench.read("framing.json", Framing),
        clips,
        look,
        picture=picture.model_copy(update={"crf": job.crf}) if job.crf else picture,
        sound=render_room.plan_sound(cut, clips, bench.read("analyses.json", Analyses).by_clip, music),
        ass_under=lambda first, last: subtitles_room.ass_events(cues, first, last, look.typography, look.width, look.height, accent=accent),
        breaks=[cue.start_frame for cue in cues.cues],
        story=job.story,
        destination=job.destination,
    )


def _last_plan(bench: StoryContext) -> RenderPlan | None:
    """What the video was made from the last time; None when that cannot be said."""
    try:
        return bench.read("plan.json", RenderPlan)
    except FieldCutError:
        return None


def _ask_disk(bench: StoryContext, benches: Sequence[StoryContext]) -> None:
    shares = [1.0 if wanted.leader is None else LEADER_SHARE for wanted in bench.job.renditions]
    pixels = sum(
        one.read("edit.json", Edit).frames * one.job.width * one.job.height * share for one, share in zip(benches, shares, strict=True)
    )
    needed = int(pixels * BYTES_A_PIXEL * 3) + 50_000_000
    free = shutil.disk_usage(bench.root).free
    if free < needed:
        raise DiskFault(
            M(
                "The disk has {free} MB free, but this video needs about {needed} MB. Free some space and run the same command again.",
                free=free // 1_000_000,
                needed=needed // 1_000_000,
            )
        )


def inspection(bench: StoryContext, progress: Progress) -> None:
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


def documents_key(bench: StoryContext, documents: Sequence[str], **more: object) -> str:
    """A key of documents as they stand now, and of what else a result depends on."""
    return content_key(documents={name: file_sha256(bench.path(name)) for name in documents}, **more)
