"""The words that a story is likely to hold: the product sheet's names and places, and the seller's words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pipeline.chinese import HAN_RUN, dictionary, seller_words, toneless_syllables

COMMON = 10
"""Count in jieba's dictionary (60 million words of text) from which a word is taken for what the speaker may well have said:
下蛋 has 31; 石流, heard for 石榴, has 3."""
_PLACE = re.compile("^(.{2,3})(?:省|市|县|镇|乡|村|州|区)$")


@dataclass(frozen=True)
class Term:
    """A word to listen for. named: it comes from this story's product sheet or note, not from the general list."""

    text: str
    sounds: tuple[str, ...]
    named: bool

    def __len__(self) -> int:
        return len(self.sounds)


def terms_of(glossary: Sequence[str]) -> tuple[Term, ...]:
    """Terms of two syllables and more, longest first. A glossary entry counts whole and in its parts."""
    names: dict[str, None] = {}
    for entry in glossary:
        for run in HAN_RUN.findall(entry):
            names.update(dict.fromkeys(_parts_of(run)))
    terms = [Term(name, toneless_syllables(name), True) for name in names]
    terms += [Term(word, sounds, False) for word, sounds in _spoken_words().items() if word not in names]
    return tuple(sorted((term for term in terms if len(term) >= 2), key=lambda term: (-len(term), not term.named, term.text)))


@cache
def _spoken_words() -> dict[str, tuple[str, ...]]:
    """The seller's words with their sounds, which the list gives itself where a dictionary reads them wrongly."""
    return {word: sounds or toneless_syllables(word) for word, sounds in seller_words().items()}


def cut(text: str) -> list[str]:
    """Words of a Chinese text by dictionary alone: a guessed word would shield what was misheard."""
    return [str(word) for word in dictionary().lcut(text, HMM=False)]


def is_common(word: str) -> bool:
    """Whether people write this word."""
    return int(dictionary().FREQ.get(word) or 0) >= COMMON


def _parts_of(name: str) -> list[str]:
    found = [name] if len(name) <= 8 else []
    words = cut(name)
    loose = ""
    for word in [*words, ""]:
        if len(word) == 1:
            loose += word
            continue
        found += [part for part in (loose, word) if len(part) >= 2]
        loose = ""
    found += [first + second for first, second in pairwise(words) if min(len(first), len(second)) >= 2]
    found += [match[1] for part in list(found) if (match := _PLACE.match(part))]
    return found
