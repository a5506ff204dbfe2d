"""Line breaking: at words, never inside a number or before a closing mark, and into lines of similar length."""

import re
from collections.abc import Callable
from functools import lru_cache

from pipeline.chinese import dictionary

CLOSING = "，。、；：！？）》」』】〉”’…,.;:!?)]}%％～·"
OPENING = "（《「『【〈“‘([{¥￥$"
_PIECES = re.compile(
    r"[¥￥$€]?\d[\d.,:：/~～-]*[^\W\d_]?|[A-Za-zÀ-ɏ]+(?:['’-][A-Za-zÀ-ɏ]+)*|[\u0600-\u06ff\u0750-\u077f\u200c\u200d\ufb50-\ufdff\ufe70-\ufefc]+|[\u0f40-\u0fbc]+[\u0f0b-\u0f14]*|[\u1807\u180a-\u18af][\u1807\u180a-\u18af\u200d\u202f]*|[㐀-鿿豈-﫿𠀀-𲎯]+|\s+|.",
    re.UNICODE,
)


@lru_cache(maxsize=512)
def pieces(text: str) -> tuple[str, ...]:
    """Split a line into unbreakable pieces, blanks attached to the piece before them; joined they are the text again."""
    units: list[str] = []
    attach_next = False
    for match in _PIECES.finditer(text):
        part = match.group()
        for word in _words(part) if part[0] >= "㐀" and len(part) > 1 and not part[0].isdigit() else [part]:
            if units and (attach_next or word[0] in CLOSING or word.isspace()):
                units[-1] += word
            else:
                units.append(word)
            attach_next = units[-1][-1] in OPENING
    return tuple(units)


def _words(text: str) -> list[str]:
    return [str(word) for word in dictionary().cut(text)]


def fill(text: str, width: float, measure: Callable[[str], float], *, tear: bool = False) -> list[str] | None:
    """Break a text into lines no wider than `width`, each as full as possible; None when one piece alone is wider.

    measure: returns the width of a string in the unit of `width`. tear: break such a piece between characters instead.
    """
    lines: list[str] = []
    for piece in pieces(text):
        if lines and measure((lines[-1] + piece).rstrip()) <= width:
            lines[-1] += piece
        elif measure(piece.rstrip()) <= width:
            lines.append(piece)
        elif not tear:
            return None
        else:
            lines.append("")
            for character in piece:
                if lines[-1] and measure(lines[-1] + character) > width:
                    lines.append("")
                lines[-1] += character
    return [line.strip() for line in lines if line.strip()]


def balanced(text: str, width: float, measure: Callable[[str], float], most: int, *, tear: bool = False) -> list[str] | None:
    """Break a text into as few lines as possible, of similar length; None when it takes more than `most` lines."""
    lines = fill(text, width, measure, tear=tear)
    if lines is None or len(lines) > most:
        return None
    if len(lines) < 2:
        return lines
    low, high = measure(text) / len(lines) * 0.9, width
    for _ in range(8):
        trial_width = (low + high) / 2
        candidate = fill(text, trial_width, measure)
        if candidate is not None and len(candidate) == len(lines):
            lines, high = candidate, trial_width
        else:
            low = trial_width
    return lines


def shortened(text: str, width: float, measure: Callable[[str], float], most: int) -> list[str]:
    """Break a text into at most `most` lines; what does not fit is replaced by an ellipsis."""
    for end in range(len(text), 0, -1):
        lines = fill(text[:end].rstrip() + ("…" if end < len(text) else ""), width, measure, tear=True)
        if lines is not None and len(lines) <= most:
            return lines
    return ["…"]
