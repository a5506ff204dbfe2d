"""Writes subtitles as the SRT file that a person may correct, and reads the corrected file."""

import re
from collections.abc import Sequence

from pipeline.documents.message import M
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.errors import UserMistake
from pipeline.subtitles.srt_markup import without_markup

OWN_FILE = "subtitles.srt"
"""The file that `to_srt` writes and a person corrects."""
HELD_MARK = "[?] "
"""The mark before a cue that is not burned in until a person removes the mark."""
_TIMES = re.compile(r"^\s*(\d+):(\d{1,2}):(\d{1,2})[,.](\d{1,3})\s*--+>\s*(\d+):(\d{1,2}):(\d{1,2})[,.](\d{1,3})(?:\s.*)?$")


def to_srt(subtitles: Subtitles) -> str:
    """Write cues as SRT. Held cues carry the mark `[?]`; cues that a person deleted are left out."""
    visible = [cue for cue in subtitles.cues if not (cue.held and cue.by_hand)]
    blocks = [
        f"{number}\n{_clock_text(cue.start_frame, subtitles.fps)} --> {_clock_text(cue.end_frame, subtitles.fps)}\n{_text(cue)}\n"
        for number, cue in enumerate(visible, 1)
    ]
    return "\n".join(blocks)


def from_srt(text: str, subtitles: Subtitles) -> Subtitles:
    """Apply a person's changes to the file that `to_srt` wrote.

    Text and times of the file win. A changed or new cue is `by_hand` and keeps, or gets from its nearest neighbour, an anchor on the
    clip's clock; a cue without its `[?]` is trusted; a deleted cue stays as `held` and `by_hand`, so that it does not come back.
    Raises UserMistake naming the block that is not SRT.
    """
    fps = subtitles.fps
    blocks = read_blocks(text, fps)
    unmatched = [cue for cue in subtitles.cues if not (cue.held and cue.by_hand)]
    deleted = [cue for cue in subtitles.cues if cue.held and cue.by_hand]
    cues: list[Cue] = []
    unplaced, vacated = [], []
    for block in blocks:
        cue = _matching_cue(*block[:3], unmatched, fps)
        if cue is None:
            unplaced.append(block)
            continue
        unmatched.remove(cue)
        cues.append(_corrected_cue(cue, *block, subtitles))
        if not _shares_time(cues[-1], cue):  # moved away: its old place stays empty
            vacated.append(cue)
    for block in unplaced:
        restored = _matching_cue(*block[:3], deleted, fps)
        if restored is None:
            cues.append(new_cue(*block, subtitles))
            continue
        deleted.remove(restored)
        cues.append(_corrected_cue(restored, *block, subtitles))
    deleted += [cue.model_copy(update={"held": True, "by_hand": True}) for cue in (*unmatched, *vacated)]
    deleted = [gone for gone in deleted if not any(cue.by_hand and cue.clip_id == gone.clip_id and _shares_time(cue, gone) for cue in cues)]
    kept = sorted([*_without_overlap(cues, fps), *deleted], key=lambda cue: (cue.start_frame, cue.end_frame))
    return subtitles.model_copy(update={"cues": tuple(kept)})


def _shares_time(cue: Cue, other: Cue) -> bool:
    """Whether two cues have more than half of the shorter one's time in common."""
    common = min(cue.end_frame, other.end_frame) - max(cue.start_frame, other.start_frame)
    return common > 0.5 * min(cue.end_frame - cue.start_frame, other.end_frame - other.start_frame)


def _text(cue: Cue) -> str:
    return (HELD_MARK if cue.held else "") + cue.text


def _clock_text(frame: int, fps: int) -> str:
    milliseconds = round(frame * 1000 / fps)
    seconds, milliseconds = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{milliseconds:03}"


def read_blocks(text: str, fps: int, file: str = OWN_FILE) -> list[tuple[int, int, tuple[str, ...], bool]]:
    """Each block with words: its first frame, the frame after its last, its lines, and whether it is marked as held."""
    parts = re.split(r"\n[ \t]*\n+", text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip())
    blocks = []
    for position, part in enumerate((part for part in parts if part.strip()), 1):
        lines = [line.strip() for line in part.strip().split("\n")]
        number = lines.pop(0) if lines and lines[0].isdigit() and not _TIMES.match(lines[0]) else str(position)
        start, end = _times(lines[0] if lines else "", number, fps, file)
        words, held = _words(lines[1:])
        if words:
            blocks.append((start, end, words, held))
    return blocks


