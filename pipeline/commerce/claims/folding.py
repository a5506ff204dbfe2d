"""One form for all ways to write the same words, with the way back to the text as it was given."""

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from pipeline.chinese import HAN, is_han, simplified_character, syllables
from pipeline.commerce.claims.rules import evasions, rules

_BETWEEN = re.compile(rf"(?<=[{HAN}])[·*_~^•●▪./\\-]{{1,3}}(?=[{HAN}])")
"""Marks that are put between the characters of one word to hide it; a bar or a blank parts words in honest titles."""
_SPREAD = re.compile(rf"(?<![{HAN}])[{HAN}](?:[ \u3000][{HAN}]){{2,}}(?![{HAN}])")
"""Characters set with a blank between each."""
LONGEST_MIXED = 4
"""Words up to this many characters are also known with one of them in Latin letters."""


@dataclass(frozen=True)
class _Letter:
    """One folded character, the stretch of the given text it stands for, and whether it hides something."""

    plain: str
    first: int
    last: int
    hidden: bool = False


@dataclass(frozen=True)
class Folded:
    """A text in the form that rules are written for.

    text: simplified, narrow, small letters, without disguise. letters: where each of its characters came from.
    """

    given: str
    text: str
    letters: tuple[_Letter, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the given text of a stretch of this one, which is not empty."""
        return self.letters[start].first, self.letters[end - 1].last

    def words(self, start: int, end: int) -> str:
        """The given text's own words for a stretch of this one."""
        first, last = self.span(start, end)
        return self.given[first:last]

    def disguised(self, start: int, end: int) -> bool:
        """Whether a stretch is not written as it is meant."""
        return any(letter.hidden for letter in self.letters[start:end])


@lru_cache(maxsize=512)
def fold(text: str) -> Folded:
    """Fold a text: NFKC, small letters, simplified characters, without marks set between characters and known disguises."""
    letters: list[_Letter] = []
    swapped = evasions().characters
    for at, character in enumerate(text):
        if character != "\n" and unicodedata.category(character) in ("Cf", "Mn", "Me", "Cc"):
            continue
        for plain in unicodedata.normalize("NFKC", character).casefold():
            simple = simplified_character(plain)
            letters.append(_Letter(swapped.get(simple, simple), at, at + 1, simple in swapped))
    letters = _closed_up(_closed_up(letters, _BETWEEN), _SPREAD)
    for expression, stands_for in _disguises():
        letters = _replaced(letters, expression, stands_for)
    return Folded(given=text, text=_joined(letters), letters=tuple(letters))


def _joined(letters: list[_Letter]) -> str:
    return "".join(letter.plain for letter in letters)


def _closed_up(letters: list[_Letter], gaps: re.Pattern[str]) -> list[_Letter]:
    """Without the marks and blanks that stand between the characters of a word; what follows them was hidden."""
    dropped = {at for match in gaps.finditer(_joined(letters)) for at in range(*match.span()) if not is_han(letters[at].plain)}
    return [replace(letter, hidden=letter.hidden or at - 1 in dropped) for at, letter in enumerate(letters) if at not in dropped]


def _replaced(letters: list[_Letter], expression: re.Pattern[str], stands_for: str | None) -> list[_Letter]:
    out: list[_Letter] = []
    done = 0
    for match in expression.finditer(_joined(letters)):
        out.extend(letters[done : match.start()])
        plain = _mixed()[match[0].replace(" ", "")] if stands_for is None else stands_for
        first, last = letters[match.start()].first, letters[match.end() - 1].last
        out.extend(_Letter(letter, first, last, True) for letter in plain)
        done = match.end()
    return out + letters[done:]


@cache
def _disguises() -> tuple[tuple[re.Pattern[str], str | None], ...]:
    """Expressions and what they stand for; None: the word that this mixture of characters and Latin letters is."""
    listed = [(re.compile(spelling.match, re.I), spelling.stands_for) for spelling in evasions().spellings]
    mixtures = sorted((re.sub(r"(?<=[a-z])(?=[^a-z])|(?<=[^a-z])(?=[a-z])", " ?", word) for word in _mixed()), key=len, reverse=True)
    mixed = re.compile(rf"(?<![a-z])(?:{'|'.join(mixtures)})(?![a-z])")
    return (*listed, (mixed, None))


@cache
def _mixed() -> dict[str, str]:
    """减fei → 减肥, for every short Chinese word of the rules."""
    found: dict[str, str] = {}
    for word in {word for rule in rules() for word in rule.words}:
        if 2 <= len(word) <= LONGEST_MIXED and is_han(word):
            for at, syllable in enumerate(syllables(word)):
                found[word[:at] + syllable + word[at + 1 :]] = word
    return found
