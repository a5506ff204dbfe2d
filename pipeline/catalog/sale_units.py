"""Units of sale as cells and headings write them: 10斤, 箱, 10斤/箱, 箱(10斤); and what is none: 大果, 9-10斤, 10."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Literal

from pipeline.catalog.spreadsheet import normalize_text
from pipeline.catalog.vocabulary import column_vocabulary, plain_heading
from pipeline.chinese import NUMBER, UNIT, Quantity, is_digit_by_digit, read_number

Doubt = Literal["words", "number", "range", "several", "price"]
"""Why a text is no one unit: words that are none, a bare number, a range, several packs, or a price that stands in it."""
_BOXES = ("箱", "件", "份", "盒", "单", "组", "套", "筐", "篮", "提")
_PRICE_MARK = re.compile(r"[¥$€£元块]|\d\s*毛|起(?!泡)|(?:以上|以内|以下)")
_RANGE = re.compile(rf"{NUMBER}\s*(?:[-~至到]|——?)\s*{NUMBER}")


class NoUnit(ValueError):
    """A text that is not one unit of sale; `doubt` says why."""

    def __init__(self, text: str, doubt: Doubt) -> None:
        super().__init__(text)
        self.doubt = doubt


@dataclass(frozen=True)
class SaleUnit:
    """What a price buys: the text as the seller writes it, and the quantities in it."""

    text: str
    quantities: tuple[Quantity, ...]

    @property
    def base(self) -> frozenset[tuple[str, Decimal]]:
        """The quantities in grams, millilitres or their own units, one of a container left out beside what is in it."""
        amounts = {quantity.amount_in_base() for quantity in self.quantities}
        counted = {amount for amount in amounts if amount[1] != 1}
        return frozenset(counted or amounts)

    @property
    def is_one(self) -> bool:
        """Whether it is one of a unit alone: 斤, 箱, 一箱; not 10斤 or 箱(10斤)."""
        return len(self.quantities) == 1 and self.quantities[0].count == 1

    @property
    def is_measure(self) -> bool:
        """Whether it is a weight or a volume, which says by itself how much one gets; a box does not."""
        return all(quantity.amount_in_base()[0] in ("g", "ml") for quantity in self.quantities)

    def times(self, one: "SaleUnit") -> Decimal | None:
        """Return how many of another unit it holds: 箱(10斤) holds ten 斤; None when that is not said."""
        unit, amount = one.quantities[0].amount_in_base()
        held = {own for name, own in (quantity.amount_in_base() for quantity in self.quantities) if name == unit}
        return held.pop() / amount if len(held) == 1 else None


@cache
def unit_pattern() -> str:
    """Return the units of speech and those that only sheets name, as a regular expression."""
    words = sorted(column_vocabulary()["units"], key=len, reverse=True)
    latin = [word for word in words if word.isascii()]
    written = "|".join(re.escape(word) for word in words if not word.isascii())
    return rf"(?:{written}|{UNIT}|(?:{'|'.join(latin)})(?![a-z]))"


@cache
def _quantity_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?P<count>{NUMBER})?\s*(?P<unit>{unit_pattern()})", re.I)


@cache
def _beside() -> re.Pattern[str]:
    words = sorted(column_vocabulary()["beside_units"], key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in words))


@lru_cache(maxsize=1024)
def read_unit(text: str) -> SaleUnit:
    """Read what a cell says that a price buys. Raises NoUnit for what is not one unit.

    Words beside a unit stay (10斤大果); a unit that holds a price, two packs, a range or a number of nothing is none.
    """
    shown = _without_money(text)
    compared = normalize_text(shown)
    if re.fullmatch(r"[\d.,]+", compared):
        raise NoUnit(text, "number")
    if _PRICE_MARK.search(compared):
        raise NoUnit(text, "price")
    if _RANGE.search(compared):
        raise NoUnit(text, "range")
    if compared.startswith("各"):
        raise NoUnit(text, "several")  # 各5斤: of how many?
    if times := _times(compared):
        return SaleUnit(shown, times)
    quantities, rest = _quantities(compared)
    if not quantities:
        raise NoUnit(text, "words")
    bases = {quantity.amount_in_base() for quantity in quantities}
    if re.search(r"\d", rest) or len({name for name, _ in bases}) < len(bases):
        raise NoUnit(text, "several")
    if not any(quantity.count != 1 for quantity in quantities) and len(_beside().sub("", re.sub(r"[\W_]+", "", rest))) > 0:
        raise NoUnit(text, "words")  # a word that only holds the letter of a unit: 袋鼠, 特级, 双喜
    joined = re.sub(r"[\s,，、:：—|\-]+", "", compared.removeprefix("1").removeprefix("一"))
    if len(quantities) == 2 and quantities[0].count == 1 != quantities[1].count and joined == f"{quantities[0].unit}{quantities[1]}":
        shown = f"{quantities[0].unit}({quantities[1]})"  # 瓶500g
    return SaleUnit(shown, quantities)


def unit_or_none(text: str) -> SaleUnit | None:
    """Read what a text says that a price buys; None for what is not one unit."""
    try:
        return read_unit(text)
    except NoUnit:
        return None


def is_one_unit(text: str) -> bool:
    """Whether a text names one of a unit alone: 斤, 箱, 一袋."""
    unit = unit_or_none(text)
    return unit is not None and unit.is_one


def is_container(text: str) -> bool:
    """Whether a text is one box or the like, of which something is the contents: 一箱, 每袋."""
    unit = unit_or_none(text)
    return unit is not None and unit.is_one and not unit.is_measure


def _times(text: str) -> tuple[Quantity, ...]:
    """Return what several equal packs come to: 5斤×2 and 10斤(5斤×2袋) are ten jin; nothing where a text is none, or does not add up."""
    match = re.fullmatch(
        rf"(?P<whole>{NUMBER}{unit_pattern()}[(\[]?)?(?P<each>{NUMBER}{unit_pattern()})[×x*](?P<times>\d+)(?P<box>{unit_pattern()})?[)\]]?",
        text,
        re.I,
    )
    if not match or (match["box"] and not match["whole"]):
        return ()  # 5斤*2袋 names both
    each = _quantities(match["each"])[0][0]
    total = Quantity(count=each.count * int(match["times"]), unit=each.unit)
    whole = _quantities(match["whole"])[0][0] if match["whole"] else total
    return (total,) if whole.amount_in_base() == total.amount_in_base() else ()


def _without_money(text: str) -> str:
    """Return a unit without the words around it: `/10斤`, `每10斤` and `元/10斤` are all `10斤`; `一箱` is `箱`."""
    bare = re.sub(r"\s*\n\s*", "", text.strip())
    bare = re.sub(r"^(?:净重|净含量|规格|重量)\s*[:：]?\s*(?=[\d一二两三四五六七八九十半])", "", bare)
    bare = re.sub(r"^(?:元|块|¥|￥|rmb|yuan)?\s*(?:[/／每]|per\s+|a\s+)\s*", "", bare, flags=re.I)
    bare = re.sub(r"^[\s(（【\[]+(?=[^)）】\]]*[)）】\]]$)|(?<![(（【\[\w])[)）】\]]$", "", bare)
    if re.fullmatch(r"[^(（\[【]*[)）\]】]", bare):
        bare = bare[:-1]
    if re.fullmatch(r"[(（][^)）]*", bare):
        bare = bare[1:].strip()
    bare = re.sub(r"(?<=\d)\s+", "", bare).strip()
    one_of = re.sub(r"^[1一](?=[^\W\d零〇一二两三四五六七八九十百千万点至到])", "", bare)
    return one_of if len(bare) <= 4 or re.match(r"[^\W\d]{1,2}\s*[(（]", one_of) else bare  # 一份(5斤) is 份(5斤)


def _quantities(text: str) -> tuple[tuple[Quantity, ...], str]:
    """Return the quantities in a short text, and the text without them."""
    quantities = []
    spans = []
    for match in _quantity_pattern().finditer(text):
        count = read_number(match["count"]) if match["count"] else Decimal(1)
        if match["count"] and is_digit_by_digit(match["count"]):
            raise NoUnit(text, "range")  # 三五斤, 两三箱
        if count:
            quantities.append(Quantity(count=count, unit=match["unit"].lower().removesuffix("装")))
            spans.append(match.span())
    rest = text
    for start, end in reversed(spans):
        rest = rest[:start] + " " + rest[end:]
    return tuple(quantities), rest


def measure_in_heading(title: str) -> tuple[str, str]:
    """Split a heading over bare numbers into what it is and its measure: 重量(斤), 净重/kg and 净重斤数 name 斤 or kg; else it is empty."""
    text = re.sub(r"\s+", "", plain_heading(title))
    if text == "斤两":
        return text, ""
    if re.fullmatch(rf"{unit_pattern()}[/每]{unit_pattern()}", text):
        return "", text  # 斤/箱
    if weight := re.fullmatch(rf"(?P<unit>{unit_pattern()})[重数]", text):
        return ("", weight["unit"]) if _is_measure(weight["unit"]) else (text, "")  # 份重 is what one weighs
    match = re.fullmatch(rf"(?P<what>.*?)[(\[【/\-:]+(?:单位[:]?)?(?P<unit>{unit_pattern()})数?[)\]】]?", text) or re.fullmatch(
        r"(?P<what>.*?)(?P<unit>(?:市斤|公斤|斤|克|kg|g|千克|两))数?", text
    )
    if not match or match["unit"].endswith("装"):  # 规格/包装
        return text, ""
    if re.search(rf"[/]{re.escape(match['unit'])}$", text) and not _is_measure(match["unit"]):
        return text, ""  # 规格/份 is the contents of one
    if match["unit"] in _BOXES:
        return text, ""  # 10 under 规格(箱): ten boxes, or ten in a box?
    return re.sub(r"[装有共约净]*(?:多少|几)?$", "", match["what"]), match["unit"]


def _is_measure(unit: str) -> bool:
    return SaleUnit(unit, _quantities(unit)[0]).is_measure
