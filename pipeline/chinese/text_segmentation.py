"""Segmenting a caption into its unbreakable pieces: words, prices with their quantities, names, topics, links, emoji."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import regex

from pipeline.chinese import HAN_RUN, dictionary_with, seller_words
from pipeline.chinese.text_length import graphemes

if TYPE_CHECKING:
    import jieba

CLOSING = "，。、；：！？）》」』】〉”’…,.;:!?)]}%％～·"
OPENING = "（《「『【〈“‘([{"
_DIGITS = r"\d+(?:[.,:：]\d+)*"
_SPELT = r"(?:[零〇一二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+)?|[半几])"
_FIGURE = rf"(?:{_DIGITS}|{_SPELT})"
_SO_MANY = rf"(?:{_DIGITS}\s?|{_SPELT})"
"""A number before its unit: a blank between them is allowed after digits only."""
_UNIT = (
    r"(?:公斤|千克|公里|厘米|毫米|毫升|平方米|人民币|小时|分钟|块钱|毛钱|海拔|"
    r"[斤克吨米升亩件箱盒袋枚瓶罐桶筐篮串捆棵颗粒根套双张户家款尾口年月日秒岁度层楼倍代种次折成元块毛角]|包(?![邮赔退括])|个(?!人)|把(?!握)|提(?![前供])|"
    r"两(?![零一二三四五六七八九十百千万])|份(?!量)|条(?!件)|只(?![要有是])|头(?!条)|人(?![工民家])|位(?!置)|天(?![然气])|号(?!称)|点(?![击赞心])|分(?!享)|"
    r"kg|km|cm|mm|ml|mg|jin|yuan|rmb|box(?:es)?|bags?|pieces?|bottles?|packs?|jars?|[gml](?![a-z])|[%％℃])"
)
_AMOUNT = rf"(?:第|海拔|每|约|满|减)?{_SO_MANY}[多来]?{_UNIT}(?:半价|{_FIGURE}[毛角分]?)?钱?"
_SIGN = r"(?:[¥￥$€£]|HK\$|US\$|RMB\s?|CNY\s?|USD\s?)"
_SIGNED = rf"{_SIGN}\s?\d+(?:[.,]\d+)*(?:\s?[元块])?"
_WORDED = rf"{_SO_MANY}(?:元|块钱|块|毛|yuan|RMB|CNY)(?:{_FIGURE}(?:毛|角)?(?!\s?{_UNIT})|半)?(?:钱|整)?"
_PRICE = rf"(?:{_SIGNED}|{_WORDED})"
_BUYS = rf"{_UNIT}装?(?:\s?[（(]\s?{_SO_MANY}{_UNIT}\s?[)）])?"
_BESIDE = r"\s?(?:·|、|，|,|:|：)?\s?"
_EACH = rf"\s?(?:[/／]|每|per\s|a\s|for\s)\s?{_SO_MANY}?{_BUYS}"
_FOR = rf"(?:{_EACH}|{_BESIDE}{_SO_MANY}{_BUYS})"
_ASKED = rf"{_BESIDE}(?:只要|只卖|卖|才|仅)?\s?"
_WHOLE = tuple(
    regex.compile(shape, regex.I)
    for shape in (
        r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
        r"\#[^\s\#，。！？；、,.!?;:：]+\#|\#[\w·]+|@[\w·-]+",
        r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}[日号]?|\d{1,2}月\d{1,2}[日号]?|\d{1,2}[:：]\d{2}",
        rf"满\s?{_FIGURE}\s?{_UNIT}?\s?[,，]?\s?[减送返]\s?{_FIGURE}\s?{_UNIT}?",
        rf"{_PRICE}{_FOR}?",
        rf"{_AMOUNT}{_ASKED}{_PRICE}",
        rf"{_AMOUNT}(?:{_EACH})?",
        r"\d+(?:[.,:：/~～-]\d+)*%?",
        r"[A-Za-zÀ-ɏ0-9]+(?:['’.&+-][A-Za-zÀ-ɏ0-9]+)*",
    )
)
"""Expressions that stay whole, together where they overlap: links, topics, dates, deals, prices, quantities, numbers, words."""


def unbreakable_pieces(text: str, names: Iterable[str] = ()) -> tuple[str, ...]:
    """Return a text in unbreakable pieces; joined they are the text again.

    names: words of this story that stay whole everywhere. Closing marks and blanks belong to the piece before them, opening marks to
    the piece after them.
    """
    return _pieces(text, tuple(sorted({name for name in names if len(name) > 1})))


@lru_cache(maxsize=256)
def _pieces(text: str, names: tuple[str, ...]) -> tuple[str, ...]:
    whole = _merged([match.span() for shape in _WHOLE for match in shape.finditer(text, overlapped=True)] + _name_spans(text, names))
    ends = {0, len(text)}
    position = 0
    for start, end in [*whole, (len(text), len(text))]:
        ends.update(_word_ends(text, position, start))
        ends.update((start, end))
        position = end
    boundaries = sorted(ends & _grapheme_ends(text))
    return _with_attached_marks([text[start:end] for start, end in pairwise(boundaries)])


def _name_spans(text: str, names: tuple[str, ...]) -> list[tuple[int, int]]:
    return [match.span() for name in names for match in re.finditer(re.escape(name), text)]


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _word_ends(text: str, start: int, end: int) -> set[int]:
    """Return the ends of words between two whole expressions; anything but Chinese may be cut after every visible character."""
    ends: set[int] = set()
    position = start
    for run in HAN_RUN.finditer(text, start, end):
        ends.update(range(position, run.start() + 1))
        position = run.start()
        for word in _tokenizer().lcut(run[0]):
            position += len(word)
            ends.add(position)
    ends.update(range(position, end + 1))
    return ends


def _grapheme_ends(text: str) -> set[int]:
    ends, position = {0}, 0
    for cluster in graphemes(text):
        position += len(cluster)
        ends.add(position)
    return ends


def _with_attached_marks(pieces: list[str]) -> tuple[str, ...]:
    attached: list[str] = []
    for piece in pieces:
        if attached and (piece[0] in CLOSING or piece.isspace() or attached[-1][-1] in OPENING):
            attached[-1] += piece
        else:
            attached.append(piece)
    return tuple(attached)


@cache
def _tokenizer() -> "jieba.Tokenizer":
    return dictionary_with(word for word in seller_words() if 2 <= len(word) <= 8)