def _times(line: str, number: str, fps: int, file: str) -> tuple[int, int]:
    """The start and end frame of a block's line of times. number: of the block, for the message. Raises UserMistake when it is wrong."""
    times = _TIMES.match(line)
    if times is None:
        raise UserMistake(
            M(
                "{file}: block {number} has no line of times like 00:00:01,000 --> 00:00:02,500 (found: {found}). Correct that line.",
                file=file,
                number=number,
                found=line[:40],
            )
        )
    clock = [int(part) for part in times.groups()]
    start, end = _frame(clock[:4], times[4], fps), _frame(clock[4:], times[8], fps)
    if end <= start:
        raise UserMistake(
            M("{file}: block {number} ends before it begins ({times}). Correct its times.", file=file, number=number, times=line[:40])
        )
    return start, end


def _words(lines: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """A block's lines of text without the mark of a held cue, and whether it was there."""
    words, mark = [part for line in lines for part in without_markup(line)], HELD_MARK.strip()
    held = bool(words) and words[0].startswith(mark)
    if held:
        words[0] = words[0].removeprefix(mark).strip()
    return tuple(line for line in words if line), held


def _frame(clock: Sequence[int], fraction: str, fps: int) -> int:
    milliseconds = int(fraction.ljust(3, "0"))
    return round(((clock[0] * 60 + clock[1]) * 60 + clock[2] + milliseconds / 1000) * fps)


def _matching_cue(start: int, end: int, lines: tuple[str, ...], cues: Sequence[Cue], fps: int) -> Cue | None:
    """The cue that a block was made from: the one with the same times, else the same words, else most time in common."""
    for cue in cues:
        if abs(cue.start_frame - start) <= 1 and abs(cue.end_frame - end) <= 1:
            return cue
    same_words = [cue for cue in cues if cue.lines == lines]
    if same_words:
        return min(same_words, key=lambda cue: abs(cue.start_frame - start))
    if not cues:
        return None
    nearest = max(cues, key=lambda cue: min(cue.end_frame, end) - max(cue.start_frame, start))
    shared_frames = min(nearest.end_frame, end) - max(nearest.start_frame, start)
    return (
        nearest
        if shared_frames > 0 and shared_frames >= min(0.4 * min(end - start, nearest.end_frame - nearest.start_frame), fps)
        else None
    )


def _corrected_cue(cue: Cue, start: int, end: int, lines: tuple[str, ...], held: bool, subtitles: Subtitles) -> Cue:
    """The cue that a block was made from, with what a person changed; moved right away from its speech it gets another anchor."""
    fps = subtitles.fps
    moved = abs(cue.start_frame - start) > 1 or abs(cue.end_frame - end) > 1
    if lines == cue.lines and not moved and held == cue.held:
        return cue
    if moved and (end <= cue.start_frame or cue.end_frame <= start):
        return new_cue(start, end, lines, held, subtitles)
    changed = {"lines": lines, "held": held, "by_hand": True, "confidence": 1.0}
    if not moved:
        return cue.model_copy(update=changed)
    times = {
        "start_frame": start,
        "end_frame": end,
        "source_start_s": round(cue.source_start_s + (start - cue.start_frame) / fps, 3),
        "source_end_s": round(cue.source_end_s + (end - cue.end_frame) / fps, 3),
    }
    return cue.model_copy(update=changed | times)


def new_cue(start: int, end: int, lines: tuple[str, ...], held: bool, subtitles: Subtitles) -> Cue:
    """A cue that a person added, anchored to the clip of the cue that it overlaps, else of the nearest one."""

    def away(cue: Cue) -> int:
        return max(cue.start_frame - start, start - cue.end_frame + 1, 0)

    nearest = min(subtitles.cues, key=away, default=None)
    begin_s = nearest.source_start_s + (start - nearest.start_frame) / subtitles.fps if nearest else start / subtitles.fps
    return Cue(
        start_frame=start,
        end_frame=end,
        lines=lines,
        clip_id=nearest.clip_id if nearest else "",
        source_start_s=round(begin_s, 3),
        source_end_s=round(begin_s + (end - start) / subtitles.fps, 3),
        held=held,
        by_hand=True,
    )


TOGETHER_S = 0.3
"""Seconds. Lines that begin so close together are meant to be read at the same time."""


def _without_overlap(cues: Sequence[Cue], fps: int) -> list[Cue]:
    """The cues in order, each ending no later than the next begins; what is shown at once becomes one cue, the earlier line above."""
    result: list[Cue] = []
    for cue in sorted(cues, key=lambda cue: cue.start_frame):
        before = result[-1] if result else None
        if before is None or before.end_frame <= cue.start_frame:
            result.append(cue)
        elif cue.start_frame - before.start_frame <= TOGETHER_S * fps and not before.held and not cue.held:
            times = {
                "end_frame": max(before.end_frame, cue.end_frame),
                "source_end_s": max(before.source_end_s, before.source_start_s + (cue.end_frame - before.start_frame) / fps),
            }
            result[-1] = before.model_copy(update={"lines": (*before.lines, *cue.lines), "by_hand": True, **times})
        else:
            result[-1] = before.model_copy(update={"end_frame": max(cue.start_frame, before.start_frame + 1)})
            result.append(cue)
    return result
