"""Numbers as a subtitler writes them: money and measures in figures, small counts and fixed phrases in characters, or all in characters.

The figures style follows China's GB/T 15835-2011 (figures for quantities with a unit of measurement, characters for fixed phrases and for
numbers said roughly by two neighbours) and the rule of subtitlers that a count up to ten is written out.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pipeline.chinese.amounts import MoneyAmount, mask_amounts, money_amounts
from pipeline.chinese.numerals import NUMBER, NUMERALS, is_digit_by_digit, read_number, read_number_range, spell_digits, spell_number
from pipeline.chinese.quantities import UNIT
from pipeline.chinese.stated_amounts import StatedAmount, plain_text, stated_amounts

NumberStyle = Literal["figures", "characters"]
"""`figures`: 5斤35.8元, 第二件半价, 一箱. `characters`: 五斤三十五块八."""
WRITTEN_OUT = 10
"""The largest count that is written in characters beside figures."""
LARGEST = 9999
"""The largest number that is spelt out: larger ones are codes, or are written with 万 anyway."""
_TEN_THOUSAND = 10_000
_MEASURES = (
    "公斤|千克|市斤|斤装|斤|毫克|克|吨|公升|毫升|升|平方公里|平方米|平米|平方|公里|千米|厘米|毫米|公分|米|亩|公顷|摄氏度|度|小时|分钟|秒|"
    "[kK][gG]|[mM][lL]|[gG](?![a-zA-Z])|%|％"
)
_COUNTED = "年|天|岁|户|人|家|里|种|次|遍|层|楼|届|代|口|头|棵|株|位|名|个|只|枚|颗|粒|片|块|页|号|元|成"
_DATE = re.compile(
    rf"(?<![{NUMERALS}\d第个几])(?P<month>[{NUMERALS}]+|\d+)月(?:(?P<day>[{NUMERALS}]+|\d+)[日号])?(?![{NUMERALS}\d饼光亮季经嫂球色])"
)
_HOUR = re.compile(
    r"(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜|今晚|明早|每天|当天|今天|明天)"
    rf"(?P<hour>[{NUMERALS}]{{1,3}}|\d+)点(?=[半整前后钟]|[^{NUMERALS}]|$)"
)
_YEAR = re.compile(r"(?P<year>[零〇一二三四五六七八九]{4})(?=年)")
_PERCENT = re.compile(rf"百分之(?P<share>{NUMBER})(?!百)")
_SHARE = re.compile(rf"{_PERCENT.pattern.replace('?P<share>', '?:')}|\d+(?:\.\d+)?[%％](?!\s*off)")
_QUANTITY = re.compile(
    rf"(?<![{NUMERALS}\d.第几])(?:(?P<low>{NUMBER})(?P<to>[到至]))?(?P<count>{NUMBER})(?P<more>多)?(?P<unit>{_MEASURES}|{UNIT}|{_COUNTED})",
)
_MEASURE = re.compile(rf"(?:{_MEASURES})装?")
_TAEL = re.compile(rf"(?<![{NUMERALS}\d.斤半])(?P<count>[一二三四五六七八九1-9])两(?=$|[^{NUMERALS}斤公千市个克只箱袋盒瓶])")
"""二两, 三两; 两 is also the number two."""
FIXED_PHRASES = frozenset(
    [
        "半斤八两",
        "四两拨千斤",
        "一斤一两",
        "一心一意",
        "一芽一叶",
        "一芽两叶",
        "一芽二叶",
        "一年四季",
        "一年到头",
        "三百六十五行",
        "百里挑一",
        "千里挑一",
        "万里挑一",
        "十里八乡",
        "十里八村",
        "一家人",
        "一个人",
        "一块儿",
        "一块",
        "一次性",
        "一人一半",
        "十年树木",
        "百年树人",
        "一点一点",
        "一个个",
        "一斤斤",
        "三两下",
        "三两天",
        "三两口",
        "三天两头",
        "八百里秦川",
        "一米阳光",
        "二十四节气",
        "三九天",
        "三伏天",
        "十全十美",
        "百分百",
        "一百分",
        "一万个",
        "一百个",
        "二锅头",
        "五粮液",
    ]
)
"""Written in characters whatever they count."""
_NUMBER_BEFORE_UNIT = re.compile(rf"(?<![{NUMERALS}\d.])\d+(?:\.\d+)?")


@dataclass(frozen=True)
class NumberRewriting:
    """What is written in place of the characters `start` to `end` of a text."""

    start: int
    end: int
    written: str


def number_rewritings(text: str, style: NumberStyle, names: Iterable[str] = ()) -> list[NumberRewriting]:
    """Return what to write otherwise in a text so that its numbers have one style, in order, none overlapping another.

    names: of products and places, whose numerals are none. A rewriting after which an amount, its role or what it buys would be read
    otherwise is left out: a price that was said is never made another one.
    """
    names = tuple(names)
    found = list(_in_figures(text, names) if style == "figures" else _in_characters(text))
    untouched = [match.span() for phrase in (*FIXED_PHRASES, *names) if len(phrase) > 1 for match in re.finditer(re.escape(phrase), text)]
    kept: list[NumberRewriting] = []
    for change in sorted(found, key=lambda change: (change.start, -change.end)):
        around = change.start, change.end
        inside = any(
            (start, end) == around or (max(start, around[0]) < min(end, around[1]) and not around[0] <= start < end <= around[1])
            for start, end in untouched
        )
        if inside or (kept and change.start < kept[-1].end) or text[change.start : change.end] == change.written:
            continue
        kept.append(change)
    return kept if _meaning(text, names) == _meaning(rewritten(text, kept), names) else _safe_ones(text, kept, names)


def rewritten(text: str, rewritings: Iterable[NumberRewriting]) -> str:
    """Return a text with its rewritings."""
    parts, at = [], 0
    for change in rewritings:
        parts += [text[at : change.start], change.written]
        at = change.end
    return "".join([*parts, text[at:]])


def with_number_style(text: str, style: NumberStyle, names: Iterable[str] = ()) -> str:
    """Return a text with its numbers in one style: 五斤三十五块八 in figures is 5斤35.8元."""
    return rewritten(text, number_rewritings(text, style, names))


def _safe_ones(text: str, changes: list[NumberRewriting], names: tuple[str, ...]) -> list[NumberRewriting]:
    """Return the rewritings that, made one after the other, leave every amount as it is read."""
    meaning, kept = _meaning(text, names), list[NumberRewriting]()
    for change in changes:
        if _meaning(rewritten(text, [*kept, change]), names) == meaning:
            kept.append(change)
    return kept


def _meaning(text: str, names: tuple[str, ...]) -> list[tuple[object, ...]]:
    """Return what a text says about money, without its wording."""
    return [
        (stated.role, stated.amount, stated.low, stated.high, tuple(q.amount_in_base() for q in stated.quantities), stated.stands)
        for stated in stated_amounts(_SHARE.sub("#", text), names)
    ]


def _in_figures(text: str, names: tuple[str, ...]) -> Iterator[NumberRewriting]:
    plain = plain_text(text)
    money = money_amounts(plain)
    stated = {(amount.amount_start, amount.amount_end): amount for amount in stated_amounts(text, names)}
    yield from _money_in_figures(plain, money, stated)
    masked = mask_amounts(plain, [amount for amount in money if amount.worded or (amount.start, amount.end) in stated])
    for amount in stated.values():
        number = plain[amount.amount_start : amount.amount_end]
        if not amount.worded and not amount.about and (value := _counted(number)) is not None and value >= WRITTEN_OUT:
            yield NumberRewriting(amount.amount_start, amount.amount_end, figures(value))
    yield from _quantities_in_figures(masked, has_money=bool(stated))
    yield from _times_in_figures(masked)


def _money_in_figures(plain: str, money: Iterable[MoneyAmount], stated: dict[tuple[int, int], StatedAmount]) -> Iterator[NumberRewriting]:
    for amount in money:
        words = plain[amount.start : amount.end]
        said = stated.get((amount.start, amount.end))
        if not amount.worded or amount.perhaps is not None or words.startswith(("¥", "rmb", "RMB")) or "半" in words[:1]:
            continue
        if amount.bare and amount.amount < _CERTAIN and "钱" not in words and (said is None or not said.stands):
            continue  # 三块 may count pieces
        if amount.about:
            more = re.fullmatch(rf"({NUMBER})多(?:块|元)钱?", words)
            value = read_number(more[1]) if more else None
            if value is not None and value >= WRITTEN_OUT:
                yield NumberRewriting(amount.start, amount.end, f"{figures(value)}多元")
        elif amount.amount >= 1:
            yield NumberRewriting(amount.start, amount.end, f"{figures(amount.amount)}元")
        elif amount.amount * 10 % 1 == 0 and words[:2] != "一毛":
            yield NumberRewriting(amount.start, amount.end, f"{figures(amount.amount * 10)}{'角' if '角' in words else '毛'}")
        elif amount.amount * 10 % 1:
            yield NumberRewriting(amount.start, amount.end, f"{figures(amount.amount)}元")


_CERTAIN = 10
"""From so many yuan on, 块 without more is money."""


def _quantities_in_figures(masked: str, *, has_money: bool) -> Iterator[NumberRewriting]:
    for match in _QUANTITY.finditer(masked):
        count, measured = match["count"], bool(_MEASURE.fullmatch(match["unit"]))
        count_end = match.end("count")
        if match["unit"] == "克" and count.endswith("千") and len(count) > 1:  # two 千克, not two thousand 克
            count, count_end = count[:-1], count_end - 1
        value = _counted(count)
        if value is None or (match["unit"] == "里" and value < WRITTEN_OUT):
            continue
        low = _counted(match["low"]) if match["low"] else None
        start = match.start("count") if low is None else match.start()
        half = masked[match.end() :].startswith("半")
        if half and measured and low is None and value > 1 and value % 1 == 0 and not match["more"]:
            yield NumberRewriting(start, match.end() + 1, f"{figures(value)}.5{match['unit']}")
            continue
        # One of a measure is a price's unit before money, and a way of speaking elsewhere: 一斤都不剩, 三块五一斤. So is 一斤半.
        spoken = half or (value == 1 and (not has_money or masked[: match.start()].endswith("#")))
        wants_figures = value > WRITTEN_OUT or (measured and not spoken)
        if wants_figures:
            first = f"{figures(low)}{match['to']}" if low is not None else ""
            yield NumberRewriting(start, count_end, first + figures(value))
        elif (measured or match["unit"] in _COUNTERS_WRITTEN_OUT) and value % 1 == 0 and value >= 1:
            first = f"{_spelt(low, match['unit'])}{match['to']}" if low is not None else ""
            yield NumberRewriting(start, count_end, first + _spelt(value, match["unit"]))
    for match in _TAEL.finditer(masked):
        if (value := read_number(match["count"])) is not None and value != 1:
            half = masked[match.end() :].startswith("半")
            yield NumberRewriting(match.start(), match.end() + half, f"{figures(value)}{'.5' if half else ''}两")


def _times_in_figures(masked: str) -> Iterator[NumberRewriting]:
    for match in _DATE.finditer(masked):
        for part, most in (("month", 12), ("day", 31)):
            value = read_number(match[part]) if match[part] else None
            if value is not None and 1 <= value <= most:
                yield NumberRewriting(match.start(part), match.end(part), figures(value))
    for match in _HOUR.finditer(masked):
        value = read_number(match["hour"])
        if value is not None and value <= 24:
            yield NumberRewriting(match.start("hour"), match.end("hour"), figures(value))
    for match in _YEAR.finditer(masked):
        yield NumberRewriting(*match.span("year"), "".join(f"{read_number(letter)}" for letter in match["year"]))
    for match in _PERCENT.finditer(masked):
        if (value := _counted(match["share"])) is not None and value != 100:
            yield NumberRewriting(*match.span(), f"{figures(value)}%")


_COUNTERS_WRITTEN_OUT = frozenset("箱盒袋瓶筐篮桶罐包件份个只枚颗粒棵株条串把捆提代户家口位名种次遍层天年岁人头片坛")
"""Counters before which a recogniser's figures up to ten become characters; 号 and others are left as they are heard."""


