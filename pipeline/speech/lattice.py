"""The lattice of a phrase: what may have been said at each place, by sound, as arcs of words, names and amounts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.speech.language_model import NOWHERE, language_model
from pipeline.speech.lexicon import Integers, Lexicon, WordTable
from pipeline.speech.number_grammar import NumberGrammar
from pipeline.speech.selling_talk import AMOUNT, BARE, NAME, OTHER, is_bare, is_sold_amount, selling_talk

HEARD_BASE, HEARD_BY_PROBABILITY = 0.30, 0.65
"""How far the recogniser's own character is believed, from probability 0 on, and how much more at probability 1."""
LIKENESS_WEIGHT = 0.3
FLOOR = 1e-4
"""Weight of the characters that sound like the one heard, and of any other character."""
LEAST_CHARACTER = -3.7
"""log10 likelihood of one character's sound below which a word is not looked at."""
LEAST_MEAN = -2.2
"""The same as a mean over a word."""
MOST_SINGLES, MOST_WORDS = 24, 12
"""Arcs of one syllable sequence: the commonest single characters, the commonest words."""
MOST_ARCS = 160
"""Arcs that begin at one place."""
CHANGE_COSTS = (1.0, 0.3)
"""Taken off the log10 likelihood of a word with another character than was heard: of one character, of more. Whatever stands in a text
fits some little word better than its own, so a lone character needs a better reason."""
UNKNOWN = -7.5
"""log10 probability of a word that the model does not know; what KenLM gives it is more than many rare words in a row have."""
SELLER_FLOOR, STORY_FLOOR = -3.6, -2.6
"""Least log10 probability of a word of the sellers' list, and of this story's own names."""

Likelihood = NDArray[np.float32]


@dataclass(frozen=True)
class Slot:
    """One place of a phrase: the characters that were written there with their weights (the sum is 1), and the recogniser's probability."""

    written: Mapping[str, float]
    probability: float


@dataclass(frozen=True)
class Arcs:
    """What may be said from one place on. ends: places. words: numbers in the model, NOWHERE for none. sound: log10 likelihoods.

    floors: least log10 probability, minus infinity for none. own: log10 probability in place of the model's, NaN for none. resets:
    whether the context is forgotten. talk: numbers in the selling talk. amounts, names: whether it is one. texts: by arc.
    """

    ends: Integers
    words: Integers
    sound: Likelihood
    floors: Likelihood
    own: Likelihood
    resets: NDArray[np.bool_]
    talk: Integers
    amounts: NDArray[np.bool_]
    names: NDArray[np.bool_]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class SpokenTerm:
    """A word of the sellers' list or a name of the story: its text, spoken characters, number in the model, least log10 probability."""

    text: str
    spoken: Integers
    word: int
    floor: float
    is_name: bool


