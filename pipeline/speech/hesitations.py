"""Finding what a speaker says while looking for words: hesitations, stumbles said twice, slips that are taken back within a sentence.

A finding is a stretch of words that the sentence reads better without. Whether its sound can be cut out too depends on the silence around
it (`quiet_spans`); what cannot be cut is only left out of the subtitles. Measured by `benchmarks/quality/fillers.py`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np

from pipeline.chinese import HAN, NUMBER, NUMERALS, UNIT, same_in_dialect, toneless_syllables
from pipeline.documents.base import Span
from pipeline.documents.transcript import Hesitation, HesitationKind, Phrase
from pipeline.resources import ASSETS, read_packaged_yaml
from pipeline.speech.vocabulary import split_words

VERSION = 2
HESITATIONS = ASSETS / "lexicon" / "hesitations.yaml"
PAUSE_S = 0.12
"""Silence between two words that counts as a pause, seconds."""
LONG_PAUSE_S = 0.2
"""The same beside 那个 and 就是, which are words as well; what opens a t or k is up to 0.1 s of silence."""
MARKED_PAUSE_S = 0.3
"""What a comma or a space of the recogniser counts as."""
LONGEST_REPEAT = 6
"""Words of a beginning that is said twice."""
SURE_REPEAT = 3
"""From this many syllables on, words said twice in a row are a stumble, whatever they are."""
SHORT_REPEAT = 2
"""Syllables up to which an interrupted word that only sounds the same is the same."""
ACROSS_S = 1.5
"""Silence over which a sentence goes on in the next phrase."""
LEFT = 2
"""Syllables that must be left of a phrase; else it is a hesitation as a whole, which the edit drops."""
QUIET_DB = 35.0
"""How far under a clip's speech its sound must lie where it is cut."""
SHORTEST_QUIET_S = 0.03
CURVE_HOP_S = 0.01
_PIECE = re.compile(rf"[{HAN}]+|[A-Za-z]+|\d+(?:\.\d+)?")
_NUMERAL = re.compile(rf"[{NUMERALS}半几\d]")
_AMOUNT = rf"{NUMBER}(?:(?:块钱|[块元毛])(?:{NUMBER}(?!{UNIT}))?|{UNIT}装?)?"
_UNIT_OF = re.compile(rf"{NUMBER}([块元毛]|{UNIT})?")
_MARK = "，"
_KINDS: tuple[HesitationKind, ...] = ("slip", "repeat", "laughter")
"""Of several that touch each other the first of these counts."""
_LAUGHTER = re.compile(
    r"(?<!娃)(?:哈{2,}|呵{2,}|嘿{2,}|嘻{2,}|(?:[啦噜哇喔嗷哎喂嗨噢哦啊呀哟呦唉咯]){4,}|([啦噜哇喔嗷哎喂嗨噢哟呦唉咯])\1\1)"
)
"""Laughter, calls across a field and syllables of a song, written out; 娃哈哈 is a drink."""


@dataclass(frozen=True)
class _SaidWord:
    """A word of a phrase: where it stands in the phrase's text, and the seconds of pause before it. gone: what it is, if it has to go."""

    text: str
    start: int
    end: int
    pause_s: float
    gone: HesitationKind | None = None

    @property
    def after_pause(self) -> bool:
        """Whether there is a pause before it."""
        return self.pause_s >= PAUSE_S

    @property
    def after_long_pause(self) -> bool:
        """Whether there is one that no consonant explains."""
        return self.pause_s >= LONG_PAUSE_S


@dataclass(frozen=True)
class _Lexicon:
    sounds: frozenset[str]
    heard_as: frozenset[str]
    heard_alone: frozenset[str]
    own_meaning_after: frozenset[str]
    own_meaning_before: frozenset[str]
    demonstratives: frozenset[str]
    links: frozenset[str]
    new_beginnings: frozenset[str]
    stumbles: frozenset[str]
    emphatic: frozenset[str]
    corrections: tuple[str, ...]
    homophones: tuple[str, ...]
    corrections_between_pauses: tuple[str, ...]
    days: tuple[str, ...]


