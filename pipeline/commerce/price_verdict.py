"""Comparing a price that was said or written with the offer and with the other packs of its product."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from pipeline.chinese import Quantity, read_quantities
from pipeline.commerce.spoken_prices import SpokenPrice
from pipeline.documents.offer import Offer

PriceVerdict = Literal["same", "other", "pack", "unsure"]
"""same: it agrees, or is not about the product. other: it contradicts the sheet. pack: for a quantity that the sheet does not price.
unsure: it may be about the product, and then it would be another price."""
ROUNDING_SHARE = Decimal("0.02")
ROUNDING_YUAN, MOST_ROUNDING_SHARE = Decimal("0.1"), Decimal("0.035")
"""Share of the price that counts as rounding, or a tenth of a yuan where that is at most the second share: 三块五一斤 for 35.8元/10斤 is no
other price, 四毛一斤 for 三毛一斤 is one."""
_PORTIONS = ("份", "单", "件")
"""Words for one of whatever is sold: 两份七十八 is twice the price of any pack."""
_NEAR_SIZE = 4
"""A price without a quantity counts as the product's when it is within this factor of the sheet's."""
_BARE_SIZE, _SPLIT_SIZE = 30, 3
"""The same for a number beside a quantity (10斤12 for 十斤一百二), and for one that may be a count instead (八十一桶)."""
_MOST_PACKS = 200
"""Of so many packs nobody says a price: 亩产八千斤，十五块八."""
_PACK_WORDS = re.compile(
    r"[\s（(【\[]*(?:\d+(?:\.\d+)?|[一二两三四五六七八九十半]+)\s*(?:斤|公斤|千克|kg|克|g|枚|个|只|瓶|箱|盒|袋|包|罐|桶|升|ml)\s*装?[)）】\]]*|[大中小]?[箱盒袋瓶]装|[大中小]份",
    re.I,
)


def product_core(name: str) -> str:
    """Return a product's name without words for its pack: 手工挂面5斤装 is 手工挂面."""
    return _PACK_WORDS.sub("", name.casefold()).strip(" -·_()（）") or name.casefold()


def packs_of(offer: Offer, others: Sequence[Offer]) -> tuple[Offer, ...]:
    """Return the sheet's other packs of an offer's product: rows of the same name, apart from words for the pack."""
    core = product_core(offer.name)
    return tuple(
        other for other in others if other.sku != offer.sku and other.currency == offer.currency and product_core(other.name) == core
    )


def price_verdict(offer: Offer, price: SpokenPrice, named: bool, packs: Sequence[Offer] = ()) -> PriceVerdict:
    """Return how a price that was said or written compares with the offer's and those of other packs of its product.

    named: the product is named beside it. A price with a second reading (`perhaps`) agrees when either does.
    """
    verdict = _compare((offer, *packs), price, named)
    if (verdict == "same" and not price.bare) or price.perhaps is None:
        return verdict
    readings = [price.model_copy(update={"amount": amount, "perhaps": None}) for amount in (price.amount, price.perhaps)]
    if price.bare:  # 二五八 is 258 or 25.8: either may be the sheet's, and either may be another price
        if any(is_price_of(offer, reading, packs) for reading in readings):
            return "same"
        return next((other for reading in readings if (other := _compare((offer, *packs), reading, named)) != "same"), "same")
    return "same" if _compare((offer, *packs), readings[1], named) == "same" else verdict


def is_price_of(offer: Offer, price: SpokenPrice, packs: Sequence[Offer] = ()) -> bool:
    """Tell whether a price is for sure one of an offer or of another pack of its product, counted up or down where need be."""
    return price_verdict(offer, price.model_copy(update={"bare": False, "called": True}), True, packs) == "same"


