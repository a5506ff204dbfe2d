"""Quantities that a price is for, as they are written and said: 10斤, 一箱, 半斤, 每斤, 箱(10斤); and which of them are equal."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipeline.chinese.numerals import NUMBER, read_number

# Grams and millilitres in one of each unit; a unit that is not here equals only itself.
_GRAMS = {"斤": 500, "市斤": 500, "公斤": 1000, "千克": 1000, "kg": 1000, "克": 1, "g": 1, "两": 50, "吨": 1_000_000, "jin": 500}
_MILLILITRES = {"升": 1000, "公升": 1000, "l": 1000, "毫升": 1, "ml": 1}
_IN_CHINESE = {
    "box": "箱",
    "bag": "袋",
    "piece": "个",
    "bottle": "瓶",
    "pack": "包",
    "jar": "罐",
    "can": "罐",
    "tin": "罐",
    "crate": "箱",
    "basket": "篮",
    "bundle": "捆",
    "tray": "板",
}
"""Units of speakers who mix English in."""
_PIECES = frozenset("个枚只颗粒")
"""Counters of single things, of which speakers take one for the other: 一枚鸡蛋, 一个鸡蛋."""
# Units that also have other meanings, with the characters before which they are not units: 包邮, 条件, 晚上.
_NOT_BEFORE = {
    "两": "斤公千市克升箱件盒袋枚个瓶份包提筐篮桶罐只串把捆棵颗粒条套晚天间位人板片支杯头排",
    "包": "邮赔退括你您圆运快甜熟换到",
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
    "床": "上下垫单头边位铺品",
    "位": "置家于",
    "人": "工民家员气生都",
    "张": "家",
    "单": "价位子",
    "件": "事",
    "枚": "",
    "板": "栗蓝凳块面油鸭",
    "片": "子区地段面刻",
    "支": "付持援撑出",
    "杯": "子",
    "头": "发脑像部疼痛次上下扎目衔号一天年",
    "排": "骨队名列成行",
}
_MEASURES = ("公斤", "千克", "市斤", "公升", "毫升", "斤", "克", "两", "吨", "升")
_COUNTERS = "箱盒袋瓶筐篮桶串捆棵颗粒套株扎枝束壶碗筒坛副篓间" + "".join(letter for letter in _NOT_BEFORE if letter not in "两克升")
_LATIN = (
    "box(?:es)?",
    "bags?",
    "pieces?",
    "bottles?",
    "packs?",
    "jars?",
    "cans?",
    "tins?",
    "crates?",
    "baskets?",
    "bundles?",
    "trays?",
    "kg",
    "ml",
    "jin",
    "g",
    "l",
)


def _unit_expression() -> str:
    words = [*_MEASURES, *_COUNTERS]
    guarded = [f"{word}(?![{_NOT_BEFORE[word]}])" if _NOT_BEFORE.get(word) else word for word in words]
    return rf"(?:(?:{'|'.join(guarded)})(?:装|(?<=[箱盒袋瓶篮桶罐坛])子)?|(?:{'|'.join(_LATIN)})(?![a-z]))"


UNIT = _unit_expression()
"""A unit of sale, as a regular expression."""
NAME, COUNTED_NAME = "\u3000", "\u2002"
"""Blanks that stand for the letters of a product's name: of any, and of one in English, which numbers count (twenty four apples)."""
COUNTS = (
    r"(?:公里|公分|公顷|海里|厘米|毫米|平方|立方|省道|国道|县道|高速|后|以上|[到至]\s*\d|小时|分钟|钟头|刻钟|礼拜|星期|周[年岁]|工序|多?年代|来|几|多|余|"
    r"[年月日号点时分秒岁天夜周度米里尺丈寸亩垧顷户家口次回种样款道遍代倍成层楼室栋头棵颗粒株朵根条名位辈场趟圈轮行步页题章招计味集期季届路线站台辆艘级升折万亿"
    r"群堆窝队项门班兆瓦平桌席座处垄畦缸锅车船网担匹股码所乡镇村县强伏大小%％、\-~—～:：]"
    rf"|{COUNTED_NAME}"
    r"|(?!(?:an?|per|each|every|for|only|just|today|and|no|all|if|you|your|my|our|this|that|the|it|one|in|on|with|while|when|dear|guys|folks|friends|"
    r"everyone|total|altogether|to|from|or|right|free|including|delivered|shipped|plus|flat|even|tops|max)\b)[a-z]+)"
)
"""What a number counts when it is followed by it, besides units of sale: no amount of money."""
_QUANTITY = re.compile(rf"(?P<count>{NUMBER})?\s*(?P<unit>{UNIT})", re.I)
_COUNTED = re.compile(rf"(?P<count>{NUMBER})\s*[大整满]?(?P<unit>{UNIT})|(?:每|(?<=[/单]))\s*(?P<each>{UNIT})", re.I)


@dataclass(frozen=True)
class Quantity:
    """A count of a unit: 10 斤, 1 箱."""

    count: Decimal
    unit: str

    def amount_in_base(self) -> tuple[str, Decimal]:
        """Return the base unit and the amount in it, so that 5公斤 and 10斤 are equal: grams, millilitres, 个 or the unit itself."""
        singular = "box" if self.unit == "boxes" else self.unit.removesuffix("s")
        unit = _IN_CHINESE.get(singular, self.unit)
        if unit in _GRAMS:
            return "g", self.count * _GRAMS[unit]
        if unit in _MILLILITRES:
            return "ml", self.count * _MILLILITRES[unit]
        return ("个" if unit in _PIECES else unit), self.count

    def __str__(self) -> str:
        count = f"{self.count.normalize():f}"
        return self.unit if count == "1" else count + self.unit


@dataclass(frozen=True)
class QuantityMention:
    """A quantity in a text and its character offsets; the end is exclusive."""

    quantity: Quantity
    start: int
    end: int


def read_quantities(text: str) -> tuple[Quantity, ...]:
    """Return every quantity in a short text such as a sheet's unit: 箱(10斤) is one 箱 and ten 斤. An unknown unit is returned as it is."""
    quantities = tuple(quantity for match in _QUANTITY.finditer(text.lower()) if (quantity := _quantity(match["count"], match["unit"])))
    return quantities or ((Quantity(count=Decimal(1), unit=text.strip()),) if text.strip() else ())


def counted_quantities(text: str) -> Iterator[QuantityMention]:
    """Yield the quantities in running text: with a number, with 每, after a slash or 单; a unit alone is only a word."""
    for match in _COUNTED.finditer(text):
        count, start = match["count"], match.start()
        if count and count.endswith("一") and read_number(count) is None:  # 八十五一桶: a price and then one 桶
            count, start = "一", match.end("count") - 1
        if quantity := _quantity(count, match["unit"] or match["each"]):
            yield QuantityMention(quantity, start, match.end())


def _quantity(count: str | None, unit: str) -> Quantity | None:
    """Make a quantity from count and unit; None when the count is not a number above zero."""
    number = read_number(count) if count else Decimal(1)
    return Quantity(count=number, unit=unit.lower().removesuffix("装").removesuffix("子")) if number else None