def _counted(number: str) -> Decimal | None:
    """Return the value of a number that counts; None for half, for a rough one (三四, 两三), and for a bare 百, 千 or 万."""
    if number == "半" or number[0] in "百千万零〇" or (not number[0].isdigit() and read_number_range(number)):
        return None
    if number[0] not in "0123456789" and is_digit_by_digit(number):
        return None
    return read_number(number)


def _in_characters(text: str) -> Iterator[NumberRewriting]:
    plain = plain_text(text)
    money = [amount for amount in money_amounts(plain) if amount.worded and not amount.about and amount.perhaps is None]
    for amount in money:
        in_figures = any(letter.isdigit() for letter in plain[amount.start : amount.end])
        if not in_figures or plain[amount.start] in "¥rR" or amount.amount > LARGEST:
            continue
        yield NumberRewriting(amount.start, amount.end, _money_as_said(amount.amount))
    masked = mask_amounts(plain, money)
    for match in _NUMBER_BEFORE_UNIT.finditer(masked):
        number, after = match[0], masked[match.end() :]
        if after[:1] in "%％" and after:
            yield NumberRewriting(match.start(), match.end() + 1, f"百分之{spell_number(number)}")
        elif len(number) == len("2026") and after[:1] == "年":
            yield NumberRewriting(*match.span(), spell_digits(number))
        elif re.match(rf"多?(?:{_MEASURES}|{UNIT}|{_COUNTED}|[月日点])", after) and float(number) <= LARGEST and not _is_code(number):
            yield NumberRewriting(*match.span(), _spelt(Decimal(number), after.lstrip("多")))


