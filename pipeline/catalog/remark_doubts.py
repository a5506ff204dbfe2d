"""What words beside a row's prices may change: another price, one for some buyers, another pack, an end, or that nothing is left."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pipeline.catalog.sale_units import NoUnit, SaleUnit, read_unit, unit_pattern
from pipeline.catalog.spreadsheet import normalize_text
from pipeline.catalog.validity import validity_within
from pipeline.catalog.vocabulary import cell_says
from pipeline.chinese import NUMBER, PRICE_ROLES, stated_amounts
from pipeline.documents.message import M, Message

COUNTED_TIME = re.compile(
    r"[\d一二三两四五六七几十]+\s*个?\s*(?:天|日|周|星期|小时|月)|当[天日]|[今明后两][天日]|(?:周|星期|礼拜)[一二三四五六日天末]|[本下]周|[本下]月|这周|月底|周末|年底|节|day|week|month|today"
)
"""Words for a time that is no day of the calendar."""
_CLAUSE = re.compile(r"[,;。!？?、|\n]|(?<!\d)\.(?!\d)|\s{2,}")
_NEW_PRICE = re.compile(
    r"(?:改成?为?|涨[到至价]?|降[到至价]?|单[买卖拿独件]买?|零[买卖拿]|实际[卖是]?|应该?[是为]?|按|以|卖|调[到至整]?为?|[变现]价?是?)\D{0,3}?(?P<amount>\d+(?:\.\d+)?)"
    r"(?!\s*[\d.]|\s*(?:天|日|月|号|点|小时|[%％]|[斤kg克个枚瓶袋盒箱份件折度年人次]))"
)
_FOR_SOME = re.compile(
    r"(?:只给|仅给|仅限|只限|专供|仅供|只对|限)[^，。,;；]{0,3}(?:老|会员|社员|粉丝|内部|员工|批发|团|新客|新人|vip|本村|亲友)"
)
_SOME = re.compile(
    r"(?:仅|限|仅限)?(?:会员|社员|老客户?|熟客|批发商?|经销商?|代理商?|员工|内部|粉丝|vip|团购客户|团购|团长|企业客户|大客户)(?:专享|可用|价)?"
)
_OTHERS_PRICE = re.compile(
    r"(?:此|这|该|本|以上|目前|暂)?(?:价格?|报价)?(?:为|是|系|按)?"
    r"(?:批发|供货|供应|进货|收购|采购|成本|代理|出厂|分销|会员|社员|内部|员工|老客户?|去年|上月|上周|昨日|预估|参考|暂定)(?:单)?价格?"
)
_MAY_BE_OUT = re.compile(
    r"(?<![不未没别])(?:抢完|卖完|售完|售罄|断货|缺货|没货|无货|没有货|下架|停售|卖光|抢光|没有?了|不[做卖供种养接]了?|停[售供产卖]|撤下|作废|取消|暂停|下线|明年再)(?!为止|即止|截止|就|自动|包|后|前|时|赔|再)"
)
_FOR_WHOM = re.compile(r"[仅只](?:限|给|供|对|卖)|专[供享]|[给为].{1,6}的价")
_FOR_PLACE_OR_AMOUNT = re.compile(r"发货|配送|包邮|快递|自提|邮|省|地区|沪|同城|限量|\d\s*[份件箱盒袋]|[天日号月周]")
_ABOUT_PRICE = re.compile(r"价|涨|降[到至了]?\s*\d|便宜\s*[\d一二两三四五]|\d(?:\.\d+)?\s*[元块]")
_NO_OTHER_PRICE = re.compile(
    r"实惠|性价|美丽|公道|亲民|价优|价廉|平价|价值|评价|议价|一口价|统一价|优惠价|特价|特惠价|活动价|售后|低价|好价|价低|差价|原价|比价|询价|报价单|价格表|"
    r"批发价?(?:另|面|电|私|请)|定价"
)
"""What words say about a price without naming another one."""
_NOT_YET = re.compile(r"[等待]下?一?批|下一?批|先别|别上|预售|^预[定订]|未上市|还没[到上熟采出]|尚未|待[定采上补确]|价格?待|未定")
_NAMED_OTHERWISE = re.compile(
    r"批发|已停|停[售供产]?$|不[卖售]|预[售定订]|待|尚未|未上|样品|福利|内部|作废|上架|下架|专[供享]|[仅只]|过期|临期|试[吃用]|^团$|[团拼]购?[价款]?$|直播|秒杀|[领用]?券后?$|尾货|次果"
)
"""Words beside a name by which it is not, or not now, sold to everybody."""
_ONE_OF_TWO = re.compile(r"\w\s*或者?\s*\w|各半|任[选意]|二选一|随机")
"""Words in a name by which nobody knows which of several goods is sold."""
_AT_LEAST = re.compile(
    rf"(?:一次|每次|每单|单次|至少|最少|起码|必须|得|须|要)(?:一次|至少|最少)?(?:要|得|须)?[买拍下订拿带](?:满|够|足)?\s*(?:[两二三四五六七八九十]|[2-9]|\d\d+)\s*{unit_pattern()}"
)
"""How much must be bought at once, where the price is said of less: 一次要买两份, 至少拍3件."""
_CONDITION = re.compile(r"满|第[二三23]|运费|邮费|快递|补|赔|退|押金|定金|送|返|券|箱以上|件以上|斤以上|另收|加\s*\d")
_OFF = re.compile(r"\d(?:\.\d)?\s*折(?!扣)|[一二三四五六七八九]折|(?<!件)(?<!份)半价|(?:立减|直降|再减|降价?)\s*¥?\d")
_OF_SEVERAL = re.compile(r"满|第[二三23]|[两二三四五]件|[2-9]件|[两二三四五]份|券|会员|社员|不打|无|老客|买")
_PACK_SAID = re.compile(
    rf"(?:净重|实发|实际|实重|到手|每份|一份|每箱|一箱|每件|一件|每盒|一盒|每袋|一袋|内含|内装|只发|改[为成])\D{{0,2}}?(?P<pack>{NUMBER}\s*{unit_pattern()})",
    re.I,
)
_REALLY = re.compile(rf"(?:实际|实发|实重|到手|只发|改[为成发])\D{{0,2}}?(?P<pack>{NUMBER}\s*{unit_pattern()})", re.I)
_BY_THE_UNIT = re.compile(rf"(?:按|论)(?:每|一)?\s*(?P<unit>{unit_pattern()})\s*(?:装?[计算卖售称]|定?价|$)")
_CONTAINERS = ("箱", "件", "份", "盒", "袋", "单", "套", "筐", "篮", "提", "包", "罐", "桶")
_ENDS_THEN = re.compile(
    r"[卖供做]到|最后|涨价|调价|恢复|上调|下调|改价|截止|为止|有效|结束|下架|停售|到期|止$|前(?:下单|有效|付款)|限时|限期|限今|仅限|活动|优惠|特价|特惠|秒杀|valid|until"
)
_OTHER_TIMES = re.compile(
    r"保质|成分|库存|发货|截单|接龙|快递|发布|更新|提货|自提|退|长期|营业|采|到货|上市|生产|送达|收到|配送|赔|售后|出栏|成熟|开"
)


@dataclass(frozen=True)
class RowFacts:
    """What is known of a row: every amount in it, what its prices buy, its end, and the moment of reading, aware."""

    amounts: Collection[Decimal]
    units: Collection[SaleUnit]
    ends: datetime | None
    now: datetime


def doubt_in_words(text: str, title: str, known: RowFacts) -> Message | None:
    """Return what is to be asked about a cell of words under a heading; None when nothing in it can change what the row offers."""
    plain = normalize_text(text)
    for clause in (part.strip() for part in _CLAUSE.split(plain)):
        if clause and (question := _doubt(clause, text, title, known)):
            return question
    if _MAY_BE_OUT.search(plain) and not cell_says(text, "sold_out") and not cell_says(text, "taken_down"):
        return M("“{column}” says “{value}”: is it offered now?", column=title, value=text)
    return None


def doubt_in_name(name: str, title: str, known: RowFacts) -> Message | None:
    """Return what is to be asked about words that stand beside a product's name in its cell: 枇杷（会员专享）, 枇杷 特价25元."""
    if _ONE_OF_TWO.search(name):
        return M("“{column}” says “{value}”: which of them is sold? Give each its own line.", column=title, value=name)
    if any(amount.worded and amount.amount not in known.amounts for amount in stated_amounts(normalize_text(name))):
        return M("“{column}” says “{value}”: which price holds?", column=title, value=name)
    for part in re.split(r"[()（）\[\]【】\s]+", name)[1:]:
        clause = normalize_text(part)
        if _NAMED_OTHERWISE.search(clause):
            return M("“{column}” says “{value}”: is it offered now?", column=title, value=name)
        if clause and (question := _doubt(clause, name, title, RowFacts(known.amounts, (), known.ends, known.now))):
            return question
    return None


