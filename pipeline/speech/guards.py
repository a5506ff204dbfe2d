"""What a recogniser invents is taken out before anybody reads it: repetition, farewells nobody spoke, words too fast to be said."""

import re
from collections.abc import Sequence
from functools import cache

from pipeline.documents.base import Span
from pipeline.documents.transcript import Word
from pipeline.resources import ASSETS
from pipeline.speech.recognise import Segment

INVENTED = ASSETS / "lexicon" / "invented.txt"
DOUBT_WORDS = 0.6
"""Mean probability under which a known invention is not believed; spoken farewells in the measured talk have 0.9 and more."""
DOUBT_NO_SPEECH = 0.5
DOUBT_LOG = -0.8
LEAST_SPEECH = 0.6
"""Share of a segment's time that must be speech for a farewell to be believed."""
REPEATS = 3
"""A group of words said so many times in a row is a recogniser caught in a loop; people say things twice (慢慢, 一箱一箱)."""
LOOP_CHARACTERS = 12.0
"""Characters a second that nobody speaks; fast Mandarin has 7 to 8."""
_NOISE = re.compile(r"[\s\W_]+")
_CAPTION = re.compile(r"^\s*[\[(（【♪*].{0,20}[\])）】♪*]\s*$")


def believable(segments: Sequence[Segment], speech: Sequence[Span]) -> list[Word]:
    """The words of a clip that were spoken, in order of time. Segments may overlap; what is said twice at one time counts once."""
    words: list[Word] = []
    before: list[Segment] = []
    for segment in segments:
        if not segment.words or _CAPTION.match(segment.text) or _invented(segment, speech):
            continue
        if any(_again(segment, other) for other in before):
            continue
        before.append(segment)
        words += without_loops(segment.words)
    return without_loops(_in_order(words))


def without_loops(words: Sequence[Word]) -> list[Word]:
    """The words with every group that stands `REPEATS` times or more in a row, or is crammed into no time, kept once."""
    kept: list[Word] = list(words)
    for size in range(1, 9):
        at = 0
        while at + size * 2 <= len(kept):
            group = [_bare(word.text) for word in kept[at : at + size]]
            times = 1
            while [_bare(word.text) for word in kept[at + times * size : at + (times + 1) * size]] == group:
                times += 1
            loop = kept[at : at + times * size]
            if times > 1 and any(group) and (times > REPEATS or (times == REPEATS and size > 1) or _crammed(loop[size:])):
                del kept[at + size : at + times * size]
            at += 1
    while kept and _crammed(kept[-4:]) and len(kept) > 4:
        kept.pop()
    return kept


def _crammed(words: Sequence[Word]) -> bool:
    letters = sum(len(_bare(word.text)) if not word.text.isascii() else 1 for word in words)
    return len(words) > 1 and letters > LOOP_CHARACTERS * max(words[-1].end_s - words[0].start_s, 0.01)


def _invented(segment: Segment, speech: Sequence[Span]) -> bool:
    """A known invention, where the recogniser itself or the voice detector doubts it."""
    bare = _bare(segment.text)
    if not bare or not any(pattern.fullmatch(bare) for pattern in _patterns()):
        return False
    mean = sum(word.probability for word in segment.words) / len(segment.words)
    start_s, end_s = segment.words[0].start_s, segment.words[-1].end_s
    heard_s = sum(max(0.0, min(end_s, span.end_s) - max(start_s, span.start_s)) for span in speech)
    doubted = mean < DOUBT_WORDS or segment.no_speech > DOUBT_NO_SPEECH or segment.log_probability < DOUBT_LOG
    return doubted or heard_s < LEAST_SPEECH * max(end_s - start_s, 0.2)


def _again(segment: Segment, other: Segment) -> bool:
    """Whether two segments say the same at the same time."""
    start_s = max(segment.words[0].start_s, other.words[0].start_s)
    end_s = min(segment.words[-1].end_s, other.words[-1].end_s)
    shorter_s = min(segment.words[-1].end_s - segment.words[0].start_s, other.words[-1].end_s - other.words[0].start_s)
    return _bare(segment.text) == _bare(other.text) and end_s - start_s > 0.5 * shorter_s


def _in_order(words: Sequence[Word]) -> list[Word]:
    return sorted(words, key=lambda word: (word.start_s + word.end_s) / 2)


def _bare(text: str) -> str:
    return _NOISE.sub("", text).lower()


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    lines = (line.strip() for line in INVENTED.read_text(encoding="utf-8").splitlines())
    return tuple(re.compile(line) for line in lines if line and not line.startswith("#"))
