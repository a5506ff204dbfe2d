"""The prices of one row: which column's holds, for what, and what is asked where two may be meant; never the first wins."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from pipeline.catalog.price_cells import CENT, CellPrice
from pipeline.catalog.sale_units import SaleUnit
from pipeline.documents.message import M, Message

CONDITIONAL = ("coupon", "live", "group", "channel")
"""Prices that hold on a condition: one of them alone is the price, beside another a person is asked."""
OFFERED = ("selling", "usual", "now", "deal", "total", "each", "unknown", *CONDITIONAL)
"""Kinds of prices that may be what a buyer pays."""
_SUGGESTED = re.compile(r"建议|指导|官方|市场|原")
"""Usual prices that nobody need pay where the shop has its own."""
LEAST_PER_JIN, LEAST_UNIT_PRICE_PER_JIN = Decimal("0.5"), Decimal("1.5")
"""Yuan for half a kilo. Under the first no farmer sells to households (potatoes in the field cost 0.5 to 1); a 单价 under the second is
rather the price of one jin than of the whole pack: 2.99 beside 10斤."""
_OF_ANYTHING = ("件", "份", "单", "组", "套")
"""Units that do not say what is in them."""
_JIN_IN_GRAMS = 500
_ROUGHLY = Decimal("0.055")
"""Yuan by which an average may be off that was rounded to a tenth."""
MOST_BULK_DISCOUNT = Decimal("0.3")
"""Of the price of single units: a box is cheaper than its jin one by one, by 5 to 20 % in the sheets seen."""


class PriceQuestion(Exception):
    """Two columns may be meant; `message` names both."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True)
class PricedCell:
    """A readable price of a row: its column's title and kind, and what it buys, where the cell or the heading says so."""

    title: str
    kind: str
    price: CellPrice
    unit: SaleUnit | None

    @property
    def amount(self) -> Decimal:
        """The amount of the price."""
        return self.price.amount


@dataclass(frozen=True)
class RowUnits:
    """What a row's unit and pack columns say.

    pack: what the price of a whole buys. one: what a price of each buys. count: how many of `one` are in `pack`, or None. doubt: asked
    when the price may be for either. sold: how many are sold together, where a column counts them.
    """

    pack: SaleUnit | None = None
    one: SaleUnit | None = None
    doubt: Message | None = None
    sold: Decimal | None = None


@dataclass(frozen=True)
class RowPrice:
    """A price that holds, with what it buys and the price before."""

    price: CellPrice
    unit: SaleUnit | None
    list_price: Decimal | None = None


def row_prices(cells: list[PricedCell], units: RowUnits) -> tuple[list[RowPrice], list[Message]]:
    """Return the prices of a row, one for each pack, and what was left out without a question.

    cells: the row's readable prices. Raises PriceQuestion when two columns may be meant.
    """
    offered = [cell for cell in cells if cell.kind in OFFERED]
    if not offered:
        raise PriceQuestion(_none_for_everybody(cells))
    pack = units.pack
    _require_average([cell for cell in cells if cell.kind == "average"], offered, pack)
    offered, units = _without_each(_without_orders_sum(offered, units), units)
    groups = _by_unit(offered, units)
    prices, notes = [], []
    for unit, group in groups:
        if units.doubt and not any(cell.unit for cell in group):
            raise PriceQuestion(units.doubt)
        cell, before = _one_price(group)
        sold = cell.unit or unit
        if cell.kind == "each" or len(groups) == 1:
            _require_plausible(cell, sold)
        old, note = _list_price(cell, sold, before, [c for c in cells if c.kind == "list"], pack, alone=len(groups) == 1)
        notes += note
        prices.append(RowPrice(cell.price, sold, old))
        _require_more_for_more(cell, sold, groups, units)
        if units.pack is None:
            _require_contents(cell, sold)
    return prices, notes


