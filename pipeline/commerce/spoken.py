"""Prices in Chinese speech: 十斤二十九块九, 九块九一斤, 一箱一百二, 29.9元; what is taken off, added or compared is not the price."""

import re
from dataclasses import dataclass
from decimal import Decimal

from pipeline.chinese import readings
from pipeline.commerce.numerals import CHINESE, NUMBER, number
from pipeline.commerce.units import UNIT, Quantity, quantity
from pipeline.documents.base import Frozen

# One character for one, so that places in the text stay what they are.
_PLAIN = str.maketrans("０１２３４５６７８９．￥／塊錢兩萬幾點個條隻雙張圓來減價", "0123456789.¥/块钱两万几点个条只双张圆来减价")

_DIGIT = "[0-9一二两三四五六七八九]"
_MONEY = re.compile(
    rf"""(?P<sign>¥|rmb\s*)?(?P<whole>{NUMBER})(?P<vague>[多来几])?\s*
    (?:(?P<word>块(?![地田土石肉糖姜砖布板牌状头儿豆])|元(?![旦素宵件])|圆(?!圆)|yuan|rmb)
       (?:(?P<half>半(?!价))
         |(?P<tail>零?{_DIGIT})(?P<jiao>[毛角])(?P<fen>{_DIGIT}(?!\s*{UNIT}))?分?
         |(?P<cents>\d{{2}}(?!\d|\s*{UNIT}))
         |(?P<bare>零?(?:(?!一){_DIGIT}|一(?=\s*(?:$|[，。！？,.!?；;]))))(?!\s*{UNIT})(?![0-9百千万])
       )?(?P<qian>钱)?
     |(?P<small>毛|角)(?P<rest>{_DIGIT}(?!\s*{UNIT}))?(?P<small_qian>钱)?)""",
    re.I | re.X,
)
_SIGNED = re.compile(r"(?P<sign>¥|rmb)\s*(?P<whole>\d+(?:,\d{3})*(?:\.\d{1,2})?)", re.I)
_DECIMAL = re.compile(
    rf"(?P<whole>\d+\.\d{{1,2}}|{CHINESE}+点[零一二三四五六七八九]{{1,2}})(?![\d十百千万分])(?!\s*(?:米|公里|度|亩|岁|年|倍|成|万|亿|%|折))"
)
_ROUND = re.compile(r"(?P<whole>[一二两三四五六七八九]+[百千][一二三四五六七八九])(?![十百千万零\d])")
_INTEGER = re.compile(rf"(?P<whole>\d+|{CHINESE}+)(?=\s*(?:$|[，。！？,.!?；;啊吧呢了]))")

_QUANTITY = re.compile(rf"(?P<count>{NUMBER})\s*(?P<unit>{UNIT})|(?:每|(?<=[/单]))\s*(?P<each>{UNIT})", re.I)
_FILL = (
    r"(?:[\s，,、:：的/]|装|只要|只需|只卖|卖|才|仅|就|是|为|要|一共|总共|合计|到手|价格?|售价|现价|特价|优惠价|单价|今天|今晚|现在|直播间|直播|"
    r"我们家?|咱们?家?|给到?|你们?|您|大家|家人们|只|也|大概|差不多|不到|包邮|都|全部|算|收|发|统一|每|这样|一)"
)
_BEFORE = re.compile(rf"{_FILL}{{0,8}}$")
_AFTER = re.compile(r"^(?:\s|/|每|就|可以|能|买|拿|带走|得|给你|你|有|是|发|的|那种)*$")
_AFTER_COMMA = re.compile(r"^(?:\s|[，,、]|/|每|就|可以|能|买|拿|得|给你|有|是|发)*$")
_ALSO = re.compile(r"^(?:\s|装|有|是|[，,、]|净重|足|足足|里面|一共|的|/|[(（])*$")

