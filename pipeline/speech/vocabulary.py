"""The vocabulary that is expected in a story: the product sheet's names and places, and sellers' words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pipeline.chinese import HAN_RUN, counted_quantities, dictionary, seller_words, toneless_syllables

COMMON_COUNT = 10
"""Count in jieba's dictionary (60 million words of text) from which a word is taken for what the speaker said:
下蛋 has 31; 石流, heard for 石榴, has 3."""
_REGION = re.compile("^(.{2,3})(?:省|市|县|镇|乡|村|州|区)$")


@dataclass(frozen=True)
class VocabularyTerm:
    """An expected word and its toneless syllables.

    from_story: it comes from this story's product sheet or note, not from the general list.
    """

    text: str
    sounds: tuple[str, ...]
    from_story: bool

    def __len__(self) -> int:
        return len(self.sounds)


def build_vocabulary(glossary: Sequence[str]) -> tuple[VocabularyTerm, ...]:
    """Return the terms of two syllables or more, longest first. A glossary entry counts as a whole and in its parts."""
    names: dict[str, None] = {}
    for entry in glossary:
        for run in HAN_RUN.findall(entry):
            names.update(dict.fromkeys(_name_parts(run)))
    terms = [VocabularyTerm(name, toneless_syllables(name), True) for name in names]
    terms += [VocabularyTerm(word, sounds, False) for word, sounds in _spoken_words().items() if word not in names]
    return tuple(sorted((term for term in terms if len(term) >= 2), key=lambda term: (-len(term), not term.from_story, term.text)))


def story_units(glossary: Sequence[str]) -> frozenset[str]:
    """Return the units of the quantities in a glossary: 斤 for 5斤, 枚 for 30枚."""
    return frozenset(mention.quantity.unit for entry in glossary if any(map(str.isdigit, entry)) for mention in counted_quantities(entry))


@cache
def _spoken_words() -> dict[str, tuple[str, ...]]:
    """Return sellers' words with their syllables, which the list itself gives where the dictionary's reading is wrong."""
    return {word: sounds or toneless_syllables(word) for word, sounds in seller_words().items()}


def split_words(text: str) -> list[str]:
    """Split a Chinese text into words by dictionary alone: a guessed word would protect what was misheard."""
    return [str(word) for word in dictionary().lcut(text, HMM=False)]


def is_common_word(word: str) -> bool:
    """Tell whether a word is common in written Chinese."""
    return int(dictionary().FREQ.get(word) or 0) >= COMMON_COUNT


def _name_parts(name: str) -> list[str]:
    parts = [name] if len(name) <= 8 else []
    words = split_words(name)
    loose = ""
    for word in [*words, ""]:
        if len(word) == 1:
            loose += word
            continue
        parts += [part for part in (loose, word) if len(part) >= 2]
        loose = ""
    parts += [first + second for first, second in pairwise(words) if min(len(first), len(second)) >= 2]
    parts += [match[1] for part in list(parts) if (match := _REGION.match(part))]
    return parts
