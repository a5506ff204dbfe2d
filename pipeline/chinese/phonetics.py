"""How Chinese sounds: syllables of a text, readings of a character, and how alike two syllables are.

Every comparison by sound goes through the one table of `assets/lexicon/confusable_sounds.yaml`; how strict it is, is the caller's choice
of function. From strict to loose:

- equal `Syllable.toned`: the same syllable in the same tone,
- equal `Syllable.sound`: the same syllable,
- `same_in_dialect`: no half differs by more than many speakers do not tell apart,
- `difference`: a cost, for whoever weighs a whole word,
- `half_alike`: one half is the same to a dialect's ear, so that a recogniser may take one for the other.

Tones count only where one asks for them: dialects move them first, and a recogniser that was led astray by one writes the wrong tone
anyway. pypinyin is imported here only, and not before the first text is read. Toneless syllables write ü as v.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import cast

import yaml

from pipeline.chinese.characters import HAN, HAN_RUN, is_han
from pipeline.resources import ASSETS

CONFUSABLE_SOUNDS = ASSETS / "lexicon" / "confusable_sounds.yaml"
"""The table of what is taken for what; a room that keeps results made with it keys them by this file."""
SAME = 0.0
DIALECT = 0.25
"""Cost of a difference that many speakers do not make."""
NEAR = 0.5
"""Cost of a difference that a recogniser often misses."""
FAR = 1.0
"""Cost of any other difference; a syllable of this cost or more is another sound."""

_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
_AFTER_Y = {"u": "v", "ue": "ue", "uan": "van", "un": "vn", "ou": "iu", "i": "i", "in": "in", "ing": "ing", "e": "ie"}
_AFTER_W = {"u": "u", "o": "uo", "ei": "ui", "en": "un", "eng": "ong"}
_AFTER_J = {"u": "v", "ue": "ue", "uan": "van", "un": "vn"}
_WORD = re.compile(rf"[{HAN}]+|[^\W{HAN}]+")


@dataclass(frozen=True)
class Syllable:
    """How one Chinese character of a text is read: its offset, its syllable without tone, and its tone (1 to 4, 5 for none)."""

    offset: int
    sound: str
    tone: int

    @property
    def toned(self) -> tuple[str, int]:
        """The syllable with its tone."""
        return self.sound, self.tone


@dataclass(frozen=True)
class _Confusable:
    """Cost of each confusable pair: of initials, of finals, of whole syllables."""

    initials: Mapping[frozenset[str], float]
    finals: Mapping[frozenset[str], float]
    syllables: Mapping[frozenset[str], float]
    two_readings: frozenset[str]


@dataclass(frozen=True)
class _Halves:
    """A syllable in two halves, as it is spoken (you is iu) and as it is written (you is y and ou)."""

    initial: str
    final: str
    written_initial: str
    written_final: str


def read_syllables(text: str) -> tuple[Syllable, ...]:
    """Return the syllables of all Chinese characters of a text, in order, each read as the words around it have it read."""
    return tuple(
        Syllable(run.start() + at, sound, tone) for run in HAN_RUN.finditer(text) for at, (sound, tone) in enumerate(_read_run(run[0]))
    )


def syllables(term: str) -> tuple[str, ...]:
    """Return the toneless syllables of a term of Chinese characters; empty when it has anything else in it."""
    return tuple(sound for sound, _ in _read_run(term)) if is_han(term) else ()


def spoken_words(text: str) -> tuple[str, ...]:
    """Return what is said in a text: toneless syllables of the Chinese, words and numbers of the rest in small letters, no punctuation."""
    return tuple(
        sound
        for word in _WORD.findall(text)
        for sound in ((reading for reading, _ in _read_run(word)) if is_han(word) else (word.lower(),))
    )


@cache
def readings(character: str) -> frozenset[str]:
    """Return the toneless syllables that a Chinese character is read as; empty for anything else."""
    if not is_han(character):
        return frozenset()
    from pypinyin import Style, pinyin  # slow to load, and not every run needs it

    known = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    every = [_toneless(syllable) for syllables_of_one in known for syllable in syllables_of_one]
    return frozenset(every if character in _confusable().two_readings else every[:1])


@lru_cache(maxsize=8192)
def _read_run(run: str) -> tuple[tuple[str, int], ...]:
    """(toneless syllable, tone) of every character of a text that is all Chinese; a character without a reading stands for itself."""
    from pypinyin import Style, lazy_pinyin  # slow to load, and not every run needs it

    apart = cast("Callable[[str], str]", list)  # it may give a list, whatever its type says: one entry a character
    written = lazy_pinyin(run, style=Style.TONE3, neutral_tone_with_five=True, errors=apart)
    return tuple((_toneless(syllable.rstrip("12345")), int(syllable[-1]) if syllable[-1] in "12345" else 5) for syllable in written)


def _toneless(syllable: str) -> str:
    return syllable.replace("ü", "v")


@cache
def difference(heard: str, wanted: str) -> float:
    """Return how unlike two toneless syllables sound: 0 for the same, the costs of both halves together, 1 and more for another sound."""
    whole = _confusable().syllables.get(frozenset((heard, wanted)))
    return sum(_half_costs(heard, wanted)) if whole is None else whole


def character_difference(character: str, wanted: str) -> float:
    """Return the least difference between any reading of a character and a toneless syllable."""
    return min((difference(reading, wanted) for reading in readings(character)), default=2 * FAR)


@cache
def same_in_dialect(one: str, other: str) -> bool:
    """Tell whether somebody who makes none of the differences that dialects drop says two toneless syllables alike (zhang as zan)."""
    return max(_half_costs(one, other)) <= DIALECT or difference(one, other) <= DIALECT


@cache
def half_alike(one: str, other: str) -> bool:
    """Tell whether two toneless syllables begin alike or end alike to a dialect's ear, so that a recogniser may write one for the other."""
    first, second = _halves(one), _halves(other)
    table = _confusable()
    beginnings = _cost(first.written_initial, second.written_initial, table.initials)
    endings = _cost(first.final, second.final, table.finals)
    # As written, a final leaves out the glide of y and w, as a rhyme does: wei ends as bei does.
    rhymes = _cost(first.written_final, second.written_final, table.finals)
    return min(beginnings, endings, rhymes) <= DIALECT


