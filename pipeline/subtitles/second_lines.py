"""The lines of a second language: as a person broke them where they fit, else broken in the middle between words."""

import unicodedata
from collections.abc import Sequence

from pipeline.documents.look import Typography
from pipeline.subtitles.tokenizer import text_width

SECOND_SIZE = 0.5
"""Size over that of the first language, so that two lines of it take the room of one: 11 pixels of a phone 360 wide."""
MOST_LINES = 2
SPARED = 0.94
"""Share of a line's width that is used: capitals are up to a fifth wider than the half of an em that `text_width` counts."""


def second_width(typography: Typography) -> float:
    """The width of a line of the second language, in its own full-width characters."""
    return int(typography.line_width / SECOND_SIZE * SPARED * 2) / 2


def fitted(lines: Sequence[str], width: float) -> tuple[str, ...] | None:
    """Lines of a text that fit into a width, at most two, of nearly one length; None where there is no such way.

    A person's own two lines stay as they are where they fit.
    """
    written = tuple(line.strip() for line in lines if line.strip())
    if written and len(written) <= MOST_LINES and all(text_width(line) <= width for line in written):
        return written
    text = _joined(written)
    if not text:
        return None
    if text_width(text) <= width:
        return (text,)
    broken = [(text[:at].rstrip(), text[at:].lstrip()) for at in range(1, len(text)) if _may_break(text, at)]
    fitting = [pair for pair in broken if all(part and text_width(part) <= width for part in pair)]
    return min(fitting, key=lambda pair: abs(text_width(pair[0]) - text_width(pair[1])), default=None)


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
