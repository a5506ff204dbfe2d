"""What a person corrected stays corrected when the edit is made anew."""

from pipeline.documents.edit import Edit
from pipeline.documents.look import Typography
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.subtitles.line_breaks import broken
from pipeline.subtitles.tokens import Letter, line_of, tokens_of, width


def move_along(edited: Subtitles, fresh: Subtitles, edit: Edit) -> Subtitles:
    """Fresh cues of a new edit, with the hand-made cues of an earlier one in their places.

    A hand-made cue goes where its clip and source time now are, and takes the place of the fresh cues whose speech it shares; where its
    speech is no longer on the timeline, it goes with it. A cue that a person took out stays out.
    """
    cues = list(fresh.cues)
    for cue in (cue for cue in edited.cues if cue.by_hand):
        placed = _placed(cue, edit)
        if placed is None:
            continue
        cues = [other for other in cues if other.by_hand or not _shares(other, placed)]
        cues.append(placed)
    return Subtitles(fps=edit.fps, cues=tuple(_without_overlap(sorted(cues, key=lambda cue: cue.start_frame))))


def refit(edited: Subtitles, typography: Typography) -> Subtitles:
    """Hand-made cues for a picture whose lines are shorter than the one they were written for: broken anew where they are too wide."""
    cues = [part for cue in edited.cues for part in (_broken_anew(cue, typography.line_width) if cue.by_hand else [cue])]
    return Subtitles(fps=edited.fps, cues=tuple(cues))


def _broken_anew(cue: Cue, line_width: float) -> list[Cue]:
    if cue.held or all(width(line) <= line_width for line in cue.lines):
        return [cue]
    text = " ".join(cue.lines)
    step_s = (cue.source_end_s - cue.source_start_s) / len(text)
    letters = [Letter(sign, cue.source_start_s + at * step_s, cue.source_start_s + (at + 1) * step_s, 1.0) for at, sign in enumerate(text)]
    parts = broken(tokens_of(letters, ()), line_width)
    return [
        cue.model_copy(
            update={
                "lines": tuple(line_of(line) for line in part.lines),
                "source_start_s": part.tokens[0].start_s,
                "source_end_s": part.tokens[-1].end_s,
            }
        )
        for part in parts
    ] or [cue]


def _placed(cue: Cue, edit: Edit) -> Cue | None:
    middle_s = (cue.source_start_s + cue.source_end_s) / 2
    for heard in edit.heard:
        end_s = heard.source_start_s + heard.frames / edit.fps
        if heard.clip_id == cue.clip_id and heard.kind == "speech" and heard.source_start_s <= middle_s < end_s:
            start = heard.at_frame + round((cue.source_start_s - heard.source_start_s) * edit.fps)
            end = start + round((cue.source_end_s - cue.source_start_s) * edit.fps)
            start, end = max(start, heard.at_frame), min(max(end, start + 1), edit.frames)
            return cue.model_copy(update={"start_frame": start, "end_frame": end}) if end > start else None
    return None


def _shares(other: Cue, placed: Cue) -> bool:
    """Whether more than half of the shorter one's speech is the other's too."""
    if other.clip_id != placed.clip_id:
        return False
    common_s = min(other.source_end_s, placed.source_end_s) - max(other.source_start_s, placed.source_start_s)
    shorter_s = min(other.source_end_s - other.source_start_s, placed.source_end_s - placed.source_start_s)
    return common_s > 0.5 * max(shorter_s, 0.01)


def _without_overlap(cues: list[Cue]) -> list[Cue]:
    kept: list[Cue] = []
    for cue in cues:
        shown = [other for other in kept if not (other.held and other.by_hand)]
        if not (cue.held and cue.by_hand) and shown and cue.start_frame < shown[-1].end_frame:
            before = shown[-1]
            at = kept.index(before)
            if cue.start_frame <= before.start_frame:
                cue = cue.model_copy(update={"start_frame": before.end_frame})
                if cue.end_frame <= cue.start_frame:
                    continue
            else:
                kept[at] = before.model_copy(update={"end_frame": cue.start_frame})
        kept.append(cue)
    return kept
