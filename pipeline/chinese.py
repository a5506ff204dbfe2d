"""Chinese words: one dictionary for every room, loaded once in a process and not before it is asked for.

It takes 110 MB of memory and a second of processor time, so words that a room adds lie over it and not in a copy.
"""

import logging
from collections import ChainMap
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from pipeline.resources import ASSETS

if TYPE_CHECKING:
    import jieba

SELLER_WORDS = ASSETS / "lexicon" / "seller.txt"


@cache
def dictionary() -> "jieba.Tokenizer":
    """jieba's own dictionary, untouched by anybody's words and quiet about loading."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer


def dictionary_with(words: Iterable[str]) -> "jieba.Tokenizer":
    """The same with words that stay whole where they stand in a text; `dictionary` does not learn them."""
    import jieba

    known, tokenizer = dictionary(), jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = ChainMap({}, known.FREQ), known.total, True
    for word in words:
        tokenizer.add_word(word)
    return tokenizer


@cache
def seller_words() -> Mapping[str, tuple[str, ...]]:
    """The words of the trade, each with its sounds where a dictionary reads them wrongly, else with none."""
    lines = (line.split() for line in SELLER_WORDS.read_text(encoding="utf-8").splitlines())
    return {words[0]: tuple(words[1:]) for words in lines if words and not words[0].startswith("#")}
