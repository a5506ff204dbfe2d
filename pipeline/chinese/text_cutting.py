"""Cutting a text to a limit where a reader expects it to end."""

from collections.abc import Iterable

from pipeline.chinese.text_length import measure
from pipeline.chinese.text_pieces import OPENING, pieces
from pipeline.documents.destination import Counting

STOPS = "。！？!?…\n"
COMMAS = "，,；;、：: "
LOOSE = COMMAS + OPENING + "·・/／|丨-—~～+&\n"
"""What does not stand before an ellipsis."""
MARGIN = 64
"""Characters beyond the longest text that fits (no unit counts a character less than half) that may belong to its last word."""
WHOLE_FROM = 0.6
"""A cut at a sentence's end is taken when it keeps at least this share of what would fit; our own choice, read on real captions."""
CLAUSE_FROM = 0.75
"""The same for a cut at a comma."""


def cut(text: str, most: float, counting: Counting, *, names: Iterable[str] = (), ellipsis: str = "…") -> str:
    """The text, or as much of it as `most` allows, ending between two pieces.

    most: in the unit of `counting`. names: words that are never broken. ellipsis: closes a text that is cut inside a sentence; it is
    counted. Returns an empty string when not even the first piece fits.
    """
    text = text.strip()
    if measure(text, counting) <= most:
        return text
    parts = pieces(text[: int(2 * most) + MARGIN], tuple(names))
    ends: list[tuple[float, str]] = []
    whole = ""
    for part in parts:
        whole += part
        end = _ended(whole, ellipsis)
        if measure(end, counting) <= most:
            ends.append((measure(end, counting), end))
        if measure(whole.rstrip(), counting) > most:
            break
    if not ends:
        return ""
    longest = ends[-1][0]
    for least, marks in ((WHOLE_FROM, STOPS), (CLAUSE_FROM, COMMAS)):
        for length, end in reversed(ends):
            if length >= least * longest and _stops_at(text, end, ellipsis, marks):
                return end
    return ends[-1][1]


def _ended(begun: str, ellipsis: str) -> str:
    bare = begun.rstrip()
    if bare.endswith(tuple(STOPS)):
        return bare
    bare = bare.rstrip(LOOSE)
    return bare + ellipsis if bare else ""


def _stops_at(text: str, end: str, ellipsis: str, marks: str) -> bool:
    """Whether the kept words are followed, or closed, by one of the marks in the text."""
    if marks is STOPS:
        return end.endswith(tuple(STOPS.replace(ellipsis, "") if ellipsis else STOPS))
    kept = len(end) - len(ellipsis)
    return text[kept : kept + 1] in set(marks)
