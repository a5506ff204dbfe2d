"""The pronunciation lexicon of the decoder: every word of the language model as characters with their readings, in arrays by length."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.chinese import readings, syllable_difference
from pipeline.speech.language_model import LanguageModel, language_model

LONGEST_WORD = 8
SHARPNESS = 6.0
"""A syllable at difference d from the one heard is exp(-SHARPNESS d) as likely: 4 lets too much through, 8 too little."""
FARTHEST = 1.0
"""Difference beyond which one syllable is never heard for another."""

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class WordTable:
    """All words of one length. columns: numbers of the spoken characters, one array a place. words: their numbers in the model."""

    columns: tuple[Integers, ...]
    words: Integers


class Lexicon:
    """Spoken characters (a character with one of its readings), the words made of them, and how alike their syllables sound.

    characters, sounds: of every spoken character its code point and the number of its syllable. tables: words by length.
    likeness: how likely a syllable (column) was said where another (row) was heard, 1 for the same.
    """

    def __init__(self, model: LanguageModel) -> None:
        self.model = model
        self.sound_numbers = {sound: number for number, sound in enumerate(model.syllables)}
        letters = np.frombuffer(
            "".join(word for word, length in zip(model.words, model.reading_lengths, strict=True) if length).encode("utf-32-le"), np.uint32
        ).astype(np.int64)
        keys = letters * len(model.syllables) + model.readings
        starts = np.cumsum(model.reading_lengths.astype(np.int64)) - model.reading_lengths
        single = [
            (number, ord(word), self.sound_numbers[sound])
            for number, word in enumerate(model.words)
            if len(word) == 1
            for sound in sorted(_readings(word))
            if sound in self.sound_numbers and self.sound_numbers[sound] != model.readings[starts[number]]
        ]
        more = np.array([letter * len(model.syllables) + sound for _, letter, sound in single], np.int64)
        unique, place = np.unique(np.concatenate((keys, more)), return_inverse=True)
        self.characters, self.sounds = np.divmod(unique, len(model.syllables))
        self.tables = tuple(self._table(length, place, starts) for length in range(1, LONGEST_WORD + 1))
        first = self.tables[0]
        self.tables = (
            WordTable(
                (np.concatenate((first.columns[0], place[len(keys) :])),),
                np.concatenate((first.words, np.array([number for number, _, _ in single], np.int64))),
            ),
            *self.tables[1:],
        )
        by_character: dict[int, list[int]] = {}
        for number, letter in enumerate(self.characters.tolist()):
            by_character.setdefault(letter, []).append(number)
        self.by_character = {chr(letter): np.array(numbers, np.int64) for letter, numbers in by_character.items()}
        self.likeness = np.zeros((len(model.syllables), len(model.syllables)), np.float32)
        self._filled: set[int] = set()

    def _table(self, length: int, place: Integers, starts: Integers) -> WordTable:
        words = np.flatnonzero(self.model.reading_lengths == length)
        return WordTable(tuple(place[starts[words] + column] for column in range(length)), words)

    def likeness_of(self, character: str) -> NDArray[np.float32]:
        """Return how likely each syllable was said where a character was heard; zeros for a character without a reading."""
        rows = [self._row(sound) for sound in _readings(character) if sound in self.sound_numbers]
        return np.max(rows, axis=0) if rows else np.zeros(len(self.model.syllables), np.float32)

    def _row(self, sound: str) -> NDArray[np.float32]:
        number = self.sound_numbers[sound]
        if number not in self._filled:
            differences = np.array([syllable_difference(sound, other) for other in self.model.syllables])
            self.likeness[number] = np.where(differences <= FARTHEST, np.exp(-SHARPNESS * differences), 0.0)
            self._filled.add(number)
        row: NDArray[np.float32] = self.likeness[number]
        return row

    def spoken(self, text: str, sounds: Sequence[str] = ()) -> Integers | None:
        """Return the spoken characters of a text read as `sounds`, or as its characters are commonly read; None where one is unknown."""
        numbers = []
        for at, character in enumerate(text):
            options = self.by_character.get(character, ())
            wanted = self.sound_numbers.get(sounds[at]) if sounds else None
            fitting = [int(number) for number in options if wanted is None or self.sounds[number] == wanted]
            if not fitting:
                return None
            numbers.append(fitting[0])
        return np.array(numbers, np.int64)


def _readings(character: str) -> Iterable[str]:
    # 二 and 两 stand for each other in front of units, and recognisers write one where the other was said.
    return readings(character) | (readings("二") | readings("两") if character in "二两" else frozenset())


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of the language model that there is."""
    return Lexicon(language_model())
