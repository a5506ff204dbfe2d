"""Removing what a recogniser invents: repetitions, farewells that nobody spoke, words too fast to be said."""

import re
from collections.abc import Sequence
from functools import cache

from pipeline.documents.base import Span
from pipeline.documents.transcript import Word
from pipeline.resources import ASSETS
from pipeline.speech.recogniser import Segment

KNOWN_HALLUCINATIONS = ASSETS / "lexicon" / "invented.txt"
DOUBTFUL_WORDS = 0.6
"""Mean word probability below which a known hallucination is removed; farewells that were spoken have 0.9 and more in the measured talk."""
DOUBTFUL_NO_SPEECH = 0.5
DOUBTFUL_LOG_PROBABILITY = -0.8
SPEECH_SHARE = 0.6
"""Share of a segment's time that must be speech for a farewell to be kept."""
REPEATS = 3
"""A group of words repeated this many times in a row is a recogniser's loop; people say things twice (慢慢, 一箱一箱)."""
FASTEST_SPEECH = 12.0
"""Characters per second that nobody speaks; fast Mandarin has 7 to 8."""
_NOT_LETTERS = re.compile(r"[\s\W_]+")
_CAPTION = re.compile(r"^\s*[\[(（【♪*].{0,20}[\])）】♪*]\s*$")


def remove_hallucinations(segments: Sequence[Segment], speech: Sequence[Span]) -> list[Word]:
    """Return the words of a clip that were spoken, in order of time. Segments may overlap; the same words at the same time count once."""
    words: list[Word] = []
    accepted: list[Segment] = []
    for segment in segments:
        if not segment.words or _CAPTION.match(segment.text) or _is_known_hallucination(segment, speech):
            continue
        if any(_repeats(segment, other) for other in accepted):
            continue
        accepted.append(segment)
        words += remove_repetitions(segment.words)
    return remove_repetitions(_in_order(words))


def remove_repetitions(words: Sequence[Word]) -> list[Word]:
    """Return the words with every looping group of up to eight words once, and without a last stretch too fast to be said."""
    result: list[Word] = list(words)
    for size in range(1, 9):
        start = 0
        while start + size * 2 <= len(result):
            times = _times_in_a_row(result, start, size)
            if _is_loop(result[start : start + times * size], size):
                del result[start + size : start + times * size]
            start += 1
    while len(result) > 4 and _is_too_fast(result[-4:]):
        result.pop()
    return result


def _times_in_a_row(words: Sequence[Word], start: int, size: int) -> int:
    """Return how often the group of `size` words at `start` stands there in a row, at least once."""
    group = [_bare(word.text) for word in words[start : start + size]]
    times = 1
    while [_bare(word.text) for word in words[start + times * size : start + (times + 1) * size]] == group:
        times += 1
    return times


def _is_loop(words: Sequence[Word], size: int) -> bool:
    """Tell whether a group of `size` words, said several times in a row in `words`, is repeated by the recogniser and not the speaker."""
    times = len(words) // size
    if times == 1 or not any(_bare(word.text) for word in words):
        return False
    return times > REPEATS or (times == REPEATS and size > 1) or _is_too_fast(words[size:])


def _is_too_fast(words: Sequence[Word]) -> bool:
    characters = sum(len(_bare(word.text)) if not word.text.isascii() else 1 for word in words)
    return len(words) > 1 and characters > FASTEST_SPEECH * max(words[-1].end_s - words[0].start_s, 0.01)


def _is_known_hallucination(segment: Segment, speech: Sequence[Span]) -> bool:
    """Tell whether a segment is a known hallucination that the recogniser itself or the voice detector doubts."""
    bare = _bare(segment.text)
    if not bare or not any(pattern.fullmatch(bare) for pattern in _patterns()):
        return False
    mean = sum(word.probability for word in segment.words) / len(segment.words)
    start_s, end_s = segment.words[0].start_s, segment.words[-1].end_s
    heard_s = sum(max(0.0, min(end_s, span.end_s) - max(start_s, span.start_s)) for span in speech)
    doubted = mean < DOUBTFUL_WORDS or segment.no_speech > DOUBTFUL_NO_SPEECH or segment.log_probability < DOUBTFUL_LOG_PROBABILITY
    return doubted or heard_s < SPEECH_SHARE * max(end_s - start_s, 0.2)


def _repeats(segment: Segment, other: Segment) -> bool:
    """Tell whether two segments have the same words at the same time."""
    start_s = max(segment.words[0].start_s, other.words[0].start_s)
    end_s = min(segment.words[-1].end_s, other.words[-1].end_s)
    shorter_s = min(segment.words[-1].end_s - segment.words[0].start_s, other.words[-1].end_s - other.words[0].start_s)
    return _bare(segment.text) == _bare(other.text) and end_s - start_s > 0.5 * shorter_s


def _in_order(words: Sequence[Word]) -> list[Word]:
    return sorted(words, key=lambda word: (word.start_s + word.end_s) / 2)


def _bare(text: str) -> str:
    return _NOT_LETTERS.sub("", text).lower()


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    lines = (line.strip() for line in KNOWN_HALLUCINATIONS.read_text(encoding="utf-8").splitlines())
    return tuple(re.compile(line) for line in lines if line and not line.startswith("#"))
