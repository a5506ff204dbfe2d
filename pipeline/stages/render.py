"""The render plans and the finished files."""

from pathlib import Path

from pipeline import render as render_room
from pipeline import subtitles as subtitles_room
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses
from pipeline.documents.edit import Edit, Framing
from pipeline.documents.look import Look
from pipeline.documents.message import M, Warnings
from pipeline.documents.plan import RenderPlan
from pipeline.documents.provenance import Provenance
from pipeline.documents.rendition import Rendition
from pipeline.documents.subtitles import Subtitles
from pipeline.errors import FieldCutError
from pipeline.media import ffmpeg_version
from pipeline.publish.provenance import label_file
from pipeline.resources import FONTS
from pipeline.stages.disk_space import ask_disk
from pipeline.stages.external_files import finished_videos, own_music
from pipeline.stages.renditions import renditions
from pipeline.stages.spreading import dividing_chunks
from pipeline.stages.stage import Progress, Stage
from pipeline.stages.style import style_of, subtitle_manner
from pipeline.store import content_key, file_sha256
from pipeline.workspace import StoryContext


def run(context: StoryContext, progress: Progress) -> None:
    """Render the finished files, chunk by chunk; what looks the same in several videos is made once."""
    contexts = renditions(context)
    ask_disk(context, [(video.job, video.read("edit.json", Edit).frames) for video in contexts])
    encoder, notice = render_room.choose_encoder(context.job.encoder)
    context.write("notices.json", Warnings(messages=(notice,) if notice else ()))
    before = [_last_plan(video) for video in contexts]
    plans = [_plan(video, encoder) for video in contexts]
    for video, plan in zip(contexts, plans, strict=True):
        video.write("plan.json", plan)
    cpu = render_room.CpuBudget(threads=context.job.threads, nice=context.job.nice)
    with dividing_chunks(context, plans) as sharing:
        made = render_room.render_all(plans, context.store, cpu=cpu, before=before, progress=progress, sharing=sharing)
    for video, rendition in zip(contexts, made, strict=True):
        video.write("rendition.json", _labelled(video, rendition))


def _labelled(context: StoryContext, rendition: Rendition) -> Rendition:
    """The file with the mark of generated content in it, where something in it was generated; what is inspected is what leaves."""
    provenance = context.read("provenance.json", Provenance)
    if not provenance.generated:
        return rendition
    key = content_key(step="label", tool=ffmpeg_version(), video=rendition.sha256, provenance=provenance)
    file = context.store.make("renditions", key, ".mp4", lambda part: _label(Path(rendition.file), part, provenance))
    return rendition.model_copy(update={"file": str(file), "sha256": file_sha256(file)})


def _label(source: Path, part: Path, provenance: Provenance) -> None:
    label_file(source, part, provenance)


def _plan(context: StoryContext, encoder: str) -> RenderPlan:
    job, look, cut = context.job, context.read("look.json", Look), context.read("edit.json", Edit)
    clips, cues = context.read("clips.json", Clips), context.read("subtitles.json", Subtitles)
    picture = render_room.plan_picture(look, job.preset, FONTS).model_copy(update={"encoder": encoder})
    style = style_of(job)
    music = render_room.choose_music(job.music, style.pace.mood, job.story)
    accent, manner = style.subtitles.accent, subtitle_manner(job)
    return render_room.plan_render(
        cut,
        context.read("framing.json", Framing),
        clips,
        look,
        picture=picture.model_copy(update={"crf": job.crf}) if job.crf else picture,
        sound=render_room.plan_sound(
            cut, clips, context.read("analyses.json", Analyses).by_clip, music, music_db=style.sound.music_db, own_db=style.sound.own_db
        ),
        ass_under=lambda first, last: subtitles_room.ass_events(
            cues, first, last, look.typography, look.width, look.height, accent=accent, manner=manner
        ),
        breaks=[cue.start_frame for cue in cues.cues],
        story=job.story,
        destination=job.destination,
    )


def _last_plan(context: StoryContext) -> RenderPlan | None:
    """What the video was made from the last time; None when that cannot be said."""
    try:
        return context.read("plan.json", RenderPlan)
    except FieldCutError:
        return None


STAGE = Stage(
    name="render",
    title=M("rendering"),
    run=run,
    reads=("clips.json", "analyses.json", "edit.json", "framing.json", "provenance.json", "look.json", "subtitles.json"),
    writes=("plan.json", "rendition.json", "notices.json"),
    job_fields=("preset", "music", "destination", "template", "encoder", "more", "subtitles"),
    external_inputs=own_music,
    external_outputs=finished_videos,
)
