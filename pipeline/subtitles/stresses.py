"""The words of a line that are set apart: price, goods, place, and numbers with their unit; always whole words."""

import re
from collections.abc import Iterable, Iterator

from pipeline.chinese import DIGITS, dictionary
from pipeline.chinese.scripts import needs_shaping
from pipeline.documents.offer import StoryNames
from pipeline.documents.subtitles import Cue, Stress, StressKind, SubtitleManner
from pipeline.subtitles.tokenizer import price_spans

SET_APART: dict[SubtitleManner, frozenset[StressKind]] = {
    "plain": frozenset({"price", "product", "number"}),
    "karaoke": frozenset({"price"}),
    "keyword": frozenset({"price", "product", "number", "place"}),
}
"""What each manner sets apart. With karaoke every character takes the accent colour when it is said, so only the price is larger."""
_NUMBER = rf"(?:\d+(?:[.,]\d+)*|[{DIGITS}两十][{DIGITS}〇零两十百千万亿]*)"
_MEASURES = (
    "公斤|千克|市斤|毫升|厘米|毫米|公里|平方米|海里|公顷|个?小时|摄氏度|[斤克吨升米亩度]|kg|km|cm|mm|ml|jin|[gml](?![A-Za-z])|%|％|℃|°C"
)
"""Units that say something by any number."""
_COUNTERS = "[箱盒袋瓶罐桶篮筐捆件枚只颗棵天层道]|包(?![邮赔退圆])|年(?![\\d一二三四五六七八九十])|个(?!月|小时|性|别|人)"
"""Units that one, half a one, or an ordinal says nothing with: 一箱一箱地装, 第一年."""
_MEASURED = re.compile(rf"(?<!第)(?P<number>{_NUMBER})(?P<more>[多来余]?)\s?(?P<unit>{_MEASURES}|{_COUNTERS})装?", re.I)
_ONE = frozenset({"1", "一"})
_FEW = re.compile(r"[2-9]|[二三四五六七八九两]")
_YEAR = re.compile(r"(?:19|20)\d\d|[一二][九〇零][〇零\d一二三四五六七八九]{2}")


def with_stresses(cue: Cue, names: StoryNames, manner: SubtitleManner) -> Cue:
    """The cue with the words that its manner sets apart; none in a line whose letters join, which a change between them would part."""
    found = tuple(
        Stress(line=index, start=start, end=end, kind=kind)
        for index, line in enumerate(cue.lines)
        if not needs_shaping(line)
        for start, end, kind in stressed_spans(line, names)
        if kind in SET_APART[manner]
    )
    return cue.model_copy(update={"stresses": found})


def stressed_spans(line: str, names: StoryNames) -> list[tuple[int, int, StressKind]]:
    """The spans (start, end, kind) of a line, in characters and in order. Of two that overlap the price counts, then goods, then number."""
    spans: list[tuple[int, int, StressKind]] = [(start, end, "price") for start, end in price_spans(line)]
    for kind, found in (
        ("product", _mentions(line, names.products)),
        ("number", _numbers(line, spans)),
        ("place", _mentions(line, names.places)),
    ):
        spans += [(start, end, kind) for start, end in found if all(end <= other[0] or start >= other[1] for other in spans)]  # type: ignore[misc]
    return sorted(spans)


def _numbers(line: str, prices: Iterable[tuple[int, int, StressKind]]) -> Iterator[tuple[int, int]]:
    """Numbers with a unit beside the prices: in 三块五一斤 it is 一斤 and not 五一斤."""
    for start, end, _ in prices:
        line = line[:start] + "|" * (end - start) + line[end:]
    for match in _MEASURED.finditer(line):
        if not _says_nothing(match["number"], match["unit"]):
            yield match.span()


def _says_nothing(number: str, unit: str) -> bool:
    """Whether a number of a unit is an article (一箱), a few of anything (两个袋子), or a year (2026年)."""
    if unit == "个" and _FEW.fullmatch(number):
        return True
    if unit == "年" and _YEAR.fullmatch(number):
        return True
    return number in _ONE and re.fullmatch(_COUNTERS, unit) is not None


def _mentions(line: str, names: Iterable[str]) -> list[tuple[int, int]]:
    """Where names stand as whole words, the longest first: 苹果 is not in 苹果园, corn not in popcorn."""
    found: list[tuple[int, int]] = []
    for name in names:
        left, right = r"(?<![A-Za-z0-9])" if name[0].isascii() else "", r"(?:e?s)?(?![A-Za-z0-9])" if name[-1].isascii() else ""
        for match in re.finditer(left + re.escape(name) + right, line, re.I):
            taken = any(match.start() < end and start < match.end() for start, end in found)
            if not taken and {match.start(), match.end()} <= _word_edges(line):
                found.append(match.span())
    return found


def _word_edges(line: str) -> frozenset[int]:
    edges, at = {0}, 0
    for word in dictionary().lcut(line, HMM=False):
        at += len(word)
        edges.add(at)
    return frozenset(edges)
