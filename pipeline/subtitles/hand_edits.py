"""A person's corrections of subtitles, kept when the edit or the shape of the picture changes."""

from pipeline.documents.edit import Edit, Heard
from pipeline.documents.limits import SUBTITLE_LINES
from pipeline.documents.look import Typography
from pipeline.documents.message import M
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.errors import UserMistake
from pipeline.subtitles.cues import frames_with_footage
from pipeline.subtitles.line_breaks import break_into_cues
from pipeline.subtitles.tokenizer import TimedCharacter, join_tokens, text_width, tokenize

NEAR_S = 15.0
"""Seconds of a clip's time. A line that a person put where nobody speaks moves along with the nearest speech, up to so far."""


def reapply_hand_edits(edited: Subtitles, fresh: Subtitles, edit: Edit) -> Subtitles:
    """The fresh cues of a new edit, with the cues that a person changed in an earlier one put back.

    A changed cue moves to where its clip and source time now are, and replaces the fresh cues that cover the same speech. One whose speech
    is no longer on the timeline, or that would stand on the end card, is set aside and comes back with it. A cue that a person deleted
    stays deleted.
    """
    cues, set_aside = list(fresh.cues), []
    for cue in (*(cue for cue in edited.cues if cue.by_hand), *edited.set_aside):
        moved = placed_on_timeline(cue, edit)
        if moved is None:
            set_aside.append(cue)
            continue
        cues = [other for other in cues if other.by_hand or not _shares_speech(other, moved)]
        cues.append(moved)
    ordered = _without_overlap(sorted(cues, key=lambda cue: cue.start_frame))
    return Subtitles(fps=edit.fps, cues=tuple(ordered), set_aside=tuple(set_aside))


def refit_cues(edited: Subtitles, typography: Typography, lines: int = SUBTITLE_LINES) -> Subtitles:
    """Break a person's cues again where they are too wide for the picture, or have more lines than they may."""
    cues = [part for cue in edited.cues for part in (_rebroken(cue, typography.line_width, lines) if cue.by_hand else [cue])]
    return edited.model_copy(update={"cues": tuple(cues)})


def check_widths(subtitles: Subtitles, typography: Typography) -> None:
    """Raise UserMistake when a line of a person is too wide even when it is broken where words end."""
    for cue in subtitles.cues:
        for line in cue.lines:
            if cue.by_hand and not cue.held and text_width(line) > typography.line_width:
                raise UserMistake(
                    M(
                        "subtitles.srt: “{line}” is too wide for the picture: a line holds {most} Chinese characters, or twice as many "
                        "letters, and there is no place to break it. Shorten it.",
                        line=line,
                        most=int(typography.line_width),
                    )
                )


def _rebroken(cue: Cue, line_width: float, lines: int) -> list[Cue]:
    if cue.held or (len(cue.lines) <= lines and all(text_width(line) <= line_width for line in cue.lines)):
        return [cue]
    text = " ".join(cue.lines)
    step_s = (cue.source_end_s - cue.source_start_s) / len(text)
    start_s = cue.source_start_s
    letters = [
        TimedCharacter(character, start_s + index * step_s, start_s + (index + 1) * step_s, 1.0) for index, character in enumerate(text)
    ]
    parts = break_into_cues(tokenize(letters, ()), line_width, lines)
    return [
        cue.model_copy(
            update={
                "lines": tuple(join_tokens(line) for line in part.lines),
                "source_start_s": part.tokens[0].start_s,
                "source_end_s": part.tokens[-1].end_s,
            }
        )
        for part in parts
    ] or [cue]


def placed_on_timeline(cue: Cue, edit: Edit) -> Cue | None:
    """The cue where its speech now is, else, for a line beside all speech, as far from the nearest speech of its clip as before."""
    pieces = [heard for heard in edit.heard if heard.clip_id == cue.clip_id and heard.kind == "speech"]
    for at_s in ((cue.source_start_s + cue.source_end_s) / 2, cue.source_start_s, cue.source_end_s):
        for heard in pieces:
            if heard.source_start_s <= at_s < _end_s(heard, edit.fps):
                return _placed(cue, heard, edit, earliest=heard.at_frame)
    if cue.held or not pieces:
        return None
    nearest = min(pieces, key=lambda heard: _away_s(cue, heard, edit.fps))
    if _away_s(cue, nearest, edit.fps) > NEAR_S or _is_spoken_elsewhere(cue, edit):
        return None
    return _placed(cue, nearest, edit, earliest=0)


def _placed(cue: Cue, heard: Heard, edit: Edit, *, earliest: int) -> Cue | None:
    start = heard.at_frame + round((cue.source_start_s - heard.source_start_s) * edit.fps)
    end = start + round((cue.source_end_s - cue.source_start_s) * edit.fps)
    start, end = max(start, earliest), min(max(end, start + 1), frames_with_footage(edit))
    return cue.model_copy(update={"start_frame": start, "end_frame": end}) if end > start else None


def _is_spoken_elsewhere(cue: Cue, edit: Edit) -> bool:
    """Tell whether a cue stands for speech of its clip that the edit has dropped."""
    return any(
        decision.clip_id == cue.clip_id
        and not decision.kept
        and decision.words
        and decision.start_s < cue.source_end_s
        and cue.source_start_s < decision.end_s
        for decision in edit.decisions
    )


def _end_s(heard: Heard, fps: int) -> float:
    return heard.source_start_s + heard.frames / fps


def _away_s(cue: Cue, heard: Heard, fps: int) -> float:
    return max(heard.source_start_s - cue.source_end_s, cue.source_start_s - _end_s(heard, fps), 0.0)


def _shares_speech(other: Cue, moved: Cue) -> bool:
    """Whether two cues have more than half of the shorter one's speech in common."""
    if other.clip_id != moved.clip_id:
        return False
    common_s = min(other.source_end_s, moved.source_end_s) - max(other.source_start_s, moved.source_start_s)
    shorter_s = min(other.source_end_s - other.source_start_s, moved.source_end_s - moved.source_start_s)
    return common_s > 0.5 * max(shorter_s, 0.01)


def _without_overlap(cues: list[Cue]) -> list[Cue]:
    result: list[Cue] = []
    for cue in cues:
        visible = [other for other in result if not (other.held and other.by_hand)]
        if not (cue.held and cue.by_hand) and visible and cue.start_frame < visible[-1].end_frame:
            before = visible[-1]
            index = result.index(before)
            if cue.start_frame <= before.start_frame:
                cue = cue.model_copy(update={"start_frame": before.end_frame})
                if cue.end_frame <= cue.start_frame:
                    continue
            else:
                result[index] = before.model_copy(update={"end_frame": cue.start_frame})
        result.append(cue)
    return result