def find_hesitations(phrases: Sequence[Phrase]) -> tuple[Hesitation, ...]:
    """Return the hesitations of a clip's phrases in order, none touching another."""
    said = []
    for phrase in phrases:
        words = _with_laughter(_said_words(phrase), "".join(word.text for word in phrase.words))
        for step in (_with_fillers, _with_filler_words, _with_repeats, _with_slips):
            words = step(words)
        said.append(words)
    for at, (before, after) in enumerate(pairwise(phrases)):
        if after.start_s - before.end_s <= ACROSS_S:
            said[at] = _with_broken_end(said[at], said[at + 1])
    return tuple(
        hesitation
        for phrase, words in zip(phrases, said, strict=True)
        for hesitation in _found(phrase, words)
        if _says_something(words) or hesitation.kind == "laughter"
    )


def _with_laughter(words: list[_SaidWord], text: str) -> list[_SaidWord]:
    spans = [match.span() for match in _LAUGHTER.finditer(text)]
    return [replace(word, gone="laughter") if any(a <= word.start and word.end <= b for a, b in spans) else word for word in words]


def _says_something(words: Sequence[_SaidWord]) -> bool:
    """Tell whether more than hesitations is left of a phrase."""
    fillers = _lexicon().links | _lexicon().demonstratives
    return sum(len(word.text) for word in words if word.gone is None and word.text not in fillers) >= LEFT


def _with_broken_end(words: list[_SaidWord], following: Sequence[_SaidWord]) -> list[_SaidWord]:
    """Mark the end of a phrase where the next one begins with it and goes on, and a hesitation that trails off."""
    kept = [at for at, word in enumerate(words) if word.gone is None]
    head = [word for word in following if word.gone is None]
    fillers = _lexicon().links | _lexicon().demonstratives
    if len(kept) > 1 and words[kept[-1]].text in fillers and words[kept[-1]].after_long_pause:
        return [replace(word, gone="filler") if at == kept[-1] else word for at, word in enumerate(words)]
    for size in range(min(len(kept) - 1, len(head) - 1, LONGEST_REPEAT), 0, -1):
        said = "".join(words[at].text for at in kept[-size:])
        if len(said) >= LEFT and said == "".join(word.text for word in head[:size]) and not _NUMERAL.search(said):
            return [replace(word, gone=word.gone or "repeat") if at >= kept[-size] else word for at, word in enumerate(words)]
    return words


def quiet_spans(curve: Sequence[float], speech: Sequence[Span]) -> tuple[Span, ...]:
    """Return where a clip's sound lies `QUIET_DB` or more under its speech. curve: dB every 10 ms, see `recognition.loudness_curve`."""
    levels = np.asarray(curve, np.float64)
    inside = np.zeros(len(levels), bool)
    for span in speech:
        inside[int(span.start_s / CURVE_HOP_S) : int(span.end_s / CURVE_HOP_S) + 1] = True
    if not inside.any():
        return ()
    quiet = levels <= float(np.percentile(levels[inside], 80)) - QUIET_DB
    edges = np.flatnonzero(np.diff(np.concatenate(([False], quiet, [False])).astype(np.int8)))
    spans = [(first * CURVE_HOP_S, last * CURVE_HOP_S) for first, last in zip(edges[::2], edges[1::2], strict=True)]
    return tuple(Span(start_s=round(first, 2), end_s=round(last, 2)) for first, last in spans if last - first >= SHORTEST_QUIET_S)


def _said_words(phrase: Phrase) -> list[_SaidWord]:
    """Cut a phrase into words; those on the two sides of a mark are never one."""
    text = "".join(word.text for word in phrase.words)
    times = _character_times(phrase)
    words: list[_SaidWord] = []
    for piece in _PIECE.finditer(text):
        at = piece.start()
        for part in _parts(piece[0]):
            end = at + len(part)
            gap_s = times[at][0] - times[words[-1].end - 1][1] if words else MARKED_PAUSE_S
            words.append(_SaidWord(part, at, end, max(gap_s, MARKED_PAUSE_S) if words and at > words[-1].end else gap_s))
            at = end
    return words


def _parts(piece: str) -> list[str]:
    """Split a piece of a phrase into words; 再就是 and its like have a hesitation at their end, if they have one."""
    if piece[0].isascii():
        return [piece.lower()]
    parts = []
    for word in split_words(piece):
        link = next((link for link in _lexicon().links if word.endswith(link) and word != link), "")
        parts += [word.removesuffix(link), link] if link else [word]
    return parts


