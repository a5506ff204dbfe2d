"""A second language under the subtitles: a person's own SRT, on the timeline of the video, kept through new edits.

Its lines are anchored to the speech they stand over, as a person's corrections are. They stand under the cue of their time, smaller, within
the space of two lines that every other layer leaves free: so a story with a second language has cues of one line.
"""

from collections.abc import Sequence

from pipeline.documents.edit import Edit
from pipeline.documents.look import Typography
from pipeline.documents.message import M, Message
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.subtitles.cues import frames_with_footage
from pipeline.subtitles.hand_edits import placed_on_timeline
from pipeline.subtitles.second_lines import LETTER, fitted, second_room
from pipeline.subtitles.srt import new_cue, read_blocks

SHARED = 0.5
"""A line belongs to a cue when they share this much of the time of the shorter one: half a cue late it still finds its own."""
LEAST_ALONE_S = 0.5
"""Seconds. A line in a shorter pause between two cues stands under the nearer one instead of alone."""
MOST_NAMED = 4
"""Lines that one message names."""


def read_second(text: str, file: str, timeline: Subtitles) -> Subtitles:
    """Read an SRT in another language, its lines anchored to the speech of a timeline. file: its name, for messages.

    Raises UserMistake naming the block that is not SRT.
    """
    blocks = [block for block in read_blocks(text, timeline.fps, file) if not block[3]]
    cues = sorted((new_cue(*block, timeline) for block in blocks), key=lambda cue: cue.start_frame)
    return Subtitles(fps=timeline.fps, cues=tuple(cues))


def placed_second(second: Subtitles, before: Subtitles | None, edit: Edit) -> Subtitles:
    """The lines where their speech is now, those whose speech is not on this timeline set aside.

    before: the cues of the timeline on which the lines stand; None where that is not known.
    """
    stays = before is not None and _is_timeline_of(before, edit)
    last_frame = frames_with_footage(edit)
    cues: list[Cue] = []
    aside: list[Cue] = []
    for cue, is_aside in (*((cue, False) for cue in second.cues), *((cue, True) for cue in second.set_aside)):
        stands = stays and not is_aside
        placed = (cue if cue.start_frame < last_frame else None) if stands else placed_on_timeline(cue, edit)
        (aside if placed is None else cues).append(placed or cue)
    ordered = tuple(sorted(cues, key=lambda cue: cue.start_frame))
    return second.model_copy(update={"cues": ordered, "set_aside": tuple(aside)})


def with_second(subtitles: Subtitles, second: Subtitles, edit: Edit, typography: Typography, file: str) -> Subtitles:
    """The cues with the lines of the second language under them, and notes on those that could not be shown.

    A line over several cues stands under each; several lines over one cue stand there together; a line over no cue stands alone.
    """
    visible = [index for index, cue in enumerate(subtitles.cues) if not cue.held]
    under: dict[int, list[Cue]] = {index: [] for index in visible}
    alone, unplaced = [], []
    for line in second.cues:
        found = [index for index in visible if _share(line, subtitles.cues[index]) >= SHARED]
        free = _free_span(line, [subtitles.cues[index] for index in visible], frames_with_footage(edit))
        if not found and free[1] - free[0] < LEAST_ALONE_S * subtitles.fps:
            found = [max(visible, key=lambda index: _share(line, subtitles.cues[index]))] if visible else []
            found = [index for index in found if _share(line, subtitles.cues[index]) > 0]
            if not found:
                unplaced.append(line)
        elif not found:
            alone.append(line.model_copy(update={"start_frame": free[0], "end_frame": free[1]}))
        for index in found:
            under[index].append(line)
    cues, too_long = list(subtitles.cues), []
    for index, lines in under.items():
        cues[index], left_out = _with_lines(cues[index], lines, under, typography)
        too_long += left_out
    for line in alone:
        words = fitted(line.lines, second_room(line.lines, typography))
        if words is None:
            too_long.append(line)
        else:
            cues.append(line.model_copy(update={"lines": (), "second": words}))
    notes = _notes((*second.set_aside, *unplaced), too_long, bool(second.cues), file, subtitles.fps, typography)
    return subtitles.model_copy(update={"cues": tuple(sorted(cues, key=lambda cue: (cue.start_frame, cue.end_frame))), "notes": notes})