def _is_code(number: str) -> bool:
    return number[0] == "0" and not number.startswith("0.")


def _money_as_said(amount: Decimal) -> str:
    """Return an amount as it is said: 35.8 is 三十五块八, 0.8 八毛, 20.05 二十块零五."""
    whole, part = divmod(amount, 1)
    tenths, hundredths = int(part * 10), int(part * 100) % 10
    if not whole:
        return f"{_spelt(Decimal(tenths), '毛')}毛{spell_digits(str(hundredths)) if hundredths else ''}" if tenths else f"{hundredths}分"
    said = f"{_spelt(whole, '块')}块"
    if hundredths and not tenths:
        return f"{said}零{spell_digits(str(hundredths))}"
    return said + (spell_digits(str(tenths)) if tenths else "") + (f"毛{spell_digits(str(hundredths))}" if hundredths else "")


def _spelt(value: Decimal, unit: str) -> str:
    """Return a number as it is said before a unit: 两 and not 二, but 二两."""
    said = spell_number(figures(value))
    return "两" if said == "二" and not unit.startswith(("两", "月", "日", "号", "%")) else said


def figures(value: Decimal) -> str:
    """Return a value in figures without zeros at its end, from ten thousand on with 万 where that is exact: 35.8, 3.5万."""
    if value >= _TEN_THOUSAND and value % (_TEN_THOUSAND // 10) == 0:
        return f"{(value / _TEN_THOUSAND).normalize():f}万"
    return f"{value.normalize():f}"
