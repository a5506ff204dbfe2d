"""The smallest pieces that a line may be broken between: words, prices, amounts, Latin words."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from pipeline.chinese import HAN, dictionary_with, seller_words

if TYPE_CHECKING:
    import jieba

_FIGURES = r"(?:\d+(?:[.,:]\d+)*|[零〇一二两三四五六七八九十百千万亿]+|[半几])"
_UNIT = (
    "公斤|千克|公里|厘米|毫米|毫升|平方米|平方|人民币|小时|分钟|多斤|来斤|多块|块钱|毛钱|度电|"
    "[斤克两吨件箱盒袋枚个瓶罐桶亩元块毛角分折米升户家款颗粒只根把串号点天年月日岁度层楼单位人口次倍代种条张台份]|kg|g|ml|L|%|％|℃"
)
_LED = r"(?:[¥￥$]|第|海拔|大约|不到|只要|仅需|满|减|每)?"
_AMOUNT = re.compile(
    rf"{_LED}{_FIGURES}\s?(?:多|来)?(?:{_UNIT})(?:{_FIGURES}|半|钱)?(?:/\s?{_FIGURES}?(?:{_UNIT}))?|[¥￥$]\s?{_FIGURES}(?:/{_FIGURES}?(?:{_UNIT}))?"
)
_CHANGE = rf"(?:{_FIGURES}(?:毛|角|(?!\s?(?:{_UNIT})))|半)?"
"""The 五 of 两块五 and the 八毛 of 三十五块八毛, but not the 五 of 两块五斤."""
_PRICE = re.compile(rf"[¥￥]\s?\d+(?:\.\d+)?|{_FIGURES}(?:元|块钱|块|毛){_CHANGE}钱?(?:/{_FIGURES}?(?:{_UNIT}))?")
_PIECE = re.compile(
    rf"(?P<amount>{_AMOUNT.pattern})|(?P<latin>[A-Za-z0-9](?:[A-Za-z0-9'’.@&+\-]*[A-Za-z0-9+])?)|(?P<han>[{HAN}]+)|(?P<other>.)",
    re.DOTALL,
)
STOPS = "。！？!?；;….”"
COMMAS = "，,、：:"
SILENT = '。，,、；;：:.…"“”‘’《》「」 \t'
"""What does not stand at a line's end in Chinese subtitles; question and exclamation marks do."""


@dataclass(frozen=True)
class Token:
    """A piece of text and when it sounds. Seconds on the clip's clock; `after` is the punctuation that follows, "" for none."""

    text: str
    start_s: float
    end_s: float
    probability: float
    after: str = ""
    spaced: bool = False
    """A space stands before it, as between Latin words."""


@dataclass(frozen=True)
class Letter:
    """One character with its time."""

    text: str
    start_s: float
    end_s: float
    probability: float


def tokens_of(letters: Sequence[Letter], names: Iterable[str]) -> list[Token]:
    """Cut timed characters into tokens. names: words of this story that no line end may break."""
    text = "".join(letter.text for letter in letters)
    splitter = _splitter(tuple(sorted(set(names))))
    tokens: list[Token] = []
    spaced = False
    for match in _PIECE.finditer(text):
        if match["han"]:
            at = match.start()
            for word in splitter.lcut(match["han"]):
                tokens.append(_token(letters, at, at + len(word), spaced))
                at, spaced = at + len(word), False
        elif match["other"]:
            mark = match["other"]
            if mark.isspace():
                spaced = True
                # Whisper writes a space where it heard a pause between Chinese words.
                if tokens and not tokens[-1].after and not tokens[-1].text[-1].isascii() and text[match.end() : match.end() + 1] > "\u2fff":
                    tokens[-1] = replace(tokens[-1], after="，")
            elif tokens:
                tokens[-1] = replace(tokens[-1], after=tokens[-1].after + mark)
        else:
            tokens.append(_token(letters, match.start(), match.end(), spaced))
            spaced = False
    return tokens


def _token(letters: Sequence[Letter], start: int, end: int, spaced: bool) -> Token:
    part = letters[start:end]
    return Token(
        text="".join(letter.text for letter in part),
        start_s=part[0].start_s,
        end_s=part[-1].end_s,
        probability=sum(letter.probability for letter in part) / len(part),
        spaced=spaced,
    )


def width(text: str) -> float:
    """Width in full-width characters; Latin counts half."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WF" else 0.5 for character in text)


def line_of(tokens: Sequence[Token]) -> str:
    """Tokens as one line of a subtitle: inner commas become a space between Chinese words, no comma or full stop at its end."""
    line = ""
    for at, token in enumerate(tokens):
        line += (_between(line, tokens[at - 1].after, token) if at else "") + token.text
    return (line + tokens[-1].after).strip(SILENT) if tokens else ""


def _between(line: str, mark: str, token: Token) -> str:
    """What stands between a line and the token that goes on with it. mark: the punctuation that was heard there."""
    latin = line[-1:].isascii() and token.text[:1].isascii()
    if latin and mark:
        return mark + " "
    if loud := mark.strip(SILENT):
        return loud
    return " " if mark or (token.spaced and (latin or _side_of_latin(line, token.text))) else ""


def _side_of_latin(line: str, text: str) -> bool:
    return (line[-1:].isalpha() and line[-1:].isascii()) or (text[:1].isalpha() and text[:1].isascii())


def prices(text: str) -> list[tuple[int, int]]:
    """Where prices stand in a line."""
    return [match.span() for match in _PRICE.finditer(text)]


@cache
def _splitter(names: tuple[str, ...]) -> "jieba.Tokenizer":
    return dictionary_with(word for word in (*seller_words(), *names) if 2 <= len(word) <= 8)