def agrees(price: SpokenPrice, expected: Decimal, *, rounding: bool = False) -> bool:
    """Tell whether a price may mean an expected one. rounding: a computed price may be rounded as people round it."""
    if price.about and price.low is not None and price.high is not None:
        return price.low <= expected <= price.high
    if not rounding:
        return price.amount == expected
    return abs(price.amount - expected) <= max(expected * ROUNDING_SHARE, min(ROUNDING_YUAN, expected * MOST_ROUNDING_SHARE))


def _compare(packs: Sequence[Offer], price: SpokenPrice, named: bool) -> PriceVerdict:
    """Compare a price with every pack of a product, the story's own first."""
    if not price.quantities:
        return _compare_alone(packs, price, named)
    verdicts = [verdict for said in price.quantities if (verdict := _compare_quantity(packs, price, said)) is not None]
    if verdicts:
        return _bare(verdicts[0], packs, price) if price.bare else verdicts[0]
    if price.bare:
        return "same" if price.split else _compare_alone(packs, price, False)
    # 一箱 may be the ten 斤 of the sheet, but nobody calls a bottle one 斤.
    by_weight = all(said.count <= 1 and said.amount_in_base()[0] in ("g", "ml") for said in price.quantities)
    return "same" if not by_weight and any(agrees(price, pack.price) for pack in packs) else "pack"


def _compare_alone(packs: Sequence[Offer], price: SpokenPrice, named: bool) -> PriceVerdict:
    """Compare a price that is said without what it buys."""
    offer = packs[0]
    if agrees(price, offer.price):
        return "same"
    near, *near_packs = (pack.price / _NEAR_SIZE <= price.amount <= pack.price * _NEAR_SIZE for pack in packs)
    if price.bare:
        of_a_pack = any(agrees(price, pack.price) for pack in packs)
        return "unsure" if near or (any(near_packs) and not of_a_pack) else "same"
    near = near or any(near_packs)
    if not (price.called or named):
        return "unsure" if near or (price.certain and offer.price / _BARE_SIZE <= price.amount <= offer.price * _BARE_SIZE) else "same"
    return "other" if near and not any(agrees(price, pack.price) for pack in packs) else "unsure"


def _compare_quantity(packs: Sequence[Offer], price: SpokenPrice, said: Quantity) -> PriceVerdict | None:
    """Compare a price for a quantity; None when no pack is sold in such a unit.

    A pack of just that quantity decides; without one, the price of any pack may be counted up or down: ten 斤 for ten times one 斤.
    """
    base, amount = said.amount_in_base()
    sold = [
        (pack, quantity.amount_in_base()[1])
        for pack in packs
        for quantity in read_quantities(pack.unit)
        if quantity.amount_in_base()[0] == base and amount <= quantity.amount_in_base()[1] * _MOST_PACKS
    ]
    if not sold:
        portions = said.unit in _PORTIONS and any(agrees(price, pack.price * amount) for pack in packs)
        return "same" if portions else None
    if (exact := [pack for pack, sold_amount in sold if sold_amount == amount]) and not price.average:
        return "same" if any(agrees(price, pack.price) for pack in exact) else "other"
    if any(agrees(price, pack.price * amount / sold_amount, rounding=True) for pack, sold_amount in sold):
        return "same"
    return "other" if any(price.amount == pack.price for pack in packs) else "pack"


def _bare(verdict: PriceVerdict, packs: Sequence[Offer], price: SpokenPrice) -> PriceVerdict:
    """Let a number that nothing calls money contradict only where it has the size of a price."""
    if verdict == "same":
        return "same"
    factor = _SPLIT_SIZE if price.split else _BARE_SIZE
    expected = [
        pack.price * said.amount_in_base()[1] / sold.amount_in_base()[1]
        for pack in packs
        for said in price.quantities
        for sold in read_quantities(pack.unit)
        if said.amount_in_base()[0] == sold.amount_in_base()[0]
        and (not price.split or said.amount_in_base() == sold.amount_in_base())  # 一箱十五六个 is fifteen for six only where six are sold
    ]
    return "unsure" if any(one / factor <= price.amount <= one * factor for one in expected) else "same"
