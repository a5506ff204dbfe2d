"""Corrections of spoken prices and quantities that were written as homophones: 29块酒 is 29块9, 二十九快九 is 二十九块九.

Every rule keeps the number of characters, so that each character keeps its time, and needs a number beside it: alone, 酒 is wine.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.chinese import DIGITS, HAN, digit_by_sound

_NUMBER = rf"(?:\d+(?:\.\d+)?|[零两{DIGITS}十百千]+)"
_MONEY = "块元"
_OWN_MEANING = frozenset(f"就吧起以也儿而{DIGITS}")
"""Characters that sound like a digit but have a meaning of their own after a sum of money: 二十块起 is a lowest price."""
_DIGITS_AFTER_AMOUNT = {"就": 9, "吧": 8}
"""Of these, the ones that are a digit all the same when a quantity comes right before the price."""
_END = r"(?=$|[,，。.!！?？、;；\s]|一斤|一箱|一件|钱)"
_JIN = "今金近进紧仅劲巾筋津经净静景井尽"
_TEN = "时石使食实式市事是拾世室"
_ONE = "以已亿意依"
_CALLED = r"(?:只要|只卖|才卖|才|卖|仅需|一共|特价|就)?"
_PRICED = rf"(?=[,，\s]?{_CALLED}{_NUMBER}[{_MONEY}])"
_AMOUNT = rf"{_NUMBER}[斤箱件盒袋个枚瓶份只]"


@dataclass(frozen=True)
class Correction:
    """A replacement for the characters `start` to `end` of a text, of the same length. why: the kind of repair."""

    start: int
    end: int
    written: str
    why: str


def amount_corrections(text: str) -> list[Correction]:
    """Return the corrections of a text's prices and quantities, in order, none overlapping another."""
    corrections: list[Correction] = []
    for rule in _RULES:
        for correction in rule(_with_corrections(text, corrections)):
            if not any(correction.start < other.end and other.start < correction.end for other in corrections):
                corrections.append(correction)
    return sorted(corrections, key=lambda correction: correction.start)


def _with_corrections(text: str, corrections: list[Correction]) -> str:
    for correction in corrections:
        text = text[: correction.start] + correction.written + text[correction.end :]
    return text


def _money_word(text: str) -> list[Correction]:
    """Correct the money word: 二十九快九, 三十快; 30快递 and 十快要 stay."""
    corrections = []
    for match in re.finditer(rf"{_NUMBER}([快筷])", text):
        rest = text[match.end() :]
        digit_follows = rest[:1].isdigit() or rest[:1] in f"零{DIGITS}" or _digit(rest[:1]) is not None or rest[:1] in _DIGITS_AFTER_AMOUNT
        if re.match(_END, rest) or (rest and digit_follows and re.match(_END, rest[1:])):
            corrections.append(Correction(match.start(1), match.end(1), "块", "price"))
    return corrections


def _tenths(text: str) -> list[Correction]:
    """Correct the digit after the money word (29块酒, 三十五块巴), in the kind of figures that the sum is written in."""
    corrections = []
    for match in re.finditer(rf"({_NUMBER})[{_MONEY}]([{HAN}]){_END}", text):
        digit = _digit(match[2])
        if digit is None and match[2] in _DIGITS_AFTER_AMOUNT and re.search(rf"{_AMOUNT}装?[,，\s]?{_CALLED}$", text[: match.start()]):
            digit = _DIGITS_AFTER_AMOUNT[match[2]]
        if digit is not None:
            corrections.append(Correction(match.start(2), match.end(2), _figure(match[1], digit), "price"))
    return corrections


def _weight(text: str) -> list[Correction]:
    """Correct the unit of a weight before its price: 10金29块."""
    number = rf"(?:\d+|[两{DIGITS}十百]+)"
    return [Correction(match.start(1), match.end(1), "斤", "unit") for match in re.finditer(rf"{number}([{_JIN}]){_PRICED}", text)]


def _spoken_weight(text: str) -> list[Correction]:
    """Correct 十斤 and 一斤 before a price: 使近35块8, 以金十八块. 时间 is a word, so it must begin the sentence."""
    corrections = [Correction(*match.span(), "十斤", "unit") for match in re.finditer(rf"[{_TEN}][{_JIN}]{_PRICED}", text)]
    corrections += [
        Correction(*match.span(), "一斤", "unit") for match in re.finditer(rf"(?!已经|以今|以尽)[{_ONE}][{_JIN}]{_PRICED}", text)
    ]
    corrections += [
        Correction(*match.span(1), "十斤", "unit") for match in re.finditer(rf"(?:^|[,，。\s]|价格?)(时间|时经){_PRICED}", text)
    ]
    return [change for change in corrections if not re.search(rf"[零两{DIGITS}十百千\d]$", text[: change.start])]


def _digit(character: str) -> int | None:
    return None if character in _OWN_MEANING else digit_by_sound(character)


def _figure(number: str, digit: int) -> str:
    return str(digit) if re.search(r"\d", number) else DIGITS[digit - 1]


_RULES: tuple[Callable[[str], list[Correction]], ...] = (_money_word, _spoken_weight, _weight, _tenths)
