"""Mentions of names in a text, written correctly or as they sound.

What merely sounds like a name is one where nothing else was said: it is no word of its own (例子 is not 栗子), cuts no word in two
(大早上 is not 大枣), and has no number in it (十六 is not 石榴). Names of two syllables must match in tone as well.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.chinese.characters import HAN_RUN, is_han, normalize_text
from pipeline.chinese.numerals import NUMERALS
from pipeline.chinese.phonetics import Syllable, read_syllables, same_in_dialect
from pipeline.chinese.words import dictionary

_TONES_COMPARED_UP_TO = 2
"""Names up to this many syllables must match in tone as well: 石榴 is not 十六. A longer one may be said in a dialect."""
_COMMON_COUNT = 10
"""Count in the dictionary from which a word is taken for what was said."""


@dataclass(frozen=True)
class TermMention:
    """A term in a text: which one, its character offsets (the end exclusive), and whether it is written letter for letter."""

    term: str
    start: int
    end: int
    exact: bool


def find_mentions(text: str, terms: list[str]) -> list[TermMention]:
    """Return the mentions of the terms in the order of the text. Of two that overlap the longer one counts, then the exact one."""
    text = normalize_text(text)
    spoken = read_syllables(text)
    candidates = [
        mention
        for term in dict.fromkeys(terms)
        if normalize_text(term)
        for mention in (*_as_written(text, term), *_as_it_sounds(text, spoken, term))
    ]
    candidates.sort(key=lambda mention: (mention.start - mention.end, not mention.exact, mention.start))
    chosen: list[TermMention] = []
    for mention in candidates:
        if all(mention.end <= other.start or mention.start >= other.end for other in chosen):
            chosen.append(mention)
    return sorted(chosen, key=lambda mention: mention.start)


def _as_written(text: str, term: str) -> list[TermMention]:
    """Find a term by its letters. A Latin one must be a whole word: corn is not in popcorn. Chinese ones may have blanks inside."""
    name = normalize_text(term)
    left, right = r"(?<![a-z0-9])" if name[0].isascii() else "", r"(?:s|es)?(?![a-z0-9])" if name[-1].isascii() else ""
    letters = r"\s*".join(re.escape(letter) for letter in name.replace(" ", "")) if HAN_RUN.search(name) else re.escape(name)
    return [TermMention(term, match.start(), match.end(), True) for match in re.finditer(left + letters + right, text)]


def _as_it_sounds(text: str, spoken: tuple[Syllable, ...], term: str) -> list[TermMention]:
    """Find a term by its sound, in whatever characters it is written."""
    name = normalize_text(term)
    if not is_han(name) or len(name) < 2:
        return []
    target = read_syllables(name)
    mentions = []
    for first in range(len(spoken) - len(target) + 1):
        heard = spoken[first : first + len(target)]
        unbroken = heard[-1].offset - heard[0].offset == len(target) - 1
        start, end = heard[0].offset, heard[-1].offset + 1
        if unbroken and _same_sound(heard, target) and text[start:end] != name and not _is_something_else(text, start, end):
            mentions.append(TermMention(term, start, end, False))
    return mentions


def _is_something_else(text: str, start: int, end: int) -> bool:
    """Tell whether other words than a name were said in a stretch of a text."""
    heard = text[start:end]
    if any(character in NUMERALS for character in heard) or _is_common(heard):
        return True
    return end - start <= _TONES_COMPARED_UP_TO and not {start, end} <= _word_boundaries(text)


def _is_common(word: str) -> bool:
    return int(dictionary().FREQ.get(word) or 0) >= _COMMON_COUNT


@lru_cache(maxsize=512)
def _word_boundaries(text: str) -> frozenset[int]:
    """Return the offsets between the words of a text; what is too rare to have been said counts as no word."""
    boundaries, offset = {0}, 0
    for word in dictionary().lcut(text, HMM=False):
        if len(word) > 1 and not _is_common(word):
            boundaries.update(range(offset, offset + len(word)))
        offset += len(word)
        boundaries.add(offset)
    return frozenset(boundaries)


def _same_sound(heard: tuple[Syllable, ...], target: tuple[Syllable, ...]) -> bool:
    if len(target) <= _TONES_COMPARED_UP_TO:
        return all(syllable.toned == expected.toned for syllable, expected in zip(heard, target, strict=True))
    return all(same_in_dialect(syllable.sound, expected.sound) for syllable, expected in zip(heard, target, strict=True))
