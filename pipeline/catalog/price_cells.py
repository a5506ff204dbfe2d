"""Cells of prices: 29.9, 29.9元/10斤, 10斤装 29.9, 一箱45元, 29.9（10斤）, 39.9包邮, 9块9, 2990分, 1.2万; one exact price or none."""

import re
from dataclasses import dataclass
from decimal import Decimal

from pipeline.catalog.sale_units import NoUnit, SaleUnit, read_unit
from pipeline.catalog.spreadsheet import normalize_text
from pipeline.chinese import MoneyAmount, exact_amount, money_amounts, with_plain_numerals

CENT = Decimal("0.01")
_CALLED = re.compile(
    r"^(?:现价|售价|特价|特惠|活动价|优惠价|促销价|秒杀价?|到手价?|价格|只要|只需|只卖|[售卖]|仅需?|单价|每份)\s*[:：]?\s*(?=[\d¥一二两三四五六七八九十])"
)
_POSTAGE = re.compile(r"[/,;+(\[【\s]*(?:顺丰|全国|江浙沪)?(?:包邮|含邮费?|含运费|免运费|免邮|送到家|包送)[)\]】]?")
_MARKS = re.compile(r"^[★☆↑↓▲▼⬆⬇↗↘\U0001f300-\U0001faff\u2764\ufe0f]+|[★☆↑↓▲▼⬆⬇↗↘!！\U0001f300-\U0001faff\u2764\ufe0f]+$")
"""Marks beside a price that say only that it is recommended, or rose or fell."""
_NOT_EXACT = re.compile(
    r"起(?!泡)|约|左右|上下|大概|最低|最高|以上|以下|以内|不等|浮动|~|至|(?<![a-z])(?:from|about|min|max)(?![a-z])|或|原价?|第[二2三3]|"
    r"满|减|送|赠|买|折|券|会员|社员|vip|批发|进价|收购|[\d元]\s*(?:-|—|–|到)\s*[\d¥]"
)
_SCALES = (("万元", 10_000), ("万", 10_000), ("千元", 1000), ("分", Decimal("0.01")), ("分钱", Decimal("0.01")))
_TENTHS_OF_YUAN = re.compile("[元圆][0-9一二两三四五六七八九]{1,2}$")
_FIGURES = "0123456789.,"
_BETWEEN = r"[\s/／,:：=—|｜…@\-每共卖价只要仅需收售]|到手|per\b|a\b"
_LEFT_EDGE = re.compile(rf"(?:{_BETWEEN})+$", re.I)
_RIGHT_EDGE = re.compile(rf"^(?:{_BETWEEN}|钱|整)+", re.I)


@dataclass(frozen=True)
class CellPrice:
    """A price as one cell states it; currency is empty and unit None where the cell names none."""

    amount: Decimal
    currency: str = ""
    unit: SaleUnit | None = None


def read_price(text: str, *, scale: Decimal = Decimal(1)) -> CellPrice:
    """Read one exact price and what it buys. scale: yuan in a number without a word of money, as the column's heading says.

    Raises ValueError for what is not one exact price: a range, "from", "about", two prices, zero, parts of a cent.
    """
    bare = with_plain_numerals(_POSTAGE.sub(" ", _CALLED.sub("", _MARKS.sub("", normalize_text(text)))).strip())
    if not bare or _NOT_EXACT.search(bare) or re.search(r"\d，\s*\d|\d,\d{1,2}(?!\d)", text):  # 20,5 may be a range, two numbers, or 20.5
        raise ValueError(text)
    amount, unit = _scaled(bare) or _amount_and_unit(bare)
    if amount is None:
        raise ValueError(text)
    value = amount.amount if amount.worded else amount.amount * scale
    if value <= 0 or value != value.quantize(CENT):
        raise ValueError(text)
    return CellPrice(value.quantize(CENT), amount.currency, unit)


def _scaled(text: str) -> tuple[MoneyAmount, None] | None:
    """Read an amount in cents or ten thousands: 2990分, 1.2万元."""
    for word, scale in _SCALES:
        number = text.removesuffix(word)
        if number != text and (amount := exact_amount(number.strip())) and not amount.worded and re.fullmatch(r"[\d.,]+", number.strip()):
            return MoneyAmount(amount.amount * scale, 0, len(text), "CNY", worded=True), None
    return None


def _amount_and_unit(text: str) -> tuple[MoneyAmount | None, SaleUnit | None]:
    """Return the amount and the unit before or after it, when the text can be taken apart in one way only."""
    if amount := _amount(text, ends=True):
        return amount, None
    ways = _splits(text)
    if len({(amount.amount, unit.base) for amount, unit in ways}) != 1:
        return None, None
    return max(ways, key=lambda way: way[0].worded)


def _splits(text: str) -> list[tuple[MoneyAmount, SaleUnit]]:
    """Return every way to take a text apart into an amount and a unit; spoken amounts end where the reader of amounts says."""
    ways = []
    spoken = [amount for amount in money_amounts(text) if not amount.about and amount.perhaps is None]
    edges = {amount.start for amount in spoken} | {amount.end for amount in spoken} if len(spoken) == 1 else set()
    for at in range(1, len(text)):
        left, right = _LEFT_EDGE.sub("", text[:at]), _RIGHT_EDGE.sub("", text[at:])
        if not left or not right or (text[at - 1] in _FIGURES and text[at] in _FIGURES):
            continue
        apart = len(left) < at or len(right) < len(text) - at or right[0] in "([【" or left[-1] in ")]】"
        for money, rest, leads in ((left, right, True), (right, left, False)):
            amount = _amount(money, ends=at in edges or apart)
            if leads and not apart and _TENTHS_OF_YUAN.search(money):
                continue  # 12元3斤 is twelve yuan for three jin, not 12.3 for one
            counted = at in edges and leads and rest[0] in "一每"  # 一百二一箱
            if amount is None or not (amount.worded or apart or counted or (not leads and not rest[-1].isdigit())):
                continue
            try:
                ways.append((amount, read_unit(rest)))
            except NoUnit:
                continue
    return ways


def _amount(text: str, *, ends: bool) -> MoneyAmount | None:
    """Read an amount that is all of a text; one in Chinese characters only where it is known to end there."""
    if text[0].isdigit() or not text[0].isalpha() or text[0].isascii():
        return exact_amount(text)
    if not ends:
        return None
    whole = [amount for amount in money_amounts(text) if (amount.start, amount.end) == (0, len(text))]
    return exact_amount(text) or (whole[0] if whole and not whole[0].worded else None)
