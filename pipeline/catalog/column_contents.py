"""What a column's cells say where its heading is not enough: names, packs, prices, links; and what an unknown heading may hide."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal

from pipeline.catalog.answer_columns import (
    asks_something_else,
    filled_cell,
    filled_cells,
    is_answer,
    is_tick,
    says_who_joins,
    ticked_columns,
)
from pipeline.catalog.availability import answered_headings
from pipeline.catalog.headings import Headings, is_harmless, is_never
from pipeline.catalog.price_cells import read_price
from pipeline.catalog.price_headings import UNKNOWN, PriceHeading, kind_without_price_word
from pipeline.catalog.row_prices import OFFERED
from pipeline.catalog.sale_units import SaleUnit, is_one_unit, measure_in_heading, unit_or_none
from pipeline.catalog.spreadsheet import Row, normalize_text
from pipeline.catalog.validity import validity_within
from pipeline.catalog.vocabulary import cell_key, cell_words, heading_key, plain_heading

_MOST = 0.7
"""Of the filled cells of a column that must be of one kind: the rest may be empty words."""
_FEW = 0.3
"""Of the cells of a price column that must hold a number: a name may have one, and a remark under the table."""
_DIFFERENT = 0.4
"""Of the names of a column that must differ: a product may stand there with two packs."""
_FARTHEST = Decimal(5)
"""Times a row's price that another price of the same goods may be: purchase prices, members' and old ones lie between a half and two."""
_FARTHEST_OF_EACH = Decimal(50)
"""The same where the row's price is for one jin, and the other may be a whole box's."""
_DAY_SHAPE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
"""What may be a day, also one that cannot be read: 31/12/2026."""
_LONGEST_DAY = 24
_ANY_DAYS = (datetime(2026, 6, 30, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC))
"""Whether a cell holds a day does not depend on the day on which it is read: one of these is near any day of the year."""
_MAY_BE_A_PACK = re.compile(
    r"[装包重含容量斤份箱盒袋件克规格多几净一每大小分内里]|size|pack|weight|content|net|qty|quantity|how much", re.I
)
_NOT_A_PACK = re.compile(r"[赠送起试批收赔损剩余存昨上毛皮耗产采备限低样订颗果株粒均最]|最少|另加|加送|卖出|售出|已[卖售]")
"""Letters of a heading over weights that may be something else than what the price buys: 试吃量, 起批, 赠品, 剩下."""
_NAMED_PACK = re.compile(r"[^()\d]{1,4}(?:装|份|盒|箱|袋|包)\((?P<pack>[^()]+)\)")
_IN_PROPORTION, _NO_COUNT = Decimal(2), Decimal(10)
_SHORT_ANSWER = 2
_MONEY = re.compile(r"[价钱元¥卖费款]|price|rmb|cost|pay", re.I)


@dataclass(frozen=True)
class UnknownColumns:
    """Columns whose headings are not known, by what their cells may mean for an offer; a column of none of these says nothing of it."""

    prices: frozenset[int] = field(default_factory=frozenset)
    ends: frozenset[int] = field(default_factory=frozenset)
    packs: frozenset[int] = field(default_factory=frozenset)
    answers: frozenset[int] = field(default_factory=frozenset)
    numbers: frozenset[int] = field(default_factory=frozenset)
    stocks: frozenset[int] = field(default_factory=frozenset)
    remarks: frozenset[int] = field(default_factory=frozenset)
    ticked: frozenset[int] = field(default_factory=frozenset)
    joins: frozenset[int] = field(default_factory=frozenset)


def completed(headings: Headings, rows: list[Row]) -> Headings:
    """Return headings with the columns of names and prices that no heading names, so that what is unknown is asked about by its name."""
    below = [row for row in rows if row.line > headings.line and not row.is_blank]
    words = {column for column in headings.prices if _holds_words(column, below)}
    headings = replace(headings, prices={c: price for c, price in headings.prices.items() if c not in words})
    headings = _with_name(_with_prices(headings, below), rows)
    return replace(headings, prices=_without_counts(headings, below))


def _without_counts(headings: Headings, below: list[Row]) -> dict[int, PriceHeading]:
    """Return the prices, of which those that may be counts of orders are unknown: 3 and 1 under 小份（2斤） and 大份（8斤）."""
    packs = {column for column, price in headings.prices.items() if price.unit and not _MONEY.search(headings.titles[column])}
    cells = [cell for column in packs for cell in filled_cells(below, column)]
    if packs != set(headings.prices) or not _mostly(lambda cell: cell.isdigit() and int(cell) < _NO_COUNT, cells):
        return headings.prices
    return {column: replace(price, kind=UNKNOWN) for column, price in headings.prices.items()}


def _holds_words(column: int, below: list[Row]) -> bool:
    """Whether a column that is called like prices has none: names under 今日供应."""
    cells = filled_cells(below, column)
    names = len(set(cells)) > len(cells) / 2 and not _mostly(_has_number, cells, least=_FEW)
    return len(cells) > 1 and (names or all(map(is_tick, cells)))


def _with_prices(headings: Headings, below: list[Row]) -> Headings:
    """Add the prices under headings like 门市, and those under unknown ones where there are no others; of these a person is asked."""
    if headings.prices or headings.hidden:
        return headings
    found: dict[int, PriceHeading] = {}
    hidden = _hidden(below)
    for column, title in enumerate(headings.titles):
        if title and column not in headings.known_columns and not is_never(title) and not is_harmless(title) and are_prices(column, below):
            cells = filled_cells(below, column)
            if len(cells) >= len(below) / 2 and not _count_lines(cells):
                found[column] = kind_without_price_word(title) or PriceHeading(UNKNOWN)
    found |= _prices_of_named_packs(headings, found, below)
    shown = {column: heading for column, heading in found.items() if column not in hidden}
    return replace(headings, prices=shown, hidden=tuple(column for column in found if column in hidden))


def _prices_of_named_packs(headings: Headings, found: dict[int, PriceHeading], below: list[Row]) -> dict[int, PriceHeading]:
    """Return the prices under headings that are packs with a name, 尝鲜装（5斤） and 家庭装（10斤）, where they cannot be counts of orders:
    the amounts are in proportion to the packs."""
    packs: dict[int, SaleUnit] = {}
    for column in found:
        named = _NAMED_PACK.fullmatch(plain_heading(headings.titles[column]))
        unit = unit_or_none(named["pack"]) if named else None
        if unit is not None and unit.is_measure and not unit.is_one:
            packs[column] = unit
    if len(packs) < 2 or len(packs) < len(found):
        return {}
    for row in below:
        each = [
            amount / next(iter(unit.base))[1] for column, unit in packs.items() if (amount := _amount(filled_cell(row, column))) is not None
        ]
        if each and max(each) > _IN_PROPORTION * min(each):
            return {}
    cells = [filled_cell(row, column) for row in below for column in packs]
    if not any("." in cell for cell in cells) and not _mostly(lambda cell: (_amount(cell) or 0) >= _NO_COUNT, cells):
        return {}
    return {column: PriceHeading("selling", unit.text) for column, unit in packs.items()}


def _with_name(headings: Headings, rows: list[Row]) -> Headings:
    """Add the column of names where no heading says which it is: the first of different words, with nothing but numbers before it.

    A variety (品种) is a name only where no column beside it is one.
    """
    if not headings.prices:
        return headings
    if "name" in headings.fields:
        if any(heading_key(headings.titles[column]) != "品种" for column in headings.fields["name"]):
            return headings
        without = replace(headings, fields={name: columns for name, columns in headings.fields.items() if name != "name"})
        found = _with_name(without, rows)
        named = [headings.titles[column] for column in found.fields.get("name", ())]
        return found if named and re.search(r"[品货名物]", named[0]) and heading_key(named[0]) != "品种" else headings
    below = [row for row in rows if row.line > headings.line and any(filled_cell(row, column) for column in headings.prices)]
    for column, title in enumerate(headings.titles):
        if column in headings.known_columns or not title or is_never(title) or is_harmless(title):
            continue
        cells = filled_cells(below, column)
        if cells and len(cells) >= _MOST * len(below) and all(map(_is_name, cells)) and len(set(cells)) >= _DIFFERENT * len(cells):
            return replace(headings, fields={**headings.fields, "name": (column,)})
    return headings


def with_columns_by_content(headings: Headings, rows: list[Row]) -> Headings:
    """Add columns whose heading is not enough but whose cells are: prices under 秒杀, packs or links where no column has any.

    Ignoring them would show a price without what it buys, or the dearer of two. A heading like a pack's price (一件装) over packs is a
    pack's.
    """
    below = [row for row in rows if row.line > headings.line]
    headings = _with_packs_under_prices(headings, below)
    fields, prices, hidden = dict(headings.fields), dict(headings.prices), dict.fromkeys(headings.hidden, PriceHeading(UNKNOWN))
    quantity = fields.get("quantity", ())
    if "pack" not in fields and len(quantity) == 1 and are_packs(quantity[0], below):
        fields["pack"] = fields.pop("quantity")
    if "unit" not in fields and len(fields.get("pack", ())) == 2:
        ones = [column for column in fields["pack"] if _are_ones((column,), below)]
        if len(ones) == 1:
            fields["unit"], fields["pack"] = tuple(ones), tuple(c for c in fields["pack"] if c not in ones)
    measured = {"pack"} if "unit" in fields else {"pack", "unit"}
    for column, title in enumerate(headings.titles):
        if not title or column in headings.known_columns or is_never(title) or is_harmless(title):
            continue
        cells = filled_cells(below, column)
        if not measured & fields.keys() and _mostly(_is_pack, cells) and _may_be_a_pack(title):
            fields["pack"] = (column,)
        elif "unit" not in fields and "pack" in fields and _mostly(_is_pack, cells) and _are_ones(fields["pack"], below):
            fields["unit"], fields["pack"] = fields["pack"], (column,)
        elif (
            (price := kind_without_price_word(title))
            and _mostly(_is_price, cells)
            and not all(map(is_tick, cells))
            and _are_prices(column, below, prices, price)
        ):
            (hidden if column in _hidden(below) else prices).update({column: price})
        elif "link" not in fields and not headings.links and any("https://" in cell for cell in cells):
            fields["link"] = (column,)
    return replace(headings, fields=fields, prices=prices, hidden=tuple(hidden))


def _may_be_a_pack(title: str) -> bool:
    """Whether an unknown heading over packs may say that the price buys them; a gift, a sample or a yield may not."""
    return bool(_MAY_BE_A_PACK.search(heading_key(title))) and not _NOT_A_PACK.search(heading_key(title))


def unknown_columns(headings: Headings, rows: list[Row]) -> UnknownColumns:
    """Sort the columns that no heading explains by what their cells may mean for an offer."""
    below = [row for row in rows if row.line > headings.line and any(filled_cell(row, column) for column in headings.prices)]
    found: dict[str, set[int]] = {
        "prices": set(),
        "ends": set(),
        "packs": set(),
        "answers": set(),
        "stocks": set(),
        "numbers": set(),
        "remarks": set(),
        "ticked": ticked_columns(headings, below),
        "joins": {column for column in headings.fields.get("discount", ()) if says_who_joins(column, headings, below)},
    }
    for column in range(max((len(row.cells) for row in (*below, Row(0, headings.titles))), default=0)):
        title = headings.titles[column] if column < len(headings.titles) else ""
        if column in headings.known_columns or column in headings.elsewhere:
            continue
        cells = filled_cells(below, column)
        found["remarks"].add(column)
        if is_harmless(title) and measure_in_heading(title)[1] and _mostly(_is_number, cells):
            found["numbers"].add(column)  # 发货斤数
        if is_never(title) or is_harmless(title) or len(cells) < len(below) / 2 or column in found["ticked"]:
            continue
        if _count_lines(cells):
            continue
        if says_who_joins(column, headings, below):
            found["joins"].add(column)
            continue
        if asks_something_else(title) and all(len(cell) <= _SHORT_ANSWER for cell in cells):
            continue
        if sum(map(_is_count, cells)) >= len(cells) / 2:
            found["stocks"].add(column)
        if (
            _mostly(_is_price, cells)
            and not _is_constant(column, below, headings.prices)
            and (_are_prices(column, below, headings.prices) or _MONEY.search(normalize_text(title)))
        ):
            found["prices"].add(column)
        elif sum(map(_is_day, cells)) >= len(cells) / 2:
            found["ends"].add(column)
        elif _mostly(_is_bare_pack, cells):
            found["packs"].add(column)
        elif _mostly(_is_number, cells):
            found["numbers"].add(column)
        elif heading_key(title) not in answered_headings() and all(map(is_answer, cells)) and len(cells) >= _MOST * len(below):
            found["answers"].add(column)
    return UnknownColumns(**{kind: frozenset(columns) for kind, columns in found.items()})


def are_packs(column: int, rows: list[Row]) -> bool:
    """Whether a column holds packs: 10斤, 2瓶装."""
    return _mostly(_is_pack, filled_cells(rows, column))


def are_prices(column: int, rows: list[Row]) -> bool:
    """Whether a column holds exact prices, or numbers that may be."""
    return _mostly(_is_price, filled_cells(rows, column))


def _with_packs_under_prices(headings: Headings, below: list[Row]) -> Headings:
    fields, prices = dict(headings.fields), dict(headings.prices)
    for column, price in headings.prices.items():
        cells = filled_cells(below, column)
        if price.unit and len(prices) > 1 and "pack" not in fields and _mostly(_is_pack, cells) and not any(map(_is_price, cells)):
            fields["pack"] = (column,)
            del prices[column]
    return replace(headings, fields=fields, prices=prices)


def _mostly(fits: Callable[[str], bool], cells: list[str], least: float = _MOST) -> bool:
    return bool(cells) and sum(map(fits, cells)) >= least * len(cells)


def _has_number(cell: str) -> bool:
    return bool(re.search(r"[\d一二三四五六七八九十百]", cell))


def _hidden(rows: list[Row]) -> frozenset[int]:
    return rows[0].hidden_columns if rows else frozenset()


def _are_prices(column: int, rows: list[Row], prices: dict[int, PriceHeading], own: PriceHeading | None = None) -> bool:
    """Whether a column's numbers lie as near to the rows' prices as another price of the same goods does; counts of sales do not.

    own: what its heading says, where it is known: the price of one jin may lie far below a box's.
    """
    known = next((other for other, heading in prices.items() if heading.kind in OFFERED), None)
    if known is None:
        return True
    of_each = any(price and (price.kind == "each" or price.unit) for price in (prices[known], own)) or _are_cents(column, rows)
    farthest = _FARTHEST_OF_EACH if of_each else _FARTHEST
    numbers = [(_amount(filled_cell(row, column)), _amount(filled_cell(row, known))) for row in rows if filled_cell(row, column)]
    pairs = [(one, other) for one, other in numbers if one is not None and other]
    return sum(other / farthest <= one <= other * farthest for one, other in pairs) >= _MOST * len(pairs)


def _are_cents(column: int, rows: list[Row]) -> bool:
    """Whether most of a column's numbers have decimals, as money has and counts have not."""
    return _mostly(lambda cell: bool(re.fullmatch(r"[¥￥]?\d+\.\d{1,2}", cell)), filled_cells(rows, column))


