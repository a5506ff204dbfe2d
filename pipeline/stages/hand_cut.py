"""The edit in force: what was computed, or what a person made of it, with everything that follows from her cuts."""

from collections.abc import Iterable, Sequence
from functools import partial

from pipeline import brand as brand_room
from pipeline import edit as edit_room
from pipeline import render as render_room
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses, Transcripts
from pipeline.documents.edit import Cut, Decision, Edit, Heard
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Choice, Offer
from pipeline.edit.contradictions import Entry
from pipeline.errors import UserMistake
from pipeline.stages.style import style_of
from pipeline.store import line_of
from pipeline.workspace import StoryContext

LAST_EDIT = "last_edit.json"
"""The edit as it was last in force: against it one sees what a person has changed since."""


def settle_hand_edit(context: StoryContext, clips: Clips) -> Edit:
    """Return the edit that a person changed, with voice, sound and card where her cuts want them; edit.json says the same afterwards.

    Raises UserMistake, with the line, for one that contradicts itself.
    """
    given = context.read("edit.json", Edit)
    _refuse(context, edit_room.contradictory_cuts(given))
    _refuse(context, render_room.cuts_out_of_bounds(given, clips))
    settled = with_hand_changes(context, last_edit(context), given)
    _refuse(context, edit_room.contradictions(settled, clips), found=settled.heard == given.heard)
    if settled != given:
        context.write_by_hand("edit.json", settled)
    return settled


def last_edit(context: StoryContext) -> Edit | None:
    """Return the edit as it was last in force; None in a story that an earlier release cut."""
    return context.read(LAST_EDIT, Edit) if context.path(LAST_EDIT).is_file() else None


def with_hand_changes(context: StoryContext, before: Edit | None, given: Edit) -> Edit:
    """Return an edit with everything that follows from what a person changed in the cuts of an earlier one."""
    if before is None:
        return given
    analyses, transcripts = context.read("analyses.json", Analyses).by_clip, context.read("transcripts.json", Transcripts).by_clip
    offer = context.read("choice.json", Choice).offer
    style = style_of(context.job)
    card_time = partial(_card_time, offer, given.fps, brand_room.code_layer_s(style))
    return edit_room.follow_cuts(before, given, analyses, transcripts, card_time, style.pace.nearer)


def refuse_contradictions(edit: Edit, clips: Clips) -> None:
    """Raise UserMistake for the first thing in an edit that cannot be."""
    for _, message in (*edit_room.contradictions(edit, clips), *render_room.cuts_out_of_bounds(edit, clips)):
        raise UserMistake(message)


def _refuse(context: StoryContext, faults: Iterable[tuple[Entry, Message]], *, found: bool = True) -> None:
    """Raise UserMistake for the first of some faults, with its line in edit.json. found: whether what is at fault stands in the file."""
    for place, message in faults:
        line = line_of(context.path("edit.json").read_bytes(), place) if found else None
        raise UserMistake(
            M("edit.json, line {line}: {fault}", line=line, fault=message) if line else M("edit.json: {fault}", fault=message)
        )


def _card_time(
    offer: Offer | None, fps: int, least_s: float, cuts: Sequence[Cut], heard: Sequence[Heard], said: Sequence[Decision]
) -> int | None:
    return edit_room.product_frame(cuts, heard, said, offer, fps, least_s)
