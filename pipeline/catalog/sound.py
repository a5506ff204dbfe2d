"""Where a name is said in a text, written as it should be or as it sounds."""

import re
from dataclasses import dataclass

from pipeline.catalog.table import plain
from pipeline.chinese import HAN_RUN, Syllable, is_han, read_syllables, same_in_dialect

_TONES_UP_TO = 2
"""A name of so many syllables must be heard in its tones as well: 石榴 is not 十六. A longer one may be said in a dialect."""


@dataclass(frozen=True)
class Mention:
    """A term in a text: which one, where (character offsets, the end exclusive), and whether letter for letter."""

    term: str
    start: int
    end: int
    exact: bool


def mentions(text: str, terms: list[str]) -> list[Mention]:
    """Return where the terms are named, in order of place. Of two that overlap the longer one counts, then the exact one."""
    text = plain(text)
    spoken = read_syllables(text)
    candidates = [
        mention for term in dict.fromkeys(terms) if plain(term) for mention in (*_as_written(text, term), *_as_it_sounds(spoken, term))
    ]
    candidates.sort(key=lambda mention: (mention.start - mention.end, not mention.exact, mention.start))
    kept: list[Mention] = []
    for mention in candidates:
        if all(mention.end <= other.start or mention.start >= other.end for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)


def _as_written(text: str, term: str) -> list[Mention]:
    """The same letters; a Latin name must be a word of its own: corn is not in popcorn. Chinese ones may have blanks between them."""
    wanted = plain(term)
    left, right = r"(?<![a-z0-9])" if wanted[0].isascii() else "", r"(?:s|es)?(?![a-z0-9])" if wanted[-1].isascii() else ""
    letters = r"\s*".join(re.escape(letter) for letter in wanted.replace(" ", "")) if HAN_RUN.search(wanted) else re.escape(wanted)
    return [Mention(term, match.start(), match.end(), True) for match in re.finditer(left + letters + right, text)]


def _as_it_sounds(spoken: tuple[Syllable, ...], term: str) -> list[Mention]:
    """The same sound in other characters."""
    wanted = plain(term)
    if not is_han(wanted) or len(wanted) < 2:
        return []
    target = read_syllables(wanted)
    mentioned = []
    for first in range(len(spoken) - len(target) + 1):
        heard = spoken[first : first + len(target)]
        unbroken = heard[-1].offset - heard[0].offset == len(target) - 1
        if unbroken and _same_sound(heard, target):
            mentioned.append(Mention(term, heard[0].offset, heard[-1].offset + 1, False))
    return mentioned


def _same_sound(heard: tuple[Syllable, ...], target: tuple[Syllable, ...]) -> bool:
    if len(target) <= _TONES_UP_TO:
        return all(syllable.toned == wanted.toned for syllable, wanted in zip(heard, target, strict=True))
    return all(same_in_dialect(syllable.sound, wanted.sound) for syllable, wanted in zip(heard, target, strict=True))
