"""Prices in texts: each must have its unit and be the offer's; an old price must be the sheet's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.chinese import UNIT, counted_quantities, foreign_amounts, read_quantities
from pipeline.commerce.claims.discounts import bare_old_prices
from pipeline.commerce.claims.findings import make_claim
from pipeline.commerce.claims.text_normalization import NormalizedText, normalize_spelling
from pipeline.commerce.money import price_text, unit_suffix
from pipeline.commerce.price_verdict import packs_of, price_verdict
from pipeline.commerce.product_names import other_offer_is_named_last
from pipeline.commerce.spoken_prices import SpokenPrice, find_spoken_prices
from pipeline.documents.claims import Claim, PlacedText, Verdict
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Offer

NEAR_S = 12.0
"""A unit that is said or shown within this many seconds belongs to the price: a sentence before or after."""
_ENGLISH_UNIT = (
    r"(?:kilos?|kilograms?|grams?|pounds?|lbs?|dozen|trays?|baskets?|crates?|cartons?|cases?|pouch(?:es)?|bunch(?:es)?|catty|catties)(?!\w)"
)
_UNIT_AFTER_PRICE = re.compile(
    rf"^\s*(?:/|per|for|a|an|each|every|one|的|一)*\s*(?!0+(?![.\d]))(?:\d+(?:\.\d+)?)?\s*(?:{UNIT}|\d*\s*{_ENGLISH_UNIT})",
    re.I,
)
"""What a price buys, right after it."""
_FORMER = re.compile(r"(?:原价|市场价|划线价|吊牌价|日常价|平时|平常|was|originally|regular(?:ly)?|list price|rrp|usually)\W{0,4}$", re.I)


@dataclass(frozen=True)
class _WrittenPrice:
    """A price in a text: the text with its place, the price's span in it, and its words."""

    placed: PlacedText
    span: tuple[int, int]
    words: str

    @property
    def spoken(self) -> bool:
        """Whether it is said and shown in a subtitle; else it is written in a field."""
        return self.placed.place.kind == "subtitle"

    def claim(
        self,
        verdict: Verdict,
        rule: str,
        why: Message,
        sources: tuple[str, ...],
        suggestion: Message | None = None,
        instead: str | None = None,
    ) -> Claim:
        """Make a claim about this price. instead: what may be written in its place, "" for leaving it out."""
        return make_claim(
            verdict, rule, self.placed.place, why, sources=sources, words=self.words, at=self.span, suggestion=suggestion, instead=instead
        )


def check_prices(placed: PlacedText, neighbours: tuple[PlacedText, ...], offer: Offer, others: Sequence[Offer] = ()) -> list[Claim]:
    """Compare every price of one text with the offer.

    neighbours: the other texts, in which the unit of a price, or the name of its product, may stand when it is said near by.
    others: the sheet's other offers: other packs of the same product may be named as well, and the prices of other products are not
    compared with this one.
    """
    normalized = normalize_spelling(placed.text)
    if offer.currency != "CNY":
        return _foreign(placed, normalized, offer)
    named = any(name and name.casefold() in normalized.text for name in (offer.name, *offer.aliases))
    packs = packs_of(offer, others)
    strangers = [other for other in others if other not in packs]
    claims = []
    old_prices = list(bare_old_prices(normalized.text))
    for price in find_spoken_prices(normalized.text, [name for one in (offer, *others) for name in (one.name, *one.aliases)]):
        price, end = _with_following_unit(normalized.text, price)
        if other_offer_is_named_last(offer, strangers, _text_before(placed, neighbours) + normalized.text[:end]):
            continue
        written = _written(placed, normalized, price.start, end)
        if _is_former(normalized.text, price, [end for _, end, _, _ in old_prices]):
            claims.append(_former_price(written, price.amount, offer, sure=not price.about))
        elif claim := _current_price(written, price, (offer, *packs), neighbours, named):
            claims.append(claim)
    taken = [(claim.start, claim.end) for claim in claims]
    for start, end, amount, about in old_prices:
        written = _written(placed, normalized, start, end)
        if not any(first < written.span[1] and written.span[0] < last for first, last in taken):
            claims.append(_former_price(written, amount, offer, sure=not about))
    return claims


def _is_former(text: str, price: SpokenPrice, old_price_ends: Sequence[int]) -> bool:
    """Tell whether a price is called an old one, and no bare old price (原价五十) stands between that word and it."""
    if _FORMER.search(text[: price.start]):
        return True
    return price.was and not any(end <= price.start and not re.search(r"[。！？!?]", text[end : price.start]) for end in old_price_ends)


def _current_price(
    written: _WrittenPrice, price: SpokenPrice, packs: tuple[Offer, ...], neighbours: tuple[PlacedText, ...], named: bool
) -> Claim | None:
    """Return the claim about a price that is asked now; None for one that is not about the product. packs: the story's own first."""
    offer = packs[0]
    # In a written field a price is the product's; in speech it must be called one.
    asked = not written.spoken or price.called or named
    verdict = price_verdict(offer, price, asked, packs[1:])
    if verdict == "other" or (verdict == "unsure" and asked):
        of_a_pack = any(price.amount == pack.price for pack in packs)
        return _other(written, offer, sure=price.certain and not price.about and not (written.spoken and of_a_pack))
    if not price.quantities:
        return _unit(written, offer, neighbours) if price.certain or asked else None
    if verdict == "same":
        return _same(written)
    return _pack(written, offer) if price.certain else None


def _with_following_unit(text: str, price: SpokenPrice) -> tuple[SpokenPrice, int]:
    """Return the price with a unit right after it (a kilo, per box), and the end of its words without blanks and commas."""
    end = min(price.end, len(text))
    end = price.start + len(text[price.start : end].rstrip(" ，,、"))
    if not price.quantities and (unit := _UNIT_AFTER_PRICE.match(text[end:])):
        return price.model_copy(update={"quantities": read_quantities(unit[0])}), end + unit.end()
    return price, end


