"""Words of the rules in disguise: spread out, with signs between, in pinyin or letters, by sound or by look.

A text's characters are read as units, each with the syllables that it may stand for: 癌 by its sound, `ai` and `a` as spelled, 1 as 一.
Where units in a row read like a word of the rules, they are that word, unless the dictionary knows them as other words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise

from pipeline.chinese import dictionary, is_han, readings, toneless_syllables
from pipeline.commerce.claims.rules import evasions, word_rules

SHORTEST, LONGEST = 2, 6
"""Characters of the words that are looked for in disguise."""
LONGEST_SYLLABLE = 6
"""Letters of the longest syllables: zhuang."""
WIDEST_GAP = 3
"""Signs or blanks that may stand between two characters of a word."""
_STOPS = set("，。！？；、,.!?;:：…\n")
_DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))


@dataclass(frozen=True)
class DisguisedWord:
    """A word of the rules that a span of characters stands for. parts: the span of each of its characters."""

    word: str
    start: int
    end: int
    parts: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class _Unit:
    """A character or a syllable in letters: its span, and the syllables that it may stand for.

    plain: the character, empty for letters. initial: the letter, for a single one, which may stand for any syllable that begins with it.
    """

    start: int
    end: int
    plain: str
    sounds: frozenset[str]
    initial: str = ""


@dataclass
class _Node:
    """A branch of the tree of all words by their syllables."""

    words: list[str] = field(default_factory=list)
    next: dict[str, "_Node"] = field(default_factory=dict)


def disguised_words(text: str) -> list[DisguisedWord]:
    """Return the words of the rules that are disguised in a text of narrow, small, Simplified characters; the longest, none overlapping.

    Words that are written as they are, are not among them.
    """
    units = _units(text)
    found: list[DisguisedWord] = []
    at = 0
    while at < len(units):
        candidates = [(word, path) for word, path in _readings_from(units, at, text) if _is_meant(word, path, text)]
        if candidates:
            word, path = max(candidates, key=lambda candidate: len(candidate[0]))
            found.append(DisguisedWord(word, path[0].start, path[-1].end, tuple((unit.start, unit.end) for unit in path)))
            at = units.index(path[-1], at)
        at += 1
    return found


def _units(text: str) -> list[_Unit]:
    similar = evasions().similar
    units: list[_Unit] = []
    for run in re.finditer(r"[a-z]+|\d+|[^\sa-z\d]", text):
        words, start = run[0], run.start()
        if words.isascii() and words.isalpha():
            units += _syllables_in_letters(words, start)
        elif words.isdigit():
            sound = toneless_syllables(_DIGITS[words]) if words in _DIGITS else ()
            units.append(_Unit(start, run.end(), "", frozenset(sound)))
        elif is_han(words):
            looks_like = similar.get(words, "")
            by_look = readings(looks_like) if looks_like else frozenset[str]()
            units.append(_Unit(start, run.end(), words, readings(words) | by_look))
    return units


def _syllables_in_letters(letters: str, start: int) -> list[_Unit]:
    """Read letters as pinyin of the rules' words: zuihaochi is zui, hao, chi; a single letter is an initial. Others have no sound."""
    if len(letters) == 1:
        return [_Unit(start, start + 1, "", frozenset({letters}) & _syllables(), initial=letters)]
    if spans := _split(letters):
        return [_Unit(start + first, start + last, "", frozenset({letters[first:last]})) for first, last in spans]
    return [_Unit(start, start + len(letters), "", frozenset())]


