"""Where one picture melts into the next: between silent pictures, never under a voice, and into the end card."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from pipeline.documents.analysis import Analysis
from pipeline.documents.edit import Cut, Heard

SCENIC_ROLES = ("opening", "scenic", "cover")
MIN_DISSOLVE_S = 0.15
"""Seconds. A shorter dissolve is seen as a flicker, not as one picture giving way to another."""
MAX_SHARE_OF_CUT = 1 / 3
"""Share of a cut that one dissolve may take: between two of them the cut must still be seen by itself."""
CLIP_END_TOLERANCE_S = 0.1
"""Seconds. A shot that ends this close to the last analysed time ends with its clip, and its last frame can be held."""


def with_dissolves(cuts: Sequence[Cut], heard: Sequence[Heard], analyses: Mapping[str, Analysis], *, fps: int, seconds: float) -> list[Cut]:
    """The cuts, with `Cut.dissolve` set to about `seconds` where a dissolve suits.

    The outgoing picture runs on beneath the incoming one: a dissolve is shortened to what its shot still has, and left out when that
    is too little, so that the shot after it is never seen.
    """
    result = list(cuts[:1])
    start_frame = 0
    for before, after in pairwise(cuts):
        start_frame += before.frames
        frames = min(round(seconds * fps), *(int(cut.frames * MAX_SHARE_OF_CUT) for cut in (before, after)))
        frames = min(frames, _frames_left_in_shot(before, analyses, fps))
        dissolves = (
            frames >= MIN_DISSOLVE_S * fps and _may_dissolve(before, after, fps) and _may_be_heard(after, heard, start_frame, frames)
        )
        result.append(after.model_copy(update={"dissolve": frames if dissolves else 0}))
    return result


def _may_dissolve(before: Cut, after: Cut, fps: int) -> bool:
    if after.role == "end_card":
        return bool(before.clip_id)
    continues = before.clip_id == after.clip_id and abs(before.source_start_s + before.frames / fps - after.source_start_s) < 1 / fps
    return before.role in SCENIC_ROLES and after.role in SCENIC_ROLES and not continues


def _may_be_heard(coming: Cut, heard: Sequence[Heard], start: int, frames: int) -> bool:
    """Whether nobody speaks during `frames` frames from `start` on, or only the one whose voice runs on under the end card."""
    return coming.role == "end_card" or not any(
        piece.kind == "speech" and piece.at_frame < start + frames and piece.at_frame + piece.frames > start for piece in heard
    )


def _frames_left_in_shot(cut: Cut, analyses: Mapping[str, Analysis], fps: int) -> int:
    """Frames for which the footage continues after the cut in the same shot; the cut's own length when the shot ends its clip."""
    if not cut.clip_id:
        return 0
    shots = analyses[cut.clip_id].shots
    end_s = cut.source_start_s + cut.frames * cut.speed / fps
    last_shot = next((shot for shot in shots if shot.start_s < end_s <= shot.end_s), None)
    if last_shot is None or last_shot.end_s >= max(shot.end_s for shot in shots) - CLIP_END_TOLERANCE_S:
        return cut.frames
    return int((last_shot.end_s - end_s) * fps / cut.speed)