def _with_lines(cue: Cue, lines: Sequence[Cue], under: dict[int, list[Cue]], typography: Typography) -> tuple[Cue, list[Cue]]:
    """A cue with these lines under it, and those for which it has no room: a line that stands under several cues is divided among them."""
    written = tuple(part for line in lines for part in line.lines)
    room = second_room(written, typography)
    whole = fitted(written, room)
    if whole is not None:
        return cue.model_copy(update={"second": whole}), []
    shown: tuple[str, ...] = ()
    left_out = []
    for line in lines:
        words = line.lines
        cues_of_line = [own for own in under.values() if line in own]
        if fitted(words, room) is None and len(cues_of_line) > 1:
            words = _share_of_words(words, [own is lines for own in cues_of_line].index(True), len(cues_of_line))
        both = fitted((*shown, *words), room)
        if both is None:
            left_out.append(line)
        else:
            shown = both
    return cue.model_copy(update={"second": shown}), left_out


def _share_of_words(lines: tuple[str, ...], part: int, parts: int) -> tuple[str, ...]:
    """The words of one of several equal parts of a text, cut between words, or between characters where there are no blanks."""
    text = " ".join(lines)
    words = text.split(" ") if " " in text else list(text)
    cut = [round(len(words) * number / parts) for number in (part, part + 1)]
    return ((" " if " " in text else "").join(words[cut[0] : cut[1]]),)


def _share(line: Cue, cue: Cue) -> float:
    """The time that a line and a cue have in common, as a share of the shorter one."""
    common = min(line.end_frame, cue.end_frame) - max(line.start_frame, cue.start_frame)
    return common / max(1, min(line.end_frame - line.start_frame, cue.end_frame - cue.start_frame))


def _free_span(line: Cue, cues: Sequence[Cue], last_frame: int) -> tuple[int, int]:
    """The longest stretch of a line's time over which no cue stands."""
    start, best, end = line.start_frame, (line.start_frame, line.start_frame), min(line.end_frame, last_frame)
    for cue in [*cues, None]:
        stop = min(cue.start_frame, end) if cue else end
        if stop - start > best[1] - best[0]:
            best = (start, stop)
        start = max(start, cue.end_frame) if cue else start
    return best


def _is_timeline_of(before: Subtitles, edit: Edit) -> bool:
    """Whether cues stand where their speech is on an edit's timeline: nothing was moved since."""
    own = [cue for cue in before.cues if not cue.by_hand]
    return bool(own) and all(_stands_on(cue, edit) for cue in own)


def _stands_on(cue: Cue, edit: Edit) -> bool:
    """Whether a cue begins with its speech; a sentence may be heard twice."""
    pieces = (heard for heard in edit.heard if heard.clip_id == cue.clip_id and heard.kind == "speech")
    begins = (heard.at_frame + max(0, round((cue.source_start_s - heard.source_start_s) * edit.fps)) for heard in pieces)
    return any(abs(begin - cue.start_frame) <= 1 for begin in begins)


def _notes(
    unplaced: Sequence[Cue], too_long: Sequence[Cue], any_placed: bool, file: str, fps: int, typography: Typography
) -> tuple[Message, ...]:
    notes = []
    if unplaced and not any_placed:
        notes.append(
            M(
                "No line of {file} stands within this video: its times must be those of the finished video. Take the .srt beside the "
                "video in the outbox, keep its times, and write the other language over its words.",
                file=file,
            )
        )
    elif unplaced:
        notes.append(
            M(
                "{count} lines of {file} are not shown, because nothing of this video belongs to their time: {words}.",
                count=len(unplaced),
                file=file,
                words=_named(unplaced, fps),
            )
        )
    if too_long:
        long = list(dict.fromkeys(too_long))
        notes.append(
            M(
                "{count} lines of {file} are too long and not shown: under one line of subtitles there is room for two lines of {most} "
                "letters. Shorten them, or give them more time: {words}.",
                count=len(long),
                file=file,
                most=int(second_room((), typography).width / LETTER),
                words=_named(long, fps),
            )
        )
    return tuple(notes)


def _named(cues: Sequence[Cue], fps: int) -> str:
    """Lines by their time and first words."""
    named = [f"{cue.start_frame // fps // 60}:{cue.start_frame // fps % 60:02d} “{' '.join(cue.lines)[:40]}”" for cue in cues[:MOST_NAMED]]
    return "; ".join(named) + (" …" if len(cues) > MOST_NAMED else "")
