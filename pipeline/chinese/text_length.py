"""The length of a text as platforms count it."""

import unicodedata
from collections.abc import Callable

import regex

from pipeline.documents.destination import Counting


def _half_width(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(character) in "WF" else 0.5 for character in text)


_MEASURES: dict[Counting, Callable[[str], float]] = {
    "characters": len,
    "utf16": lambda text: len(text.encode("utf-16-le")) // 2,
    "bytes": lambda text: len(text.encode("utf-8")),
    "half_width": _half_width,
}


def text_length(text: str, counting: Counting) -> float:
    """Return the length of a text in the unit that a platform counts in.

    characters: Unicode code points, so that a family emoji is seven. utf16: code units, as web forms and TikTok count. bytes: UTF-8.
    half_width: full-width characters one, all others half. Every unit is additive: a text is as long as the sum of its parts.
    """
    return _MEASURES[counting](text)


def graphemes(text: str) -> list[str]:
    """Return what a reader sees as single characters (Unicode UAX 29): flags, skin tones and joined emoji stay whole."""
    return regex.findall(r"\X", text)


def has_words(text: str) -> bool:
    """Tell whether a text has a letter or a digit, and not only emoji and marks."""
    return any(unicodedata.category(character)[0] in "LN" for character in unicodedata.normalize("NFKC", text))
