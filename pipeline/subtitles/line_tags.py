"""A line of a cue with the tags by which libass colours, enlarges and fills its words."""

import re
from collections.abc import Iterator

from pipeline.chinese.scripts import needs_shaping
from pipeline.documents.look import Typography
from pipeline.documents.subtitles import Cue, SubtitleManner
from pipeline.subtitles.second_lines import second_room
from pipeline.subtitles.tokenizer import text_width

LARGER, LEAST_LARGER = 1.15, 1.05
"""How much larger words that are set apart are, and the least that is seen to be larger: a line too full for that keeps its size."""
SECOND_EDGE = 0.65
"""Outline of a second language over that of the first: as thick, it would close the holes of letters of half the size."""
_SAFE = str.maketrans({"\\": "＼", "{": "｛", "}": "｝", "\r": " ", "\n": " "})
"""Replaces characters that libass reads as commands by full-width ones that look like them: not every libass can escape them."""

_CURLED = re.compile("(?<![\u3000-\u9fff\uff00-\uffef])[\u2018\u2019\u201c\u201d](?![\u3000-\u9fff\uff00-\uffef])")
"""Quotes of Latin words: a Chinese font draws these curled ones as wide as a character, We’ re, and the straight ones narrow."""


def opening_tags(cue: Cue, accent: str, manner: SubtitleManner) -> str:
    """What stands before the first line: with karaoke the colour that characters take when they are said."""
    return f"{{\\c{_bgr(accent)}}}" if _is_filled(cue, accent, manner) else ""


def line_with_tags(cue: Cue, index: int, typography: Typography, fps: int, *, accent: str, manner: SubtitleManner) -> str:
    """Return a line as libass sets it; without tags where its letters join, since what stands between them parts them.

    accent: #RRGGBB, "" for none. fps: frames a second of the timeline on which the cue stands.
    """
    line = cue.lines[index].translate(_SAFE)
    if needs_shaping(line):
        return line
    filled = _is_filled(cue, accent, manner)
    tags: dict[int, str] = dict(_fill_tags(cue, index, fps)) if filled else {}
    larger = 1.0 if manner == "plain" else _larger(cue, index, typography)
    for stress in (one for one in cue.stresses if one.line == index):
        begin, end = _stress_tags(larger, "" if filled else accent, typography.colour)
        tags[stress.end] = end + tags.get(stress.end, "")
        tags[stress.start] = tags.get(stress.start, "") + begin
    cuts = sorted({0, len(line), *tags})
    parts = (line[start:end] for start, end in zip(cuts, [*cuts[1:], len(line)], strict=True))
    return "".join(f"{{{tags[cut]}}}{part}" if tags.get(cut) else part for cut, part in zip(cuts, parts, strict=True))


def second_with_tags(cue: Cue, typography: Typography) -> list[str]:
    """Return the lines of the second language, smaller and in the colour of the subtitles."""
    if not cue.second:
        return []
    room = second_room(cue.second, typography)
    font = f"\\fn{room.family}" if room.family else ""
    edge = "" if typography.box else f"\\bord{typography.outline_px * SECOND_EDGE:g}"
    # The empty syllable ends the last one of the line above: libass would fill these letters along with it.
    first = ("\\k0" if cue.spoken else "") + f"{font}\\fs{room.size_px}{edge}\\c{_bgr(typography.colour)}"
    lines = [_CURLED.sub(_straight, line.translate(_SAFE)) for line in cue.second]
    return [f"{{{first}}}{lines[0]}", *lines[1:]]


def _straight(quote: re.Match[str]) -> str:
    return "'" if quote[0] in "\u2018\u2019" else '"'


def moment_ms(frame: int, fps: int) -> int:
    """A time in milliseconds, whole centiseconds, at most 10 ms and at least 1 ms before a frame is shown.

    libass gets a frame's time in whole milliseconds, rounded down: at 30 frames a second, frame 3 may come as 99. A cue that starts at
    the frame's own 100 ms would then appear a frame late, and one that ends later would show in the next frame.
    """
    return max(0, (frame * 1000 - 1) // fps // 10 * 10)


def _is_filled(cue: Cue, accent: str, manner: SubtitleManner) -> bool:
    return manner == "karaoke" and bool(accent and cue.spoken) and not any(needs_shaping(line) for line in cue.lines)


def _fill_tags(cue: Cue, index: int, fps: int) -> Iterator[tuple[int, str]]:
    """The tag at the start of each part of a line; libass counts a cue's parts one after the other from its start, through all lines."""
    at = moment_ms(cue.start_frame, fps) // 10
    for part in cue.spoken:
        begin, end = (moment_ms(frame, fps) // 10 for frame in (part.from_frame, part.to_frame))
        wait, at = max(0, begin - at), max(at, begin, end)
        if part.line == index:
            yield part.start, (f"\\k{wait}" if wait else "") + f"\\kf{end - begin}"


def _stress_tags(larger: float, accent: str, colour: str) -> tuple[str, str]:
    percent = round(larger * 100)
    size = (f"\\fscx{percent}\\fscy{percent}", "\\fscx100\\fscy100") if percent > 100 else ("", "")
    ink = (f"\\c{_bgr(accent)}", f"\\c{_bgr(colour)}") if accent else ("", "")
    return ink[0] + size[0], ink[1] + size[1]


def _larger(cue: Cue, index: int, typography: Typography) -> float:
    """How much larger the words that a line sets apart can be without making it wider than the picture allows."""
    line = cue.lines[index]
    apart = sum(text_width(line[stress.start : stress.end]) for stress in cue.stresses if stress.line == index)
    if not apart:
        return 1.0
    most = 1 + (typography.line_width - text_width(line)) / apart
    return min(LARGER, most) if most >= LEAST_LARGER else 1.0


def _bgr(colour: str) -> str:
    return f"&H{colour[5:7]}{colour[3:5]}{colour[1:3]}&".upper()