class PhraseLattice:
    """The arcs of one phrase."""

    def __init__(
        self,
        slots: Sequence[Slot],
        lexicon: Lexicon,
        terms: Sequence[SpokenTerm],
        *,
        units: Collection[str] = (),
        only_heard: bool = False,
    ) -> None:
        self.slots, self.lexicon, self.terms, self.only_heard = slots, lexicon, terms, only_heard
        self.grammar = NumberGrammar(lexicon.by_character, units)
        self.talk, self.talk_numbers = selling_talk(), _talk_numbers()

    @cached_property
    def likelihood(self) -> Likelihood:
        """log10 likelihood of every spoken character (columns) at every place (rows)."""
        rows = [self._slot_likelihood(slot) for slot in self.slots]
        return np.array(rows, np.float32).reshape(len(rows), len(self.lexicon.characters))

    @cached_property
    def heard(self) -> NDArray[np.bool_]:
        """Whether each spoken character (columns) is one that was heard at each place (rows)."""
        there = np.zeros((len(self.slots), len(self.lexicon.characters)), bool)
        for row, slot in zip(there, self.slots, strict=True):
            for character in slot.written:
                row[self.lexicon.by_character.get(character, np.array([], np.int64))] = True
        return there

    def _slot_likelihood(self, slot: Slot) -> Likelihood:
        trust = HEARD_BASE + HEARD_BY_PROBABILITY * slot.probability
        alike = sum(weight * self.lexicon.likeness_of(character) for character, weight in slot.written.items())
        by_sound = LIKENESS_WEIGHT * (1 - trust) * np.asarray(alike) + FLOOR
        likelihood = np.log10(by_sound)[self.lexicon.sounds].astype(np.float32)
        for character, weight in slot.written.items():
            numbers = self.lexicon.by_character.get(character, ())
            if len(numbers):
                likelihood[numbers] = np.log10(trust * weight + by_sound[self.lexicon.sounds[numbers]])
        if self.only_heard:
            kept = np.concatenate([self.lexicon.by_character.get(character, np.array([], np.int64)) for character in slot.written])
            masked = np.full_like(likelihood, -np.inf)
            masked[kept] = likelihood[kept]
            return masked
        return likelihood

    def arcs(self, at: int) -> Arcs:
        """Return the best arcs from a place on; at least one reaches the next place."""
        words, ends, sound = self._words(at)
        model = self.lexicon.model
        order = np.argsort(-(sound + model.unigram_scores[words]))[:MOST_ARCS]
        words, ends, sound = words[order], ends[order], sound[order]
        texts = [model.words[number] for number in words]
        floors = np.full(len(texts), -np.inf, np.float32)
        rows = [
            _ExtraArc(term.text, at + len(term.text), term.word, heard, term.floor, reset=True, name=term.is_name)
            for term in self.terms
            if (heard := self._heard(term.spoken, at)) is not None
        ]
        rows += [
            _ExtraArc(amount.text, at + len(amount.text), NOWHERE, amount.sound, own=amount.grammar, reset=True, amount=True)
            for amount in self.grammar.amounts(self.likelihood, at)
        ]
        if not any(end == at + 1 for end in ends):
            rows.append(_ExtraArc(max(self.slots[at].written, key=lambda c: self.slots[at].written[c]), at + 1, NOWHERE, -0.1, own=UNKNOWN))
        return _with_extra(words, ends, sound, floors, self.talk_numbers[words], texts, rows)

    def _words(self, at: int) -> tuple[Integers, Integers, Likelihood]:
        found: list[tuple[Integers, int, Likelihood]] = []
        for length, table in enumerate(self.lexicon.tables, start=1):
            if at + length > len(self.slots):
                break
            rows, sound = self._matching(table, length, at)
            if len(rows):
                found.append((table.words[rows], at + length, sound))
        if not found:
            return np.array([], np.int64), np.array([], np.int64), np.array([], np.float32)
        return (
            np.concatenate([words for words, _, _ in found]),
            np.concatenate([np.full(len(words), end, np.int64) for words, end, _ in found]),
            np.concatenate([sound for _, _, sound in found]),
        )

    def _matching(self, table: WordTable, length: int, at: int) -> tuple[Integers, Likelihood]:
        """Return the rows of a table that sound like what was heard, and their log10 likelihoods."""
        sound = self.likelihood[at][table.columns[0]]
        rows = np.flatnonzero(sound > LEAST_CHARACTER)
        sound = sound[rows]
        for step in range(1, length):
            more = self.likelihood[at + step][table.columns[step][rows]]
            kept = (more > LEAST_CHARACTER) & (sound + more > LEAST_MEAN * length)
            rows, sound = rows[kept], (sound + more)[kept]
        changed = np.zeros(len(rows), bool)
        for step in range(length):
            changed |= ~self.heard[at + step][table.columns[step][rows]]
        sound = sound - np.where(changed, CHANGE_COSTS[length > 1], 0.0).astype(np.float32)
        if length == 1 or len(rows) <= MOST_ARCS:
            return rows, sound
        best = np.argpartition(-(sound + self.lexicon.model.unigram_scores[table.words[rows]]), MOST_ARCS)[:MOST_ARCS]
        return rows[best], sound[best]

    def _heard(self, spoken: Integers, at: int) -> float | None:
        if at + len(spoken) > len(self.slots):
            return None
        total = 0.0
        for step, number in enumerate(spoken):
            each = float(self.likelihood[at + step, number])
            if each <= LEAST_CHARACTER:
                return None
            total += each
        return total


@cache
def _talk_numbers() -> Integers:
    return selling_talk().by_model(language_model())


@dataclass(frozen=True)
class _ExtraArc:
    text: str
    end: int
    word: int
    sound: float
    floor: float = -np.inf
    own: float = np.nan
    reset: bool = False
    amount: bool = False
    name: bool = False


def _amount_class(text: str) -> str:
    """Return the word of the selling talk for an amount: money and what is sold for it, a number alone, any other."""
    return AMOUNT if is_sold_amount(text) else BARE if is_bare(text) else OTHER


def _with_extra(
    words: Integers,
    ends: Integers,
    sound: Likelihood,
    floors: Likelihood,
    talk: Integers,
    texts: Sequence[str],
    rows: Sequence[_ExtraArc],
) -> Arcs:
    plain, known = len(words), selling_talk()
    extra_talk = [known.number(_amount_class(row.text) if row.amount else NAME if row.name else row.text) for row in rows]
    return Arcs(
        ends=np.concatenate((ends, np.array([row.end for row in rows], np.int64))),
        words=np.concatenate((words, np.array([row.word for row in rows], np.int64))),
        sound=np.concatenate((sound, np.array([row.sound for row in rows], np.float32))),
        floors=np.concatenate((floors, np.array([row.floor for row in rows], np.float32))),
        own=np.concatenate((np.full(plain, np.nan, np.float32), np.array([row.own for row in rows], np.float32))),
        resets=np.concatenate((np.zeros(plain, bool), np.array([row.reset for row in rows], bool))),
        talk=np.concatenate((talk, np.array(extra_talk, np.int64))),
        amounts=np.concatenate((np.zeros(plain, bool), np.array([row.amount for row in rows], bool))),
        names=np.concatenate((np.zeros(plain, bool), np.array([row.name for row in rows], bool))),
        texts=(*texts, *(row.text for row in rows)),
    )
