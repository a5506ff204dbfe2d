"""The lines of a second language: as a person broke them where they fit, else broken in the middle between words."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.documents.limits import SECOND_SIZE, SUBTITLE_LINES
from pipeline.documents.look import Typography

SPARED = 0.97
"""Share of a line's width that is used."""
LETTER = 0.57
"""Width of most small letters and figures, in ems."""
_WIDEST, _NARROWEST = frozenset("mwMW@%—"), frozenset(" ilj.,:;'’|!()")


@dataclass(frozen=True)
class SecondRoom:
    """The room under a line of subtitles for a text in another language. width: in full-width characters of its own size."""

    width: float
    lines: int
    size_px: int
    family: str = ""
    """A font other than that of the subtitles; empty for none."""


def second_room(lines: Sequence[str], typography: Typography) -> SecondRoom:
    """The room for these lines: in a script that the subtitles' font lacks, what is left for that script's own font."""
    for script in typography.scripts:
        if any(re.search(f"[{script.letters}]", line) for line in lines):
            return SecondRoom(int(script.line_width * SPARED * 2) / 2, script.lines, script.size_px, script.family)
    width = int(typography.line_width / SECOND_SIZE * SPARED * 2) / 2
    return SecondRoom(width, SUBTITLE_LINES, round(typography.size_px * SECOND_SIZE))


def letters_width(text: str) -> float:
    """Width of a text in full-width characters, hardly ever less than it is: letter by letter, since a line of capitals is a third wider.

    Measured on Noto Sans SC Bold, whose letters are wider than those of the fonts for other scripts.
    """
    return sum(_letter_width(character) for character in text)


def _letter_width(character: str) -> float:
    if _is_wide(character):
        return 1.0
    if character in _WIDEST:
        return 0.96
    if character in _NARROWEST:
        return 0.33
    wider = 0.07 if "\u0370" <= character <= "\u052f" else 0.0  # Greek and Cyrillic
    return wider + (0.66 if character.isupper() else LETTER)


def fitted(lines: Sequence[str], room: SecondRoom) -> tuple[str, ...] | None:
    """Lines of a text that fit into a room, of nearly one length; None where there is no such way.

    A person's own two lines stay as they are where they fit.
    """
    written = tuple(line.strip() for line in lines if line.strip())
    if written and len(written) <= room.lines and all(letters_width(line) <= room.width for line in written):
        return written
    text = _joined(written)
    if not text:
        return None
    if letters_width(text) <= room.width:
        return (text,)
    if room.lines == 1:
        return None
    broken = [(text[:at].rstrip(), text[at:].lstrip()) for at in range(1, len(text)) if _may_break(text, at)]
    fitting = [pair for pair in broken if all(part and letters_width(part) <= room.width for part in pair)]
    return min(fitting, key=lambda pair: abs(letters_width(pair[0]) - letters_width(pair[1])), default=None)


def _joined(lines: Sequence[str]) -> str:
    text = ""
    for line in lines:
        text += ("" if not text or (_is_wide(text[-1]) and _is_wide(line[0])) else " ") + line
    return text


def _may_break(text: str, at: int) -> bool:
    """Whether a line may end before this character: at a blank, after a Tibetan syllable, between Chinese characters but before no mark."""
    if text[at].isspace() or text[at - 1] == "\u0f0b":
        return True
    return _is_wide(text[at - 1]) and _is_wide(text[at]) and unicodedata.category(text[at])[0] != "P"


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
