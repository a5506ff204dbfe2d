"""Chinese words: one dictionary for every room, loaded once per process when it is first used.

It takes 110 MB of memory and a second of processor time, so a room's extra words are laid over it and not put into a copy.
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
"""The list of sellers' words; results that depend on it are stored under a key with this file's hash."""


@cache
def dictionary() -> "jieba.Tokenizer":
    """Return jieba's own dictionary, without any room's words and without its messages about loading."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer


def dictionary_with(words: Iterable[str]) -> "jieba.Tokenizer":
    """Return the dictionary with extra words that stay whole in a text; `dictionary` itself does not change."""
    import jieba

    known, tokenizer = dictionary(), jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = ChainMap({}, known.FREQ), known.total, True
    for word in words:
        tokenizer.add_word(word)
    return tokenizer


@cache
def seller_words() -> Mapping[str, tuple[str, ...]]:
    """Return sellers' words, each with its toneless syllables where the dictionary's reading is wrong, else with none."""
    lines = (line.split() for line in SELLER_WORDS.read_text(encoding="utf-8").splitlines())
    return {words[0]: tuple(words[1:]) for words in lines if words and not words[0].startswith("#")}