_CUE = re.compile(
    r"(?:只要|只需|只卖|才卖|卖|才|仅|售价|价格|现价|特价|到手价?|一共|总共|优惠价|直播价|团购价|活动价|单价|定价|报价|卖价|价|只|就|收|要|拍)"
    r"(?:是|为|要|只要|给到?|你们?|您|大家|到|了|:|：|，|,|\s)*$"
)
_OFF = re.compile(
    r"(?:减|省|便宜|优惠|返|返现|补|抵|抵扣|降|涨|赚|贵|差|赔|送|满|充|奖|罚|领|扣|券|红包|运费|邮费|快递费?|押金|定金|包装费|工资|成本|本钱|"
    r"加|加收|多收)(?:了|掉|你们?|您|大家|给|再|一共|就|的|是|要|直接|现金|:|：|\s)*$"
)
_OFF_AFTER = re.compile(
    r"^\s*(?:的)?\s*(?:无门槛|现金|优惠|满减|立减|代金|抵用|抵扣|抵|红包|券|补贴|运费|邮费|快递|押金|定金|差价|折扣|成本|工资|本钱|零花|硬币|纸币|店)"
)
_NTH = re.compile(rf"第\s*{NUMBER}\s*{UNIT}?{_FILL}{{0,4}}$")
_WAS = re.compile(
    r"(?:原价|市场价|市价|平时|平常|超市|市场|外面|外头|别人|别家|商场|网上|以前|之前|往年|去年|过去|原来|零售价|划线价|日常|吊牌价|门店|线下|城里)"
    r"(?!.*(?:现在|今天|今晚|现价|直播间|我们|咱|只要|降到|这里)).*$"
)
_ABOUT_BEFORE = re.compile(r"(?:不到|差不多|大概|大约|约|将近|接近|顶多|最多)\s*$")
_ABOUT_AFTER = re.compile(r"^\s*(?:左右|上下|不到|出头|以内|多|来钱|起)")
_END = re.compile(r"^\s*(?:$|[，。！？,.!?；;、]|[啊呀吧了呢哦哈的起]|一|每|/|包邮|到手|带走|拿走)")
_TAKEN = re.compile(r"^\s*(?:包邮|到手|带走|拿走)")
_ASKED = re.compile(r"(?:只要|只需|只卖|售价|价格|现价|特价|到手价|优惠价)(?:是|为|:|：|\s)*$")
_CLAUSE_END = re.compile(rf"^\s*(?:$|[，。！？,.!?；;、/每]|{NUMBER}\s*{UNIT})")
_SOUNDS = {"yi": 1, "er": 2, "san": 3, "si": 4, "wu": 5, "liu": 6, "qi": 7, "ba": 8, "jiu": 9}
_PRICE_ENDINGS = "五六八九"


class SpokenPrice(Frozen):
    """A price as it was said.

    amount: yuan. quantities: what it buys, the nearest first (一箱十斤 gives 10斤 and 箱); empty when that is not said.
    text: the words, with the quantity. start, end: their place in the text, in characters.
    was: a former or other people's price. about: said as a rough one. certain: said with a money word.
    called: a word of selling stands before it (只要, 卖, 价格).
    perhaps: another reading, when the character after 块 only sounds like a digit: 29块酒 is written for 29块九.
    """

    amount: Decimal
    quantities: tuple[Quantity, ...]
    text: str
    start: int
    end: int
    was: bool = False
    about: bool = False
    certain: bool = True
    called: bool = False
    perhaps: Decimal | None = None

    @property
    def quantity(self) -> Decimal | None:
        """How many of the unit; None when no unit is said."""
        return self.quantities[0].count if self.quantities else None

    @property
    def unit(self) -> str:
        """The nearest unit, empty when none is said."""
        return self.quantities[0].unit if self.quantities else ""


@dataclass(frozen=True)
class _Money:
    start: int
    end: int
    amount: Decimal
    worded: bool
    """Has a money word or sign: 块, 元, ¥."""
    plain: bool
    """块 or 毛 and nothing more, which may be a piece or a hair instead."""
    about: bool
    perhaps: Decimal | None = None


def spoken_prices(text: str) -> tuple[SpokenPrice, ...]:
    """Every price in a text, in order. What is taken off (减十块), the second piece's price and vouchers are left out.

    Numbers without money words count only where a price must be meant: 只要29.9, 一箱一百二.
    """
    plain = text.translate(_PLAIN)
    monies = _monies(plain)
    free = [match for match in _QUANTITY.finditer(_without(plain, monies)) if not plain[: match.start()].rstrip().endswith("第")]
    prices = []
    behind = 0
    for index, money in enumerate(monies):
        following = monies[index + 1].start if index + 1 < len(monies) else len(plain)
        context = re.split(r"[。！？!?；;]", plain[behind : money.start])[-1]
        after = plain[money.end : following]
        found, start, end = _attach(plain, money, free, following)
        price = _price(plain, money, found, (start, end), context, after)
        if price:
            # The words as they were given, not as they were compared.
            prices.append(price.model_copy(update={"text": text[start:end].strip(" ，,、")}))
        behind = money.end
    return tuple(prices)


def _price(plain: str, money: _Money, found: list[Quantity], span: tuple[int, int], context: str, after: str) -> SpokenPrice | None:
    lead = plain[max(0, span[0] - 12) : span[0]] if span[0] < money.start else context
    if _OFF.search(context) or _OFF.search(lead) or _OFF_AFTER.match(after) or _NTH.search(context):
        return None
    called = bool(_CUE.search(context))
    placed = bool(found)
    if (
        not money.worded
        and not (called or placed or re.match(r"^\s*(?:包邮|到手|带走|拿走)", after))
        and money.end - money.start != len(plain.strip())
    ):
        return None
    about = money.about or bool(_ABOUT_BEFORE.search(context)) or bool(_ABOUT_AFTER.match(after))
    if money.plain and not (called or placed or (money.amount != 1 and (about or _END.match(after)))):
        return None
    return SpokenPrice(
        amount=money.amount,
        quantities=tuple(found),
        text="",
        start=span[0],
        end=span[1],
        was=bool(_WAS.search(context)),
        about=about,
        certain=money.worded,
        called=called,
        perhaps=money.perhaps,
    )


