"""Quantities that a price is for, and which of them are the same."""

import re
from decimal import Decimal

from pipeline.commerce.numerals import NUMBER, number
from pipeline.documents.base import Frozen

# Grams and millilitres in one of each unit; a unit that is not here equals only itself.
_GRAMS = {"斤": 500, "市斤": 500, "公斤": 1000, "千克": 1000, "kg": 1000, "克": 1, "g": 1, "两": 50, "吨": 1_000_000, "jin": 500}
_LITRES = {"升": 1000, "公升": 1000, "l": 1000, "毫升": 1, "ml": 1}
_SAME = {"boxes": "box", "bags": "bag", "pieces": "piece", "bottles": "bottle", "packs": "pack", "jars": "jar"}
# Units that are more than counters in Chinese, with the characters after which they are no unit: 包邮, 条件, 晚上.
_NOT_BEFORE = {
    "两": "斤公千市克升箱件盒袋枚个瓶份包提筐篮桶罐只串把捆棵颗粒条套",
    "包": "邮赔退括你您",
    "份": "量",
    "只": "要有卖需是能在",
    "提": "前供醒到",
    "条": "件",
    "个": "月小人朋性别体家村头",
    "罐": "头",
    "把": "握它这",
    "根": "本据",
    "克": "服",
    "升": "级",
    "听": "说我到得见",
    "双": "十1",
    "晚": "上点饭餐安",
    "天": "然气下前后",
    "位": "置家于",
    "人": "工民家员气生都",
    "张": "家",
    "单": "价位子",
    "件": "事",
    "枚": "",
}
_COUNTED = "箱盒袋瓶筐篮桶串捆棵颗粒套株扎枝束壶碗筒坛副篓间" + "".join(letter for letter in _NOT_BEFORE if letter not in "两克升")
_LATIN = ("box(?:es)?", "bags?", "pieces?", "bottles?", "packs?", "jars?", "kg", "ml", "jin", "g", "l")
_PLAIN = ("公斤", "千克", "市斤", "公升", "毫升", "斤", "克", "两", "吨", "升")


def _pattern() -> str:
    words = [*_PLAIN, *_COUNTED]
    guarded = [f"{word}(?![{_NOT_BEFORE[word]}])" if _NOT_BEFORE.get(word) else word for word in words]
    return rf"(?:(?:{'|'.join(guarded)})(?:装)?|(?:{'|'.join(_LATIN)})(?![a-z]))"


UNIT = _pattern()
"""A unit of sale, as a regular expression."""


class Quantity(Frozen):
    """So much of a unit: 10 斤, 1 箱."""

    count: Decimal
    unit: str

    def amount_in_base(self) -> tuple[str, Decimal]:
        """What it comes to in grams, millilitres or its own unit, so that 5公斤 and 10斤 are equal."""
        unit = _SAME.get(self.unit, self.unit)
        if unit in _GRAMS:
            return "g", self.count * _GRAMS[unit]
        if unit in _LITRES:
            return "ml", self.count * _LITRES[unit]
        return unit, self.count

    def __str__(self) -> str:
        count = f"{self.count.normalize():f}"
        return self.unit if count == "1" else count + self.unit


_QUANTITY = re.compile(rf"(?P<count>{NUMBER})?\s*(?P<unit>{UNIT})", re.I)


def quantities(text: str) -> tuple[Quantity, ...]:
    """Every quantity in a short text such as a sheet's unit: 箱(10斤) is one 箱 and ten 斤. Unknown units stand for themselves."""
    found = tuple(made for match in _QUANTITY.finditer(text.lower()) if (made := quantity(match["count"], match["unit"])))
    return found or ((Quantity(count=Decimal(1), unit=text.strip()),) if text.strip() else ())


def quantity(count: str | None, unit: str) -> Quantity | None:
    """A quantity from its two words; None when the count is not a number."""
    many = number(count) if count else Decimal(1)
    return Quantity(count=many, unit=unit.lower().removesuffix("装")) if many else None