def _amount(cell: str) -> Decimal | None:
    if re.fullmatch(r"[0.]+", cell):
        return Decimal(0)
    try:
        return read_price(cell).amount
    except ValueError:
        return None


def _count_lines(cells: list[str]) -> bool:
    """Whether a column only counts its lines: 1, 2, 3."""
    numbers = [int(cell) for cell in cells if cell.isdigit()]
    return len(numbers) == len(cells) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _is_count(cell: str) -> bool:
    """Whether a cell counts what there is: 90, 1,200箱, 充足."""
    return bool(re.fullmatch(r"\d[\d,]+[^\d%]{0,3}", cell)) or cell_key(cell) in cell_words("in_stock")


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"\d+(?:\.\d+)?", cell))


def _is_price(cell: str) -> bool:
    return bool(_amount(cell))


def _is_pack(cell: str) -> bool:
    unit = unit_or_none(cell)
    return unit is not None and not unit.is_one


def _is_bare_pack(cell: str) -> bool:
    """Whether a cell is a pack and little else, and no sentence with one: 满2件送礼袋, 冷藏可放10天."""
    return (
        _is_pack(cell)
        and bool(re.match(r"\D{0,3}[\d一二两三四五六七八九十半]", cell))
        and not re.search(r"[满送限第放约]|每[天日]|[不少]少?[于低]|来[个枚颗只]", cell)
    )


