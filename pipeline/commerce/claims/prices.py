"""Prices in words: each must have its unit and be the offer's; an old price must be the sheet's."""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import chain

from pipeline.commerce.claims.folding import fold
from pipeline.commerce.claims.found import claim
from pipeline.commerce.money import per_text, price_text
from pipeline.commerce.price_check import price_verdict
from pipeline.commerce.spoken import SpokenPrice, spoken_prices
from pipeline.commerce.units import UNIT, quantities
from pipeline.documents.claims import Claim, Placed
from pipeline.documents.message import M
from pipeline.documents.offer import Offer

NEAR_S = 12.0
"""A unit that is said or shown within so many seconds belongs to the price: a sentence before or after."""
_FOREIGN = re.compile(r"(?P<sign>us\$|hk\$|\$|€|£|usd\s?|eur\s?|gbp\s?|hkd\s?)\s*(?P<amount>\d+(?:,\d{3})*(?:\.\d{1,2})?)")
_CODES = {"us$": "USD", "$": "USD", "usd": "USD", "hk$": "HKD", "hkd": "HKD", "€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP"}
_PER = re.compile(
    rf"^\s*(?:/|per|for|a|an|each|every|one|的|一)*\s*(?:\d+(?:\.\d+)?)?\s*(?:{UNIT}|\d*\s*(?:kilos?|kilograms?|grams?|pounds?|lbs?|"
    r"dozen|trays?|baskets?|crates?|cartons?|cases?|pouch(?:es)?|bunch(?:es)?|catty|catties)(?!\w))",
    re.I,
)
_WAS = re.compile(r"(?:原价|市场价|划线价|吊牌价|日常价|平时|平常|was|originally|regular(?:ly)?|list price|rrp|usually)\W{0,4}$", re.I)


def check_prices(placed: Placed, neighbours: tuple[Placed, ...], offer: Offer, others: Sequence[Offer] = ()) -> list[Claim]:
    """Every price of one text, held against the offer.

    neighbours: the other texts, in which the unit of a price, or the name of its product, may stand when it is said near by.
    others: the sheet's other offers, whose prices are not held against this one.
    """
    folded = fold(placed.text)
    if offer.currency != "CNY":
        return _foreign(placed, offer)
    claims = []
    named = any(name and name.casefold() in folded.text for name in (offer.name, *offer.aliases))
    for price in spoken_prices(folded.text):
        start, end = price.start, min(price.end, len(folded.text))
        while end > start and folded.text[end - 1] in " ，,、":
            end -= 1
        if not price.quantities and (more := _PER.match(folded.text[end:])):
            price = price.model_copy(update={"quantities": quantities(more[0])})
            end += more.end()
        at, words = folded.span(start, end), folded.words(start, end).strip()
        if _of_another(placed, neighbours, folded.text[:end], offer, others):
            continue
        if price.was:
            claims.append(_was(placed, at, words, price.amount, offer))
            continue
        shown = _shown(placed, price, named)
        verdict = price_verdict(offer, price, named or shown)
        if verdict == "other":
            claims.append(_other(placed, at, words, offer, sure=price.certain and not price.about))
        elif not price.quantities and (price.certain or shown):
            claims.append(_unit(placed, at, words, offer, neighbours))
        elif verdict == "same" and price.quantities:
            claims.append(_same(placed, at, words))
        elif verdict == "pack" and price.certain:
            claims.append(
                claim(
                    "warn",
                    "price.pack",
                    placed.place,
                    M("“{words}” is for another quantity than the sheet's {price}. Is it right?", words=words, price=_price(offer)),
                    sources=("one-price", "samr-56"),
                    words=words,
                    at=at,
                    suggestion=M("Write “{instead}”.", instead=_price(offer)),
                    instead=_price(offer),
                )
            )
    return claims


def _of_another(placed: Placed, neighbours: tuple[Placed, ...], until: str, offer: Offer, others: Sequence[Offer]) -> bool:
    """The last product named before a price is another one of the sheet; in speech it may be named in a sentence before."""
    now_s = placed.place.at_s
    before = sorted(
        (other.place.at_s, other.text)
        for other in neighbours
        if now_s is not None and other.place.kind == placed.place.kind and other.place.at_s is not None and other.place.at_s < now_s
    )
    said = "".join(f"{fold(text).text}。" for _, text in before) + until
    mine = _last_named(offer, said)
    return any(_last_named(other, said) > mine for other in others if other.sku != offer.sku)


def _last_named(offer: Offer, text: str) -> tuple[int, int]:
    """End and length of the last of an offer's names; (-1, 0) when none is there."""
    names = [name.casefold() for name in (offer.name, *offer.aliases) if len(name) > 1]
    return max(((at + len(name), len(name)) for name in names if (at := text.rfind(name)) >= 0), default=(-1, 0))


def _shown(placed: Placed, price: SpokenPrice, named: bool) -> bool:
    """In a written field a price is the product's; in speech it must be called one."""
    return placed.place.kind != "subtitle" or price.called or named


