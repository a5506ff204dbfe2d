"""The one reader of what is said about money: every amount of a text with its role, what it buys, and how exact and how certain it is."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from pipeline.chinese import amount_roles as roles
from pipeline.chinese.amount_roles import AFTER, AFTER_COMMA, ALSO, BEFORE, AmountRole
from pipeline.chinese.amounts import MoneyAmount, mask_amounts, money_amounts
from pipeline.chinese.bare_numbers import BareNumber, bare_numbers, is_of_no_money, rough_numbers, split_prices
from pipeline.chinese.characters import simplified
from pipeline.chinese.english_prices import in_known_words
from pipeline.chinese.numerals import DIGITS, NUMBER, NUMERALS, read_number, with_plain_numerals
from pipeline.chinese.quantities import COUNTED_NAME, COUNTS, NAME, UNIT, Quantity, QuantityMention, counted_quantities

# One character for one, so that offsets in the text stay valid.
_NARROW = str.maketrans("０１２３４５６７８９．￥／", "0123456789.¥/")
PRICE_ROLES = frozenset({"price", "old_price", "price_elsewhere"})
"""What goods cost, now, before, or at others."""
OVER_SHARE = Decimal("0.15")
"""Share by which an amount with 出头 may be higher: 一百出头 is 110, and no 128."""
ABOUT_SHARE = Decimal("0.15")
"""How far, as a share of it, a price said as a rough one (三十块左右) may lie from the true one."""
AT_MOST_SHARE = Decimal("0.6")
"""Share of an upper limit (不到三十) under which the true price does not lie: less would be said with another number."""
_COUNTED_AFTER = re.compile(rf"\s*(?:{UNIT}|{COUNTS})", re.I)
_DAYS = re.compile(r"双十[一二]|双1[12]|六一八|(?<![\d.])618(?!元|块)|五一节|十一假期|三八节")
"""Days of selling, whose numerals are none: 双十一三十二块八."""
_SHARE_STEP = Decimal("0.1")
_MANY_PIECES = 10
"""From here on 块 counts no pieces: 两块土豆, but 二十块你拿走."""
_CHANGE = re.compile(r"\s*(?:给我|拿来|来)?\s*[，,]?\s*(?:还|再|也)?(?:得|要|能|可以)?(?:找你们?|找您|找零|找回|找)\s*")
_BARE_CHANGE = re.compile(rf"{_CHANGE.pattern}(?P<change>{NUMBER})(?:块钱?)?(?=\s*(?:$|[，。！？,.!?；;]))")
_LEFT_OVER = re.compile(rf"\s*钱?(?:就)?(?:能|可以|够)?(?:买|拿|拍)\s*{NUMBER}\s*{UNIT}[，,]?\s*(?:还|都|还能)?(?:剩下?|多出?|找你?回?)\s*")
_BY_ALL_MEANS = re.compile(rf"(?<![{NUMERALS}几数上\d])千万(?=[别不要莫勿记得注小留])")
"""千万别错过: no ten million of anything."""
_WHOLE = re.compile(rf"(?<=[{NUMERALS}]{{2}})整(?=\s*{UNIT})")
"""What parts a price from its unit: 一百二十八整只发 is 128 for a whole one."""
_COMMA = re.compile(r"[，,]")
_AFTER_QUANTITY = re.compile(r"\s*(?:$|[，。！？,.!?；;、)）]|装|的|包邮|到手|大|一[箱盒袋份件])")
"""What may follow a quantity that a comma separates from its price; 二十九块九，一个有半斤 says something else."""
_SENTENCE_END = re.compile(r"[。！？!?；;]")
_SHARE = re.compile(
    rf"(?P<tenths>[{DIGITS}1-9])(?:[点.]?(?P<hundredths>[{DIGITS}\d]))?折(?![叠扣腾断磨返合算旧服])|(?P<half>半价|对折|腰斩)|(?<!\d)(?P<percent>\d{{1,2}})\s*[%％]\s*off",
    re.I,
)
_CONDITION = re.compile(rf"(?:第\s*{NUMBER}|再来|[两二三四五六七八九十\d]+\s*{UNIT}|会员|满[^，,。]*)[^，,。！？]{{0,4}}$")


@dataclass(frozen=True)
class StatedAmount:
    """An amount of money as it is said in a text.

    role: see `AmountRole`. amount: yuan; for a share what is left of 1. low, high: what it may mean; both the amount where it is exact.
    quantities: what it buys, the nearest first (一箱十斤 gives 10斤 and 箱); empty when that is not said.
    start, end: offsets of the words with the quantity; amount_start, amount_end: of the amount alone.
    about: said as a rough one. worded: said with a money word or sign. called: a word of selling stands beside it (只要, 卖, 包邮).
    bare: a number without anything that says money, beside a quantity. split: it may be a count instead: 八十一桶.
    declared: an old price said as the usual one of the seller (原价). coupon: what is left after a coupon. variant: for one kind of the
    goods (大的三十). average: what one comes to when a pack is bought (算下来…). conditional: holds only for who buys more
    (第二件半价). by_itself: it ends its clause, so that it can be a price. of_goods: goods are called by it (八十九块钱的草莓).
    perhaps: another reading (29块酒 is written for 29块九).
    """

    role: AmountRole
    amount: Decimal
    start: int
    end: int
    amount_start: int
    amount_end: int
    low: Decimal
    high: Decimal
    quantities: tuple[Quantity, ...] = ()
    about: bool = False
    worded: bool = True
    called: bool = False
    bare: bool = False
    split: bool = False
    declared: bool = False
    coupon: bool = False
    variant: bool = False
    average: bool = False
    conditional: bool = False
    by_itself: bool = False
    of_goods: bool = False
    perhaps: Decimal | None = None

    @property
    def stands(self) -> bool:
        """Whether it is money for sure: no price is a number alone, or 一块 in 我们在一块."""
        return self.role not in PRICE_ROLES or self.called or bool(self.quantities) or self.by_itself


@dataclass(frozen=True)
class _Priced:
    """The quantities that a price buys, and the span of the whole expression in the text."""

    quantities: tuple[Quantity, ...]
    start: int
    end: int


def plain_text(text: str) -> str:
    """Return a text in narrow Simplified characters, as long as before: the form that amounts are read in."""
    return in_known_words(with_plain_numerals(simplified(text.translate(_NARROW))))


def stated_amounts(text: str, names: Iterable[str] = ()) -> tuple[StatedAmount, ...]:
    """Return every amount of yuan in a text of Chinese, in order, with what it is. Offsets are those of the text as it was given.

    names: of the products, which may stand between a quantity and its price, and whose numerals are none (五常大米, 三角梅).
    Numbers without money words count only where money must be meant: 只要29.9, 一箱一百二, 十斤一百二十八.
    """
    plain = _without_names(
        plain_text(text).replace("一口价", "到手价").replace("成交", "到手"), names
    )  # 七十一口价 is no number 七十一, 十八成交 no share
    plain = _BY_ALL_MEANS.sub("务必", _WHOLE.sub("，", plain))
    certain = _without_change(plain, money_amounts(plain))
    masked = mask_amounts(plain, certain)
    mentions = list(counted_quantities(masked))
    amounts = [(amount, "") for amount in certain]
    amounts += [(_as_amount(number), number.kind) for number in bare_numbers(_mask(masked, mentions), mentions)]
    amounts += [(amount, "") for amount in rough_numbers(_mask(masked, mentions))]
    for number, mention in split_prices(masked):
        mentions = [other for other in mentions if not (other.start < mention.end and mention.start < other.end)] + [mention]
        amounts.append((_as_amount(number), number.kind))
    amounts = _without_pieces(sorted(amounts, key=lambda pair: pair[0].start), mentions)
    mentions.sort(key=lambda mention: mention.start)
    stated = [*_with_quantities(plain, amounts, mentions), *_shares(plain)]
    return tuple(sorted(stated, key=lambda amount: amount.start))


def _without_names(plain: str, names: Iterable[str]) -> str:
    """Replace names by blanks, the longest first, so that offsets stay: wide ones, which no word of a discount reaches across."""
    folded = plain.casefold() if len(plain.casefold()) == len(plain) else plain
    for name in sorted({plain_text(name).casefold() for name in names if len(name) > 1}, key=len, reverse=True):
        blank = COUNTED_NAME if name.isascii() else NAME
        for match in re.finditer(re.escape(name), folded):
            plain = plain[: match.start()] + blank * len(name) + plain[match.end() :]
        folded = folded.replace(name, blank * len(name))
    return _DAYS.sub(lambda match: NAME * len(match[0]), plain)


def _without_change(plain: str, amounts: list[MoneyAmount]) -> list[MoneyAmount]:
    """Join an amount and the change that is given back on it: 三十块钱找你一毛 is 29.9, 一百块买三箱还剩十块 is 90 for three."""
    joined: list[MoneyAmount] = []
    for amount in amounts:
        paid = joined[-1] if joined else None
        if paid and amount.amount < paid.amount and _CHANGE.fullmatch(plain[paid.end : amount.start]):
            joined[-1] = replace(paid, amount=paid.amount - amount.amount, end=amount.end, bare=False)
        elif paid and amount.amount < paid.amount and _LEFT_OVER.fullmatch(plain[paid.end : amount.start]):
            joined[-1] = replace(paid, amount=paid.amount - amount.amount)  # what lies between is what the rest buys
        else:
            joined.append(amount)
    return [_less_bare_change(plain, amount) for amount in joined]


def _less_bare_change(plain: str, paid: MoneyAmount) -> MoneyAmount:
    """Take off change that is said without 块: 三百块找你三十二."""
    match = _BARE_CHANGE.match(plain, paid.end)
    change = read_number(match["change"]) if match else None
    if not match or change is None or change >= paid.amount:
        return paid
    return replace(paid, amount=paid.amount - change, end=match.end(), bare=False)


def _as_amount(number: BareNumber) -> MoneyAmount:
    return MoneyAmount(number.amount, number.start, number.end, worded=False, perhaps=number.perhaps)


def _without_pieces(amounts: list[tuple[MoneyAmount, str]], mentions: list[QuantityMention]) -> list[tuple[MoneyAmount, str]]:
    """Leave out a 块 that counts pieces before a quantity with a price of its own: 一块一公斤一百九十八."""
    spans = {(mention.start, mention.end) for mention in mentions}
    pieces = {
        amount.start
        for (amount, _), (following, kind) in pairwise(amounts)
        if amount.bare and kind == "beside" and (amount.end, following.start) in spans
    }
    return [pair for pair in amounts if pair[0].start not in pieces]


def _mask(text: str, mentions: list[QuantityMention]) -> str:
    for mention in mentions:
        text = text[: mention.start] + "#" * (mention.end - mention.start) + text[mention.end :]
    return text


def _with_quantities(plain: str, amounts: list[tuple[MoneyAmount, str]], mentions: list[QuantityMention]) -> Iterator[StatedAmount]:
    unclaimed = [mention for mention in mentions if not plain[: mention.start].rstrip().endswith("第")]
    previous_end = 0
    for index, (amount, kind) in enumerate(amounts):
        next_start = amounts[index + 1][0].start if index + 1 < len(amounts) else len(plain)
        context = _SENTENCE_END.split(plain[previous_end : amount.start])[-1]
        near = [mention for mention in unclaimed if mention.start == amount.end] if kind == "split" else unclaimed
        priced = _claim_quantities(plain, amount, near, next_start)
        if kind == "split":
            unclaimed = [mention for mention in unclaimed if mention.start != amount.end]
        yield _stated(plain, amount, kind, priced, context, plain[amount.end : next_start])
        previous_end = amount.end


def _stated(plain: str, amount: MoneyAmount, kind: str, priced: _Priced, context: str, after: str) -> StatedAmount:
    """Make the statement of one amount. context: its sentence before it, after the previous amount. after: text to the next amount."""
    lead = plain[max(0, priced.start - 12) : priced.start] if priced.start < amount.start else context
    if _COMMA.search(plain[priced.start : amount.start]):  # 送一袋瓜子，三十五块八: what is given is not the amount
        lead = context
    role = roles.role_before(context, lead) or roles.role_after(after)
    if role is None:
        role = "old_price" if kind == "goods" else roles.price_role(context, after)
    looseness = roles.approximation(context, after)
    low, high = _range(amount, looseness)
    return StatedAmount(
        role=role,
        amount=amount.amount,
        start=priced.start,
        end=priced.end,
        amount_start=amount.start,
        amount_end=amount.end,
        low=low,
        high=high,
        quantities=priced.quantities,
        about=amount.about or bool(looseness),
        worded=amount.worded,
        called=roles.is_called_price(context, after),
        bare=kind in ("beside", "alone", "split", "goods"),
        split=kind == "split",
        declared=roles.is_declared_old(context, after),
        coupon=roles.is_after_coupon(context),
        variant=roles.is_of_variant(context),
        average=roles.is_average(context),
        conditional=role == "later_piece" or bool(_CONDITION.search(context)),
        by_itself=kind in ("beside", "alone", "money") or _is_price_by_itself(plain, amount, bool(looseness), after),
        of_goods=after.startswith("的"),
        perhaps=amount.perhaps,
    )


def _range(amount: MoneyAmount, looseness: str) -> tuple[Decimal, Decimal]:
    """Return what an amount may mean at least and at most."""
    value = amount.amount
    if looseness == "at_most":
        return value * AT_MOST_SHARE, amount.high or value
    if amount.low is not None and amount.high is not None:
        return amount.low, amount.high
    if looseness == "over":
        return value, value * (1 + OVER_SHARE)
    if looseness == "from":
        return value, value + max(_step(value), value * Decimal("0.1"))
    return (value * (1 - ABOUT_SHARE), value * (1 + ABOUT_SHARE)) if amount.about or looseness else (value, value)


def _step(value: Decimal) -> Decimal:
    """Return one of the last place that is said: 0.1 for 四块五, 10 for 三十."""
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(int(exponent))


def _is_price_by_itself(plain: str, amount: MoneyAmount, about: bool, after: str) -> bool:
    """Tell whether an amount is a price although no word of selling precedes it and no quantity belongs to it.

    A number without a money word is none when it counts something or measures something else. A bare 块 may count pieces: 一块 is together,
    两块土豆 are two pieces.
    """
    alone = amount.end - amount.start == len(plain.strip())
    if not (amount.worded or alone or roles.is_taken(after)):
        return not _COUNTED_AFTER.match(after) and not is_of_no_money(_SENTENCE_END.split(plain[: amount.start])[-1])
    if not amount.bare or amount.amount >= _MANY_PIECES or amount.amount % 1:
        return True
    return amount.amount != 1 and (about or amount.about or roles.ends_clause(after) or roles.is_addressed(after))


def _claim_quantities(text: str, amount: MoneyAmount, unclaimed: list[QuantityMention], next_start: int) -> _Priced:
    """Remove the quantities of a price from `unclaimed`: those right before it, else those right after it."""
    leading, following = _leading(text, amount, unclaimed), _following(text, amount, unclaimed, next_start)
    # 亩产四千斤，三块钱一斤: what stands in the same clause is nearer than what a comma separates.
    apart = bool(leading) and bool(_COMMA.search(text[leading[0].end : amount.start]))
    adjacent = bool(following) and not _COMMA.search(text[amount.end : following[0].start])
    claimed = following if following and (not leading or (apart and adjacent)) else leading
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
        if not (ALSO.match(gap) if claimed else BEFORE.fullmatch(gap)):
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
        leads_next = next_start < len(text) and bool(BEFORE.fullmatch(text[mention.end : next_start]))
        ends = bool(_AFTER_QUANTITY.match(text[mention.end :]))
        if not (
            (ALSO.match(gap) and not leads_next) if claimed else AFTER.match(gap) or (AFTER_COMMA.match(gap) and ends and not leads_next)
        ):
            break
        claimed.append(mention)
        end = mention.end
    return claimed


def _shares(plain: str) -> Iterator[StatedAmount]:
    """Yield the discounts of a text as the share that is left: 八折, 七五折, 半价, 20% off."""
    for match in _SHARE.finditer(plain):
        if match["half"]:
            share = Decimal("0.5")
        elif match["percent"]:
            share = 1 - Decimal(match["percent"]) / 100
        else:
            tenths, hundredths = (read_number(match[part] or "零") or Decimal(0) for part in ("tenths", "hundredths"))
            share = tenths / 10 + hundredths / 100
        context = _SENTENCE_END.split(plain[: match.start()])[-1]
        start, end = match.span()
        looseness = roles.approximation(context, plain[end:])
        low = share - _SHARE_STEP if looseness in ("at_most", "about") else share
        high = share + _SHARE_STEP if looseness in ("from", "over", "about") else share
        yield StatedAmount("share", share, start, end, start, end, low, high, conditional=bool(_CONDITION.search(context)))


def as_given(text: str, amount: StatedAmount) -> str:
    """Return the words of an amount with its quantity as they were given, not as they were normalized."""
    return text[amount.start : amount.end].strip(" ，,、")