def _is_constant(column: int, rows: list[Row], prices: dict[int, PriceHeading]) -> bool:
    """Whether a column says the same for goods with different prices, as no other price of them does: 90 in stock of each."""
    said = set(filled_cells(rows, column))
    known = {filled_cell(row, other) for row in rows if filled_cell(row, column) for other in list(prices)[:1]}
    return len(said) == 1 and len(known) > 2


def _are_ones(columns: tuple[int, ...], rows: list[Row]) -> bool:
    """Whether columns that are called like packs name one of a unit alone: 箱, 袋, 斤."""
    return _mostly(is_one_unit, [cell for column in columns for cell in filled_cells(rows, column)])


def _is_day(cell: str) -> bool:
    return len(cell) <= _LONGEST_DAY and (bool(_DAY_SHAPE.fullmatch(cell)) or any(_is_day_near(cell, day) for day in _ANY_DAYS))


def _is_day_near(cell: str, day: datetime) -> bool:
    try:
        return validity_within(cell, day) is not None
    except (ValueError, OverflowError):
        return False


def is_none_left(cell: str) -> bool:
    """Whether a cell among counts is a word that is not known to mean that there is some: 清了, 光了, 明年见."""
    return len(cell) <= 8 and not re.search(r"\d", cell) and cell_key(cell) not in cell_words("in_stock")


def is_zero(cell: str) -> bool:
    """Whether a cell among counts counts nothing: 0, 0件."""
    return bool(re.fullmatch(r"-?0+(?:\.0+)?\D{0,3}", cell))


def _is_name(cell: str) -> bool:
    """Whether a cell may name goods: words, and neither a price, a pack, a day nor a link."""
    if len(cell) > 30 or not re.search(r"[^\W\d_]{2}", cell) or re.search(r"https?://|[¥￥]", cell):
        return False
    return not (_is_price(cell) or _is_day(cell) or _is_pack(cell))
