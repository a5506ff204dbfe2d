"""Word boundaries: whether a match in a text is a word there, and not a part of another one."""

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from pipeline.chinese import dictionary_with
from pipeline.commerce.claims.rules import word_rules

if TYPE_CHECKING:
    import jieba


@lru_cache(maxsize=512)
def _word_spans(text: str) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for word, start, end in _tokenizer().tokenize(text) if end - start > 1 and _tokenizer().FREQ.get(word))


def is_whole_word(text: str, start: int, end: int) -> bool:
    """Tell whether no word of the dictionary lies across an end of a match: 治病 is not a word in 防治病虫害.

    A longer word that begins with the match (最低 in 最低价) does not matter; one that begins before it does.
    """
    return not any(first < start < last or (first < end < last and first > start) for first, last in _word_spans(text))


@cache
def _tokenizer() -> "jieba.Tokenizer":
    return dictionary_with(word for rule in word_rules() for word in rule.words if len(word) > 1)
