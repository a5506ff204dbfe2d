"""What in an edit contradicts itself: a person who writes in edit.json may leave a sound behind, or two at one time."""

from collections.abc import Iterator
from itertools import pairwise

from pipeline.documents.clip import Clip, Clips
from pipeline.documents.edit import Edit, HandFraming, Heard, Role
from pipeline.documents.message import M, Message
from pipeline.edit.voice_over_card import MOST_VOICE_S

Entry = tuple[str | int, ...]
"""The place of an entry in the document: ("cuts", 3)."""
LIPS_APART_S = 0.25
"""Seconds that lips and voice of one take may be apart: less is not noticed in a person who is filmed from afar."""
OVERLAP_S = 0.1
"""Seconds that two voices may overlap: a breath."""


def contradictions(edit: Edit, clips: Clips) -> Iterator[tuple[Entry, Message]]:
    """Yield what cannot be, with its place in the document: the cuts first, then the sound, then the card."""
    yield from contradictory_cuts(edit)
    by_id = {clip.id: clip for clip in clips.clips}
    body = sum(cut.frames for cut in edit.cuts if cut.role != "end_card")
    for index, piece in enumerate(edit.heard):
        message = _of_sound(piece, by_id.get(piece.clip_id), edit, body)
        if message is not None:
            yield ("heard", index), message
    yield from _of_voices(edit)
    if edit.product_frame is not None and not 0 <= edit.product_frame < max(body, 1):
        yield (
            ("product_frame",),
            M(
                "the card would come at {at} s, but the pictures end at {end} s",
                at=round(edit.product_frame / edit.fps, 1),
                end=round(body / edit.fps, 1),
            ),
        )


def contradictory_cuts(edit: Edit) -> Iterator[tuple[Entry, Message]]:
    """Yield what cannot be in the cuts alone: no picture at all, an end card that is none, or that is not at the end."""
    if not edit.cuts:
        yield ("cuts",), M("no cut is left: nothing would be shown")
    for index, cut in enumerate(edit.cuts):
        if cut.role == "end_card" and cut.clip_id:
            yield ("cuts", index), M("an end card shows no clip: its clip_id is empty")
        elif cut.role == "end_card" and index + 1 < len(edit.cuts):
            yield ("cuts", index), M("the end card is the last cut, and there is one at most")
        elif cut.role != "end_card" and not cut.clip_id:
            yield ("cuts", index), M("this cut names no clip; only the end card has none")
        if cut.framing is not None:
            fault = _of_framing(cut.framing, cut.role)
            if fault is not None:
                yield ("cuts", index, "framing"), fault


def _of_framing(framing: HandFraming, role: Role) -> Message | None:
    """What cannot be in the part of the picture that a person wants to be shown."""
    said = [(name, value) for name, value in (("x", framing.x), ("y", framing.y)) if value is not None]
    if role == "end_card":
        return M("the end card shows no clip, so there is nothing to frame")
    if framing.show != "place" and said:
        return M("framing shows “{show}”, but also names a place: take {names} out, or write “place”", show=framing.show, names=said[0][0])
    if framing.show == "place" and not said:
        return M("framing shows a place, but does not say which: x from 0 (left) to 1 (right), y from 0 (top) to 1 (bottom)")
    for name, value in said:
        if not 0 <= value <= 1:
            return M("framing: {name} is {value}, but the picture goes from 0 to 1", name=name, value=value)
    return None


def _of_sound(piece: Heard, clip: Clip | None, edit: Edit, body: int) -> Message | None:
    if clip is None:
        return M("this sound names the clip {clip}, which is not in this story", clip=piece.clip_id)
    if clip.sound is None:
        return M("{clip} has no sound", clip=clip.name)
    if piece.frames < 1 or piece.at_frame < 0:
        return M("this sound has no frames, or begins before the video")
    if not 0 <= piece.source_start_s < clip.sound.duration_s:
        return M(
            "this sound begins at {start} s of {clip}, whose sound is {length} s long",
            start=round(piece.source_start_s, 2),
            clip=clip.name,
            length=round(clip.sound.duration_s, 2),
        )
    end = piece.at_frame + piece.frames
    if end > min(body + (MOST_VOICE_S + OVERLAP_S) * edit.fps, edit.frames) and (piece.kind == "speech" or end > edit.frames):
        return M(
            "“{words}” is heard until {end} s, but the last picture before the end card ends at {body} s",
            words=piece.words or clip.name,
            end=round(end / edit.fps, 1),
            body=round(body / edit.fps, 1),
        )
    return None


def _of_voices(edit: Edit) -> Iterator[tuple[Entry, Message]]:
    speech = sorted(((piece.at_frame, index, piece) for index, piece in enumerate(edit.heard) if piece.kind == "speech"))
    for (_, _, before), (_, index, piece) in pairwise(speech):
        if piece.at_frame < before.at_frame + before.frames - OVERLAP_S * edit.fps:
            yield (
                ("heard", index),
                M(
                    "“{words}” begins at {at} s, while “{other}” is still heard",
                    words=piece.words,
                    at=round(piece.at_frame / edit.fps, 1),
                    other=before.words,
                ),
            )
    for index, (start, cut) in enumerate(zip(edit.starts(), edit.cuts, strict=True)):
        for _, _, piece in speech:
            first, last = max(start, piece.at_frame), min(start + cut.frames, piece.at_frame + piece.frames)
            if cut.role != "talk" or cut.speed != 1 or cut.clip_id != piece.clip_id or last - first < OVERLAP_S * edit.fps:
                continue
            apart_s = (cut.source_start_s - start / edit.fps) - (piece.source_start_s - piece.at_frame / edit.fps)
            if abs(apart_s) > LIPS_APART_S:
                yield (
                    ("cuts", index),
                    M(
                        "lips and voice of the speaker are {seconds} s apart: “{words}” is heard at {at} s",
                        seconds=round(abs(apart_s), 1),
                        words=piece.words,
                        at=round(first / edit.fps, 1),
                    ),
                )
