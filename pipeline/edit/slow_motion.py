"""Slow motion is shown as slowly as it was meant."""

from collections.abc import Mapping, Sequence

from pipeline.documents.analysis import Analysis
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.edit import Cut, Heard

HIGH_RATE = 100.0
"""Frames a second from which on a phone recorded slow motion; its ordinary rates end at 60."""
SHOWN_RATE = 30.0
"""Frames a second at which phones play their slow motion."""
SLOWEST = 0.25
"""A view of three seconds then shows three quarters of a second, which is as little as tells anything."""


def intended_speed(clip: Clip, analysis: Analysis) -> float:
    """Source seconds a second at which a clip was meant to be seen.

    The file's own word holds (`Clip.meant_slow`). Where it has none, a high rate means slow motion unless somebody speaks.
    """
    if clip.frame_rate < HIGH_RATE or clip.meant_slow is False:
        return 1.0
    speaks = analysis.sound is not None and bool(analysis.sound.speech)
    return 1.0 if clip.meant_slow is None and speaks else max(SLOWEST, SHOWN_RATE / clip.frame_rate)


def with_slow_motion(
    cuts: Sequence[Cut], heard: Sequence[Heard], clips: Clips, analyses: Mapping[str, Analysis], fps: int
) -> tuple[list[Cut], list[Heard]]:
    """Show the views of slow-motion clips at their intended speed: of each chosen stretch the middle. Their own sound is left out.

    A cut in which somebody is heard to speak keeps its speed.
    """
    speeds = {clip.id: speed for clip in clips.clips if (speed := intended_speed(clip, analyses[clip.id])) < 1}
    slowed = [_slowed(cut, speeds[cut.clip_id], fps) if cut.clip_id in speeds and cut.role != "talk" else cut for cut in cuts]
    return slowed, [piece for piece in heard if piece.clip_id not in speeds or piece.kind == "speech"]


def _slowed(cut: Cut, speed: float, fps: int) -> Cut:
    spare_s = cut.frames / fps * (cut.speed - speed)
    return cut.model_copy(update={"speed": round(speed, 4), "source_start_s": round(cut.source_start_s + spare_s / 2, 4)})
