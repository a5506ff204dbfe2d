"""Where a name is said in a text, written as it should be or as it sounds."""

import re
from dataclasses import dataclass

from pipeline.catalog.table import plain

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
# Pairs that most southern and south-western speakers do not keep apart; the recogniser then writes either.
_LOOSE = (
    (re.compile(r"^([zcs])h"), r"\1"),
    (re.compile(r"^n(?!g)"), "l"),
    (re.compile(r"^hu(?=.)"), "f"),
    (re.compile(r"(?<=[aei])ng$"), "n"),
)


@dataclass(frozen=True)
class Mention:
    """A term found in a text: which, where (character offsets), and whether letter for letter."""

    term: str
    start: int
    end: int
    exact: bool


def mentions(text: str, terms: list[str]) -> list[Mention]:
    """Where the terms are named, in order of place. Of two that overlap the longer one counts, then the exact one."""
    text = plain(text)
    sounds = _sounds(text)
    found = [mention for term in dict.fromkeys(terms) for mention in _find(text, sounds, term)]
    found.sort(key=lambda mention: (mention.start - mention.end, not mention.exact, mention.start))
    taken: list[Mention] = []
    for mention in found:
        if all(mention.end <= other.start or mention.start >= other.end for other in taken):
            taken.append(mention)
    return sorted(taken, key=lambda mention: mention.start)


def _find(text: str, sounds: list[tuple[int, str, str]], term: str) -> list[Mention]:
    wanted = plain(term)
    if not wanted:
        return []
    # A Latin name must be a word of its own: corn is not in popcorn.
    left, right = r"(?<![a-z0-9])" if wanted[0].isascii() else "", r"(?:s|es)?(?![a-z0-9])" if wanted[-1].isascii() else ""
    loose_gaps = r"\s*".join(re.escape(letter) for letter in wanted.replace(" ", "")) if _HAN.search(wanted) else re.escape(wanted)
    exact = [Mention(term, match.start(), match.end(), True) for match in re.finditer(left + loose_gaps + right, text)]
    return exact + _alike(sounds, term, wanted)


def _alike(sounds: list[tuple[int, str, str]], term: str, wanted: str) -> list[Mention]:
    """Same sound, other characters. Two syllables must agree in tone as well: 石榴 is not 十六."""
    if not all(_HAN.match(letter) for letter in wanted) or len(wanted) < 2:
        return []
    key = 2 if len(wanted) >= 3 else 1
    target = [sound[key] for sound in _sounds(wanted)]
    hits = []
    for at in range(len(sounds) - len(target) + 1):
        run = sounds[at : at + len(target)]
        whole = run[-1][0] - run[0][0] == len(target) - 1
        if whole and [sound[key] for sound in run] == target:
            hits.append(Mention(term, run[0][0], run[-1][0] + 1, False))
    return hits


def _sounds(text: str) -> list[tuple[int, str, str]]:
    """(offset, syllable with tone, syllable made loose) of every Chinese character."""
    from pypinyin import Style, lazy_pinyin  # slow to load, and not every run needs it

    places = [match.start() for match in _HAN.finditer(text)]
    syllables: list[str] = []
    for run in re.finditer(rf"{_HAN.pattern}+", text):
        syllables += lazy_pinyin(run[0], style=Style.TONE3, neutral_tone_with_five=True)
    return [(place, syllable, _loose(syllable.rstrip("12345"))) for place, syllable in zip(places, syllables, strict=True)]


def _loose(syllable: str) -> str:
    for pattern, into in _LOOSE:
        syllable = pattern.sub(into, syllable)
    return syllable
