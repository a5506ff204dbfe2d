"""Discounts (打七五折, 立省十块, half price) and old prices in bare figures, held against the sheet's old price and price."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from pipeline.chinese import money_amounts, read_number
from pipeline.commerce.claims.context import stands_in
from pipeline.commerce.claims.findings import make_claim
from pipeline.commerce.claims.rules import discount_words
from pipeline.commerce.claims.text_normalization import NormalizedText, normalize_spelling
from pipeline.commerce.money import price_text
from pipeline.documents.claims import Claim, PlacedText
from pipeline.documents.message import M
from pipeline.documents.offer import Offer

SOURCES = ("samr-56-19", "price-14")
ROUNDING = Decimal("0.02")
"""Share of the old price by which a said discount may differ from the real one: 七五折 for ¥29.9 instead of ¥39.9. Our own choice."""


@dataclass(frozen=True)
class _Discount:
    """A discount that is said: its span, and the share of the old price that is asked, or the sum that is saved."""

    start: int
    end: int
    share: Decimal | None = None
    saved: Decimal | None = None

    def holds(self, price: Decimal, old: Decimal) -> bool:
        """Tell whether it is the difference between an old price and a price."""
        if self.share is not None:
            return abs(price / old - self.share) <= ROUNDING
        return self.saved is not None and abs(old - price - self.saved) <= min(ROUNDING * old, Decimal("0.5"))


def check_discounts(placed: PlacedText, offer: Offer) -> list[Claim]:
    """Compare every discount on the price of one with the sheet: it stops what the offer does not hold."""
    normalized = normalize_spelling(placed.text)
    return [_claim(discount, normalized, placed, offer) for discount in _discounts(normalized.text)]


def bare_old_prices(text: str) -> Iterator[tuple[int, int, Decimal, bool]]:
    """Yield the old prices without a word for money (原价99): the span of the figure, the amount, and whether it is a rough one."""
    for match in _expression("bare_old_price").finditer(text):
        if (amount := read_number(match["old"])) is not None:
            yield *match.span("old"), amount, bool(match["vague"])


def _discounts(text: str) -> Iterator[_Discount]:
    for match in _expression("tenths").finditer(text):
        share = _share(match["tenths"] or match["tenths_alone"])
        if share and not _depends_on_number(text, match.start()) and not _is_told(text, match):
            yield _Discount(*match.span(), share=share)
    for name in ("half", "half_english"):
        for match in _expression(name).finditer(text):
            if not _depends_on_number(text, match.start()) and not _is_told(text, match):
                yield _Discount(*match.span(), share=Decimal("0.5"))
    for match in _expression("percent").finditer(text):
        if not _depends_on_number(text, match.start()):
            yield _Discount(*match.span(), share=1 - Decimal(match["percent"]) / 100)
    yield from _savings(text)


def _savings(text: str) -> Iterator[_Discount]:
    for amount in money_amounts(text):
        lead = text[max(0, amount.start - 20) : amount.start]
        saved = _expression("saved").search(lead)
        if saved is None or amount.about or _depends_on_number(text, amount.start):
            continue
        if _expression("saved_elsewhere").search(lead + text[amount.end : amount.end + 4]):
            continue
        start = amount.start - len(lead) + saved.start()
        yield _Discount(start, amount.end, saved=amount.amount)
    for match in _expression("bare_saving").finditer(text):
        if (saved_sum := read_number(match["sum"])) and not _depends_on_number(text, match.start()):
            yield _Discount(*match.span(), saved=saved_sum)


def _share(words: str) -> Decimal | None:
    """Return the share of the price that so many tenths are: 七五 and 75 are three quarters, 七 is seven tenths."""
    digits = read_number(words) if words[0].isdigit() or "点" in words else None
    if digits is None:
        digits = Decimal("".join(str(read_number(character) or 0) for character in words))
    share = digits / (10 if digits < 10 else 100)
    return share if 0 < share < 1 else None


def _depends_on_number(text: str, start: int) -> bool:
    """Tell whether a discount is one for buying several: 第二件半价, 两件八折."""
    return bool(_expression("several").search(text[max(0, start - 16) : start]))


def _is_told(text: str, match: re.Match[str]) -> bool:
    return stands_in(("denied", "question_told"), text, match.start(), match.end())


def _claim(discount: _Discount, normalized: NormalizedText, placed: PlacedText, offer: Offer) -> Claim:
    words = normalized.words(discount.start, discount.end)
    facts = {"words": words, "price": price_text(offer.price, offer.currency)}
    if offer.list_price is None:
        why = M("“{words}” is a discount, and the sheet has no old price that it could be taken from.", words=words)
        suggestion = M("Write the old price into the sheet if it was really asked, or leave “{words}” out.", words=words)
    else:
        facts["old"] = price_text(offer.list_price, offer.currency)
        why = M("“{words}” is not what the sheet says: {old} before, {price} now.", **facts)
        suggestion = M("Leave “{words}” out, or correct it.", words=words)
    holds = offer.list_price is not None and discount.holds(offer.price, offer.list_price)
    if holds:
        why = M("“{words}” agrees with the sheet: {old} before, {price} now.", **facts)
    return make_claim(
        "ok" if holds else "block",
        "price.discount",
        placed.place,
        why,
        sources=SOURCES,
        words=words,
        at=normalized.source_span(discount.start, discount.end),
        suggestion=None if holds else suggestion,
        instead=None if holds else "",
    )


@cache
def _expression(name: str) -> re.Pattern[str]:
    return re.compile(getattr(discount_words(), name), re.I)
