"""Checking spoken prices: what the speaker asks must be the price of the sheet."""

from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal

from pipeline.chinese import Quantity, read_quantities
from pipeline.commerce.money import price_text, unit_suffix
from pipeline.commerce.product_names import mentions_offer, other_offer_is_named_last
from pipeline.commerce.spoken_prices import SpokenPrice, find_spoken_prices
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Offer
from pipeline.documents.transcript import Phrase, Word
from pipeline.errors import PersonNeeded

CONFIDENT_MEAN = 0.6
CONFIDENT_MINIMUM = 0.3
"""Mean and minimum word probability from which a price counts as heard; below, a person is warned and not stopped. Whisper base
sometimes gives wrong words 0.5 and more, so a stop can be a false alarm, but publishing a wrong price is worse."""
PAUSE_S = 2.0
"""A silence as long as this ends a statement: a quantity before it does not belong to a price after it."""
ROUNDING_TOLERANCE = Decimal("0.02")
"""Share of the price, but at least 0.1 yuan, that counts as rounding: 三块钱一斤 for 29.9元/10斤 is not another price."""
ROUGH_TOLERANCE = Decimal("0.15")
"""The same for a price that is said as a rough one (三十块左右)."""


def check_spoken_price(offer: Offer, phrases: Sequence[Phrase], *, clip: str, others: Sequence[Offer] = ()) -> tuple[Message, ...]:
    """Compare the prices said in one clip with the offer.

    phrases: those that the edit keeps, in order; clip: its file name, for the person. others: the sheet's other offers, so that a
    price said of another product is not compared with this one.
    Returns warnings: prices that were not heard well, or for quantities that the sheet does not have.
    Raises PersonNeeded when another price than the sheet's is clearly said.
    """
    if offer.currency != "CNY":
        return ()
    text, words = _joined(phrases)
    warnings = []
    for price in find_spoken_prices(text):
        if price.was or other_offer_is_named_last(offer, others, text[: price.end]):
            continue
        verdict = price_verdict(offer, price, mentions_offer(offer, _sentence_of(text, price)))
        if verdict == "same":
            continue
        heard = _words_of(price, words)
        facts = _facts(offer, price, heard, clip)
        if verdict == "other" and price.certain and not price.about and _is_confident(heard):
            raise PersonNeeded(
                M(
                    "{clip}, second {second}: the speaker says “{heard}” ({said}), "
                    "but {product} costs {price} in line {line} of the sheet. "
                    "Correct the sheet if the speaker is right; else leave that sentence out or film it again.",
                    **facts,
                )
            )
        warnings.append(_warning(verdict, facts))
    return tuple(warnings)


def _facts(offer: Offer, price: SpokenPrice, heard: Sequence[Word], clip: str) -> dict[str, str | int | float]:
    """Return the values for a message about a spoken price."""
    return {
        "clip": clip,
        "second": round(heard[0].start_s, 1) if heard else 0,
        "heard": price.text,
        "said": _price_with_unit(price),
        "product": offer.name,
        "price": price_text(offer.price, offer.currency) + unit_suffix(offer.unit),
        "line": offer.row,
    }


def _warning(verdict: str, facts: dict[str, str | int | float]) -> Message:
    if verdict == "pack":
        return M(
            "{clip}, second {second}: “{heard}” ({said}) is for another quantity than the sheet's {price} (line {line}). "
            "Is it still right?",
            **facts,
        )
    return M(
        "{clip}, second {second}: “{heard}” sounds like {said}, but {product} costs {price} (line {line}). Please listen to it.",
        **facts,
    )


def price_verdict(offer: Offer, price: SpokenPrice, named: bool) -> str:
    """Return how a price that was said or written compares with the offer's.

    same: it agrees, or is not about the product. other: it contradicts. pack: another quantity, which the sheet does not price.
    named: the product is named beside it. A price with a second reading (`perhaps`) agrees when either does.
    """
    verdict = _compare(offer, price, named)
    if verdict != "same" and price.perhaps is not None:
        second = _compare(offer, price.model_copy(update={"amount": price.perhaps}), named)
        return second if second == "same" else verdict
    return verdict


def _compare(offer: Offer, price: SpokenPrice, named: bool) -> str:
    if not price.quantities:
        agrees = abs(price.amount - offer.price) <= _tolerance(offer, price)
        return "same" if agrees or not (price.called or named) else "other"
    for said in price.quantities:
        for sold in read_quantities(offer.unit):
            if said.amount_in_base()[0] == sold.amount_in_base()[0]:
                return _compare_for_quantity(offer, price, said, sold)
    return "same" if price.amount == offer.price else "pack"


def _compare_for_quantity(offer: Offer, price: SpokenPrice, said: Quantity, sold: Quantity) -> str:
    """Compare a price for a quantity in a unit that the sheet has a price for: ten 斤, or twice as much at twice the price."""
    (_, amount), (_, sold_amount) = said.amount_in_base(), sold.amount_in_base()
    if amount == sold_amount:
        return "same" if abs(price.amount - offer.price) <= _tolerance(offer, price) else "other"
    expected = offer.price * amount / sold_amount
    if abs(price.amount - expected) <= max(expected * (ROUGH_TOLERANCE if price.about else ROUNDING_TOLERANCE), Decimal("0.1")):
        return "same"
    return "other" if price.amount == offer.price else "pack"


def _tolerance(offer: Offer, price: SpokenPrice) -> Decimal:
    """Return how many yuan a price may differ from the sheet's: none unless it is a rough one."""
    return offer.price * ROUGH_TOLERANCE if price.about else Decimal(0)


def _joined(phrases: Sequence[Phrase]) -> tuple[str, list[tuple[int, Word]]]:
    """Join all words to one text, each with its offset. A short pause becomes a comma, a long one ends the sentence."""
    text = ""
    words: list[tuple[int, Word]] = []
    last_end: float | None = None
    for phrase in phrases:
        if last_end is not None:
            text += "，" if phrase.start_s - last_end < PAUSE_S else "。"
        for word in phrase.words:
            words.append((len(text), word))
            text += word.text
        last_end = phrase.end_s
    return text, words


def _is_confident(heard: Sequence[Word]) -> bool:
    length = sum(len(word.text) for word in heard)
    if not length:
        return False
    mean = sum(word.probability * len(word.text) for word in heard) / length
    return mean >= CONFIDENT_MEAN and min(word.probability for word in heard) >= CONFIDENT_MINIMUM


def _sentence_of(text: str, price: SpokenPrice) -> str:
    """Return the sentence around a price."""
    start = text.rfind("。", 0, price.start) + 1
    end = text.find("。", price.end)
    return text[start : end if end >= 0 else len(text)]


def _words_of(price: SpokenPrice, words: Sequence[tuple[int, Word]]) -> list[Word]:
    """Return the words that a price was said in. words: each with its offset in the text, in order."""
    starts = [offset for offset, _ in words]
    return [word for _, word in words[max(0, bisect_right(starts, price.start) - 1) : bisect_right(starts, price.end - 1)]]


def _price_with_unit(price: SpokenPrice) -> str:
    return price_text(price.amount, "CNY") + (unit_suffix(str(price.quantities[0])) if price.quantities else "")
