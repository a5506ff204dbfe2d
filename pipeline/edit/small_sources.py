"""Clips too small for the video: told, and not enlarged by more than their shape asks for."""

from pipeline.documents.clip import Clip, Clips
from pipeline.documents.edit import Edit
from pipeline.documents.message import M

MOST_ENLARGED = 2.2
"""How much a picture may be enlarged before it looks soft on a phone. A lying 1080p clip in an upright video is enlarged 1.8 times."""
NAMED = 3


def enlargement(clip: Clip, width: int, height: int) -> float:
    """How much the largest window of that shape is enlarged to fill a video of width × height pixels; below 1 where it is made smaller."""
    return width / min(clip.width, clip.height * width / height)


def spare_small(edit: Edit, clips: Clips, width: int, height: int) -> Edit:
    """Show small clips no nearer than their whole height or width, and say in one line which they are and what helps."""
    small = {clip.id: clip for clip in clips.clips if not clip.photo and enlargement(clip, width, height) > MOST_ENLARGED}
    shown = [small[clip_id] for clip_id in dict.fromkeys(cut.clip_id for cut in edit.cuts) if clip_id in small]
    if not shown:
        return edit
    cuts = tuple(cut.model_copy(update={"zoom": 1.0}) if cut.clip_id in small else cut for cut in edit.cuts)
    smallest = min(shown, key=lambda clip: clip.width * clip.height)
    told = M(
        "{count} clips that are shown are small and look soft ({names}; {size} pixels). "
        "Film in 1080p, upright, and send the original file.",
        count=len(shown),
        names="、".join(clip.name for clip in shown[:NAMED]) + (" …" if len(shown) > NAMED else ""),
        size=f"{smallest.width}×{smallest.height}",
    )
    return edit.model_copy(update={"cuts": cuts, "warnings": (*edit.warnings, told)})