def _monies(text: str) -> list[_Money]:
    found: list[_Money] = []

    def add(money: _Money | None) -> None:
        if money and not _overlaps((money.start, money.end), found):
            found.append(money)

    for match in _MONEY.finditer(text):
        add(_worded(text, match))
    for shape in (_SIGNED, _DECIMAL, _ROUND):
        for match in shape.finditer(text):
            value = number(match["whole"])
            if value:
                add(_Money(match.start(), match.end(), value, shape is _SIGNED, False, False))
    for match in _INTEGER.finditer(text):
        if _ASKED.search(text[: match.start()]) and (value := number(match["whole"])):
            add(_Money(match.start(), match.end(), value, False, False, False))
    return sorted(found, key=lambda money: money.start)


def _worded(text: str, match: re.Match[str]) -> _Money | None:
    said, start = match["whole"], match.start()
    if "点" in said and (match["bare"] or match["jiao"] or match["half"]):
        start += said.index("点") + 1  # 九点九块九: nine o'clock, then the price
        said = said[said.index("点") + 1 :]
    whole = number(said)
    if whole is None:
        return None
    tenth = Decimal("0.1")
    end = match.end()
    perhaps = None
    if match["small"]:
        amount = whole * tenth + (number(match["rest"]) or 0 if match["rest"] else 0) * tenth * tenth
        plain = not match["small_qian"]
        if match["small"] == "角" and plain and whole in (3, 4, 5, 6, 8):  # 三角, 八角: a shape, a spice
            return None
    else:
        amount = whole
        plain = match["word"] == "块" and not match["qian"] and not match["sign"]
        if match["half"]:
            amount, plain = whole + Decimal("0.5"), False
        elif match["cents"]:
            amount, plain = whole + Decimal(match["cents"]) / 100, False
        elif match["jiao"]:
            amount, plain = whole + _part(match["tail"]) + (number(match["fen"]) or 0 if match["fen"] else 0) * tenth * tenth, False
        elif match["bare"]:
            # 二十九块九十斤 is 29.9 for ten 斤, 二十块二十斤 is 20 for twenty: prices end in few digits, weights in many.
            if match["bare"] not in _PRICE_ENDINGS and re.match(rf"十{CHINESE}?\s*{UNIT}", text[end:]):
                return _Money(start, match.start("bare"), whole, True, False, bool(match["vague"]))
            amount, plain = whole + _part(match["bare"]), False
        elif plain and (tenths := _digit_by_sound(text[end : end + 1])) and _CLAUSE_END.match(text[end + 1 :]):
            end, perhaps = end + 1, whole + tenths * tenth
    return _Money(start, end, amount, True, plain, bool(match["vague"]), perhaps) if amount > 0 else None


def _digit_by_sound(letter: str) -> int | None:
    """9 for 酒 and 8 for 吧; None for what sounds like no digit, and for what is not Chinese."""
    return next((_SOUNDS[reading] for reading in readings(letter) if reading in _SOUNDS), None)


def _part(tail: str) -> Decimal:
    """九 after 块 is nine tenths, 零五 five hundredths."""
    if tail.startswith("零"):
        return (number(tail[1:]) or Decimal(0)) / 100
    return (number(tail) or Decimal(0)) / 10


def _overlaps(span: tuple[int, int], monies: list[_Money]) -> bool:
    return any(span[0] < money.end and money.start < span[1] for money in monies)


def _without(text: str, monies: list[_Money]) -> str:
    """The text with its prices blotted out, so that 三块五一斤 gives one 斤 and not fifty-one."""
    for money in monies:
        text = text[: money.start] + "#" * (money.end - money.start) + text[money.end :]
    return text


def _attach(text: str, money: _Money, free: list[re.Match[str]], following: int) -> tuple[list[Quantity], int, int]:
    """The quantities of a price, taken out of `free`, and the span of the whole expression."""
    start, end = money.start, money.end
    taken: list[re.Match[str]] = []
    for match in reversed([one for one in free if one.end() <= money.start]):
        gap = text[match.end() : start]
        if not (_ALSO.match(gap) if taken else _BEFORE.fullmatch(gap)):
            break
        taken.append(match)
        start = match.start()
    if not taken:
        for match in (one for one in free if one.start() >= money.end and one.end() <= following):
            gap = text[end : match.start()]
            leads_next = following < len(text) and bool(_BEFORE.fullmatch(text[match.end() : following]))
            if not (_ALSO.match(gap) if taken else _AFTER.match(gap) or (_AFTER_COMMA.match(gap) and not leads_next)):
                break
            taken.append(match)
            end = match.end()
    for match in taken:
        free.remove(match)
    found = [made for match in taken if (made := quantity(match["count"], match["unit"] or match["each"]))]
    return found, start, end
