"""What a row's unit and pack columns say that a price buys."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.catalog.row_prices import PriceQuestion, RowUnits
from pipeline.catalog.sale_units import NoUnit, SaleUnit, read_unit
from pipeline.documents.message import M, Message


@dataclass(frozen=True)
class UnitCell:
    """A cell of a unit or pack column: its heading, its text, and the measure in the heading (重量(斤))."""

    title: str
    text: str
    measure: str = ""


def row_units(unit: UnitCell | None, pack: UnitCell | None) -> RowUnits:
    """Join what the two columns say: 箱 and 10斤 are 箱(10斤). Raises PriceQuestion when they contradict each other, or say no unit."""
    try:
        one = _read(unit, pack is not None) if unit else None
    except _NotAUnit as nothing:
        raise PriceQuestion(nothing.question) from None
    try:
        whole = _read(pack, False) if pack else None
    except _NotAUnit as nothing:
        if nothing.doubt == "words" and one:
            whole = None  # a grade or another word beside a unit
        elif nothing.doubt == "number" and one and unit and pack:
            return RowUnits(None, one, _one_or_all(unit, pack))
        else:
            raise PriceQuestion(nothing.question) from None
    return _joined(one, whole, unit, pack)


def _joined(one: SaleUnit | None, whole: SaleUnit | None, unit: UnitCell | None, pack: UnitCell | None) -> RowUnits:
    if one is None or whole is None or not unit or not pack:
        only = one or whole
        return RowUnits(only, _each_of(only) if only else None)
    if one.base == whole.base:
        return RowUnits(max(one, whole, key=lambda known: len(known.quantities)), _each_of(whole))
    if not one.is_one:
        if whole.is_one:
            return RowUnits(_in_brackets(whole, one), _each_of(one))
        raise PriceQuestion(two_units(unit, pack))
    held = whole.times(one)
    if held == 1 or (held is None and not one.is_measure):  # 箱 beside 10斤 or 10斤/箱
        return RowUnits(_in_brackets(one, whole), _each_of(whole))
    return RowUnits(_boxed(whole), one, _one_or_all(unit, pack))  # 斤 beside 10斤: the price of one, or of all?


def _boxed(whole: SaleUnit) -> SaleUnit:
    """Write a pack with its container first: 10斤/箱 is 箱(10斤)."""
    containers = [quantity for quantity in whole.quantities if quantity.count == 1]
    contents = [quantity for quantity in whole.quantities if quantity.count != 1]
    if len(containers) == 1 and len(contents) == 1:
        return SaleUnit(f"{containers[0].unit}({contents[0]})", whole.quantities)
    return whole


def _in_brackets(container: SaleUnit, contents: SaleUnit) -> SaleUnit:
    """Write what a container holds behind it, unless that says nothing more."""
    inside = tuple(quantity for quantity in contents.quantities if quantity.unit not in {each.unit for each in container.quantities})
    if not inside:
        return container
    text = contents.text if len(inside) == len(contents.quantities) else "×".join(str(quantity) for quantity in inside)
    return SaleUnit(f"{container.text}({text})", (*container.quantities, *inside))


def _each_of(whole: SaleUnit) -> SaleUnit | None:
    """What a price of each is for where no column says it: the one unit that a pack counts."""
    counted = [quantity for quantity in whole.quantities if quantity.count != 1] or list(whole.quantities)
    return read_unit(counted[0].unit) if len(counted) == 1 else None


class _NotAUnit(Exception):
    def __init__(self, doubt: str, question: Message) -> None:
        super().__init__(str(question))
        self.doubt, self.question = doubt, question


_QUESTIONS: dict[str, Callable[[UnitCell], Message]] = {
    "words": lambda cell: M(
        "“{value}” in “{column}” is no unit: what does the buyer get for the price? Write it like 10斤.", value=cell.text, column=cell.title
    ),
    "number": lambda cell: M("“{value}” in “{column}” is a bare number: of what? Write it like 10斤.", value=cell.text, column=cell.title),
    "range": lambda cell: M("“{value}” in “{column}” is a range: how much does the buyer get?", value=cell.text, column=cell.title),
    "several": lambda cell: M(
        "“{value}” in “{column}” names more than one pack: which does the price buy? Give each a line.", value=cell.text, column=cell.title
    ),
    "price": lambda cell: M(
        "“{value}” in “{column}” is not what one exact price buys. Write it like 10斤.", value=cell.text, column=cell.title
    ),
}


def _read(cell: UnitCell, pack_beside: bool) -> SaleUnit | None:
    text = f"{cell.text}{cell.measure}" if cell.measure and cell.text.replace(".", "", 1).isdigit() else cell.text
    if text in ("元", "块", "人民币", "rmb", "RMB", "元/人民币"):
        return None
    try:
        return read_unit(text)
    except NoUnit as nothing:
        if pack_beside and nothing.doubt == "words":
            return None
        raise _NotAUnit(nothing.doubt, _QUESTIONS[nothing.doubt](cell)) from None


def _one_or_all(unit: UnitCell, pack: UnitCell) -> Message:
    return M(
        "“{column}” says {one} and “{other}” {two}: is the price for {one}, or for {two}?",
        column=unit.title,
        one=unit.text,
        other=pack.title,
        two=pack.text,
    )


def two_units(unit: UnitCell, pack: UnitCell) -> Message:
    """Return the question that two cells with different units raise."""
    return M(
        "“{column}” says {one} and “{other}” {two}: which of them does the price buy?",
        column=unit.title,
        one=unit.text,
        other=pack.title,
        two=pack.text,
    )
