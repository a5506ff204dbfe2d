"""Whether words found in a text are words there, and not parts of other words."""

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from pipeline.chinese import dictionary_with
from pipeline.commerce.claims.rules import rules

if TYPE_CHECKING:
    import jieba


@lru_cache(maxsize=512)
def _tokens(text: str) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for word, start, end in _cutter().tokenize(text) if end - start > 1 and _cutter().FREQ.get(word))


def is_whole(text: str, start: int, end: int) -> bool:
    """No word of the dictionary lies across one of its ends: 治病 is none in 防治病虫害.

    A longer word that begins with it (最低 in 最低价) is no reason to pass it over; one that begins before it is.
    """
    return not any(first < start < last or (first < end < last and first > start) for first, last in _tokens(text))


@cache
def _cutter() -> "jieba.Tokenizer":
    return dictionary_with(word for rule in rules() for word in rule.words if len(word) > 1)