def _doubt(clause: str, text: str, title: str, known: RowFacts) -> Message | None:
    if _FOR_SOME.search(clause) or _SOME.fullmatch(clause) or _OTHERS_PRICE.fullmatch(clause):
        return M("“{column}” says “{value}”: is the price everybody's?", column=title, value=text)
    if (other := _other_price(clause)) is not None and other not in known.amounts:
        return M("“{column}” says “{value}”: which price holds?", column=title, value=text)
    if _FOR_WHOM.search(clause) and not _FOR_PLACE_OR_AMOUNT.search(clause):
        return M("“{column}” says “{value}”: is the price everybody's?", column=title, value=text)
    if _is_about_another_price(clause, known.amounts):
        return M("“{column}” says “{value}”: which price holds?", column=title, value=text)
    if _AT_LEAST.search(clause):
        return M("“{column}” says “{value}”: is the price for one, or for that many? Write what it buys.", column=title, value=text)
    if _NOT_YET.search(clause):
        return M("“{column}” says “{value}”: is it offered now?", column=title, value=text)
    if _OFF.search(clause) and not _OF_SEVERAL.search(clause):
        return M("“{column}” says “{value}”: which price holds?", column=title, value=text)
    if _is_other_pack(clause, known.units):
        return M("“{column}” says {value}: does the price buy that? Call it 规格, 单果重 or what it is.", column=title, value=text)
    if _ENDS_THEN.search(clause) and not _OTHER_TIMES.search(clause) and _is_other_end(clause, known):
        return M("“{column}” says {value}: does the price end then? Call it 截止日期, 采摘日期 or what it is.", column=title, value=text)
    return None


