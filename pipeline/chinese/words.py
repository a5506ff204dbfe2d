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
"""The list of the trade's words; a room that keeps results made with it keys them by this file."""


@cache
def dictionary() -> "jieba.Tokenizer":
    """Return jieba's own dictionary, without words of any room and without its messages about loading."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer


def dictionary_with(words: Iterable[str]) -> "jieba.Tokenizer":
    """Return the dictionary with extra words that stay whole where they stand in a text; `dictionary` does not learn them."""
    import jieba

    known, tokenizer = dictionary(), jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = ChainMap({}, known.FREQ), known.total, True
    for word in words:
        tokenizer.add_word(word)
    return tokenizer


@cache
def seller_words() -> Mapping[str, tuple[str, ...]]:
    """Return the words of the trade, each with its toneless syllables where a dictionary reads it wrongly, else with none."""
    lines = (line.split() for line in SELLER_WORDS.read_text(encoding="utf-8").splitlines())
    return {words[0]: tuple(words[1:]) for words in lines if words and not words[0].startswith("#")}