def _character_times(phrase: Phrase) -> list[tuple[float, float]]:
    """Return when each character of a phrase's text is said, each word's time divided evenly."""
    times: list[tuple[float, float]] = []
    for word in phrase.words:
        step_s = (word.end_s - word.start_s) / max(1, len(word.text))
        times += [(word.start_s + at * step_s, word.start_s + (at + 1) * step_s) for at in range(len(word.text))]
    return times


def _with_fillers(words: list[_SaidWord]) -> list[_SaidWord]:
    known = _lexicon()
    marked = []
    for at, word in enumerate(words):
        filler = word.gone is None and word.text in known.sounds
        if word.text in known.heard_as:
            before = words[at - 1].text if at and not word.after_pause else ""
            after = words[at + 1].text if at + 1 < len(words) and not words[at + 1].after_pause else ""
            filler = before not in known.own_meaning_after and after not in known.own_meaning_before
        elif word.text in known.heard_alone and at + 1 < len(words):
            filler = (at == 0 or word.after_long_pause) and words[at + 1].after_long_pause
        marked.append(replace(word, gone="filler") if filler else word)
    return marked


def _with_filler_words(words: list[_SaidWord]) -> list[_SaidWord]:
    """Mark 那个, 就是 and their like where they are no part of the sentence. From the end, so that of several in a row all are known."""
    known, marked = _lexicon(), list(words)
    for at in range(len(words) - 2, -1, -1):
        word, after = words[at], marked[at + 1]
        after_filler = word.after_long_pause or (at > 0 and marked[at - 1].gone is not None)
        following = next((other for other in marked[at + 1 :] if other.gone is None), None)
        if following is None:
            continue
        if word.text in known.demonstratives:
            alone = word.after_pause and after.after_long_pause and following.text not in "的是" and not _NUMERAL.match(following.text)
            among_fillers = at > 0 and after_filler and (after.gone is not None or (marked[at - 1].gone is not None and after.after_pause))
            if following.text in known.new_beginnings or alone or among_fillers:
                marked[at] = replace(word, gone="filler")
        elif word.text in known.links:
            to_filler = after.gone is not None
            if (to_filler and after.text in known.demonstratives) or (after_filler and (to_filler or after.after_long_pause)):
                marked[at] = replace(word, gone="filler")
    return marked


def _with_repeats(words: list[_SaidWord]) -> list[_SaidWord]:
    """Mark the first of two equal beginnings that follow each other, with the hesitations between them."""
    marked, changed = list(words), True
    while changed:
        changed = False
        for size in range(LONGEST_REPEAT, 0, -1):
            for first in range(len(marked)):
                gone = _repeat_at(marked, first, size)
                if gone:
                    for at in gone:
                        marked[at] = replace(marked[at], gone=marked[at].gone or "repeat")
                    changed = True
    return marked


def _repeat_at(words: Sequence[_SaidWord], first: int, size: int) -> list[int]:
    """Return which words go because those from `first` on are said again right after; none where they are not, or on purpose."""
    kept = [at for at in range(first, len(words)) if words[at].gone is None]
    if len(kept) < 2 * size or kept[0] != first:
        return []
    links = _lexicon().links | _lexicon().demonstratives
    for skipped in (0, 1) if size < len(kept) and words[kept[size]].text in links else (0,):
        one, other = kept[:size], kept[size + skipped : 2 * size + skipped]
        if len(other) < size:
            continue
        interrupted = skipped > 0 or any(words[at].gone is not None for at in range(one[-1] + 1, other[0]))
        said, again = ("".join(words[at].text for at in part) for part in (one, other))
        following = kept[2 * size + skipped :]
        goes_on = bool(following) and not words[following[0]].after_pause
        if interrupted:
            stumble = bool(following) and (said == again or (len(said) <= SHORT_REPEAT and _sound_alike(said, again)))
        elif size == 1 and len(said) == 1 and _said_often(words, one[0]):
            stumble = False  # 是是是: agreement
        else:
            stumble = said == again and said in _lexicon().stumbles
            stumble = stumble or (goes_on and size > 1 and _sound_alike(said, again) and _is_beginning(said))
        if stumble:
            return list(range(one[0], other[0]))
    return []


def _said_often(words: Sequence[_SaidWord], at: int) -> bool:
    return len([word for word in words[max(0, at - 1) : at + 3] if word.text == words[at].text]) > 2


def _is_beginning(said: str) -> bool:
    """Tell whether words said twice can be a beginning that went wrong: neither counted, nor urged (尝尝看尝尝看)."""
    doubled = any(one == other for one, other in pairwise(said))
    return len(said) >= SURE_REPEAT and not doubled and not _NUMERAL.search(said) and not any(word in said for word in _lexicon().emphatic)


