"""Judgement of picture and sound, clip by clip."""

from collections.abc import Sequence
from pathlib import Path

from pipeline import analysis as analysis_room
from pipeline.documents.analysis import Analysis
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.collected import Analyses
from pipeline.documents.message import M
from pipeline.errors import FieldCutError, MediaFault
from pipeline.stages.spreading import dividing_clips
from pipeline.stages.stage import Progress, Stage
from pipeline.workspace import StoryContext


def run(context: StoryContext, progress: Progress) -> None:
    """Analyse each clip once, whatever story it is dropped in. One that does not decode is left out with its reason.

    Raises MediaFault when none could be measured."""
    clips = context.read("clips.json", Clips).clips
    with dividing_clips(context, clips) as sharing:
        analyses = _analyses(context, clips[::-1] if sharing == "last" else clips, progress)
    context.write("analyses.json", Analyses(by_clip={clip.id: analyses[clip.id] for clip in clips}))


def _analyses(context: StoryContext, clips: Sequence[Clip], progress: Progress) -> dict[str, Analysis]:
    """Each clip's analysis by its id, made in this order."""
    total = sum(clip.duration_s for clip in clips)
    done = 0.0
    analyses: dict[str, Analysis] = {}
    faults: list[MediaFault] = []
    for clip in clips:
        key = analysis_room.analysis_key(clip)

        def part(fraction: float, before: float = done, length: float = clip.duration_s) -> None:
            progress((before + fraction * length) / total)

        def write(path: Path, clip: object = clip, part: Progress = part) -> None:
            path.write_text(analysis_room.analyse(clip, part).model_dump_json(), encoding="utf-8")  # type: ignore[arg-type]

        try:
            analyses[clip.id] = Analysis.from_json(context.store.make("analyses", key, ".json", write).read_bytes())
        except MediaFault as fault:
            faults.append(fault)
            analyses[clip.id] = analysis_room.unreadable_clip(clip)
        except FieldCutError:
            raise
        except Exception:  # whatever the decoders raise over a damaged clip: it is one clip, and ends no story
            analyses[clip.id] = analysis_room.unreadable_clip(clip)
        done += clip.duration_s
        progress(done / total)
    if faults and len(faults) == len(clips):
        raise faults[0]  # not the clips, but the program that measures them
    return analyses


STAGE = Stage(
    name="analysis",
    title=M("judging picture and sound"),
    run=run,
    reads=("clips.json",),
    writes=("analyses.json",),
)
