"""Amounts of money as they are written and said: ¥29.9, 29.9元, 29块9, 二十九块九, 五毛, $4.50. The only reader of money.

Only the value of an amount, its offsets and its certainty are read here; whether it is a price, whose, and for what, is for callers.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipeline.chinese.numerals import (
    DIGITS,
    NUMBER,
    NUMERAL,
    NUMERALS,
    digit_by_sound,
    is_digit_by_digit,
    read_number,
    read_number_range,
    with_plain_numerals,
)
from pipeline.chinese.quantities import COUNTS, UNIT

CURRENCY_SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$"}
"""Signs of the currencies that have one."""
_ONLY_AFTER = ("元", "块", "块钱", "圆", "yuan")
"""Words for the yuan that follow the number; other words may stand on either side of it, signs only before it."""
_OTHER_MARKS = {"CNY": ("rmb", "人民币", *_ONLY_AFTER), "USD": ("us$",)}
_CODES = {mark.lower(): code for code, sign in CURRENCY_SIGNS.items() for mark in (sign, code, *_OTHER_MARKS.get(code, ()))}


def _any_of(marks: Iterable[str]) -> str:
    return "|".join(re.escape(mark) for mark in sorted(marks, key=len, reverse=True))


_MARK_BEFORE = _any_of(mark for mark in _CODES if mark not in _ONLY_AFTER)
_MARK_AFTER = _any_of(mark for mark in _CODES if mark[-1] not in "¥$€£")
_FOREIGN = _any_of(mark for mark, code in _CODES.items() if code != "CNY")
_FIGURES = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+,\d{1,2}(?!\d)|\d+(?:\.\d+)?"
_ONE_AMOUNT = re.compile(rf"(?P<sign>{_MARK_BEFORE})?\s*(?P<number>{_FIGURES})\s*(?P<word>{_MARK_AFTER})?\s*整?", re.I)
_SIGNED_FOREIGN = re.compile(rf"(?P<sign>{_FOREIGN})\s*(?P<number>\d+(?:,\d{{3}})*(?:\.\d{{1,2}})?)", re.I)

_DIGIT = f"[0-9两{DIGITS}]"
_WORDED = re.compile(
    rf"""(?<!几)(?P<sign>¥|rmb\s*)?(?P<whole>{NUMBER})(?P<vague>[多来几])?\s*
    (?:(?P<word>块(?![地田土石肉糖姜砖布板牌状头儿豆])|元(?![旦素宵件])|圆(?!圆)|yuan|rmb)
       (?:(?P<half>半(?!价))
         |(?P<tail>零?{_DIGIT})(?P<jiao>[毛角])(?P<fen>{_DIGIT}(?!\d|\s*{UNIT}))?分?
         |(?P<cents>\d{{2}}(?!\d|\s*{UNIT}))
         |(?P<bare>零?(?:(?!一){_DIGIT}|一(?=\s*(?:$|[，。！？,.!?；;]))))(?!\s*{UNIT})(?![0-9百千万])
       )?(?P<qian>钱)?
     |(?P<small>毛|角)(?P<rest>{_DIGIT}(?!\d|\s*{UNIT}))?(?P<small_qian>钱)?)""",
    re.I | re.X,
)
_SIGNED = re.compile(r"(?:¥|rmb)\s*(?P<whole>\d+(?:,\d{3})*(?:\.\d{1,2})?)", re.I)
_DECIMAL = re.compile(
    rf"(?P<whole>\d+\.\d{{1,2}}|{NUMERAL}+点[零{DIGITS}]{{1,2}})(?![\d十百千万分])(?!\s*(?:米|公里|度|亩|岁|年|倍|成|万|亿|%|折|{UNIT}))"
)
_ROUND = re.compile(rf"(?<!{NUMERAL})(?P<whole>{NUMERAL}*[两{DIGITS}][百千万][{DIGITS}])(?![十百千万零\d])")
_TENTHS_UNSAID = re.compile(
    rf"(?<![{NUMERALS}\d第])(?P<whole>(?:[两{DIGITS}]百零?)?[{DIGITS}]?十[{DIGITS}])(?P<tenth>[{DIGITS}])"
    rf"(?=\s*{NUMBER}\s*{UNIT}|(?![{NUMERALS}\d点多]|\s*{COUNTS}))(?!\s*{UNIT})"
)
"""A price said without 块: 二十九九 is 29.9."""
_INTEGER = re.compile(rf"(?P<whole>\d+|{NUMERAL}+)(?=\s*(?:$|[，。！？,.!?；;啊吧呢了]))")
_PAID = re.compile(
    rf"(?<![{NUMERALS}\d.])(?P<whole>\d+|{NUMERAL}{{2,}})(?=\s*[，,]?(?:还|再|也|得|要|能)*找(?:你们?|您|零|回)?{NUMBER}[块毛元角]|\s*来[，,]?(?:也|就)?(?:不用|别|甭)找)"
)
"""What is paid with before its change, or without any: 两百找两块, 拿二十来，不用找."""
_ASKED = re.compile(r"(?:只要|只需|只卖|售价|价格|现价|特价|到手价|优惠价)(?:是|为|:|：|\s)*$")
_CLAUSE_END = re.compile(rf"^\s*(?:$|[，。！？,.!?；;、/每]|{NUMBER}\s*{UNIT})")
_LEADING_NUMERALS = re.compile(f"[{NUMERALS}俩仨]+")
_PRICE_ENDINGS = "五六八九"
_SHAPES_AND_SPICES = (3, 4, 5, 6, 8)
"""Numbers of 角 that without 钱 are a shape or a spice: 三角 is a triangle, 八角 star anise."""
_TENTH, _HUNDREDTH = Decimal("0.1"), Decimal("0.01")


@dataclass(frozen=True)
class MoneyAmount:
    """An amount of money in a text.

    amount: in units of `currency`, which is empty when the text names none. start, end: character offsets.
    worded: it has a money word or sign (块, 元, ¥). bare: 块 or 毛 and nothing more, which may mean a piece or a hair instead.
    about: an approximate amount (三十多块). low, high: what it may mean at least and at most, when its own words say so (十五六块).
    perhaps: another reading, when the character after 块 only sounds like a digit: 29块酒 is written for 29块九.
    """

    amount: Decimal
    start: int
    end: int
    currency: str = "CNY"
    worded: bool = True
    bare: bool = False
    about: bool = False
    perhaps: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True)
class _Value:
    """The value of an amount and the offset at which it ends."""

    amount: Decimal
    end: int
    bare: bool = False
    perhaps: Decimal | None = None


def currency_code(mark: str) -> str | None:
    """Return the code of a currency's sign or word, in any case: ¥, 元, RMB and cny are CNY; None for an unknown one."""
    return _CODES.get(mark.lower())


