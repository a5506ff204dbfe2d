"""When each character of a cue is said: what karaoke shows.

The words of a cue are held against what is heard while it is shown, so that a line that a person corrected, split, joined or moved, a
number written in figures, and a hesitation left out all keep to the voice. The voice runs as fast as it was recorded, whatever the
speed of the pictures over it; `Heard` says where each piece of it lies on the timeline.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.documents.edit import Edit
from pipeline.documents.subtitles import Cue, SpokenPart
from pipeline.documents.transcript import Transcript
from pipeline.subtitles.said_characters import said_characters

MOVED_S = 0.5
"""Seconds by which a person's line may stand beside its words and is still held against them."""
GUESSED_S = 0.2
"""Seconds of a character that nobody was heard to say, at the beginning or the end of a line: about five characters a second."""


@dataclass(frozen=True)
class HeardCharacter:
    """A letter or figure as it was recognised, with the frames (of the timeline, with fractions) between which it is said."""

    text: str
    start: float
    end: float


@dataclass
class _Written:
    """Characters of a line that are filled as one: a Chinese character, or a word or number in Latin letters."""

    line: int
    start: int
    end: int
    text: str
    from_frame: float = 0.0
    to_frame: float = 0.0


def heard_characters(edit: Edit, transcripts: Mapping[str, Transcript]) -> list[HeardCharacter]:
    """All letters and figures that are said on the timeline, in order, without hesitations."""
    found = []
    for heard in sorted((heard for heard in edit.heard if heard.kind == "speech"), key=lambda heard: heard.at_frame):
        transcript = transcripts.get(heard.clip_id)
        for phrase in transcript.phrases if transcript is not None else ():
            for letter in said_characters(phrase, heard, edit.fps, transcript.hesitations if transcript else ()):
                if letter.text.isalnum():
                    start, end = (heard.at_frame + (at_s - heard.source_start_s) * edit.fps for at_s in (letter.start_s, letter.end_s))
                    found.append(HeardCharacter(letter.text.lower(), start, end))
    return found


def with_spoken_times(cue: Cue, said: Sequence[HeardCharacter], fps: int) -> Cue:
    """The cue with the frames at which its characters are said; without any where nobody speaks while it is shown."""
    margin = MOVED_S * fps if cue.by_hand else 0.0
    near = [one for one in said if cue.start_frame - margin <= (one.start + one.end) / 2 < cue.end_frame + margin]
    written = _written(cue)
    if cue.held or not near or not written:
        return cue
    _set_times(written, near, cue, fps)
    return cue.model_copy(update={"spoken": tuple(_parts(written, cue))})


def _written(cue: Cue) -> list[_Written]:
    """The parts of all lines, in order; blanks and marks belong to the part before them."""
    parts: list[_Written] = []
    for number, line in enumerate(cue.lines):
        own: list[_Written] = []
        for at, character in enumerate(line):
            joins = bool(own) and (not character.isalnum() or (character.isascii() and line[at - 1].isascii() and line[at - 1].isalnum()))
            if joins:
                own[-1].end, own[-1].text = at + 1, own[-1].text + (character.lower() if character.isalnum() else "")
            else:
                own.append(_Written(number, at, at + 1, character.lower() if character.isalnum() else ""))
        parts += own
    return parts


def _set_times(written: list[_Written], near: Sequence[HeardCharacter], cue: Cue, fps: int) -> None:
    letters = [(part, letter) for part in written for letter in part.text]
    times: list[tuple[float, float] | None] = [None] * len(letters)
    matcher = SequenceMatcher(None, [one.text for one in near], [letter for _, letter in letters], autojunk=False)
    for how, i1, i2, j1, j2 in matcher.get_opcodes():
        if how == "equal":
            times[j1:j2] = [(one.start, one.end) for one in near[i1:i2]]
        elif how == "replace":
            inside = [one for one in near[i1:i2] if cue.start_frame <= (one.start + one.end) / 2 < cue.end_frame]
            if inside:
                times[j1:j2] = _divided(inside[0].start, inside[-1].end, j2 - j1)
    _fill(times, cue, GUESSED_S * fps)
    for part in written:
        own = [time for (owner, _), time in zip(letters, times, strict=True) if owner is part and time is not None]
        if own:
            part.from_frame, part.to_frame = own[0][0], own[-1][1]


def _fill(times: list[tuple[float, float] | None], cue: Cue, guess: float) -> None:
    """Give characters that nobody was heard to say the time between their neighbours. guess: frames of one beside the first and last."""
    at = 0
    while at < len(times):
        if times[at] is not None:
            at += 1
            continue
        end = next((index for index in range(at, len(times)) if times[index] is not None), len(times))
        before, after = times[at - 1] if at else None, times[end] if end < len(times) else None
        room = guess * (end - at)
        start = before[1] if before else max(float(cue.start_frame), after[0] - room) if after else float(cue.start_frame)
        stop = after[0] if after else min(float(cue.end_frame), start + room) if before else float(cue.end_frame)
        times[at:end] = _divided(start, max(start, stop), end - at)
        at = end


def _divided(start: float, end: float, count: int) -> list[tuple[float, float]]:
    step = (end - start) / count
    return [(start + index * step, start + (index + 1) * step) for index in range(count)]


def _parts(written: Sequence[_Written], cue: Cue) -> list[SpokenPart]:
    """The parts in whole frames within the cue, none beginning before the one before it ends."""
    parts, at = [], cue.start_frame
    for part in written:
        start = min(max(round(part.from_frame), at), cue.end_frame)
        at = min(max(round(part.to_frame), start), cue.end_frame)
        parts.append(SpokenPart(line=part.line, start=part.start, end=part.end, from_frame=start, to_frame=at))
    return parts