def _require_average(averages: list[PricedCell], offered: list[PricedCell], pack: SaleUnit | None) -> None:
    """Hold what a measure is said to cost on average against the price of the whole. Raises PriceQuestion where they differ."""
    for average in averages:
        for cell in offered:
            whole = cell.unit or pack
            count = whole.times(average.unit) if average.unit and whole else None
            if count is not None and count > 1 and abs(average.amount * count - cell.amount) > _ROUGHLY * count:
                raise PriceQuestion(_disagreement(average, cell, count))


def _require_more_for_more(
    cell: PricedCell, unit: SaleUnit | None, groups: list[tuple[SaleUnit | None, list[PricedCell]]], units: RowUnits
) -> None:
    """Ask about several of a container that cost no more than one: 2份价 49 beside 价格 98. Raises PriceQuestion."""
    several = unit is not None and not unit.is_measure and all(quantity.count > 1 for quantity in unit.quantities)
    if not several or unit is None or units.pack is None or unit.base == units.pack.base:
        return
    for _, group in groups:
        for other in group:
            is_of_one = other.unit is None or other.unit.is_one or other.unit.base == units.pack.base
            if is_of_one and other.amount >= cell.amount and other is not cell:
                raise PriceQuestion(_two_prices(other, cell))


def _require_contents(cell: PricedCell, unit: SaleUnit | None) -> None:
    """Ask what is in several of something, where nothing says what one is: 两件59.7. Raises PriceQuestion."""
    if unit and all(quantity.unit in _OF_ANYTHING and quantity.count > 1 for quantity in unit.quantities):
        raise PriceQuestion(
            M(
                "“{value}” in “{column}” is no unit: what does the buyer get for the price? Write it like 10斤.",
                value=unit.text,
                column=cell.title,
            )
        )


def _none_for_everybody(cells: list[PricedCell]) -> Message:
    kinds = {cell.kind for cell in cells}
    titles = "、".join(f"“{cell.title}”" for cell in cells)
    if "member" in kinds:
        return M("{columns}: the members' price is not everybody's. Which price does everybody pay? Add a column 售价.", columns=titles)
    if kinds & {"purchase", "wholesale"}:
        return M(
            "{columns}: what the co-op pays or asks of dealers is never shown. Add the price for buyers in a column 售价.", columns=titles
        )
    return M("{columns}: this is not the price that a buyer pays now. Add that price in a column 售价.", columns=titles)


def _without_each(offered: list[PricedCell], units: RowUnits) -> tuple[list[PricedCell], RowUnits]:
    """Hold prices of one unit against those of the pack, and leave them out where the two agree.

    Unit price times pack is the total; where it is not, or cannot be told, a person is asked.
    """
    offered = _with_price_of_a_piece(offered)
    each = [cell for cell in offered if cell.kind == "each" or (cell.unit and cell.unit.is_one and cell.unit.is_measure)]
    whole = [cell for cell in offered if cell not in each]
    if not each or not whole:
        return (_largest_of_equals(each), _each_alone(each, units)) if each and not whole else (offered, units)
    kept = list(whole)
    for one in each:
        unit = one.unit or units.one
        for cell in whole:
            pack = cell.unit or units.pack
            count = pack.times(unit) if unit and pack else None
            if cell.kind == "total" and units.sold and one.amount * units.sold == cell.amount:
                return [one], units  # an order's line: one for this price, so many of them
            if count is not None and abs(one.amount * count - cell.amount) <= _rounding(count):
                continue
            if cell.amount == one.amount and one.unit is None:
                continue
            if one.kind != "each" and cell.kind != "total" and one.unit and cell.unit and _is_bulk_price(one, cell, count):
                kept.append(one)  # two offers, each with its own unit in its heading
                break
            raise PriceQuestion(_disagreement(one, cell, count))
    return list(dict.fromkeys(kept)), RowUnits(units.pack, units.one, None, units.sold)