@lru_cache(maxsize=1024)
def _split(letters: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of the syllables that letters consist of, the longest first at each place; none for other words and very long ones.

    Each place is tried once, from the end, so that no run of letters takes long.
    """
    if len(letters) > LONGEST * LONGEST_SYLLABLE:
        return ()
    following: dict[int, int] = {}
    for at in range(len(letters) - 1, -1, -1):
        for end in range(min(len(letters), at + LONGEST_SYLLABLE), at, -1):
            if letters[at:end] in _syllables() and (end == len(letters) or end in following):
                following[at] = end
                break
    spans, at = [], 0
    while at in following:
        spans.append((at, following[at]))
        at = following[at]
    return tuple(spans) if at == len(letters) else ()


def _readings_from(units: Sequence[_Unit], at: int, text: str) -> Iterator[tuple[str, list[_Unit]]]:
    """Yield the words that the units from one on may stand for, each with its units."""
    ways: list[tuple[_Node, list[_Unit]]] = [(_tree(), [])]
    for index in range(at, min(len(units), at + LONGEST)):
        unit = units[index]
        if index > at and not _is_gap(text[units[index - 1].end : unit.start]):
            return
        ways = [(node, [*path, unit]) for branch, path in ways for node in _branches(branch, unit)]
        for node, path in ways:
            for word in node.words:
                yield word, path


def _branches(node: _Node, unit: _Unit) -> list[_Node]:
    if unit.initial:
        return [branch for sound, branch in node.next.items() if sound[0] == unit.initial]
    return [node.next[sound] for sound in unit.sounds if sound in node.next]


def _is_gap(between: str) -> bool:
    return len(between) <= WIDEST_GAP


def _is_meant(word: str, path: Sequence[_Unit], text: str) -> bool:
    """Tell whether units that read like a word are that word in disguise."""
    gaps = [text[one.end : other.start] for one, other in pairwise(path)]
    changed = [unit for unit, character in zip(path, word, strict=True) if unit.plain != character]
    if not changed:
        return any(gaps) and _gaps_disguise(word, path, gaps, text)
    if any(_STOPS & set(gap) for gap in gaps) and not all(gaps):
        return False
    if any(unit.initial for unit in changed):
        return len(changed) == 1 and word in grave_words() and _stands_alone(changed[0], text)
    if any(text[unit.start].isdigit() for unit in changed):
        return len(changed) == 1 and len(word) > SHORTEST
    if not any(unit.plain for unit in changed):
        return len(changed) < len(word) or word in grave_words()
    return not any(gaps) and _sounds_disguise(word, path, changed, text)


def _stands_alone(unit: _Unit, text: str) -> bool:
    around = text[max(0, unit.start - 1) : unit.start] + text[unit.end : unit.end + 1]
    return not any(character.isascii() and character.isalnum() for character in around)


def _gaps_disguise(word: str, path: Sequence[_Unit], gaps: Sequence[str], text: str) -> bool:
    """Tell whether what stands between a word's characters hides it: signs do, blanks unless they part words, stops only everywhere."""
    if any(_STOPS & set(gap) for gap in gaps):
        return all(gaps) and len(word) > SHORTEST
    if any(gap.strip() for gap in gaps):
        return True
    known = dictionary().FREQ
    before, after = text[max(0, path[0].start - 1) : path[0].end], text[path[-1].start : path[-1].end + 1]
    return not any(is_han(pair) and len(pair) > 1 and known.get(pair) for pair in (before, after))


def _sounds_disguise(word: str, path: Sequence[_Unit], changed: Sequence[_Unit], text: str) -> bool:
    """Tell whether characters that only sound or look like a word are a disguise: the dictionary must not know them as other words."""
    if len(word) == SHORTEST and word not in evasions().by_sound:
        return False
    if len(changed) > len(word) // 2 or any(unit.plain in evasions().too_common for unit in changed):
        return False
    first, last = path[0].start, path[-1].end
    inside = 0
    for start, end in _known_words(text):
        if end <= first or start >= last:
            continue
        if start < first or end > last:
            return False
        if any(start <= unit.start < end for unit in changed):
            inside += end - start
    return inside < len(word)


@lru_cache(maxsize=64)
def _known_words(text: str) -> tuple[tuple[int, int], ...]:
    known = dictionary()
    return tuple((start, end) for word, start, end in known.tokenize(text) if end - start > 1 and known.FREQ.get(word))


@cache
def _tree() -> _Node:
    root = _Node()
    for word in _words():
        node = root
        for syllable in toneless_syllables(word):
            node = node.next.setdefault(syllable, _Node())
        node.words.append(word)
    return root


@cache
def _words() -> frozenset[str]:
    listed = {word for rule in word_rules() for word in rule.words}
    return frozenset(word for word in listed | evasions().phrases if SHORTEST <= len(word) <= LONGEST and is_han(word))


@cache
def grave_words() -> frozenset[str]:
    """Words that stop a release, and the phrases of the patterns: also known when nothing of them is written in Chinese."""
    return frozenset(word for rule in word_rules() if rule.verdict == "block" for word in rule.words) | evasions().phrases


@cache
def _syllables() -> frozenset[str]:
    return frozenset(syllable for word in _words() for syllable in toneless_syllables(word))


def plain_english(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the spans of English words of the rules that are spelled with digits or with something between all letters, and the word."""
    listed = evasions()
    for match in re.finditer(r"(?<![a-z0-9])[a-z0-9@$!]{3,}(?![a-z0-9])", text):
        plain = "".join(listed.digits_as_letters.get(character, character) for character in match[0])
        if plain != match[0] and plain in listed.english:
            yield *match.span(), plain
    for match in re.finditer(r"(?<![a-z0-9])[a-z](?:([ .·*_-])[a-z])(?:\1[a-z])+(?![a-z0-9])", text):
        plain = match[0][::2]
        if plain in listed.english:
            yield *match.span(), plain
