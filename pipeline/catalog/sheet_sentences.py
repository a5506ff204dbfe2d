"""Sentences over and under a table that are about all its prices: what they are for, until when they hold, who pays them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipeline.catalog.remark_doubts import COUNTED_TIME
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
_NOT_FOR_BUYERS = r"(?:批发|供货|供应|进货|收购|采购|成本|代理|出厂|分销|渠道|拿货|团长|会员|社员|内部|员工|老客户?)"
_FOR_OTHERS = re.compile(
    rf"(?:以[上下]|[本此这该]表|均|都|全部?)[^,，。;；]{{0,6}}{_NOT_FOR_BUYERS}(?:拿货|结算|专享|专供)?(?:价|报价)|"
    rf"(?:价格?|[本此这该]表)[^,，。;；]{{0,4}}(?:仅限?|只[限对给]?|专[供享])[^,，。;；]{{0,3}}(?:{_NOT_FOR_BUYERS}|到[场店]|自提|本村)|"
    rf"{_NOT_FOR_BUYERS}价格?[^。;；]{{0,3}}(?:勿|不得|不要|严禁|保密)|[勿不]得?外[传泄]|{_NOT_FOR_BUYERS}(?:价格?|报价|价目)(?:表|单|明细|清单)?(?:\s*[(（].*)?$"
)
_SECTION_FOR_OTHERS = re.compile(
    r"[^,，。;；\d]{0,4}(?:批发|收购|供货|进货|代理|团长|会员|社员|员工|内购|下架|停售|已结束|预告|下期|明年|去年|往期)[^,，。;；\d]{0,2}(?:专区|区|专享|类|款|产品|商品|部分)?"
)
"""The title of a part of the table whose prices are others' or of another time: 批发专区, 以下为去年."""
_OFF_ALL = re.compile(
    r"\d(?:\.\d)?\s*折(?!扣)|[一二三四五六七八九]折|半价|(?:立减|再减|都减|各减|直降|优惠|让利|便宜)\s*¥?\d|[加涨降]价?\s*¥?\d+(?:\.\d+)?\s*[元块%]"
)
"""What changes every price of the table, unless it holds for several or for some."""
_OF_SEVERAL = re.compile(r"满|第[二三23]|券|会员|社员|老客|[两二2三3]件|首单|运费|邮")
_CHANGES_LATER = re.compile(r"涨价|调价|改价|上调|下调|恢复原价|恢复正常|变价|调整价")
_MONEY_OF_ALL = re.compile(
    r"(?:单位|金额|货币|币种|价格|报价)\s*(?:为|是|均为|单位)?\s*[:：]?\s*(?:角|分(?!钟)|毛|千元|万元|百元)(?![\w])|美元|美金|港[币元]|欧元|英镑|日元|(?<![a-z])(?:usd|hkd|eur|gbp)(?![a-z])"
)
_DOES_NOT_HOLD = re.compile(
    r"(?:[此本该这]?(?:表|单)|价格?|报价)[^,，。;；]{0,4}(?:作废|废弃|停用|失效|不再?有?效)|作废|样[表例]|示例数据|旧表|存档|测算|测试(?:数据|用|表|版)|"
    r"(?:请?勿|不要|不能)(?:直接)?(?:使用|发布)|初稿|草稿|草案|征求意见稿|(?:价格?|报价)[^,，。;；]{0,4}(?:未定|待定|待[^,，。;；]{0,4}[审批核认])|"
    r"(?:以[上下]|[此本]表|均|都|全部?)[^,，。;；]{0,4}(?:去年|往年|上年|上月|上周|明年|下月|旧)的?(?:价|报价)|"
    r"以[^,，。;；]{1,8}(?:通知|公告|群里)为准|\b(?:draft|void|test data|sample)\b",
    re.I,
)
"""What a line says of a sheet whose prices do not hold, or not yet."""
_BY_COLOUR = re.compile(
    r"(?:[标涂填]|底色|字体)[红黄蓝绿灰橙粉紫]|(?:[红黄蓝绿灰橙粉紫黑]|有颜|不同颜|带颜)(?:色|字|底|标|框)[^,，。]{0,8}"
    r"(?:缺|无货|没货|售罄|卖完|下架|停|不卖|暂|预售|[等待]|会员|批发|新|特|涨|降|活动|改)"
)
"""What a remark says of lines by their colour: 红色的为缺货, 标黄：价格待定."""
_HOLDS_FROM = re.compile(r"[起始后](?:才|再)?(?:开始)?(?:[执实]行|生效|实施|启用|有效|按此|用此)")
_PACK_OF_ALL = (
    r"(?:均|都|全部?|一律|统一|以[上下]|本表|所有)[^,，。;；]{0,6}?"
    r"(?P<pack>[\d一二两三四五六七八九十半]+\s*(?:{unit})(?:装|起|一份|[/每]\w)?)"
)


