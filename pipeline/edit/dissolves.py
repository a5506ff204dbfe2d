"""Where one picture melts into the next: between silent pictures and into the end card, never under a voice."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from pipeline.documents.analysis import Analysis
from pipeline.documents.edit import Cut, Heard

SILENT = ("opening", "scenic", "cover")
LEAST_S = 0.15
"""A shorter dissolve is seen as a flicker, not as one picture going and another coming."""
MOST_OF_A_CUT = 1 / 3
"""What is left of a cut between two dissolves must be seen by itself."""
AT_THE_END_S = 0.1
"""A shot that ends this near to the last time that was looked at ends with its clip, and its last frame can be held."""


def with_dissolves(cuts: Sequence[Cut], heard: Sequence[Heard], analyses: Mapping[str, Analysis], *, fps: int, seconds: float) -> list[Cut]:
    """The cuts, with `Cut.dissolve` set to about `seconds` at the joins that bear it.

    The picture that goes runs on beneath the one that comes: a dissolve is cut down to what its shot still has, and left out when that
    is too little, so that no glimpse of the next shot shows.
    """
    done = list(cuts[:1])
    at = 0
    for before, after in pairwise(cuts):
        at += before.frames
        frames = min(round(seconds * fps), *(int(cut.frames * MOST_OF_A_CUT) for cut in (before, after)))
        frames = min(frames, _left_of_shot(before, analyses, fps))
        bears = frames >= LEAST_S * fps and _may_melt(before, after, fps) and not _spoken(heard, at, frames)
        done.append(after.model_copy(update={"dissolve": frames if bears else 0}))
    return done


def _may_melt(before: Cut, after: Cut, fps: int) -> bool:
    if after.role == "end_card":
        return bool(before.clip_id)
    goes_on = before.clip_id == after.clip_id and abs(before.source_start_s + before.frames / fps - after.source_start_s) < 1 / fps
    return before.role in SILENT and after.role in SILENT and not goes_on


def _spoken(heard: Sequence[Heard], at: int, frames: int) -> bool:
    """Whether anybody speaks while the dissolve lasts."""
    return any(piece.kind == "speech" and piece.at_frame < at + frames and piece.at_frame + piece.frames > at for piece in heard)


def _left_of_shot(cut: Cut, analyses: Mapping[str, Analysis], fps: int) -> int:
    """Frames for which the footage goes on after the cut as the same shot; many when the clip ends with it."""
    if not cut.clip_id:
        return 0
    shots = analyses[cut.clip_id].shots
    end_s = cut.source_start_s + cut.frames * cut.speed / fps
    shown = next((shot for shot in shots if shot.start_s < end_s <= shot.end_s), None)
    if shown is None or shown.end_s >= max(shot.end_s for shot in shots) - AT_THE_END_S:
        return cut.frames
    return int((shown.end_s - end_s) * fps / cut.speed)
