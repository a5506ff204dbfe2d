"""A trigram language model of Chinese words, read from the arrays of `assets/language_model/`; without that file, jieba's word counts.

Probabilities are log10. Back-off as in KenLM (Heafield 2011): p(c | a b) is the trigram's, else back-off(a b) + p(c | b), else
back-off(b) + p(c).
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.chinese import dictionary, is_han, toneless_syllables
from pipeline.resources import ASSETS

LANGUAGE_MODEL = ASSETS / "language_model" / "zh_cn.npz"
"""The file with the model; it may be replaced by another of the same form, or be taken away."""
COMMONEST = 60_000
"""How many of jieba's words stand in for a missing model: the rest is rarer than once in ten million."""
NOWHERE = -1
"""The word number of an unknown context: the beginning of a phrase, or what follows a number or a name."""

Scores = NDArray[np.float32]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class NGramTables:
    """Bigrams and trigrams, sorted by key: first word x number of words + second; place of the first two x number of words + third."""

    bigram_keys: Integers
    bigram_scores: Scores
    bigram_backoffs: Scores
    trigram_keys: Integers
    trigram_scores: Scores


class LanguageModel:
    """Words, their readings and what follows what.

    words: by number. reading_lengths: syllables of each word, 0 for what is not Chinese. readings: numbers in `syllables`, one word's
    after the other's. unigram_scores, unigram_backoffs: by word. tables: None when only single words are known.
    """

    def __init__(
        self,
        words: list[str],
        syllables: list[str],
        reading_lengths: NDArray[np.uint8],
        readings: NDArray[np.uint16],
        unigram_scores: Scores,
        unigram_backoffs: Scores,
        tables: NGramTables | None,
    ) -> None:
        self.words, self.syllables, self.reading_lengths, self.readings = words, syllables, reading_lengths, readings
        self.unigram_scores, self.unigram_backoffs, self.tables = unigram_scores, unigram_backoffs, tables
        self.numbers = {word: number for number, word in enumerate(words)}

    def scores(self, before: Integers, last: Integers, words: Integers) -> Scores:
        """Return log10 p(word | before, last) for every context (rows) and word (columns), all by number; before, last: or NOWHERE."""
        result = np.broadcast_to(self.unigram_scores[words], (len(last), len(words))).copy()
        known = np.flatnonzero(last != NOWHERE)
        if self.tables is None or not len(known) or not len(words):
            return result
        contexts, place = np.unique(last[known], return_inverse=True)
        order = np.argsort(words)
        pairs = np.empty((len(contexts), len(words)), np.float32)
        pairs[:, order] = self._pair_scores(contexts, words[order])
        result[known] = pairs[place]
        self._use_trigrams(result, before, last, words)
        return result

    def _pair_scores(self, last: Integers, words: Integers) -> Scores:
        """Return log10 p(word | last) for known contexts and words, both sorted."""
        assert self.tables is not None
        found, at = _look_up(self.tables.bigram_keys, last[:, None] * len(self.words) + words[None, :])
        backed_off = self.unigram_backoffs[last][:, None] + self.unigram_scores[words][None, :]
        return np.where(found, self.tables.bigram_scores[at], backed_off)

    def _use_trigrams(self, result: Scores, before: Integers, last: Integers, words: Integers) -> None:
        assert self.tables is not None
        full = np.flatnonzero((before != NOWHERE) & (last != NOWHERE))
        if not len(full):
            return
        found, context = _look_up(self.tables.bigram_keys, before[full] * len(self.words) + last[full])
        full, context = full[found], context[found]
        if not len(full):
            return
        there, at = _look_up(self.tables.trigram_keys, context[:, None] * len(self.words) + words[None, :])
        backed_off = self.tables.bigram_backoffs[context][:, None] + result[full]
        result[full] = np.where(there, self.tables.trigram_scores[at], backed_off)


def _look_up(keys: Integers, wanted: Integers) -> tuple[NDArray[np.bool_], Integers]:
    """Return which of the wanted keys there are, and where."""
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return keys[at] == wanted, at


@cache
def language_model(path: Path = LANGUAGE_MODEL) -> LanguageModel:
    """Return the language model: the file's, or one of single words from jieba's counts where there is no such file."""
    return _read_model(path) if path.is_file() else _counted_words()


def _read_model(path: Path) -> LanguageModel:
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    words = arrays["words"].tobytes().decode().split("\n")
    first = np.repeat(np.arange(len(words), dtype=np.int64), arrays["bigram_counts"])
    bigram_keys = first * len(words) + arrays["bigram_words"]
    context = np.repeat(np.arange(len(bigram_keys), dtype=np.int64), arrays["trigram_counts"])
    tables = NGramTables(
        bigram_keys=bigram_keys,
        bigram_scores=arrays["bigram_probabilities"][arrays["bigram_probability"]],
        bigram_backoffs=arrays["bigram_backoffs"][arrays["bigram_backoff"]],
        trigram_keys=context * len(words) + arrays["trigram_words"],
        trigram_scores=arrays["trigram_probabilities"][arrays["trigram_probability"]],
    )
    return LanguageModel(
        words,
        arrays["syllables"].tobytes().decode().split("\n"),
        arrays["reading_lengths"],
        arrays["readings"],
        arrays["probability"].astype(np.float32),
        arrays["backoff"].astype(np.float32),
        tables,
    )


def _counted_words() -> LanguageModel:
    counts = dictionary().FREQ
    common = sorted((word for word, count in counts.items() if count and is_han(word)), key=lambda word: -counts[word])[:COMMONEST]
    read = [toneless_syllables(word) for word in common]
    syllables = sorted({sound for sounds in read for sound in sounds})
    number = {sound: index for index, sound in enumerate(syllables)}
    scores = np.log10(np.array([counts[word] for word in common]) / sum(counts.values())).astype(np.float32)
    return LanguageModel(
        common,
        syllables,
        np.array([len(sounds) for sounds in read], np.uint8),
        np.array([number[sound] for sounds in read for sound in sounds], np.uint16),
        scores,
        np.zeros_like(scores),
        None,
    )
