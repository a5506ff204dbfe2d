"""Judgement of picture and sound, clip by clip."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline import analysis as analysis_room
from pipeline.documents.analysis import Analysis, SoundFacts
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.collected import Analyses
from pipeline.documents.message import M
from pipeline.errors import FieldCutError, MediaFault
from pipeline.stages.early_speech import sounds_of, speech_beside
from pipeline.stages.spreading import dividing_clips
from pipeline.stages.stage import Progress, Stage
from pipeline.workspace import StoryContext

JUDGING_SHARE = 0.8
"""Share of the progress that judging has; the rest is what recognition, which goes on beside it, takes longer."""


def run(context: StoryContext, progress: Progress) -> None:
    """Analyse each clip once, whatever story it is dropped in. One that does not decode is left out with its reason.

    Raises MediaFault when none could be measured."""
    clips = context.read("clips.json", Clips).clips
    known = all(context.store.find("analyses", analysis_room.analysis_key(clip), ".json") for clip in clips)
    sounds = {} if known else sounds_of(context, clips)
    with dividing_clips(context, clips) as sharing, speech_beside(context, sounds, clips) as speech:
        judging = _part_of(progress, 0.0, JUDGING_SHARE)
        analyses = _analyses(context, clips[::-1] if sharing == "last" else clips, sounds, judging)
        speech(_part_of(progress, JUDGING_SHARE, 1.0))
    progress(1.0)
    context.write("analyses.json", Analyses(by_clip={clip.id: analyses[clip.id] for clip in clips}))


def _part_of(progress: Progress, start: float, end: float) -> Progress:
    return lambda share: progress(start + share * (end - start))


def _analyses(
    context: StoryContext, clips: Sequence[Clip], sounds: Mapping[str, SoundFacts | None], progress: Progress
) -> dict[str, Analysis]:
    """Each clip's analysis by its id, made in this order. sounds: what was measured on their sound already."""
    total = sum(clip.duration_s for clip in clips)
    done = 0.0
    analyses: dict[str, Analysis] = {}
    faults: list[MediaFault] = []

    def sound_of(clip: Clip) -> SoundFacts | None:
        return sounds[clip.id] if clip.id in sounds else analysis_room.measure_sound(clip)

    for clip in clips:
        key = analysis_room.analysis_key(clip)

        def part(fraction: float, before: float = done, length: float = clip.duration_s) -> None:
            progress((before + fraction * length) / total)

        def write(path: Path, clip: Clip = clip, part: Progress = part) -> None:
            path.write_text(analysis_room.analyse(clip, part, sound_of).model_dump_json(), encoding="utf-8")

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
