"""What a person does next after a failed check: one remedy for each kind of cause."""

from pathlib import Path

from pipeline.documents.message import M, Message
from pipeline.inspection.context import InspectionContext, PlacedPiece

OWN_ENCODER = "libx264"


def make_afresh(context: InspectionContext) -> Message:
    """Return the remedy for a file that is not what the plan says: nothing of it is used again."""
    if context.plan.picture.encoder != OWN_ENCODER:
        return M("Make it again without this machine's own encoder: fieldcut render {story} --encoder x264", story=context.plan.story)
    return make_from_nothing(context.plan.story, context.store.root)


def make_from_nothing(story: str, cache: Path) -> Message:
    """Return the remedy for a damaged file. cache: the content store's folder."""
    return M(
        "Delete the folder {folder} (that costs time, no work), then: fieldcut render {story}. If it stays so, show the report to whoever"
        " looks after FieldCut for you.",
        folder=str(cache),
        story=story,
    )


def render_again(context: InspectionContext) -> Message:
    """Return the remedy for documents that no longer fit each other."""
    return M("Make the video again: fieldcut render {story}", story=context.plan.story)


def look_at_clip(context: InspectionContext, number: int) -> Message:
    """Return the remedy for a picture that is not what its clip shows. number: frame on the timeline."""
    placed = _clip_shown(context, number)
    if placed is None:
        return make_afresh(context)
    return M(
        "Play {clip} at {source} s. If it is damaged, take it out of the dropped folder and run the same fieldcut make again; if it is not,"
        " delete the folder {folder} (that costs time, no work), then: fieldcut render {story}",
        clip=_clip_name(placed),
        source=round(placed.piece.source_start_s + (number - placed.first) * placed.piece.speed / context.fps, 1),
        folder=str(context.store.root),
        story=context.plan.story,
    )


def leave_out_clip(context: InspectionContext, number: int) -> Message:
    """Return the remedy for something that the footage shows and must not. number: frame on the timeline."""
    placed = _clip_shown(context, number)
    if placed is None:
        return make_afresh(context)
    return M(
        "It is in the clip {clip}: take that clip out of the dropped folder and run the same fieldcut make again, or take its cut out of"
        " edit.json, then: fieldcut render {story}",
        clip=_clip_name(placed),
        story=context.plan.story,
    )


def _clip_shown(context: InspectionContext, number: int) -> PlacedPiece | None:
    """Return the piece of a clip that a frame of the timeline shows; None for a still picture and beyond the end."""
    placed = next((placed for placed in context.placed_pieces if placed.first <= number < placed.end), None)
    return None if placed is None or placed.piece.still else placed


def _clip_name(placed: PlacedPiece) -> str:
    return Path(placed.piece.path.replace("\\", "/")).name