def exact_amount(text: str) -> MoneyAmount | None:
    """Return the amount that a whole text states: 29.90, ¥29.9, 1,299.00, 29,9元整, 29块9, 二十九块九.

    None for a range, an approximate or ambiguous amount (两三块), and anything else. text: narrow characters, small letters.
    """
    text = with_plain_numerals(re.sub(r"(?<=\d)。(?=\d{1,2}(?!\d))", ".", text))  # 29。9, as a Chinese keyboard types it
    text = re.sub(r"(?<=[元圆角])整$", "", text)
    match = _ONE_AMOUNT.fullmatch(text)
    return _in_figures(match) if match else _as_spoken(text)


def _in_figures(match: re.Match[str]) -> MoneyAmount:
    """Read an amount in figures: 29,90 has a decimal comma, 1,299 a thousands separator."""
    digits, mark = match["number"], match["sign"] or match["word"] or ""
    number = digits.replace(",", ".") if re.fullmatch(r"\d+,\d{1,2}", digits) else digits.replace(",", "")
    return MoneyAmount(Decimal(number), *match.span(), currency_code(mark) or "", worded=bool(mark))


def _as_spoken(text: str) -> MoneyAmount | None:
    numerals = _LEADING_NUMERALS.match(text)
    amounts = money_amounts(text)
    if len(amounts) != 1 or (numerals and is_digit_by_digit(numerals[0])):
        return None
    (amount,) = amounts
    is_whole = (amount.start, amount.end) == (0, len(text))
    return amount if is_whole and amount.worded and not amount.about and amount.perhaps is None else None


def foreign_amounts(text: str) -> Iterator[MoneyAmount]:
    """Yield the amounts with a sign or code of another currency than the yuan before them: $4.50, HKD 30."""
    for match in _SIGNED_FOREIGN.finditer(text):
        yield MoneyAmount(Decimal(match["number"].replace(",", "")), *match.span(), currency_code(match["sign"]) or "")


def money_amounts(text: str) -> list[MoneyAmount]:
    """Return the amounts of yuan in a text of narrow Simplified characters, in order, none overlapping another.

    Amounts without a money word are those with a sign or decimals, those like 一百二 and 二十九九, and numbers that are called a price
    (只要30).
    """
    amounts: list[MoneyAmount] = []
    for amount in (*_worded_amounts(text), *_unworded_amounts(text)):
        if not any(amount.start < other.end and other.start < amount.end for other in amounts):
            amounts.append(amount)
    return sorted(amounts, key=lambda amount: amount.start)


def mask_amounts(text: str, amounts: Iterable[MoneyAmount]) -> str:
    """Return a text with its amounts replaced by #, as long as before, so that 三块五一斤 has one 斤 and not fifty-one."""
    for amount in amounts:
        text = text[: amount.start] + "#" * (amount.end - amount.start) + text[amount.end :]
    return text


def _unworded_amounts(text: str) -> Iterator[MoneyAmount]:
    for match in _TENTHS_UNSAID.finditer(text):
        if whole := read_number(match["whole"]):
            yield _with_unsaid_tenths(match, whole)
    for shape in (_SIGNED, _DECIMAL, _PAID, _ROUND):
        for match in shape.finditer(text):
            if value := read_number(match["whole"]):
                yield MoneyAmount(value, *match.span(), worded=shape is _SIGNED)
    for match in _INTEGER.finditer(text):
        if _ASKED.search(text[: match.start()]) and (value := read_number(match["whole"])):
            perhaps = value / 10 if len(match["whole"]) == 3 and is_digit_by_digit(match["whole"]) else None
            yield MoneyAmount(value, *match.span(), worded=False, perhaps=perhaps)


