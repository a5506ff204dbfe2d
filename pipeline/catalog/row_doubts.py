"""What a row says where no heading explains it, and what that may change: another price, end, pack, or that it is not offered."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from pipeline.catalog.answer_columns import says_no
from pipeline.catalog.column_contents import UnknownColumns, is_none_left, is_zero
from pipeline.catalog.headings import Headings
from pipeline.catalog.price_cells import read_price
from pipeline.catalog.remark_doubts import RowFacts, doubt_in_name, doubt_in_words
from pipeline.catalog.sale_units import SaleUnit, unit_or_none
from pipeline.catalog.spreadsheet import Row
from pipeline.catalog.validity import validity_within
from pipeline.catalog.vocabulary import cell_key, cell_words
from pipeline.chinese import NUMBER
from pipeline.documents.message import M, Message

_OTHER_FIELDS = ("discount", "state", "mode", "region", "after_sales")
"""Fields whose cells are words, in which something may be said of the price."""
_WEIGHT = re.compile(rf"{NUMBER}\s*(?:市斤|公斤|千克|斤|克|kg|g|两|毫升|ml)(?![a-z])", re.I)
_CLOCK = re.compile(
    r"(?:每[天日]|当[天日]|前一?[天日]|提前一天|次日|每?(?:周|星期)[一二三四五六日天]|早上?|上午|中午|下午|傍晚|晚上?|夜里|[,，])*"
    r"(?:[\d一二三四五六七八九十]{1,3}(?:[:：点时]半?\d{0,2}分?)?(?::\d\d)?(?:am|pm)?)(?:前|之前|以前|止|截止|截单)?",
    re.I,
)
"""An hour of the day until which orders are taken; a day or a word for one may be the end of the price."""
_SHORT = 12
"""Characters of a cell that is a weight and no sentence with one. Beside a price that says nothing of what it is for, it may be that."""


def unexplained(
    row: Row,
    headings: Headings,
    unknown: UnknownColumns,
    amounts: Iterable[Decimal],
    units: Iterable[SaleUnit | None],
    ends: datetime | None,
    now: datetime,
) -> Message | None:
    """Return what must be asked of a row whose prices are read, because of cells that no heading explains; None when there is nothing.

    amounts: every amount that is known of the row. units: what its prices buy. ends: its end, where it has one.
    """
    known, units = set(amounts), list(units)
    bases = [unit.base for unit in units if unit]
    facts = RowFacts(known, [unit for unit in units if unit], ends, now)
    for column, text in _filled(row, unknown):
        title = _title(headings, column)
        if column in unknown.prices and (other := _price(text)) is not None and other not in known:
            return M(
                "“{column}” says {value}: is that a price, and whose? Call it 售价, 原价, 会员价 or what it is.", column=title, value=text
            )
        if column in unknown.ends and cell_key(text) not in cell_words("endless") and (ends is None or _ends(text, now) != ends):
            return M(
                "“{column}” says {value}: does the price end then? Call it 截止日期, 采摘日期 or what it is.", column=title, value=text
            )
        if column in unknown.packs and None in units and _base(text) is None:
            return M("“{column}” says {value}: does the price buy that? Call it 规格, 单果重 or what it is.", column=title, value=text)
        if column in unknown.packs and (base := _base(text)) and base not in bases and not any(base & other for other in bases):
            return M("“{column}” says {value}: does the price buy that? Call it 规格, 单果重 or what it is.", column=title, value=text)
        if None in units and len(text) <= _SHORT and _WEIGHT.search(text):
            return M("“{column}” says {value}: does the price buy that? Call it 规格, 单果重 or what it is.", column=title, value=text)
        if column in unknown.numbers and None in units:
            return M(
                "“{column}” says {value}: is that how much the price buys? Call it 规格 with its unit, or what it is.",
                column=title,
                value=text,
            )
        if column in unknown.stocks and (is_none_left(text) or is_zero(text)):
            return M("“{column}” says “{value}”: is it offered now?", column=title, value=text)
        if column in unknown.answers and says_no(text):
            return M("“{column}” says “{value}”: is it offered now?", column=title, value=text)
        if column not in unknown.prices and (question := doubt_in_words(text, title, facts)):
            return question
    for column in headings.fields.get("order_cutoff", ()):
        text = row.cells[column] if column < len(row.cells) else ""
        if text and not _CLOCK.fullmatch(re.sub(r"\s+", "", text)):
            return M(
                "“{column}” says {value}: does the price end then? Call it 截止日期, 采摘日期 or what it is.",
                column=_title(headings, column),
                value=text,
            )
    for column in (column for name in _OTHER_FIELDS for column in headings.fields.get(name, ())):
        text = row.cells[column] if column < len(row.cells) else ""
        if text and (question := doubt_in_words(text, _title(headings, column), facts)):
            return question
    names = headings.fields["name"]
    return doubt_in_name(row.cells[names[0]], _title(headings, names[0]), facts) if names[0] < len(row.cells) else None


def _filled(row: Row, unknown: UnknownColumns) -> Iterator[tuple[int, str]]:
    for column in sorted(unknown.remarks):
        if column < len(row.cells) and row.cells[column]:
            yield column, row.cells[column]


def _title(headings: Headings, column: int) -> str:
    """Return a column's heading; of one without its letter in the spreadsheet."""
    title = headings.titles[column] if column < len(headings.titles) else ""
    return title or (chr(ord("A") + column) if column < 26 else str(column + 1))


def _price(text: str) -> Decimal | None:
    try:
        return read_price(text).amount
    except ValueError:
        return None


def _ends(text: str, now: datetime) -> datetime | None:
    try:
        return validity_within(text, now).ends
    except (ValueError, OverflowError):
        return None


def _base(text: str) -> frozenset[tuple[str, Decimal]] | None:
    unit = unit_or_none(text)
    return unit.base if unit else None
