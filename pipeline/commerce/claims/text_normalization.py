"""Normalizing a text to one spelling, without disguises, with the offsets in the text as it was given."""

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from pipeline.chinese import HAN, is_han, simplified_character, toneless_syllables
from pipeline.commerce.claims.rules import evasions, word_rules

_BETWEEN = re.compile(rf"(?<=[{HAN}])[·*_~^•●▪./\\-]{{1,3}}(?=[{HAN}])")
"""Marks that are put between the characters of a word to hide it; bars and blanks are not, since they separate words in titles."""
_SPREAD = re.compile(rf"(?<![{HAN}])[{HAN}](?:[ \u3000][{HAN}]){{2,}}(?![{HAN}])")
"""Characters with a blank between each two."""
LONGEST_MIXED = 4
"""Words up to this many characters are also recognised with one of them in pinyin (减fei)."""


@dataclass(frozen=True)
class _Character:
    """One normalized character, its start and end in the given text, and whether it was disguised."""

    plain: str
    first: int
    last: int
    hidden: bool = False


@dataclass(frozen=True)
class NormalizedText:
    """A text in the form that rules are written for.

    source: the text as it was given. text: simplified, narrow, small letters, without disguise.
    characters: those of `text`, each with its offsets in `source`.
    """

    source: str
    text: str
    characters: tuple[_Character, ...]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Return start and end in the source of a span of `text`, which is not empty."""
        return self.characters[start].first, self.characters[end - 1].last

    def words(self, start: int, end: int) -> str:
        """Return the source's own words for a span of `text`."""
        first, last = self.source_span(start, end)
        return self.source[first:last]

    def is_disguised(self, start: int, end: int) -> bool:
        """Tell whether a span of `text` is disguised in the source."""
        return any(character.hidden for character in self.characters[start:end])


@lru_cache(maxsize=512)
def normalize_spelling(text: str) -> NormalizedText:
    """Normalize a text: NFKC, small letters, simplified characters, without marks between characters and without known disguises."""
    characters: list[_Character] = []
    substitutes = evasions().characters
    for at, character in enumerate(text):
        if character != "\n" and unicodedata.category(character) in ("Cf", "Mn", "Me", "Cc"):
            continue
        for plain in unicodedata.normalize("NFKC", character).casefold():
            simple = simplified_character(plain)
            characters.append(_Character(substitutes.get(simple, simple), at, at + 1, simple in substitutes))
    characters = _without_gaps(_without_gaps(characters, _BETWEEN), _SPREAD)
    for expression, stands_for in _disguises():
        characters = _replaced(characters, expression, stands_for)
    return NormalizedText(source=text, text=_joined(characters), characters=tuple(characters))


def _joined(characters: list[_Character]) -> str:
    return "".join(character.plain for character in characters)


def _without_gaps(characters: list[_Character], gaps: re.Pattern[str]) -> list[_Character]:
    """Remove the marks and blanks between the characters of a word, and mark what follows them as disguised."""
    dropped = {at for match in gaps.finditer(_joined(characters)) for at in range(*match.span()) if not is_han(characters[at].plain)}
    return [
        replace(character, hidden=character.hidden or at - 1 in dropped) for at, character in enumerate(characters) if at not in dropped
    ]


def _replaced(characters: list[_Character], expression: re.Pattern[str], stands_for: str | None) -> list[_Character]:
    result: list[_Character] = []
    done = 0
    for match in expression.finditer(_joined(characters)):
        result.extend(characters[done : match.start()])
        plain = _mixed_spellings()[match[0].replace(" ", "")] if stands_for is None else stands_for
        first, last = characters[match.start()].first, characters[match.end() - 1].last
        result.extend(_Character(character, first, last, True) for character in plain)
        done = match.end()
    return result + characters[done:]


@cache
def _disguises() -> tuple[tuple[re.Pattern[str], str | None], ...]:
    """Return expressions with what they stand for; None for the expression of all mixed spellings, which are looked up."""
    listed = [(re.compile(spelling.match, re.I), spelling.stands_for) for spelling in evasions().spellings]
    mixtures = sorted(
        (re.sub(r"(?<=[a-z])(?=[^a-z])|(?<=[^a-z])(?=[a-z])", " ?", word) for word in _mixed_spellings()), key=len, reverse=True
    )
    mixed = re.compile(rf"(?<![a-z])(?:{'|'.join(mixtures)})(?![a-z])")
    return (*listed, (mixed, None))


@cache
def _mixed_spellings() -> dict[str, str]:
    """Return the short Chinese words of the rules by their spellings with one character in pinyin: 减fei → 减肥."""
    spellings: dict[str, str] = {}
    for word in {word for rule in word_rules() for word in rule.words}:
        if 2 <= len(word) <= LONGEST_MIXED and is_han(word):
            for at, syllable in enumerate(toneless_syllables(word)):
                spellings[word[:at] + syllable + word[at + 1 :]] = word
    return spellings