def _price(offer: Offer) -> str:
    return price_text(offer.price, offer.currency) + per_text(offer.unit)


def _same(placed: Placed, at: tuple[int, int], words: str) -> Claim:
    why = M("“{words}” is the price of the sheet, with its unit.", words=words)
    return claim("ok", "price.same", placed.place, why, sources=("one-price", "price-13"), words=words, at=at)


def _other(placed: Placed, at: tuple[int, int], words: str, offer: Offer, *, sure: bool) -> Claim:
    return claim(
        "block" if sure else "warn",
        "price.other",
        placed.place,
        M("“{words}” is not the price of the sheet: {product} costs {price}.", words=words, product=offer.name, price=_price(offer)),
        sources=("one-price", "price-14", "samr-56"),
        words=words,
        at=at,
        suggestion=M("Write “{instead}”.", instead=_price(offer)),
        instead=_price(offer),
    )


def _unit(placed: Placed, at: tuple[int, int], words: str, offer: Offer, neighbours: tuple[Placed, ...]) -> Claim:
    """A price without its unit: fine in speech when the unit is said near by, else wrong."""
    if not offer.unit:
        why = M("“{words}” has no unit, and neither has the sheet (line {line}): nobody knows what it buys.", words=words, line=offer.row)
        told = M("Write into the sheet what the price buys: 10斤, 箱, 500克.")
        return claim("block", "price.unit", placed.place, why, sources=("price-13", "samr-56"), words=words, at=at, suggestion=told)
    near = _near(placed, neighbours)
    if any(_same_unit(text, offer) for text in (placed.text, *near)):
        why = M("“{words}” has its unit beside it.", words=words)
        return claim("ok", "price.unit", placed.place, why, sources=("price-13", "samr-56"), words=words, at=at)
    return claim(
        "warn" if placed.place.kind == "subtitle" else "block",
        "price.unit",
        placed.place,
        M("“{words}” is a price without its unit.", words=words),
        sources=("price-13", "samr-56"),
        words=words,
        at=at,
        suggestion=M("Write “{instead}”.", instead=_price(offer)),
        instead=_price(offer),
    )


def _near(placed: Placed, neighbours: tuple[Placed, ...]) -> list[str]:
    if placed.place.at_s is None:
        return []
    return [
        other.text
        for other in neighbours
        if other.place.kind == placed.place.kind and other.place.at_s is not None and abs(other.place.at_s - placed.place.at_s) <= NEAR_S
    ]


def _same_unit(text: str, offer: Offer) -> bool:
    """Whether a quantity that the sheet's price is for stands in a text."""
    sold = {quantity.amount_in_base() for quantity in quantities(offer.unit)}
    plain = fold(text).text
    written = re.findall(rf"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十半百]+|每|/)\s*{UNIT}", plain, re.I)
    said = chain.from_iterable(quantities(match.lstrip("每/")) for match in written)
    return any(quantity.amount_in_base() in sold for quantity in said)


def _was(placed: Placed, at: tuple[int, int], words: str, amount: Decimal, offer: Offer) -> Claim:
    """A former price, or somebody else's: only the sheet's own may stand there."""
    if offer.list_price is not None and amount == offer.list_price:
        why = M("“{words}” is the old price of the sheet. It must have been asked: keep the record.", words=words)
        return claim("ok", "price.was", placed.place, why, sources=("samr-56-19", "price-14"), words=words, at=at)
    known = offer.list_price is not None
    instead = price_text(offer.list_price, offer.currency) if offer.list_price is not None else ""
    return claim(
        "block" if known and placed.place.kind != "subtitle" else "warn",
        "price.was",
        placed.place,
        M("“{words}” is an old or compared price that the sheet does not have.", words=words),
        sources=("samr-56-19", "price-14"),
        words=words,
        at=at,
        suggestion=M("Write the sheet's old price, {price}.", price=instead)
        if known
        else M("Leave “{words}” out unless you can prove that price.", words=words),
        instead=None if known else "",
    )


def _foreign(placed: Placed, offer: Offer) -> list[Claim]:
    """Prices with the sign of the offer's own currency, or of another one."""
    claims = []
    folded = fold(placed.text)
    for match in _FOREIGN.finditer(folded.text):
        more = _PER.match(folded.text[match.end() :])
        end = match.end() + (more.end() if more else 0)
        at, words = folded.span(match.start(), end), folded.words(match.start(), end).strip()
        amount = Decimal(match["amount"].replace(",", ""))
        if _WAS.search(folded.text[: match.start()]):
            claims.append(_was(placed, at, words, amount, offer))
        elif amount != offer.price or _CODES[match["sign"].strip()] != offer.currency:
            claims.append(_other(placed, at, words, offer, sure=True))
        elif not more:
            claims.append(_unit(placed, at, words, offer, ()))
        else:
            claims.append(_same(placed, at, words))
    return claims
