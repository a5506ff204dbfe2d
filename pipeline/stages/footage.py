"""The dropped files: facts of each, and what was set aside."""

from collections.abc import Iterable
from pathlib import Path

from pipeline import footage as footage_room
from pipeline.documents.clip import DECLARED, AiDeclarations, Clip, Clips
from pipeline.documents.message import M
from pipeline.documents.offer import Brief
from pipeline.stages.disk_space import ask_disk
from pipeline.stages.external_files import dropped_files
from pipeline.stages.renditions import renditions, seconds_for
from pipeline.stages.stage import Progress, Stage
from pipeline.workspace import StoryContext

LEAST_SHARE = 0.5
"""Of what is dropped and asked for, so much at least is used by most stories; the render asks again, for what it is."""
PHOTOS = "photos"
"""The folder, in the story's, of the films that are made of photos."""
AI_DECLARED = "ai_declared.json"
"""The document of what a person declared by command about clips made with AI."""


def run(context: StoryContext, progress: Progress) -> None:
    """Probe the dropped files; what a person declared of them by command holds as what the note says."""
    noted = context.read("brief.json", Brief).generated
    photos = footage_room.PhotoFilms(context.story / PHOTOS, context.job.width, context.job.height)
    clips = footage_room.ingest_folder(Path(context.job.source), progress, generated=noted, photos=photos)
    context.write("clips.json", with_declarations(clips, ai_declarations(context)))
    _ask_disk(context, clips)


def _ask_disk(context: StoryContext, clips: Clips) -> None:
    """Ask for the least that the videos will need: nobody wants to hear after minutes of listening that they have no room."""
    at_most_s = sum(clip.duration_s for clip in clips.clips)
    videos = list(zip(context.job.renditions, renditions(context), strict=True))
    seconds = [LEAST_SHARE * min(seconds_for(context.job, spec), at_most_s) for spec, _ in videos]
    ask_disk(context, [(video.job, round(length_s * video.job.fps)) for (_, video), length_s in zip(videos, seconds, strict=True)])


def ai_declarations(context: StoryContext) -> AiDeclarations:
    """Return what was declared by command; nothing where nobody has."""
    return context.read(AI_DECLARED, AiDeclarations) if context.path(AI_DECLARED).is_file() else AiDeclarations()


def with_declarations(clips: Clips, declared: AiDeclarations) -> Clips:
    """Return the clips with what was declared of them. A mark that a file carries itself stays, whatever was said."""

    def with_declaration(clip: Clip) -> Clip:
        said = declared.newest(clip.sha256)
        if said is None or clip.generated not in (None, DECLARED):
            return clip
        return clip.model_copy(update={"generated": DECLARED if said.generated else None})

    return clips.model_copy(update={"clips": tuple(map(with_declaration, clips.clips))})


def _external_inputs(context: StoryContext) -> Iterable[Path]:
    return (*dropped_files(context), context.path(AI_DECLARED))


def _films_of_photos(context: StoryContext) -> Iterable[Path]:
    clips = context.read("clips.json", Clips).clips
    made = [Path(name) for clip in clips for name in (clip.path, clip.photo) if name]
    return [path for path in made if path.is_relative_to(context.story)]


STAGE = Stage(
    name="footage",
    title=M("looking at the clips"),
    run=run,
    reads=("brief.json",),
    writes=("clips.json",),
    job_fields=("source", "timezone", "width", "height"),
    external_inputs=_external_inputs,
    external_outputs=_films_of_photos,
)
