"""Checks that cuts and dissolves lie within their clips: an edit changed by hand may ask for more than was filmed."""

from collections.abc import Iterator

from pipeline.documents.clip import Clips
from pipeline.documents.edit import Cut, Edit
from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake

MessageFields = dict[str, str | float]
"""Values that every message about a cut has."""
ROUNDING_S = 0.1
"""A cut may end this much after its clip, holding the last frame: times written by hand are rounded to tenths."""
MOST_HELD_S = 1.0
"""The clip that a dissolve leaves may have ended this much before; its last frame is held, which is not seen in a picture that goes."""


def dissolve_frames(edit: Edit) -> list[int]:
    """Length in frames of the dissolve at the start of every cut: what the edit says, at most the cut's own length, 0 for the first."""
    return [min(cut.dissolve, cut.frames) if index else 0 for index, cut in enumerate(edit.cuts)]


def check_bounds(edit: Edit, clips: Clips) -> None:
    """Check every cut, and the dissolve that leaves it, against its clip. Raises UserMistake that names the cut and the clip."""
    for _, message in cuts_out_of_bounds(edit, clips):
        raise UserMistake(message)


def cuts_out_of_bounds(edit: Edit, clips: Clips) -> Iterator[tuple[tuple[str, int], Message]]:
    """Yield the place in edit.json of every cut that asks for more than its clip has, and what is wrong with it."""
    leaving_dissolves = [*dissolve_frames(edit)[1:], 0]
    for index, (cut, start_frame, frames) in enumerate(zip(edit.cuts, edit.starts(), leaving_dissolves, strict=True)):
        where: MessageFields = {"number": index + 1, "at": round(start_frame / edit.fps, 1)}
        if cut.frames < 1:
            yield ("cuts", index), M("Cut {number} (at {at} s) has no frames. Correct edit.json.", **where)
        elif cut.clip_id:
            message = _fault_of(cut, clips, edit.fps, frames, where)
            if message is not None:
                yield ("cuts", index), message


def _fault_of(cut: Cut, clips: Clips, fps: int, dissolve: int, where: MessageFields) -> Message | None:
    clip = next((clip for clip in clips.clips if clip.id == cut.clip_id), None)
    if clip is None:
        return M(
            "Cut {number} (at {at} s) names the clip {clip}, which is not in this story. Correct edit.json.", clip=cut.clip_id, **where
        )
    facts: MessageFields = {**where, "clip": clip.name, "length": round(clip.duration_s, 2)}
    if not 0 <= cut.source_start_s < clip.duration_s:
        return M(
            "Cut {number} (at {at} s) begins at {start} s of {clip}, which is {length} s long. Correct edit.json.",
            start=round(cut.source_start_s, 2),
            **facts,
        )
    last_s = cut.source_start_s + (cut.frames - 1) * cut.speed / fps
    if last_s > clip.duration_s + ROUNDING_S:
        return M(
            "Cut {number} (at {at} s) shows {clip} until {end} s, but that clip is {length} s long. Make the cut shorter, begin it"
            " earlier or give it a lower speed in edit.json.",
            end=round(last_s, 2),
            **facts,
        )
    beyond_s = last_s + dissolve * cut.speed / fps - clip.duration_s
    if dissolve and beyond_s > MOST_HELD_S:
        return M(
            "The dissolve after cut {number} (at {at} s) goes on {over} s after the end of {clip}, which is {length} s long. Make the"
            " dissolve shorter or end the cut earlier in edit.json.",
            over=round(beyond_s, 2),
            **facts,
        )
    return None
