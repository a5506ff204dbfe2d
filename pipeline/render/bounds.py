"""How far cuts and dissolves reach into their clips: an edit that a person changed by hand may ask for more than was filmed."""

from pipeline.documents.clip import Clip, Clips
from pipeline.documents.edit import Cut, Edit
from pipeline.documents.message import M
from pipeline.errors import UserMistake

Where = dict[str, str | float]
"""What every sentence about a cut names."""
ROUNDED_S = 0.1
"""A cut may end this much after its clip, holding the last frame: times written by hand are rounded to tenths."""
MOST_HELD_S = 1.0
"""The clip that a dissolve leaves may have ended this much before; its last frame is held, which is not seen in a picture that goes."""


def dissolves(edit: Edit) -> list[int]:
    """Frames at the beginning of every cut that still show the one before: what the edit says, where there is one, and never more
    than the cut has."""
    return [min(cut.dissolve, cut.frames) if place else 0 for place, cut in enumerate(edit.cuts)]


def check_bounds(edit: Edit, clips: Clips) -> None:
    """Raises UserMistake, naming the cut and its clip, when a cut, or the dissolve that leaves it, shows more than its clip has."""
    left = [*dissolves(edit)[1:], 0]
    for number, (cut, at, frames) in enumerate(zip(edit.cuts, edit.starts(), left, strict=True), 1):
        where: Where = {"number": number, "at": round(at / edit.fps, 1)}
        if cut.frames < 1:
            raise UserMistake(M("Cut {number} (at {at} s) has no frames. Correct edit.json.", **where))
        if cut.clip_id:
            _check(cut, _clip(cut, clips, where), edit.fps, frames, where)


def _clip(cut: Cut, clips: Clips, where: Where) -> Clip:
    try:
        return clips.by_id(cut.clip_id)
    except KeyError as error:
        unknown = M(
            "Cut {number} (at {at} s) names the clip {clip}, which is not in this story. Correct edit.json.", clip=cut.clip_id, **where
        )
        raise UserMistake(unknown) from error


def _check(cut: Cut, clip: Clip, fps: int, dissolve: int, where: Where) -> None:
    facts: Where = {**where, "clip": clip.name, "length": round(clip.duration_s, 2)}
    if not 0 <= cut.source_start_s < clip.duration_s:
        raise UserMistake(
            M(
                "Cut {number} (at {at} s) begins at {start} s of {clip}, which is {length} s long. Correct edit.json.",
                start=round(cut.source_start_s, 2),
                **facts,
            )
        )
    last_s = cut.source_start_s + (cut.frames - 1) * cut.speed / fps
    if last_s > clip.duration_s + ROUNDED_S:
        raise UserMistake(
            M(
                "Cut {number} (at {at} s) shows {clip} until {end} s, but that clip is {length} s long. Make the cut shorter, begin it"
                " earlier or give it a lower speed in edit.json.",
                end=round(last_s, 2),
                **facts,
            )
        )
    over_s = last_s + dissolve * cut.speed / fps - clip.duration_s
    if dissolve and over_s > MOST_HELD_S:
        raise UserMistake(
            M(
                "The dissolve after cut {number} (at {at} s) goes on {over} s after the end of {clip}, which is {length} s long. Make the"
                " dissolve shorter or end the cut earlier in edit.json.",
                over=round(over_s, 2),
                **facts,
            )
        )
