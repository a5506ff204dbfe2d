"""Sentences over and under a table that are about all its prices: what they are for, until when they hold, who pays them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipeline.catalog.sale_units import NoUnit, read_unit, unit_pattern
from pipeline.catalog.spreadsheet import Row, normalize_text
from pipeline.catalog.validity import Validity, validity_within
from pipeline.documents.message import M, Message

_MONEY = r"(?:元|块|¥|人民币|rmb)"
_UNIT_OF_ALL = (
    rf"(?:单位|计价|价格|报价|售价)\s*(?:单位|方式)?\s*[:为是]?\s*{_MONEY}\s*[/每]\s*(?P<unit>[^\s)\]】,;，；。]+)",
    r"(?:均|都|全部|一律|统一|以[上下]|本表)[^,，。]{0,4}?(?:为|是|按)?\s*每\s*(?P<unit>{unit})(?:的)?(?:价|单价|售价|计价|计算)",
    r"(?:均|都|全部|一律|统一|以[上下]|本表)[^,，。]{0,6}?按\s*(?P<unit>{unit})\s*(?:计价|计算|卖|算|售)",
)
_ABOUT_VALIDITY = re.compile(
    r"有效|截[止至]|到期|[执实]行[到至]|活动(?:时间|日期|期)|优惠(?:[到至期]|时间)|价[^,，。]{0,4}(?:[到至]|仅限|只限|限)|限时|限期|仅限|valid|until|expire",
    re.I,
)
_ABOUT_ELSE = re.compile(r"保质|成分|库存|发货|下单|接单|截单|接龙|快递|停发|发布|更新|提货|自提|退|长期|营业")
_COUNTED_TIME = re.compile(
    r"[\d一二三两四五六七几十]+\s*个?\s*(?:天|日|周|星期|小时|月)|当[天日]|[今明][天日]|本[周月]|这周|月底|周末|年底|节|day|week|month|today"
)
_NOT_FOR_BUYERS = r"(?:批发|供货|供应|进货|收购|采购|成本|代理|出厂|分销|会员|社员|内部|员工|老客户?)"
_FOR_OTHERS = re.compile(
    rf"(?:以[上下]|本表|此表|均|都|全部?)[^,，。;；]{{0,6}}{_NOT_FOR_BUYERS}价|{_NOT_FOR_BUYERS}(?:价格?|报价|价目)(?:表|单|明细|清单)?(?:\s*[(（].*)?$"
)


@dataclass(frozen=True)
class SheetSentences:
    """What sentences say of all prices. unit: what they are for. doubt: what must be asked before any price holds. late: the sentence
    about their end that names no day, which matters to rows without an end of their own."""

    unit: str = ""
    validity: Validity | None = None
    doubt: Message | None = None
    late: Message | None = None


def read_sentences(rows: Iterable[Row], now: datetime) -> SheetSentences:
    """Read the lines around a table, each as one sentence. now: aware, by which a day without a year gets one."""
    unit, validity, doubt, late = "", None, None, None
    for row in rows:
        text = " ".join(dict.fromkeys(cell for cell in row.cells if cell))
        plain = normalize_text(text)
        unit = unit or _unit(plain)
        if _FOR_OTHERS.search(plain) and "零售" not in plain:
            doubt = M("the sheet says “{sentence}”: do buyers pay these prices?", sentence=text)
        if not _ABOUT_VALIDITY.search(plain) or _ABOUT_ELSE.search(plain):
            continue
        found = _validity(plain, now)
        if found is not None and validity in (None, found):
            validity = found
        elif found is not None or _COUNTED_TIME.search(plain):
            late = M("the sheet says “{sentence}”: on which day do these prices end? Write that day in a column 截止日期.", sentence=text)
    return SheetSentences(unit, validity, doubt, late)


def _unit(plain: str) -> str:
    for shape in _UNIT_OF_ALL:
        if match := re.search(shape.replace("{unit}", unit_pattern()), plain):
            try:
                return read_unit(match["unit"]).text
            except NoUnit:
                continue
    return ""


def _validity(plain: str, now: datetime) -> Validity | None:
    try:
        return validity_within(plain, now)
    except (ValueError, OverflowError):
        return None
