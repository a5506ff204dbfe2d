"""One price: what the speaker asks must be what the sheet says."""

from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal

from pipeline.commerce.money import per_text, price_text
from pipeline.commerce.spoken import SpokenPrice, spoken_prices
from pipeline.commerce.units import quantities
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Offer
from pipeline.documents.transcript import Phrase, Word
from pipeline.errors import PersonNeeded

SURE_MEAN = 0.6
SURE_LEAST = 0.3
"""A price counts as heard when its words have these probabilities, mean and least. Below, a person is warned, not stopped. Whisper
base gives wrong words 0.5 and more at times, so a stop can be a false alarm; a wrong price that goes out is worse."""
PAUSE_S = 2.0
"""Speech further apart than this is two statements: a quantity does not belong to a price across it."""
ROUNDED = Decimal("0.02")
"""三块钱一斤 for 29.9元/10斤 is rounding, not another price: so much of the price, or 0.1 yuan."""
ROUGH = Decimal("0.15")


def check_spoken_price(offer: Offer, phrases: Sequence[Phrase], *, clip: str, others: Sequence[Offer] = ()) -> tuple[Message, ...]:
    """Hold the prices said in one clip against the offer.

    phrases: those that the edit keeps, in order; clip: its file name, for the person. others: the sheet's other offers, so that a
    price said of another product is not held against this one.
    Returns warnings: prices that were not heard well, or for quantities that the sheet does not have.
    Raises PersonNeeded when another price than the sheet's is clearly said.
    """
    if offer.currency != "CNY":
        return ()
    text, words = _joined(phrases)
    starts = [at for at, _ in words]
    warnings = []
    for price in spoken_prices(text):
        if price.was or _other_product(offer, others, text, price):
            continue
        verdict = price_verdict(offer, price, _product_named(offer, text, price))
        if verdict == "same":
            continue
        heard = [word for _, word in words[max(0, bisect_right(starts, price.start) - 1) : bisect_right(starts, price.end - 1)]]
        facts: dict[str, str | int | float] = {
            "clip": clip,
            "second": round(heard[0].start_s, 1) if heard else 0,
            "heard": price.text,
            "said": _shown(price),
            "product": offer.name,
            "price": price_text(offer.price, offer.currency) + per_text(offer.unit),
            "line": offer.row,
        }
        if verdict == "other" and price.certain and not price.about and _sure(heard):
            raise PersonNeeded(
                M(
                    "{clip}, second {second}: the speaker says “{heard}” ({said}), "
                    "but {product} costs {price} in line {line} of the sheet. "
                    "Correct the sheet if the speaker is right; else leave that sentence out or film it again.",
                    **facts,
                )
            )
        if verdict == "pack":
            warnings.append(
                M(
                    "{clip}, second {second}: “{heard}” ({said}) is for another quantity than the sheet's {price} (line {line}). "
                    "Is it still right?",
                    **facts,
                )
            )
        else:
            warnings.append(
                M(
                    "{clip}, second {second}: “{heard}” sounds like {said}, but {product} costs {price} (line {line}). "
                    "Please listen to it.",
                    **facts,
                )
            )
    return tuple(warnings)


def price_verdict(offer: Offer, price: SpokenPrice, named: bool) -> str:
    """How a price that was said or written stands to the offer's: same, other, or pack for a quantity that the sheet does not price.

    named: the product is named beside it. By the plain reading, unless the other one agrees with the sheet.
    """
    verdict = _judge(offer, price, named)
    if (
        verdict != "same"
        and price.perhaps is not None
        and _judge(offer, price.model_copy(update={"amount": price.perhaps}), named) == "same"
    ):
        return "same"
    return verdict


def _judge(offer: Offer, price: SpokenPrice, named: bool) -> str:
    """same: it agrees or is not about the product. other: it contradicts. pack: another quantity, which the sheet does not price."""
    margin = offer.price * ROUGH if price.about else Decimal(0)
    if not price.quantities:
        about_it = price.called or named
        return "other" if about_it and abs(price.amount - offer.price) > margin else "same"
    for said in price.quantities:
        base, amount = said.amount_in_base()
        for sold in quantities(offer.unit):
            sold_base, sold_amount = sold.amount_in_base()
            if base != sold_base:
                continue
            if amount == sold_amount:
                return "same" if abs(price.amount - offer.price) <= margin else "other"
            expected = offer.price * amount / sold_amount
            rounding = max(expected * (ROUGH if price.about else ROUNDED), Decimal("0.1"))
            if abs(price.amount - expected) <= rounding:
                return "same"
            return "other" if price.amount == offer.price else "pack"
    return "same" if price.amount == offer.price else "pack"


def _joined(phrases: Sequence[Phrase]) -> tuple[str, list[tuple[int, Word]]]:
    """All words as one text, and where each begins in it. A short pause is a comma, a long one ends the sentence."""
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


def _sure(heard: Sequence[Word]) -> bool:
    letters = sum(len(word.text) for word in heard)
    if not letters:
        return False
    mean = sum(word.probability * len(word.text) for word in heard) / letters
    return mean >= SURE_MEAN and min(word.probability for word in heard) >= SURE_LEAST


def _terms(offer: Offer) -> list[str]:
    return [term for term in (offer.name, *offer.aliases) if len(term) > 1]


def _last_named(terms: Sequence[str], text: str) -> tuple[int, int]:
    """End and length of the last of the terms in the text; (-1, 0) when none is there."""
    return max(((at + len(term), len(term)) for term in terms if (at := text.rfind(term)) >= 0), default=(-1, 0))


def _other_product(offer: Offer, others: Sequence[Offer], text: str, price: SpokenPrice) -> bool:
    """The last product named before the price is another one of the sheet."""
    before = text[: price.end]
    mine = _last_named(_terms(offer), before)
    return any(_last_named(_terms(other), before) > mine for other in others if other.sku != offer.sku)


def _product_named(offer: Offer, text: str, price: SpokenPrice) -> bool:
    """The price's own sentence names the product."""
    start = text.rfind("。", 0, price.start) + 1
    end = text.find("。", price.end)
    sentence = text[start : end if end >= 0 else len(text)]
    return any(term in sentence for term in _terms(offer))


def _shown(price: SpokenPrice) -> str:
    return price_text(price.amount, "CNY") + (per_text(str(price.quantities[0])) if price.quantities else "")