def _is_about_another_price(clause: str, amounts: Collection[Decimal]) -> bool:
    """Whether words are about a price, and neither praise it, nor set a condition, nor name the row's own."""
    if not _ABOUT_PRICE.search(clause) or _NO_OTHER_PRICE.search(clause) or _CONDITION.search(clause):
        return False
    numbers = {Decimal(number) for number in re.findall(r"\d+(?:\.\d+)?", clause)}
    return not numbers or not numbers <= set(amounts)


def _other_price(clause: str) -> Decimal | None:
    if _CONDITION.search(clause):
        return None
    if match := _NEW_PRICE.search(clause):
        return Decimal(match["amount"])
    stated = [amount for amount in stated_amounts(clause) if amount.role in PRICE_ROLES and amount.worded and not amount.conditional]
    return stated[0].amount if stated else None


def _is_other_pack(clause: str, units: Iterable[SaleUnit]) -> bool:
    """Whether words name another amount of what the price buys: 实发4斤 beside 5斤. One of a unit that they count by is another, too."""
    if any(_really_another(match["pack"], units) for match in _REALLY.finditer(clause)):
        return True
    if any(_is_counted_otherwise(match["unit"], units) for match in _BY_THE_UNIT.finditer(clause)):
        return True
    said = [match["pack"] for match in _PACK_SAID.finditer(clause)] + [match["unit"] for match in _BY_THE_UNIT.finditer(clause)]
    return any(_contradicts(text, unit) for text in said for unit in units)


def _is_counted_otherwise(text: str, units: Iterable[SaleUnit]) -> bool:
    """Whether words sell by a unit in which the row's packs are not counted: 按个卖 beside 2斤; a box may hold anything."""
    try:
        said = read_unit(text)
    except NoUnit:
        return False
    names = {name for unit in units for name, _ in unit.base}
    return bool(names) and said.quantities[0].unit not in _CONTAINERS and not names & {name for name, _ in said.base}


def _really_another(text: str, units: Iterable[SaleUnit]) -> bool:
    try:
        return read_unit(text).base not in [unit.base for unit in units]
    except NoUnit:
        return True


def _contradicts(text: str, unit: SaleUnit) -> bool:
    try:
        said = dict(read_unit(text).base)
    except NoUnit:
        return False
    return any(name in said and said[name] != amount for name, amount in unit.base)


def _is_other_end(clause: str, known: RowFacts) -> bool:
    """Whether words name a time that is not known as the row's end."""
    try:
        ends = validity_within(clause, known.now).ends
    except (ValueError, OverflowError):
        return known.ends is None and bool(COUNTED_TIME.search(clause))
    return ends != known.ends
