"""What follows what in selling talk: a bigram model of the project's own sentences, with amounts and the story's names as two words.

A general model of written Chinese knows neither that a box comes after ten jin nor that one off comes after buy two. The sentences lie
in `assets/lexicon/selling_talk.txt`. Probabilities are interpolated with absolute discounting (Ney, Essen, Kneser 1994).
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.chinese import seller_words
from pipeline.resources import ASSETS
from pipeline.speech.language_model import LanguageModel, language_model

SELLING_TALK = ASSETS / "lexicon" / "selling_talk.txt"
"""The sentences; results that depend on them are stored under a key with this file's hash."""
BEGINNING, AMOUNT, BARE, NAME, OTHER = "^", "#", "&", "@", "?"
"""The beginning of a phrase, an amount, a number alone, a name of the story, any word that the sentences do not have."""
DISCOUNT = 0.6
UNANNOUNCED = 0.25
"""How much rarer amounts and names are after a word that the sentences do not have before them than they are in all."""
LEAST = 1e-9


class SellingTalk:
    """Bigrams of selling talk. probabilities: of each word (columns) after each other (rows), by `numbers`; zero for OTHER."""

    def __init__(self, sentences: Sequence[Sequence[str]]) -> None:
        classes = (BEGINNING, AMOUNT, BARE, NAME, OTHER)
        words = [*classes, *sorted({word for sentence in sentences for word in sentence} - set(classes))]
        self.numbers = {word: number for number, word in enumerate(words)}
        single = Counter(word for sentence in sentences for word in sentence)
        single[AMOUNT], single[BARE], single[NAME] = (max(1, round(UNANNOUNCED * single[word])) for word in (AMOUNT, BARE, NAME))
        alone = np.array([single[word] for word in words], np.float64) / sum(single.values())
        counts = np.zeros((len(words), len(words)))
        for sentence in sentences:
            for before, word in zip((BEGINNING, *sentence), sentence, strict=False):
                counts[self.numbers[before], self.numbers[word]] += 1
        totals = np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
        kept = np.maximum(counts - DISCOUNT, 0.0) / totals
        left = 1.0 - kept.sum(axis=1, keepdims=True)
        self.probabilities: NDArray[np.float32] = (kept + left * alone[None, :]).astype(np.float32)

    def by_model(self, model: LanguageModel) -> NDArray[np.int64]:
        """Return the number of every word of a language model, OTHER's for those that the sentences do not have."""
        numbers = np.full(len(model.words), self.numbers[OTHER], np.int64)
        for word, number in self.numbers.items():
            if word in model.numbers and number > self.numbers[OTHER]:
                numbers[model.numbers[word]] = number
        return numbers

    def number(self, word: str) -> int:
        """Return a word's number, that of OTHER for an unknown one."""
        return self.numbers.get(word, self.numbers[OTHER])


_AMOUNT = re.compile(
    "[一两二三四五六七八九十百千零点半]+(?:公斤|斤|箱|块|元|毛|袋|盒|罐|瓶|份|件|包|克|只|枚)(?:装|[一二三四五六七八九半])?"
)
_BARE = re.compile("[一两二三四五六七八九十百千零点]+")
_ONCE_BARE = re.compile(f"(?<=[满减]){AMOUNT}")
"""The amounts that are also said without their unit: 满一百减二十."""


def is_sold_amount(text: str) -> bool:
    """Tell whether an amount is money or what is sold for it: ten jin and not ten kinds."""
    return _AMOUNT.fullmatch(text) is not None


def is_bare(text: str) -> bool:
    """Tell whether an amount is a number alone."""
    return _BARE.fullmatch(text) is not None


def split_sentence(text: str, model: LanguageModel) -> list[str]:
    """Split a sentence into words of the language model and the sellers' list, by the likeliest sequence of single words."""
    text = _AMOUNT.sub(AMOUNT, text)
    known = seller_words()
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(text) + 1):
        options = []
        for start in range(max(0, end - 8), end):
            word = text[start:end]
            number = model.numbers.get(word)
            if word in known:
                score = -3.0
            elif number is not None:
                score = float(model.unigram_scores[number])
            elif len(word) == 1:
                score = -8.0
            else:
                continue
            options.append((best[start][0] + score, start))
        best.append(max(options))
    words: list[str] = []
    end = len(text)
    while end:
        start = best[end][1]
        words.insert(0, text[start:end])
        end = start
    return words


@cache
def selling_talk() -> SellingTalk:
    """Return the model of the project's sentences."""
    lines = [line for line in SELLING_TALK.read_text(encoding="utf-8").splitlines() if line and not line.startswith("# ")]
    bare = [_ONCE_BARE.sub(BARE, line) for line in lines if _ONCE_BARE.search(line)]
    return SellingTalk([split_sentence(line, language_model()) for line in (*lines, *bare)])
