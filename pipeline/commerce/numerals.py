"""Numbers as they are said."""

import re
from decimal import Decimal

_SPELT = ("零〇", "一幺", "二两俩", "三仨", "四", "五", "六", "七", "八", "九")
_DIGITS = {letter: value for value, letters in enumerate(_SPELT) for letter in letters}
_TENS = {"十": 10, "百": 100, "千": 1000}
CHINESE = "[零〇一二两俩三仨四五六七八九十百千万]"
NUMBER = rf"(?:\d+(?:,\d{{3}})+(?!\d)|\d+(?:\.\d+)?|{CHINESE}+(?:点[零〇一二三四五六七八九]+)?|半)"
"""A number in digits or characters, as a regular expression."""


def number(text: str) -> Decimal | None:
    """29, 29.9, 二十九, 二十九点九, 一百二 (120), 两千五 (2500), 半; None when the characters are no number."""
    if text == "半":
        return Decimal("0.5")
    if re.fullmatch(r"[\d,]+(?:\.\d+)?", text):
        return Decimal(text.replace(",", ""))
    whole, _, fraction = text.partition("点")
    value = _whole(whole)
    if value is None:
        return None
    decimals = "".join(str(_DIGITS[letter]) for letter in fraction)
    return Decimal(f"{value}.{decimals}") if decimals else Decimal(value)


def _whole(text: str) -> int | None:
    """Reads 二百零五 by its places and 二九 by its digits. A last digit after a gapless 百, 千 or 万 counts its tens: 一百二 is 120."""
    if not text or any(letter not in _DIGITS and letter not in _TENS and letter != "万" for letter in text):
        return None
    if all(letter in _DIGITS for letter in text):
        return int("".join(str(_DIGITS[letter]) for letter in text))
    total = section = 0
    digit: int | None = None
    last_place = 0
    gap = False
    for letter in text:
        if letter in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[letter]
            gap = gap or digit == 0
        elif letter == "万":
            total += (section + (digit or 0)) * 10_000
            section, digit, last_place, gap = 0, None, 10_000, False
        else:
            place = _TENS[letter]
            if last_place and place >= last_place != 10_000:
                return None
            section += (1 if digit is None else digit) * place
            digit, last_place, gap = None, place, False
    if digit and last_place >= 100 and not gap:
        digit *= last_place // 10
    return total + section + (digit or 0)
