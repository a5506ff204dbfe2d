"""Numbers as they are written and said: 29.9, 1,299, 二百零五, 一百二, 二十九点九, 半."""

import re
from decimal import Decimal

from pipeline.chinese.phonetics import readings

_DIGITS_WRITTEN = ("零〇", "一幺", "二两俩", "三仨", "四", "五", "六", "七", "八", "九")
_VALUES = {letter: value for value, letters in enumerate(_DIGITS_WRITTEN) for letter in letters}
_NONZERO = "".join(letter for letter, value in _VALUES.items() if value)

DIGITS = "一二三四五六七八九"
"""The digits of written numbers from one, so that `DIGITS[n - 1]` is n."""
NUMERALS = "零〇一二两三四五六七八九十廿卅百千万"
"""Every character that a number is written with."""
NUMERAL = f"[{NUMERALS}俩仨]"
"""One character of a number as people say it, as a regular expression."""
NUMBER = rf"(?:\d+(?:,\d{{3}})+(?!\d)|\d+(?:\.\d+)?万?|{NUMERAL}+(?:点[零〇{DIGITS}]+)?|半)"
"""A number in digits or characters, as a regular expression; `read_number` gives its value."""

_IN_FIGURES = re.compile(r"(?P<figures>\d[\d,]*(?:\.\d+)?)(?P<ten_thousands>万)?")
_FORMAL = dict(zip("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千", strict=True))
"""Numerals of cheques and receipts; alone they are also other words (大陆, 收拾)."""
_IN_FORMAL = re.compile(f"[{''.join(_FORMAL)}零]{{2,}}|[{''.join(_FORMAL)}](?=[元圆块])")
_NEIGHBOURS = re.compile(rf"(?P<head>{NUMERAL}*[十百])?(?P<first>[{_NONZERO}])(?P<second>[{_NONZERO}])(?P<place>[十百千万]?)")
_BELOW_TEN_THOUSAND = re.compile(
    rf"(?:(?P<thousands>[{_NONZERO}]?)千)?(?:[零〇]?(?P<hundreds>[{_NONZERO}]?)百)?(?:[零〇]?(?P<tens>[{_NONZERO}]?)十)?"
    rf"(?P<gap>[零〇])?(?P<ones>[{_NONZERO}])?"
)
_PLACES = {"thousands": 1000, "hundreds": 100, "tens": 10}
_DIGITS_BY_SOUND = {"yi": 1, "er": 2, "san": 3, "si": 4, "wu": 5, "liu": 6, "qi": 7, "ba": 8, "jiu": 9}


def read_number(text: str) -> Decimal | None:
    """Return the value of 29, 29.9, 1,299, 1.2万, 二十九, 二十九点九, 一百二 (120), 两千五 (2500), 二九 (29), 半; None for no number."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    if text == "半":
        return Decimal("0.5")
    if match := _IN_FIGURES.fullmatch(text):
        return Decimal(match["figures"].replace(",", "")) * (10_000 if match["ten_thousands"] else 1)
    whole, _, fraction = text.partition("点")
    value = _whole(whole)
    if value is None or any(letter not in _VALUES for letter in fraction):
        return None
    return Decimal(f"{value}.{_digit_by_digit(fraction)}") if fraction else Decimal(value)


def spell_number(number: str) -> str:
    """Return a number in figures, below ten thousand, as it is said: 205 is 二百零五, 29.9 二十九点九. Raises ValueError for others."""
    whole, _, fraction = number.partition(".")
    if not whole.isdigit() or int(whole) >= 10_000 or (fraction and not fraction.isdigit()):
        raise ValueError(number)
    spelt, gap = "", False
    digits = str(int(whole))
    for digit, place in zip(digits, ("千", "百", "十", "")[-len(digits) :], strict=True):
        if digit != "0":
            spelt += ("零" if gap else "") + DIGITS[int(digit) - 1] + place
        gap = digit == "0" and bool(spelt)
    spelt = spelt.removeprefix("一") if spelt.startswith("一十") else spelt or "零"
    return spelt + (f"点{spell_digits(fraction)}" if fraction else "")


def spell_digits(figures: str) -> str:
    """Return figures as they are said one by one: 2026 is 二零二六."""
    return "".join(f"零{DIGITS}"[int(figure)] for figure in figures)


def with_plain_numerals(text: str) -> str:
    """Return a text with the numerals of cheques as everyday ones, as long as before: 贰拾玖元 is 二十九元."""
    return _IN_FORMAL.sub(lambda match: "".join(_FORMAL.get(letter, letter) for letter in match[0]), text)


def read_number_range(text: str) -> tuple[Decimal, Decimal] | None:
    """Return both ends of a number said as two neighbouring digits: 两三 is 2 to 3, 十五六 15 to 16, 三四十 30 to 40; None for others."""
    match = _NEIGHBOURS.fullmatch(text)
    if not match or _VALUES[match["first"]] + 1 != _VALUES[match["second"]] or (match["head"] and match["place"]):
        return None
    low, high = (read_number(f"{match['head'] or ''}{match[digit]}{match['place']}") for digit in ("first", "second"))
    return (low, high) if low is not None and high is not None else None


def digit_by_sound(character: str) -> int | None:
    """Return 9 for 酒 and 8 for 吧; None for what sounds like no digit from one to nine, and for what is no Chinese character."""
    return next((_DIGITS_BY_SOUND[reading] for reading in readings(character) if reading in _DIGITS_BY_SOUND), None)


def is_digit_by_digit(text: str) -> bool:
    """Tell whether a number in characters is said digit by digit (二九): in a price, 两三 may also be two or three."""
    return len(text) > 1 and all(letter in _VALUES for letter in text)


def _digit_by_digit(text: str) -> str:
    return "".join(str(_VALUES[letter]) for letter in text)


def _whole(text: str) -> int | None:
    if text and all(letter in _VALUES for letter in text):
        return int(_digit_by_digit(text))
    ten_thousands, mark, rest = text.partition("万")
    if not mark:
        return _below_ten_thousand(text)
    high = _below_ten_thousand(ten_thousands, shortened=False)
    low = _below_ten_thousand(rest, after=10_000) if rest else 0
    return None if not high or low is None else high * 10_000 + low


def _below_ten_thousand(text: str, *, after: int = 0, shortened: bool = True) -> int | None:
    """Read a number below ten thousand by its places 千, 百 and 十; None for what is none.

    after: the place said just before, 10,000 for what follows 万. shortened: whether a last digit right after a place from 百 up counts
    the next lower place: 一百二 is 120, 三万五 is 35,000, but 一百零二 is 102.
    """
    match = _BELOW_TEN_THOUSAND.fullmatch(text)
    if not text or not match:
        return None
    places = [place for place in _PLACES if match[place] is not None]
    if any(place != "tens" and not match[place] for place in places[1:]):  # 百二十 begins so, but nobody says 两千百
        return None
    total = sum(_PLACES[place] * _VALUES.get(match[place], 1) for place in places)
    last_place = _PLACES[places[-1]] if places else after
    return total + _last_digit(match, last_place if shortened else 0)


def _last_digit(match: re.Match[str], last_place: int) -> int:
    """Return the value of the last digit: ones, or the next lower place unless 零 or 十 stands between."""
    digit = _VALUES[match["ones"]] if match["ones"] else 0
    return digit * last_place // 10 if last_place >= 100 and not match["gap"] else digit
