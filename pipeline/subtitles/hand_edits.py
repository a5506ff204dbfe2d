"""A person's corrections of subtitles, kept when the edit or the shape of the picture changes."""

from pipeline.documents.edit import Edit
from pipeline.documents.look import Typography
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.subtitles.line_breaks import break_into_cues
from pipeline.subtitles.tokenizer import TimedCharacter, join_tokens, text_width, tokenize


def reapply_hand_edits(edited: Subtitles, fresh: Subtitles, edit: Edit) -> Subtitles:
    """The fresh cues of a new edit, with the cues that a person changed in an earlier one put back.

    A changed cue moves to where its clip and source time now are, and replaces the fresh cues that cover the same speech; it is dropped
    when its speech is no longer on the timeline. A cue that a person deleted stays deleted.
    """
    cues = list(fresh.cues)
    for cue in (cue for cue in edited.cues if cue.by_hand):
        moved = _on_timeline(cue, edit)
        if moved is None:
            continue
        cues = [other for other in cues if other.by_hand or not _shares_speech(other, moved)]
        cues.append(moved)
    return Subtitles(fps=edit.fps, cues=tuple(_without_overlap(sorted(cues, key=lambda cue: cue.start_frame))))


def refit_cues(edited: Subtitles, typography: Typography) -> Subtitles:
    """Break a person's cues again where they are too wide for a picture with shorter lines than the one they were written for."""
    cues = [part for cue in edited.cues for part in (_rebroken(cue, typography.line_width) if cue.by_hand else [cue])]
    return Subtitles(fps=edited.fps, cues=tuple(cues))


def _rebroken(cue: Cue, line_width: float) -> list[Cue]:
    if cue.held or all(text_width(line) <= line_width for line in cue.lines):
        return [cue]
    text = " ".join(cue.lines)
    step_s = (cue.source_end_s - cue.source_start_s) / len(text)
    start_s = cue.source_start_s
    letters = [
        TimedCharacter(character, start_s + index * step_s, start_s + (index + 1) * step_s, 1.0) for index, character in enumerate(text)
    ]
    parts = break_into_cues(tokenize(letters, ()), line_width)
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


def _on_timeline(cue: Cue, edit: Edit) -> Cue | None:
    middle_s = (cue.source_start_s + cue.source_end_s) / 2
    for heard in edit.heard:
        end_s = heard.source_start_s + heard.frames / edit.fps
        if heard.clip_id == cue.clip_id and heard.kind == "speech" and heard.source_start_s <= middle_s < end_s:
            start = heard.at_frame + round((cue.source_start_s - heard.source_start_s) * edit.fps)
            end = start + round((cue.source_end_s - cue.source_start_s) * edit.fps)
            start, end = max(start, heard.at_frame), min(max(end, start + 1), edit.frames)
            return cue.model_copy(update={"start_frame": start, "end_frame": end}) if end > start else None
    return None


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
