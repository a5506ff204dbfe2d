"""Chinese phonetics: syllables of a text, readings of a character, and how similar two syllables sound.

Every comparison by sound uses the one table of `assets/lexicon/confusable_sounds.yaml`; the caller chooses how strict it is by the
function. From strict to loose:

- equal `Syllable.toned`: the same syllable in the same tone,
- equal `Syllable.sound`: the same syllable,
- `same_in_dialect`: neither initial nor final differs by more than what many speakers do not distinguish,
- `syllable_difference`: a cost, for comparing whole words,
- `share_initial_or_final`: initial or final is the same in dialect, so that a recogniser may write one syllable for the other.

Tones count only in `Syllable.toned`: dialects shift them first, and a recogniser that mistakes a syllable writes a wrong tone
anyway. Only this file imports pypinyin, and not before the first text is read. Toneless syllables write ü as v.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import cast

from pipeline.chinese.characters import HAN, HAN_RUN, is_han
from pipeline.resources import ASSETS, read_packaged_yaml

CONFUSABLE_SOUNDS = ASSETS / "lexicon" / "confusable_sounds.yaml"
"""The table of sounds that are mistaken for each other; results that depend on it are stored under a key with this file's hash."""
SAME_COST = 0.0
DIALECT_COST = 0.25
"""Cost of a difference that many speakers do not make (zh and z)."""
MISHEARD_COST = 0.5
"""Cost of a difference that a recogniser often misses."""
OTHER_SOUND_COST = 1.0
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
class _ConfusionTable:
    """Costs of the confusable pairs of initials, finals and whole syllables, and the characters with two readings."""

    initials: Mapping[frozenset[str], float]
    finals: Mapping[frozenset[str], float]
    syllables: Mapping[frozenset[str], float]
    two_readings: frozenset[str]


@dataclass(frozen=True)
class _SyllableParts:
    """Initial and final of a syllable as it is spoken (you is iu) and as it is written (you is y and ou)."""

    initial: str
    final: str
    written_initial: str
    written_final: str


def read_syllables(text: str) -> tuple[Syllable, ...]:
    """Return the syllables of all Chinese characters of a text, in order, each with its reading in the words around it."""
    return tuple(
        Syllable(run.start() + at, sound, tone) for run in HAN_RUN.finditer(text) for at, (sound, tone) in enumerate(_read_run(run[0]))
    )


def toneless_syllables(term: str) -> tuple[str, ...]:
    """Return the toneless syllables of a term of Chinese characters; empty when it has anything else in it."""
    return tuple(sound for sound, _ in _read_run(term)) if is_han(term) else ()


def spoken_words(text: str) -> tuple[str, ...]:
    """Return what is said in a text: toneless syllables of the Chinese, other words and numbers in small letters, no punctuation."""
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
    return frozenset(every if character in _confusion_table().two_readings else every[:1])


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
def syllable_difference(heard: str, expected: str) -> float:
    """Return how different two syllables sound: 0 for the same, else the costs of initial and final; from 1 it is another sound."""
    whole = _confusion_table().syllables.get(frozenset((heard, expected)))
    return sum(_part_costs(heard, expected)) if whole is None else whole


def character_difference(character: str, expected: str) -> float:
    """Return the least difference between any reading of a character and a toneless syllable."""
    return min((syllable_difference(reading, expected) for reading in readings(character)), default=2 * OTHER_SOUND_COST)


@cache
def same_in_dialect(first: str, second: str) -> bool:
    """Tell whether a speaker who makes none of the distinctions that dialects drop says two toneless syllables alike (zhang as zan)."""
    return max(_part_costs(first, second)) <= DIALECT_COST or syllable_difference(first, second) <= DIALECT_COST


@cache
def share_initial_or_final(first: str, second: str) -> bool:
    """Tell whether two toneless syllables share initial or final in dialect, so that a recogniser may write one for the other."""
    one, other = _split_syllable(first), _split_syllable(second)
    table = _confusion_table()
    initials = _cost(one.written_initial, other.written_initial, table.initials)
    finals = _cost(one.final, other.final, table.finals)
    # As written, a final leaves out the glide of y and w, as a rhyme does: wei rhymes with bei.
    rhymes = _cost(one.written_final, other.written_final, table.finals)
    return min(initials, finals, rhymes) <= DIALECT_COST


def _part_costs(first: str, second: str) -> tuple[float, float]:
    """Return the costs of the two initials and of the two finals."""
    one, other = _split_syllable(first), _split_syllable(second)
    table = _confusion_table()
    return _cost(one.initial, other.initial, table.initials), _cost(one.final, other.final, table.finals)


def _cost(one: str, other: str, table: Mapping[frozenset[str], float]) -> float:
    return SAME_COST if one == other else table.get(frozenset((one, other)), OTHER_SOUND_COST)


@cache
def _split_syllable(syllable: str) -> _SyllableParts:
    """Split a syllable as it is spoken, not as it is written: yu is v, you is iu, wen is un, jue is j and ue."""
    initial = next((initial for initial in _INITIALS if syllable.startswith(initial)), "")
    final = syllable[len(initial) :]
    if initial == "y":
        return _SyllableParts("", _AFTER_Y.get(final, "i" + final), initial, final)
    if initial == "w":
        return _SyllableParts("", _AFTER_W.get(final, "u" + final), initial, final)
    if initial in ("j", "q", "x"):
        return _SyllableParts(initial, _AFTER_J.get(final, final), initial, final)
    return _SyllableParts(initial, "ue" if final == "ve" else final, initial, final)


@cache
def _confusion_table() -> _ConfusionTable:
    table = read_packaged_yaml(CONFUSABLE_SOUNDS)

    def costs(part: str) -> dict[frozenset[str], float]:
        degrees = {"near": MISHEARD_COST, "dialect": DIALECT_COST}
        return {frozenset(pair.split("-")): cost for degree, cost in degrees.items() for pair in table[part].get(degree, "").split()}

    return _ConfusionTable(costs("initials"), costs("finals"), costs("syllables"), frozenset(table["two_readings"].strip()))
