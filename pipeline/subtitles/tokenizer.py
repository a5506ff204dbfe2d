"""Cuts text into tokens, between which a line may be broken: words, prices, amounts, Latin words."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from pipeline.chinese import HAN, dictionary_with, seller_words, stated_amounts

if TYPE_CHECKING:
    import jieba

_NUMBER = r"(?:\d+(?:[.,:]\d+)*|[零〇一二两三四五六七八九十百千万亿]+|[半几])"
_UNIT = (
    "公斤装|[斤克枚个只袋盒瓶包罐箱条支]装|公斤|千克|公里|厘米|毫米|毫升|平方米|平方|人民币|小时|分钟|多斤|来斤|多块|块钱|毛钱|度电|"
    "[斤克两吨件箱盒袋枚个瓶罐桶亩元块毛角分折米升户家款颗粒只根把串号点天年月日岁度层楼单位人口次倍代种条张台份]|kg|g|ml|L|%|％|℃"
)
_PREFIX = r"(?:[¥￥$]|第|海拔|大约|不到|只要|仅需|满|减|每)?"
_AMOUNT = re.compile(
    rf"{_PREFIX}{_NUMBER}\s?(?:多|来)?(?:{_UNIT})(?:(?<=[块元毛角]){_NUMBER}(?!\s?(?:{_UNIT}))|半|钱)?(?:/\s?{_NUMBER}?(?:{_UNIT}))?|[¥￥$]\s?{_NUMBER}(?:/{_NUMBER}?(?:{_UNIT}))?"
)
_PER_UNIT = re.compile(rf"/\s?{_NUMBER}?(?:{_UNIT})")
_PIECE = re.compile(
    rf"(?P<amount>{_AMOUNT.pattern})|(?P<latin>[A-Za-z0-9](?:[A-Za-z0-9'’.@&+\-]*[A-Za-z0-9+])?)|(?P<han>[{HAN}]+)|(?P<other>.)",
    re.DOTALL,
)
STOPS = "。！？!?；;….”"
COMMAS = "，,、：:"
LINE_END_DROPPED = '。，,、；;：:.…"“”‘’《》「」 \t'
"""Characters that Chinese subtitles leave out at a line's end; question and exclamation marks stay."""


@dataclass(frozen=True)
class Token:
    """An unbreakable piece of text, and when it is said. Seconds on the clip's clock. after: the punctuation behind it, "" for none."""

    text: str
    start_s: float
    end_s: float
    probability: float
    after: str = ""
    spaced: bool = False
    """Whether a space stands before it, as between Latin words."""


@dataclass(frozen=True)
class TimedCharacter:
    """One character and when it is said. Seconds on the clip's clock; probability 0..1."""

    text: str
    start_s: float
    end_s: float
    probability: float


def tokenize(letters: Sequence[TimedCharacter], names: Iterable[str]) -> list[Token]:
    """Cut timed characters into tokens. names: words of this story that no line end may break."""
    text = "".join(letter.text for letter in letters)
    splitter = _word_splitter(tuple(sorted(set(names))))
    tokens: list[Token] = []
    space_before = False
    for match in _PIECE.finditer(text):
        if match["han"]:
            start = match.start()
            for word in splitter.lcut(match["han"]):
                tokens.append(_token(letters, start, start + len(word), space_before))
                start, space_before = start + len(word), False
        elif match["other"]:
            character = match["other"]
            if character.isspace():
                space_before = True
                # Whisper writes a space where it heard a pause between Chinese words.
                if tokens and not tokens[-1].after and not tokens[-1].text[-1].isascii() and text[match.end() : match.end() + 1] > "\u2fff":
                    tokens[-1] = replace(tokens[-1], after="，")
            elif tokens:
                tokens[-1] = replace(tokens[-1], after=tokens[-1].after + character)
        else:
            tokens.append(_token(letters, match.start(), match.end(), space_before))
            space_before = False
    return tokens


def _token(letters: Sequence[TimedCharacter], start: int, end: int, spaced: bool) -> Token:
    part = letters[start:end]
    return Token(
        text="".join(letter.text for letter in part),
        start_s=part[0].start_s,
        end_s=part[-1].end_s,
        probability=sum(letter.probability for letter in part) / len(part),
        spaced=spaced,
    )


def text_width(text: str) -> float:
    """Width in full-width characters; Latin counts half."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WF" else 0.5 for character in text)


def join_tokens(tokens: Sequence[Token]) -> str:
    """Join tokens to one line of a subtitle: commas between Chinese words become spaces, a comma or full stop at its end is left out."""
    line = ""
    for index, token in enumerate(tokens):
        line += (_separator(line, tokens[index - 1].after, token) if index else "") + token.text
    return (line + tokens[-1].after).strip(LINE_END_DROPPED) if tokens else ""


def _separator(line: str, mark: str, token: Token) -> str:
    """The text between a line and the token that continues it. mark: the punctuation between them."""
    latin = line[-1:].isascii() and token.text[:1].isascii()
    if latin and mark:
        return mark + " "
    if visible_mark := mark.strip(LINE_END_DROPPED):
        return visible_mark
    return " " if mark or (token.spaced and (latin or _borders_latin(line, token.text))) else ""


def _borders_latin(line: str, text: str) -> bool:
    return (line[-1:].isalpha() and line[-1:].isascii()) or (text[:1].isalpha() and text[:1].isascii())


def price_spans(text: str) -> list[tuple[int, int]]:
    """The spans (start, end), in characters, of the prices in a line that are asked now, each with the unit after a slash."""
    spans = []
    for amount in stated_amounts(text):
        if amount.role == "price" and amount.stands and not amount.bare:
            unit = _PER_UNIT.match(text, amount.amount_end)
            spans.append((amount.amount_start, unit.end() if unit else amount.amount_end))
    return spans


@cache
def _word_splitter(names: tuple[str, ...]) -> "jieba.Tokenizer":
    return dictionary_with(word for word in (*seller_words(), *names) if 2 <= len(word) <= 8)