@dataclass(frozen=True)
class SheetSentences:
    """What sentences say of all prices. unit: what they are for. doubt: what must be asked before any price holds. late: the sentence
    about their end that names no day, which matters to rows without an end of their own. packs: what each price may buy, which matters to
    rows that do not say it. colours: what a colour means, which matters to rows that have one."""

    unit: str = ""
    validity: Validity | None = None
    doubt: Message | None = None
    late: Message | None = None
    packs: Message | None = None
    colours: Message | None = None


def read_sentences(rows: Iterable[Row], now: datetime) -> SheetSentences:
    """Read the lines around a table, each as one sentence. now: aware, by which a day without a year gets one."""
    unit, validity, doubt, late, packs, colours = "", None, None, None, None, None
    for row in rows:
        text = " ".join(dict.fromkeys(cell for cell in row.cells if cell))
        plain = normalize_text(text)
        unit = unit or _unit(plain)
        if _BY_COLOUR.search(plain):
            colours = M("the sheet says “{sentence}”: does that hold for this line? Write it in its cells.", sentence=text)
            continue
        if _FOR_OTHERS.search(plain) and not re.search(r"零售(?!另|面|电|请|单独)", plain):
            doubt = M("the sheet says “{sentence}”: do buyers pay these prices?", sentence=text)
        alone = len({cell for cell in row.cells if cell}) == 1
        if _OFF_ALL.search(plain) and not _OF_SEVERAL.search(plain):
            doubt = M("the sheet says “{sentence}”: are the prices in it those before that, or after it?", sentence=text)
        if alone and _SECTION_FOR_OTHERS.fullmatch(plain.strip("()【】[]*#=-:★ ")):
            doubt = M("the sheet says “{sentence}”: do buyers pay these prices?", sentence=text)
        if _DOES_NOT_HOLD.search(plain):
            doubt = M("the sheet says “{sentence}”: do its prices hold?", sentence=text)
        if _HOLDS_FROM.search(plain) and not _has_begun(plain, now):
            doubt = M("the sheet says “{sentence}”: do its prices hold?", sentence=text)
        if _MONEY_OF_ALL.search(plain):
            doubt = M("the sheet says “{sentence}”: write the prices in yuan.", sentence=text)
        if (match := re.search(_PACK_OF_ALL.replace("{unit}", unit_pattern()), plain)) and not unit and not _ABOUT_ELSE.search(plain):
            packs = packs or M("the sheet says “{sentence}”: does each price buy that? Write it in a column 规格.", sentence=match[0])
        if _CHANGES_LATER.search(plain) and (re.search(r"\d", plain) or COUNTED_TIME.search(plain)):
            late = M("the sheet says “{sentence}”: on which day do these prices end? Write that day in a column 截止日期.", sentence=text)
            continue
        if not _ABOUT_VALIDITY.search(plain) or _ABOUT_ELSE.search(plain):
            continue
        found = _validity(plain, now)
        if found is not None and validity in (None, found):
            validity = found
        elif found is not None or COUNTED_TIME.search(plain):
            late = M("the sheet says “{sentence}”: on which day do these prices end? Write that day in a column 截止日期.", sentence=text)
    return SheetSentences(unit, validity, doubt, late, None if unit else packs, colours)


def _unit(plain: str) -> str:
    for shape in _UNIT_OF_ALL:
        if match := re.search(shape.replace("{unit}", unit_pattern()), plain):
            try:
                return read_unit(match["unit"]).text
            except NoUnit:
                continue
    return ""


def _has_begun(plain: str, now: datetime) -> bool:
    """Whether a sentence names one day from which prices hold, and it is past."""
    try:
        ends = validity_within(plain, now).ends
    except (ValueError, OverflowError):
        return False
    return ends is not None and ends <= now


def _validity(plain: str, now: datetime) -> Validity | None:
    try:
        return validity_within(plain, now)
    except (ValueError, OverflowError):
        return None