def _sound_alike(one: str, other: str) -> bool:
    if one == other:
        return True
    sounds, others = toneless_syllables(one), toneless_syllables(other)
    return bool(sounds) and len(sounds) == len(others) and all(map(same_in_dialect, sounds, others))


def _with_slips(words: list[_SaidWord]) -> list[_SaidWord]:
    """Mark what a speaker takes back inside a phrase, with the words that take it back: 三十八，不对，三十五块."""
    kept = [at for at, word in enumerate(words) if word.gone is None]
    line, owner = "", list[int]()
    for at in kept:
        text = (_MARK if words[at].after_pause and line else "") + words[at].text
        line += text
        owner += [at] * len(text)
    marked = list(words)
    for start, end in _slips(line):
        for at in range(owner[start], owner[end] if end < len(owner) else len(words)):
            marked[at] = replace(marked[at], gone=marked[at].gone or "slip")
    return marked


def _slips(line: str) -> list[tuple[int, int]]:
    """Return the stretches of a line, with a comma at each pause, that are taken back."""
    found = []
    for match in _corrections().finditer(line):
        before, after = line[: match.start()].rstrip(_MARK), line[match.end() :].lstrip(_MARK)
        wrong = _taken_back(before, after)
        if wrong:
            found.append((len(before) - wrong, len(line) - len(after)))
    return found


def _taken_back(before: str, after: str) -> int:
    """Return how many characters at the end of a text are said otherwise after it; 0 where that cannot be told."""
    right = re.match(_AMOUNT, after)
    wrong = re.search(rf"(?:{_AMOUNT})$", before)
    if right and wrong:
        wrong_unit, right_unit = (_UNIT_OF.match(amount[0]) for amount in (wrong, right))
        units = {match[1] for match in (wrong_unit, right_unit) if match and match[1]}
        return len(wrong[0]) if len(units) < 2 else 0
    if right or wrong:
        return 0
    for day in _lexicon().days:
        if before.endswith(day) and after.startswith(_lexicon().days):
            return len(day)
    beginning = next(iter(split_words(_PIECE.match(after)[0])), "") if _PIECE.match(after) else ""  # type: ignore[index]
    at = before.rfind(beginning) if len(beginning) > 1 else -1
    return len(before) - at if at >= 0 else 0


def _found(phrase: Phrase, words: Sequence[_SaidWord]) -> tuple[Hesitation, ...]:
    """Return the marked words as stretches of the phrase."""
    times, text = _character_times(phrase), "".join(word.text for word in phrase.words)
    groups: list[list[_SaidWord]] = []
    joined = False
    for word in words:
        if word.gone is not None:
            groups[-1:] = [[*groups[-1], word]] if joined else [*groups[-1:], [word]]
        joined = word.gone is not None
    return tuple(
        Hesitation(
            start_s=round(times[group[0].start][0], 3),
            end_s=round(times[group[-1].end - 1][1], 3),
            words=text[group[0].start : group[-1].end],
            kind=next((kind for kind in _KINDS if any(word.gone == kind for word in group)), "filler"),
        )
        for group in groups
    )


@cache
def _corrections() -> re.Pattern[str]:
    known = _lexicon()
    sure = "|".join(map(_by_sound, sorted(known.corrections, key=len, reverse=True)))
    between = "|".join(sorted(known.corrections_between_pauses, key=len, reverse=True))
    return re.compile(rf"(?:{_MARK}?(?:哦|噢|啊|哎呀)?(?:(?:{sure})(?:{_MARK}|是|应该是)*)+|{_MARK}(?:{between}){_MARK}(?:是|应该是)?)")


def _by_sound(words: str) -> str:
    """Return a pattern for words in the characters that they are heard as."""
    same = {character: group for group in _lexicon().homophones for character in group[:1]}
    return "".join(f"[{same[character]}]" if character in same else character for character in words)


@cache
def _lexicon() -> _Lexicon:
    table = read_packaged_yaml(HESITATIONS)
    words = {name: str(listed).split() for name, listed in table.items()}
    lists = ("corrections", "homophones", "corrections_between_pauses", "days")
    return _Lexicon(**{name: tuple(listed) if name in lists else frozenset(listed) for name, listed in words.items()})  # type: ignore[arg-type]
