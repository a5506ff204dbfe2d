"""A phrase as it was spoken: one Chinese character a syllable, numbers spelt out, each with its place in the written words.

A decoder works on these characters and may replace them one for one; `changes` and `replaced_words` put the result back into words
with times.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.chinese import is_han, read_number, simplified, spell_digits, spell_number
from pipeline.documents.transcript import Phrase, Word

_FIGURES = re.compile(r"\d+(?:\.\d+)?")
LARGEST = 9999
"""Numbers above are left as they are written: prices and measures are smaller."""
LONGEST_YEAR = 4


@dataclass(frozen=True)
class SpokenCharacter:
    """One syllable: its character, the offset in the phrase's text that it comes from and where that ends, the word and its probability.

    A number's characters share the offsets of all its figures.
    """

    character: str
    start: int
    end: int
    word: int


@dataclass(frozen=True)
class SpokenPhrase:
    """A phrase's text in Simplified characters and its spoken characters in runs: Latin words and large numbers lie between the runs."""

    phrase: Phrase
    text: str
    runs: tuple[tuple[SpokenCharacter, ...], ...]

    def probability(self, character: SpokenCharacter) -> float:
        """Return the recogniser's probability of the word that a character belongs to."""
        return self.phrase.words[character.word].probability


def spoken_phrase(phrase: Phrase) -> SpokenPhrase:
    """Return a phrase as it was spoken."""
    written = "".join(word.text for word in phrase.words)
    text = simplified(written)
    word_of = [number for number, word in enumerate(phrase.words) for _ in word.text]
    runs: list[list[SpokenCharacter]] = [[]]
    at = 0
    while at < len(text):
        figures = _FIGURES.match(text, at)
        spoken = _spelt(text, figures) if figures else text[at] if is_han(text[at]) else ""
        end = figures.end() if figures else at + 1
        if spoken:
            middle = (at + end - 1) // 2 if figures else at
            runs[-1] += [SpokenCharacter(character, at, end, word_of[middle]) for character in spoken]
        elif text[at].isalnum() or figures:
            runs.append([])
        at = end
    return SpokenPhrase(phrase, text, tuple(tuple(run) for run in runs if run))


def _spelt(text: str, figures: re.Match[str]) -> str:
    """Return a number as it is said; nothing for one that cannot be known: a large one, or a part of a code."""
    number = figures[0]
    rest = text[figures.end() :]
    if len(number) == LONGEST_YEAR and rest[:1] == "年":
        return spell_digits(number)
    beside = text[max(0, figures.start() - 1) : figures.start()] + rest[:1]
    if float(number) > LARGEST or (number[0] == "0" and not number.startswith("0.")) or _CODE_MARKS & set(beside):
        return ""
    spelt = spell_number(number)
    return "两" if spelt == "二" and rest[:1] in _AFTER_TWO else spelt


_CODE_MARKS = frozenset("%％:：-－/")
"""Beside one of these, figures are a time, a share, a telephone number."""
_AFTER_TWO = frozenset("斤箱件盒袋个枚瓶份只块公克千包罐条串捆棵颗粒套")


@dataclass(frozen=True)
class Replacement:
    """What is written in place of the characters `start` to `end` of a phrase's text."""

    start: int
    end: int
    written: str


def changes(spoken: SpokenPhrase, run: Sequence[SpokenCharacter], text: str) -> list[Replacement]:
    """Return what changes in a phrase's text when a run's characters are replaced, one for one, by those of `text`.

    A number that was written in figures and is another one now stays in figures.
    """
    if len(run) != len(text):
        raise ValueError("a decoded text has another number of characters than what was heard")
    found = []
    at = 0
    while at < len(run):
        end = at + 1
        while end < len(run) and run[end].start == run[at].start:
            end += 1
        if text[at:end] != "".join(character.character for character in run[at:end]):
            start, stop = run[at].start, run[at].end
            found.append(Replacement(start, stop, _as_written(spoken.text[start:stop], text[at:end])))
        at = end
    return found


def _as_written(before: str, text: str) -> str:
    """Return a changed number in figures if it was in figures and is one still; anything else in characters."""
    value = read_number(text) if before[:1].isdigit() else None
    return f"{value.normalize():f}" if value is not None and text != "半" else text


def with_replacements(spoken: SpokenPhrase, replacements: Sequence[Replacement]) -> str:
    """Return a phrase's text with its replacements."""
    return "".join(word.text for word in replaced_words(spoken, replacements))


def replaced_words(spoken: SpokenPhrase, replacements: Sequence[Replacement]) -> tuple[Word, ...]:
    """Return a phrase's words in Simplified characters with the replacements; they keep their times and probabilities."""
    word_of = [number for number, word in enumerate(spoken.phrase.words) for _ in word.text]
    letters = [""] * len(spoken.phrase.words)
    at = 0
    for change in sorted(replacements, key=lambda change: change.start):
        for offset in range(at, change.start):
            letters[word_of[offset]] += spoken.text[offset]
        if len(change.written) == change.end - change.start:
            for offset, letter in enumerate(change.written, change.start):
                letters[word_of[offset]] += letter
        else:
            letters[word_of[change.start]] += change.written
        at = change.end
    for offset in range(at, len(spoken.text)):
        letters[word_of[offset]] += spoken.text[offset]
    words = [word.model_copy(update={"text": text}) for word, text in zip(spoken.phrase.words, letters, strict=True)]
    return tuple(word for word in words if word.text)