def _without_orders_sum(offered: list[PricedCell], units: RowUnits) -> list[PricedCell]:
    """Leave out the sum of an order's line, 售价 20 beside 数量 3 and 金额 60: nobody buys that many for it at once."""
    prices = {cell.amount for cell in offered if cell.kind != "total"}
    return [cell for cell in offered if cell.kind != "total" or not units.sold or cell.amount / units.sold not in prices]


def _largest_of_equals(each: list[PricedCell]) -> list[PricedCell]:
    """Leave out the price of a part where the whole costs as much by weight: 38 for 斤 beside 76 for 公斤."""
    return [cell for cell in each if not any(_is_part(cell, other) for other in each)]


def _is_part(cell: PricedCell, other: PricedCell) -> bool:
    count = other.unit.times(cell.unit) if cell.unit and other.unit else None
    return count is not None and count > 1 and cell.amount * count == other.amount


def _with_price_of_a_piece(offered: list[PricedCell]) -> list[PricedCell]:
    """Take a 单价 that is not below a price now for the usual price of the whole: 单价 39.9 beside 秒杀价 29.9."""
    now = [cell.amount for cell in offered if cell.kind in ("deal", "now", *CONDITIONAL) and cell.unit is None]
    now += [cell.amount for cell in offered if cell.unit and cell.unit.is_one and cell.unit.is_measure]  # 一斤 9 beside 单价 45
    return [
        replace(cell, kind="selling") if cell.kind == "each" and cell.unit is None and now and cell.amount >= max(now) else cell
        for cell in offered
    ]


def _is_bulk_price(one: PricedCell, cell: PricedCell, count: Decimal | None) -> bool:
    """Whether a pack may be sold beside single units for its own price: not dearer, and not so cheap that one of the two is wrong."""
    return count is None or (1 - MOST_BULK_DISCOUNT) * one.amount * count <= cell.amount <= one.amount * count


def _each_alone(each: list[PricedCell], units: RowUnits) -> RowUnits:
    """A unit price with nothing beside it is for the unit's column, or for the pack where there is none."""
    if units.doubt and units.one and all(cell.kind == "each" for cell in each):
        return RowUnits(units.one, units.one, None, units.sold)
    return units


def _rounding(count: Decimal) -> Decimal:
    """The most that a unit price rounded to cents is off for the whole."""
    return CENT / 2 * count + CENT / 2


def _disagreement(one: PricedCell, cell: PricedCell, count: Decimal | None) -> Message:
    if count is None:
        return _two_prices(one, cell)
    return M(
        "“{column}” {one} times {count} is {product}, but “{other}” says {two}. Correct the one that does not hold.",
        column=one.title,
        one=str(one.amount),
        count=f"{count.normalize():f}",
        product=str((one.amount * count).quantize(CENT)),
        other=cell.title,
        two=str(cell.amount),
    )


def _two_prices(one: PricedCell, other: PricedCell) -> Message:
    return M(
        "“{column}” says {one} and “{other}” {two}. Which does a buyer pay? Leave that one, or call the other 原价, 会员价 or what it is.",
        column=one.title,
        one=str(one.amount),
        other=other.title,
        two=str(other.amount),
    )


def _by_unit(offered: Iterable[PricedCell], units: RowUnits) -> list[tuple[SaleUnit | None, list[PricedCell]]]:
    """Sort prices by what they buy; one without a unit is for the row's, or for the only unit that there is."""
    groups: list[tuple[SaleUnit | None, list[PricedCell]]] = []
    own = {cell.unit.base for cell in offered if cell.unit}
    for cell in sorted(offered, key=lambda cell: cell.unit is None):
        unit = cell.unit or units.pack
        if unit is None and len(own) == 1:
            unit = next(other.unit for other in offered if other.unit)
        group = next((members for known, members in groups if (known.base if known else None) == (unit.base if unit else None)), None)
        if group is None:
            groups.append((unit, [cell]))
        else:
            group.append(cell)
    return groups


