"""The words around a match: its clause, its sentence, and whether they give it another meaning."""

import re
from collections.abc import Iterable
from typing import Literal

from pipeline.chinese import HAN
from pipeline.commerce.claims.rules import contexts

_ENDS = {
    "clause": re.compile(rf"[，。！？；,!?;\n]|\.(?!\d)|(?<=[{HAN}]) +(?=[{HAN}])"),
    "sentence": re.compile(r"[。！？!?\n]|\.(?=\s|$)"),
}


def scope_around(text: str, start: int, end: int, scope: Literal["clause", "sentence", "text"]) -> tuple[int, int]:
    """Return the offsets at which the clause, the sentence or the text around a match begins and ends."""
    if scope == "text":
        return 0, len(text)
    first, last = 0, len(text)
    for mark in _ENDS[scope].finditer(text):
        if mark.end() <= start:
            first = mark.end()
        elif mark.start() >= end:
            last = mark.start()
            break
    return first, last


def sentence_around(text: str, offset: int) -> str:
    """Return the sentence of a text at an offset, with its question mark, which tells that it asks."""
    first, last = scope_around(text, offset, offset + 1, "sentence")
    return text[first : last + 1]


def stands_in(names: Iterable[str], text: str, start: int, end: int) -> bool:
    """Tell whether a match stands in one of the contexts of these names."""
    return any(_holds(name, text, start, end) for name in names)


def _holds(name: str, text: str, start: int, end: int) -> bool:
    for shape in contexts()[name].shapes:
        first, last = scope_around(text, start, end, shape.scope)
        if shape.holds(text[first:start], text[start:end], text[end : last + 1]):
            return True
    return False
