"""Normalizing a text to one spelling, without disguises, with the offsets in the text as it was given."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from pipeline.chinese import HAN, is_han, simplified_character
from pipeline.commerce.claims.disguises import disguised_words, plain_english
from pipeline.commerce.claims.rules import evasions

_BETWEEN = re.compile(rf"(?<=[{HAN}])[·*_~^•●▪./\\-]{{1,3}}(?=[{HAN}])")
"""Marks that are put between the characters of a word to hide it; bars and blanks are not, since they separate words in titles."""
_SPREAD = re.compile(rf"(?<![{HAN}])[{HAN}](?:[ \u3000][{HAN}]){{2,}}(?![{HAN}])")
"""Characters with a blank between each two."""
_WORD = re.compile(r"[^\W\d_]+")
"""A run of letters."""


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
    characters: those of `text`, each with its offsets in `source`. disguised: the spans of `text` that stand for words of the rules.
    """

    source: str
    text: str
    characters: tuple[_Character, ...]
    disguised: tuple[tuple[int, int], ...] = ()

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
    characters = _without_gaps(_without_gaps(_folded(text), _BETWEEN), _SPREAD)
    plain = _joined(characters)
    for expression, stands_for in _spellings():
        if spans := [(match.start(), match.end(), stands_for) for match in expression.finditer(plain)]:
            characters = _replaced(characters, spans)
            plain = _joined(characters)
    characters = _replaced(characters, list(plain_english(_joined(characters))))
    characters, disguised = _undisguised(characters)
    return NormalizedText(source=text, text=_joined(characters), characters=tuple(characters), disguised=disguised)


def _folded(text: str) -> list[_Character]:
    """Return a text's characters in their narrow, small, Simplified form, without those that are invisible."""
    characters: list[_Character] = []
    substitutes, pictures = evasions().characters, evasions().pictures
    for at, character in enumerate(text):
        if character != "\n" and unicodedata.category(character) in ("Cf", "Mn", "Me", "Cc"):
            continue
        if character in pictures:
            characters.extend(_Character(plain, at, at + 1, True) for plain in pictures[character])
            continue
        for plain in unicodedata.normalize("NFKC", character).casefold():
            simple = simplified_character(_without_accent(plain))
            characters.append(_Character(substitutes.get(simple, simple), at, at + 1, simple in substitutes))
    return _latin_letters(characters)


def _without_accent(character: str) -> str:
    """Return a letter without its tone mark or accent: ì is i."""
    if character.isascii() or is_han(character):
        return character
    plain = unicodedata.normalize("NFD", character)[0]
    return plain if plain.isascii() and plain.isalpha() else character


def _latin_letters(characters: list[_Character]) -> list[_Character]:
    """Replace the letters of other scripts that stand inside a Latin word and look like its own."""
    letters = evasions().letters
    plain = list(characters)
    for word in _WORD.finditer(_joined(characters)):
        if any(character in letters for character in word[0]) and any(character.isascii() for character in word[0]):
            for at in range(*word.span()):
                if characters[at].plain in letters:
                    plain[at] = replace(characters[at], plain=letters[characters[at].plain], hidden=True)
    return plain


def _undisguised(characters: list[_Character]) -> tuple[list[_Character], tuple[tuple[int, int], ...]]:
    """Replace what reads like a word of the rules by that word, each of its characters with its own place in the source.

    Returns the characters and the spans of these words among them.
    """
    result: list[_Character] = []
    spans: list[tuple[int, int]] = []
    done = 0
    for found in disguised_words(_joined(characters)):
        result.extend(characters[done : found.start])
        spans.append((len(result), len(result) + len(found.word)))
        for plain, (first, last) in zip(found.word, found.parts, strict=True):
            result.append(_Character(plain, characters[first].first, characters[last - 1].last, True))
        done = found.end
    return result + characters[done:], tuple(spans)


def _joined(characters: list[_Character]) -> str:
    return "".join(character.plain for character in characters)


def _without_gaps(characters: list[_Character], gaps: re.Pattern[str]) -> list[_Character]:
    """Remove the marks and blanks between the characters of a word, and mark what follows them as disguised."""
    dropped = {at for match in gaps.finditer(_joined(characters)) for at in range(*match.span()) if not is_han(characters[at].plain)}
    if not dropped:
        return characters
    return [
        replace(character, hidden=character.hidden or at - 1 in dropped) for at, character in enumerate(characters) if at not in dropped
    ]


def _replaced(characters: list[_Character], spans: Sequence[tuple[int, int, str]]) -> list[_Character]:
    """Replace spans of characters by what they stand for."""
    result: list[_Character] = []
    done = 0
    for start, end, stands_for in spans:
        result.extend(characters[done:start])
        first, last = characters[start].first, characters[end - 1].last
        result.extend(_Character(character, first, last, True) for character in stands_for)
        done = end
    return result + characters[done:]


@cache
def _spellings() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(spelling.match, re.I), spelling.stands_for) for spelling in evasions().spellings)