def _one_price(group: list[PricedCell]) -> tuple[PricedCell, PricedCell | None]:
    """Return the price that holds among those of one unit, and the usual one that it replaces. Raises PriceQuestion."""
    deals = [cell for cell in group if cell.kind == "deal"]
    plain = [cell for cell in group if cell.kind in ("selling", "total", "each")]
    usual = [cell for cell in group if cell.kind == "usual"]
    others = [cell for cell in group if cell.kind not in ("deal", "usual", "selling", "total", "each")]
    _require_one(deals)
    _require_one(plain)
    _require_one(usual)
    _require_one([*others, *deals])
    if deals:
        before = (*plain, *usual)
        if before and before[0].amount < deals[0].amount:
            raise PriceQuestion(_two_prices(before[0], deals[0]))
        return deals[0], before[0] if before else None
    _require_one([*others, *plain])
    if any(cell.kind in CONDITIONAL for cell in others):
        _require_one([*others, *usual])
    holds = (*others, *plain)
    if plain and usual and not others and not _SUGGESTED.search(usual[0].title):
        _require_one([*usual, *plain])  # 标价 beside 价格: nothing says that the dearer one no longer holds
    if holds and usual and usual[0].amount < holds[0].amount:
        raise PriceQuestion(_two_prices(usual[0], holds[0]))
    return (holds[0], usual[0] if usual else None) if holds else (usual[0], None)


def _require_one(cells: list[PricedCell]) -> None:
    for cell in cells[1:]:
        if cell.amount != cells[0].amount:
            raise PriceQuestion(_two_prices(cells[0], cell))
    for cell in cells:
        if cell.kind == "unknown":
            raise PriceQuestion(
                M(
                    "“{column}” is not known: is it the price that everybody pays? Call it 售价, 原价, 会员价 or what it is.",
                    column=cell.title,
                )
            )


def _require_plausible(cell: PricedCell, unit: SaleUnit | None) -> None:
    """Ask about a price so low that it may be the price of one jin and not of the pack. Raises PriceQuestion."""
    grams = {amount for name, amount in (unit.base if unit else ()) if name == "g"}
    if len(grams) != 1 or cell.price.currency not in ("", "CNY") or cell.unit:
        return
    jin = grams.pop() / _JIN_IN_GRAMS
    least = LEAST_UNIT_PRICE_PER_JIN if cell.kind == "each" else LEAST_PER_JIN
    if jin > 1 and unit and cell.amount / jin < least:
        raise PriceQuestion(
            M(
                "“{column}” says {one}: is that for {unit}, or for one of it? Write it like 29.9元/10斤.",
                column=cell.title,
                one=str(cell.amount),
                unit=unit.text,
            )
        )


def _list_price(
    cell: PricedCell, unit: SaleUnit | None, usual: PricedCell | None, old: list[PricedCell], pack: SaleUnit | None, *, alone: bool
) -> tuple[Decimal | None, list[Message]]:
    """Return the price before, and what is to be said of it."""
    fitting = list(_of_same_unit(old, unit, pack, alone=alone)) or ([usual] if usual else [])
    amounts = {before.amount for before in fitting}
    if len(amounts) > 1:
        titles = "、".join(f"“{before.title}”" for before in fitting)
        return None, [M("{columns} name different old prices, so none is struck out.", columns=titles)]
    if amounts and (before := amounts.pop()) <= cell.amount:
        return None, [M("the old price {old} is not above the price {price}, so it is not shown.", old=str(before), price=str(cell.amount))]
    return fitting[0].amount if fitting else None, []


def _of_same_unit(old: list[PricedCell], unit: SaleUnit | None, pack: SaleUnit | None, *, alone: bool) -> Iterator[PricedCell]:
    """Yield the old prices of one unit; one that names none is for the row's pack, or for all that there is."""
    for before in old:
        own = before.unit or pack
        if (own is None and alone) or (own and unit and own.base == unit.base):
            yield before
