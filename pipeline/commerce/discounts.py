"""Whether a discount leads from the sheet's old price to its price, and whether what a word makes a discount or a fee may be a price."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipeline.chinese import StatedAmount, is_taken, plain_text, price_role, read_quantities
from pipeline.documents.offer import Offer

_SHARE_TOLERANCE = Decimal("0.01")
"""Share by which a discounted list price may differ from the price: 七五折 of 39.9 is 29.925."""
_MOST_COMES_OFF = Decimal("0.5")
"""Share of the price that a reduction or a voucher without an old price may have; what is more may be a price that was misunderstood."""
_NOT_OF_THE_LIST_PRICE = re.compile(
    r"券|会员|新人|粉丝|满|再|第|[两二三四五六七八九十几多\d]\s*[箱盒袋份件瓶单斤个枚]|运费|邮费|快递|红包|比(?!原价|平时|平常|原来|之前|日常|昨天)|返|评|晒|人工|别"
)
"""Words with which a reduction is another one than that from the old price to the price."""


def is_doubtful_discount(
    offer: Offer, packs: Sequence[Offer], amount: StatedAmount, sentence: str, start: int, amounts: Sequence[StatedAmount]
) -> bool:
    """Tell whether a person should listen to an amount that is no price by its words.

    sentence: the text from the beginning of the amount's sentence, at offset start of all that is said. amounts: all that are said.
    """
    before, after = plain_text(sentence[: amount.start - start]), plain_text(sentence[amount.end - start :])
    if amount.conditional:
        return False
    if amount.role == "share":
        return not _share_leads(offer, amount)
    if amount.role not in ("reduction", "voucher", "fee", "difference") or any(
        amount.low <= one.price <= amount.high or amount.perhaps == one.price for one in (offer, *packs)
    ):
        return False
    if is_taken(after):
        return not _reduction_leads(offer, amount)
    if amount.role == "reduction":
        return _is_doubtful_reduction(offer, packs, amount, before, [one for one in amounts if start <= one.start < amount.start])
    value = amount.perhaps or amount.amount
    return amount.role == "voucher" and offer.price * _MOST_COMES_OFF < value < offer.price * 2


def _is_doubtful_reduction(offer: Offer, packs: Sequence[Offer], amount: StatedAmount, before: str, said: Sequence[StatedAmount]) -> bool:
    if _NOT_OF_THE_LIST_PRICE.search(re.split(r"[，,]", before)[-1]):
        return False
    amounts = [one.amount for one in said if one.role != "share"]
    if amounts and amounts[-1] == offer.list_price:
        return not _reduction_leads(offer, amount)
    if _NOT_OF_THE_LIST_PRICE.search(before) or price_role(before, "") != "price":
        return False
    if any(amount.low <= one <= amount.high for one in _saved_by_packs(offer, packs)):
        return False
    if offer.list_price is None:
        return amount.low > offer.price * _MOST_COMES_OFF
    leads = [pack.list_price - pack.price for pack in (offer, *packs) if pack.list_price is not None]
    return not any(amount.low <= one <= amount.high for one in leads)


def _saved_by_packs(offer: Offer, packs: Sequence[Offer]) -> Iterator[Decimal]:
    """Yield what another pack costs less than as much of the offer bought by the piece: two for 240 save 16 of twice 128."""
    for pack in packs:
        for sold in read_quantities(offer.unit):
            for bought in read_quantities(pack.unit):
                (base, one), (other, several) = sold.amount_in_base(), bought.amount_in_base()
                if base == other and several > one:
                    yield offer.price * several / one - pack.price


def _share_leads(offer: Offer, amount: StatedAmount) -> bool:
    if offer.list_price is None:
        return False
    tolerance = offer.price * _SHARE_TOLERANCE
    return offer.list_price * amount.low - tolerance <= offer.price <= offer.list_price * amount.high + tolerance


def _reduction_leads(offer: Offer, amount: StatedAmount) -> bool:
    return offer.list_price is not None and amount.low <= offer.list_price - offer.price <= amount.high
