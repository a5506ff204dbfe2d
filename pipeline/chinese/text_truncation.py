"""Truncating a text to a limit, at a place where a reader expects it to end."""

from collections.abc import Iterable

from pipeline.chinese.text_length import text_length
from pipeline.chinese.text_segmentation import OPENING, unbreakable_pieces
from pipeline.documents.destination import Counting

STOPS = "。！？!?…\n"
COMMAS = "，,；;、：: "
DROPPED_AT_END = COMMAS + OPENING + "·・/／|丨-—~～+&\n"
"""Marks that do not stand before an ellipsis."""
MARGIN = 64
"""Characters beyond the longest text that fits (no unit counts a character less than half) that may belong to its last word."""
SENTENCE_SHARE = 0.6
"""A cut at the end of a sentence is taken when it keeps at least this share of what would fit; our own choice, from real captions."""
CLAUSE_SHARE = 0.75
"""The same for a cut at a comma."""


def truncate(text: str, limit: float, counting: Counting, *, names: Iterable[str] = (), ellipsis: str = "…") -> str:
    """Return a text, or as much of it as `limit` allows, ending between two unbreakable pieces.

    most: in the unit of `counting`. names: words that are never broken. ellipsis: ends a text that is cut inside a sentence; it
    counts. Returns an empty string when not even the first piece fits.
    """
    text = text.strip()
    if text_length(text, counting) <= limit:
        return text
    pieces = unbreakable_pieces(text[: int(2 * limit) + MARGIN], tuple(names))
    candidates: list[tuple[float, str]] = []
    beginning = ""
    for piece in pieces:
        beginning += piece
        candidate = _with_ellipsis(beginning, ellipsis)
        if text_length(candidate, counting) <= limit:
            candidates.append((text_length(candidate, counting), candidate))
        if text_length(beginning.rstrip(), counting) > limit:
            break
    if not candidates:
        return ""
    longest = candidates[-1][0]
    for share, marks in ((SENTENCE_SHARE, STOPS), (CLAUSE_SHARE, COMMAS)):
        for length, candidate in reversed(candidates):
            if length >= share * longest and _ends_at_mark(text, candidate, ellipsis, marks):
                return candidate
    return candidates[-1][1]


def _with_ellipsis(beginning: str, ellipsis: str) -> str:
    bare = beginning.rstrip()
    if bare.endswith(tuple(STOPS)):
        return bare
    bare = bare.rstrip(DROPPED_AT_END)
    return bare + ellipsis if bare else ""


def _ends_at_mark(text: str, candidate: str, ellipsis: str, marks: str) -> bool:
    """Tell whether a candidate ends with one of the marks, or is followed by one in the text."""
    if marks is STOPS:
        return candidate.endswith(tuple(STOPS.replace(ellipsis, "") if ellipsis else STOPS))
    length = len(candidate) - len(ellipsis)
    return text[length : length + 1] in set(marks)
