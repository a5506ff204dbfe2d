"""What a row says where no heading explains it, and what that may change: another price, end, pack, or that it is not offered."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from pipeline.catalog.column_contents import UnknownColumns, is_none_left, says_no
from pipeline.catalog.headings import Headings
from pipeline.catalog.price_cells import read_price
from pipeline.catalog.sale_units import NoUnit, SaleUnit, read_unit
from pipeline.catalog.spreadsheet import Row, normalize_text
from pipeline.catalog.validity import validity_within
from pipeline.catalog.vocabulary import cell_key, cell_says, cell_words
from pipeline.chinese import PRICE_ROLES, stated_amounts
from pipeline.documents.message import M, Message

_NEW_PRICE = re.compile(
    r"(?:改成?为?|涨[到至价]?|降[到至价]?|实际[卖是]?|应该?[是为]?|按|以|卖|调[到至整]?为?|[变现]价?是?)\D{0,3}?(?P<amount>\d+(?:\.\d+)?)"
    r"(?!\s*[\d.]|\s*(?:天|日|月|号|点|小时|[%％]|[斤kg克个枚瓶袋盒箱份件折度年人次]))"
)
_FOR_SOME = re.compile(
    r"(?:只给|仅给|仅限|只限|专供|仅供|只对|限)[^，。,;；]{0,3}(?:老|会员|社员|粉丝|内部|员工|批发|团|新客|新人|vip|本村|亲友)"
)
_SOME = re.compile(
    r"(?:仅|限|仅限)?(?:会员|社员|老客户?|熟客|批发商?|经销商?|代理商?|员工|内部|粉丝|vip|团购客户|团购|团长|企业客户|大客户)(?:专享|可用|价)?"
)
_MAY_BE_OUT = re.compile(
    r"(?<![不未没别])(?:抢完|卖完|售完|售罄|断货|缺货|没货|无货|没有货|下架|停售|卖光|抢光|没有?了|不[做卖供种养接]了?|停[售供产卖]|撤下|作废|取消|暂停|下线|明年再)(?!为止|即止|截止|就|自动|包|后|前|时|赔|再)"
)
_CONDITION = re.compile(r"满|第[二三23]|运费|邮费|快递|补|赔|退|押金|定金|送|返|券|箱以上|件以上|斤以上|另收|加\s*\d")


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
        if column in unknown.packs and (base := _base(text)) and base not in bases and not any(base & other for other in bases):
            return M("“{column}” says {value}: does the price buy that? Call it 规格, 单果重 or what it is.", column=title, value=text)
        if column in unknown.numbers and None in units:
            return M(
                "“{column}” says {value}: is that how much the price buys? Call it 规格 with its unit, or what it is.",
                column=title,
                value=text,
            )
        if column in unknown.stocks and is_none_left(text):
            return M("“{column}” says “{value}”: is it offered now?", column=title, value=text)
        if column in unknown.answers and says_no(text):
            return M("“{column}” says “{value}”: is it offered now?", column=title, value=text)
        if column not in unknown.prices and (question := _remark(text, title, known)):
            return question
    return None


def _filled(row: Row, unknown: UnknownColumns) -> Iterator[tuple[int, str]]:
    for column in sorted(unknown.remarks):
        if column < len(row.cells) and row.cells[column]:
            yield column, row.cells[column]


def _title(headings: Headings, column: int) -> str:
    """Return a column's heading; of one without its letter in the spreadsheet."""
    title = headings.titles[column] if column < len(headings.titles) else ""
    return title or (chr(ord("A") + column) if column < 26 else str(column + 1))


def _remark(text: str, title: str, known: set[Decimal]) -> Message | None:
    """Return what is to be asked about words beside the prices: another price, one for some buyers, or nothing left."""
    plain = normalize_text(text)
    if _FOR_SOME.search(plain) or _SOME.fullmatch(plain):
        return M("“{column}” says “{value}”: is the price everybody's?", column=title, value=text)
    if (other := _other_price(plain)) is not None and other not in known:
        return M("“{column}” says “{value}”: which price holds?", column=title, value=text)
    if _MAY_BE_OUT.search(plain) and not cell_says(text, "sold_out") and not cell_says(text, "taken_down"):
        return M("“{column}” says “{value}”: is it offered now?", column=title, value=text)
    return None


def _other_price(text: str) -> Decimal | None:
    if _CONDITION.search(text):
        return None
    if match := _NEW_PRICE.search(text):
        return Decimal(match["amount"])
    stated = [amount for amount in stated_amounts(text) if amount.role in PRICE_ROLES and amount.worded and not amount.conditional]
    return stated[0].amount if stated else None


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
    try:
        return read_unit(text).base
    except NoUnit:
        return None
