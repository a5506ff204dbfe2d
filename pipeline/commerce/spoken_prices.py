"""Prices in Chinese speech: 十斤二十九块九, 九块九一斤, 一箱一百二, 29.9元; discounts, surcharges and comparisons are not the price."""

import re
from dataclasses import dataclass
from decimal import Decimal

from pipeline.chinese import (
    NUMBER,
    UNIT,
    MoneyAmount,
    Quantity,
    QuantityMention,
    counted_quantities,
    mask_amounts,
    money_amounts,
    simplified,
)
from pipeline.documents.base import Frozen

# One character for one, so that offsets in the text stay valid.
_NARROW = str.maketrans("０１２３４５６７８９．￥／", "0123456789.¥/")

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


class SpokenPrice(Frozen):
    """A price as it was said.

    amount: yuan. quantities: what it buys, the nearest first (一箱十斤 gives 10斤 and 箱); empty when that is not said.
    text: the words, with the quantity. start, end: their character offsets in the text.
    was: a former price or a competitor's. about: said as a rough one. certain: said with a money word.
    called: a word of selling precedes it (只要, 卖, 价格).
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
        """The count of the nearest unit; None when no unit is said."""
        return self.quantities[0].count if self.quantities else None

    @property
    def unit(self) -> str:
        """The nearest unit; empty when none is said."""
        return self.quantities[0].unit if self.quantities else ""


@dataclass(frozen=True)
class _Priced:
    """The quantities that a price buys, and the span of the whole expression in the text."""

    quantities: tuple[Quantity, ...]
    start: int
    end: int


def find_spoken_prices(text: str) -> tuple[SpokenPrice, ...]:
    """Return every price in a text, in order. Discounts (减十块), prices of the second piece and vouchers are left out.

    Numbers without money words count only where a price must be meant: 只要29.9, 一箱一百二.
    """
    plain = simplified(text.translate(_NARROW))
    amounts = money_amounts(plain)
    counted = counted_quantities(mask_amounts(plain, amounts))
    unclaimed = [mention for mention in counted if not plain[: mention.start].rstrip().endswith("第")]
    prices = []
    previous_end = 0
    for index, amount in enumerate(amounts):
        next_start = amounts[index + 1].start if index + 1 < len(amounts) else len(plain)
        context = re.split(r"[。！？!?；;]", plain[previous_end : amount.start])[-1]
        priced = _claim_quantities(plain, amount, unclaimed, next_start)
        if price := _price(plain, amount, priced, context, plain[amount.end : next_start]):
            # The words as they were given, not as they were normalized.
            prices.append(price.model_copy(update={"text": text[priced.start : priced.end].strip(" ，,、")}))
        previous_end = amount.end
    return tuple(prices)


def _price(plain: str, amount: MoneyAmount, priced: _Priced, context: str, after: str) -> SpokenPrice | None:
    """Return the amount as a price, or None. context: its sentence before it, after the previous amount. after: text to the next amount."""
    lead = plain[max(0, priced.start - 12) : priced.start] if priced.start < amount.start else context
    if _OFF.search(context) or _OFF.search(lead) or _OFF_AFTER.match(after) or _NTH.search(context):
        return None
    called = bool(_CUE.search(context))
    about = amount.about or bool(_ABOUT_BEFORE.search(context)) or bool(_ABOUT_AFTER.match(after))
    alone = amount.end - amount.start == len(plain.strip())
    if not (called or priced.quantities or _is_price_by_itself(amount, alone, about, after)):
        return None
    return SpokenPrice(
        amount=amount.amount,
        quantities=priced.quantities,
        text="",
        start=priced.start,
        end=priced.end,
        was=bool(_WAS.search(context)),
        about=about,
        certain=amount.worded,
        called=called,
        perhaps=amount.perhaps,
    )


def _is_price_by_itself(amount: MoneyAmount, alone: bool, about: bool, after: str) -> bool:
    """Tell whether an amount is a price although no word of selling precedes it and no quantity belongs to it.

    A number without a money word is none, unless nothing else is said or 包邮 follows. A bare 块 may count pieces: 一块 is together,
    两块土豆 are two pieces.
    """
    if not (amount.worded or alone or _TAKEN.match(after)):
        return False
    return not amount.bare or (amount.amount != 1 and (about or bool(_END.match(after))))


def _claim_quantities(text: str, amount: MoneyAmount, unclaimed: list[QuantityMention], next_start: int) -> _Priced:
    """Remove the quantities of a price from `unclaimed`: those right before it, else those right after it."""
    claimed = _leading(text, amount, unclaimed) or _following(text, amount, unclaimed, next_start)
    for mention in claimed:
        unclaimed.remove(mention)
    return _Priced(
        tuple(mention.quantity for mention in claimed),
        min([amount.start, *(mention.start for mention in claimed)]),
        max([amount.end, *(mention.end for mention in claimed)]),
    )


def _leading(text: str, amount: MoneyAmount, unclaimed: list[QuantityMention]) -> list[QuantityMention]:
    """Return the quantities before an amount, the nearest first: 一箱十斤 only 29.9."""
    claimed: list[QuantityMention] = []
    start = amount.start
    for mention in reversed([mention for mention in unclaimed if mention.end <= amount.start]):
        gap = text[mention.end : start]
        if not (_ALSO.match(gap) if claimed else _BEFORE.fullmatch(gap)):
            break
        claimed.append(mention)
        start = mention.start
    return claimed


def _following(text: str, amount: MoneyAmount, unclaimed: list[QuantityMention], next_start: int) -> list[QuantityMention]:
    """Return the quantities between an amount and the next one, the nearest first, unless they belong to the next one."""
    claimed: list[QuantityMention] = []
    end = amount.end
    for mention in (mention for mention in unclaimed if mention.start >= amount.end and mention.end <= next_start):
        gap = text[end : mention.start]
        leads_next = next_start < len(text) and bool(_BEFORE.fullmatch(text[mention.end : next_start]))
        if not (_ALSO.match(gap) if claimed else _AFTER.match(gap) or (_AFTER_COMMA.match(gap) and not leads_next)):
            break
        claimed.append(mention)
        end = mention.end
    return claimed