def _half_costs(one: str, other: str) -> tuple[float, float]:
    """Costs of the two initials and the two finals."""
    first, second = _halves(one), _halves(other)
    table = _confusable()
    return _cost(first.initial, second.initial, table.initials), _cost(first.final, second.final, table.finals)


def _cost(one: str, other: str, table: Mapping[frozenset[str], float]) -> float:
    return SAME if one == other else table.get(frozenset((one, other)), FAR)


@cache
def _halves(syllable: str) -> _Halves:
    """Part a syllable as it is spoken, not as it is written: yu is v, you is iu, wen is un, jue is j and ue."""
    initial = next((initial for initial in _INITIALS if syllable.startswith(initial)), "")
    final = syllable[len(initial) :]
    if initial == "y":
        return _Halves("", _AFTER_Y.get(final, "i" + final), initial, final)
    if initial == "w":
        return _Halves("", _AFTER_W.get(final, "u" + final), initial, final)
    if initial in ("j", "q", "x"):
        return _Halves(initial, _AFTER_J.get(final, final), initial, final)
    return _Halves(initial, "ue" if final == "ve" else final, initial, final)


@cache
def _confusable() -> _Confusable:
    table = yaml.safe_load(CONFUSABLE_SOUNDS.read_text(encoding="utf-8"))

    def costs(part: str) -> dict[frozenset[str], float]:
        degrees = {"near": NEAR, "dialect": DIALECT}
        return {frozenset(pair.split("-")): cost for degree, cost in degrees.items() for pair in table[part].get(degree, "").split()}

    return _Confusable(costs("initials"), costs("finals"), costs("syllables"), frozenset(table["two_readings"].strip()))