def _with_unsaid_tenths(match: re.Match[str], whole: Decimal) -> MoneyAmount:
    """Read 二十九九; 二十八九 may also mean 28 to 29."""
    tenth = read_number(match["tenth"]) or Decimal(0)
    low, high = read_number_range(match[0]) or (None, None)
    return MoneyAmount(whole + tenth * _TENTH, *match.span(), worded=False, about=low is not None, low=low, high=high)


def _worded_amounts(text: str) -> Iterator[MoneyAmount]:
    for match in _WORDED.finditer(text):
        start, number = _without_hour(match)
        limits = _limits(number, match)
        whole = limits[0] if limits else read_number(number)
        if whole is None:  # 十一二十二块八: what stands right before 块 is the amount
            readable = next((cut for cut in range(1, len(number)) if read_number(number[cut:]) is not None), None)
            if readable is None:
                continue
            start, whole = start + readable, read_number(number[readable:]) or Decimal(0)
        value = _change(match, whole) if match["small"] else _yuan(text, match, whole)
        if value and value.amount > 0:
            unit = _TENTH if match["small"] else Decimal(1)
            low, high = (limits[0] * unit, limits[1] * unit) if limits else (None, None)
            about = bool(match["vague"] or limits)
            yield MoneyAmount(value.amount, start, value.end, bare=value.bare, about=about, perhaps=value.perhaps, low=low, high=high)


def _limits(number: str, match: re.Match[str]) -> tuple[Decimal, Decimal] | None:
    """Return both ends of an amount that its own words leave open: 十五六块, 三十多块; None for an exact one and for 十来块."""
    if any(match[part] for part in ("half", "tail", "cents", "bare", "rest")):
        return None
    if match["vague"] in ("多", "几") and (low := read_number(number)):
        return low, low + last_place(low)
    return None if match["vague"] else read_number_range(number)


def last_place(value: Decimal) -> Decimal:
    """Return the place of a whole number's last digit that is not 0: 10 for 30, 100 for 1200, 1 for 31."""
    place = 1
    while value % (place * 10) == 0:
        place *= 10
    return Decimal(place)


def _without_hour(match: re.Match[str]) -> tuple[int, str]:
    """Return the offset at which the amount begins, and its number: 九点九块九 is nine o'clock and then the price."""
    start, number = match.start(), match["whole"]
    if "点" in number and (match["bare"] or match["jiao"] or match["half"]):
        after = number.index("点") + 1
        return start + after, number[after:]
    return start, number


def _change(match: re.Match[str], whole: Decimal) -> _Value | None:
    """Read an amount below one yuan: 五毛, 五毛五, 八角钱; None for 八角."""
    bare = not match["small_qian"]
    if match["small"] == "角" and bare and whole in _SHAPES_AND_SPICES:
        return None
    return _Value(whole * _TENTH + _hundredths(match["rest"]), match.end(), bare)


def _yuan(text: str, match: re.Match[str], whole: Decimal) -> _Value:
    """Read an amount of 块 or 元 with what follows: 半, 五毛五, 90, 九, or a character that sounds like a digit."""
    if match["bare"] and _begins_a_weight(match["bare"], text[match.end() :]):
        return _Value(whole, match.start("bare"))
    part = _part_of_a_yuan(match)
    if part is not None:
        return _Value(whole + part, match.end())
    bare = match["word"] == "块" and not match["qian"] and not match["sign"]
    next_character = text[match.end() : match.end() + 1]
    if bare and (tenths := digit_by_sound(next_character)) and _CLAUSE_END.match(text[match.end() + 1 :]):
        return _Value(whole, match.end() + 1, bare, perhaps=whole + tenths * _TENTH)
    return _Value(whole, match.end(), bare)


def _begins_a_weight(digit: str, after: str) -> bool:
    """Tell whether a digit after 块 begins a weight, as in 二十块二十斤; prices end in few digits: 二十九块九十斤 is 29.9 for ten."""
    return not digit.isascii() and digit not in _PRICE_ENDINGS and bool(re.match(rf"十{NUMERAL}?\s*{UNIT}", after))


def _part_of_a_yuan(match: re.Match[str]) -> Decimal | None:
    if match["half"]:
        return Decimal("0.5")
    if match["cents"]:
        return Decimal(match["cents"]) / 100
    if match["jiao"]:
        return _tenths(match["tail"].removeprefix("零")) + _hundredths(match["fen"])
    return _tenths(match["bare"]) if match["bare"] else None


def _tenths(tail: str) -> Decimal:
    """Read what follows 块: 九 is nine tenths, 零五 five hundredths."""
    if tail.startswith("零"):
        return _hundredths(tail[1:])
    return (read_number(tail) or Decimal(0)) * _TENTH


def _hundredths(digit: str | None) -> Decimal:
    return (read_number(digit or "") or Decimal(0)) * _HUNDREDTH