def _written(placed: PlacedText, normalized: NormalizedText, start: int, end: int) -> _WrittenPrice:
    """The price at a place of a normalized text, as it was given."""
    return _WrittenPrice(placed, normalized.source_span(start, end), normalized.words(start, end).strip())


def _text_before(placed: PlacedText, neighbours: tuple[PlacedText, ...]) -> str:
    """Return the sentences said before this one: a product may be named in one of them and priced here."""
    now_s = placed.place.at_s
    before = sorted(
        (other.place.at_s, other.text)
        for other in neighbours
        if now_s is not None and other.place.kind == placed.place.kind and other.place.at_s is not None and other.place.at_s < now_s
    )
    return "".join(f"{normalize_spelling(text).text}。" for _, text in before)


def _same(written: _WrittenPrice) -> Claim:
    why = M("“{words}” is the price of the sheet, with its unit.", words=written.words)
    return written.claim("ok", "price.same", why, ("one-price", "price-13"))


def _other(written: _WrittenPrice, offer: Offer, *, sure: bool) -> Claim:
    price = _sheet_price(offer)
    why = M("“{words}” is not the price of the sheet: {product} costs {price}.", words=written.words, product=offer.name, price=price)
    if written.spoken:
        suggestion = M("If the voice says so, leave the passage out or film it again: another subtitle does not change the voice.")
        return written.claim("block" if sure else "warn", "price.other", why, ("one-price", "price-14", "samr-56"), suggestion)
    return written.claim("block" if sure else "warn", "price.other", why, ("one-price", "price-14", "samr-56"), _write(price), price)


def _pack(written: _WrittenPrice, offer: Offer) -> Claim:
    price = _sheet_price(offer)
    why = M("“{words}” is for another quantity than the sheet's {price}. Is it right?", words=written.words, price=price)
    return written.claim("warn", "price.pack", why, ("one-price", "samr-56"), _write(price), price)


def _unit(written: _WrittenPrice, offer: Offer, neighbours: tuple[PlacedText, ...]) -> Claim:
    """Judge a price without its unit: right when the unit stands near by, else a warning in speech and wrong in writing."""
    sources = ("price-13", "samr-56")
    if not offer.unit:
        why = M(
            "“{words}” has no unit, and neither has the sheet (line {line}): nobody knows what it buys.",
            words=written.words,
            line=offer.row,
        )
        return written.claim("block", "price.unit", why, sources, M("Write into the sheet what the price buys: 10斤, 箱, 500克."))
    if any(_has_unit(text, offer) for text in (written.placed.text, *_near(written.placed, neighbours))):
        return written.claim("ok", "price.unit", M("“{words}” has its unit beside it.", words=written.words), sources)
    why = M("“{words}” is a price without its unit.", words=written.words)
    price = _sheet_price(offer)
    return written.claim("warn" if written.spoken else "block", "price.unit", why, sources, _write(price), price)


def _former_price(written: _WrittenPrice, amount: Decimal, offer: Offer, *, sure: bool) -> Claim:
    """Judge a former price or a competitor's: only the sheet's old price is right. sure: it was not said as a rough one."""
    sources = ("samr-56-19", "price-14")
    if amount == offer.list_price:
        why = M("“{words}” is the old price of the sheet. It must have been asked: keep the record.", words=written.words)
        return written.claim("ok", "price.was", why, sources)
    verdict: Verdict = "block" if sure else "warn"
    why = M("“{words}” is an old or compared price that the sheet does not have.", words=written.words)
    if offer.list_price is None:
        suggestion = M("Leave “{words}” out unless you can prove that price.", words=written.words)
        return written.claim(verdict, "price.was", why, sources, suggestion, "")
    suggestion = M("Write the sheet's old price, {price}.", price=price_text(offer.list_price, offer.currency))
    return written.claim(verdict, "price.was", why, sources, suggestion)


def _sheet_price(offer: Offer) -> str:
    return price_text(offer.price, offer.currency) + unit_suffix(offer.unit)


def _write(instead: str) -> Message:
    return M("Write “{instead}”.", instead=instead)


def _near(placed: PlacedText, neighbours: tuple[PlacedText, ...]) -> list[str]:
    if placed.place.at_s is None:
        return []
    return [
        other.text
        for other in neighbours
        if other.place.kind == placed.place.kind and other.place.at_s is not None and abs(other.place.at_s - placed.place.at_s) <= NEAR_S
    ]


def _has_unit(text: str, offer: Offer) -> bool:
    """Tell whether a text has a quantity that the sheet's price is for."""
    sold = {quantity.amount_in_base() for quantity in read_quantities(offer.unit)}
    return any(mention.quantity.amount_in_base() in sold for mention in counted_quantities(normalize_spelling(text).text))


def _foreign(placed: PlacedText, normalized: NormalizedText, offer: Offer) -> list[Claim]:
    """Check the prices of an offer in another currency than the yuan: they may be in that currency or, by mistake, in a third one."""
    claims = []
    for amount in foreign_amounts(normalized.text):
        unit = _UNIT_AFTER_PRICE.match(normalized.text[amount.end :])
        written = _written(placed, normalized, amount.start, amount.end + (unit.end() if unit else 0))
        if _FORMER.search(normalized.text[: amount.start]):
            claims.append(_former_price(written, amount.amount, offer, sure=True))
        elif (amount.amount, amount.currency) != (offer.price, offer.currency):
            claims.append(_other(written, offer, sure=True))
        else:
            claims.append(_same(written) if unit else _unit(written, offer, ()))
    return claims
