"""One price: what the speaker asks must be what the sheet says."""

from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal

from pipeline.chinese import Quantity, read_quantities
from pipeline.commerce.money import per_text, price_text
from pipeline.commerce.naming import another_is_named_last, is_named
from pipeline.commerce.spoken import SpokenPrice, spoken_prices
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
    warnings = []
    for price in spoken_prices(text):
        if price.was or another_is_named_last(offer, others, text[: price.end]):
            continue
        verdict = price_verdict(offer, price, is_named(offer, _sentence_of(text, price)))
        if verdict == "same":
            continue
        heard = _words_of(price, words)
        facts = _facts(offer, price, heard, clip)
        if verdict == "other" and price.certain and not price.about and _sure(heard):
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
    """What a message about a spoken price tells."""
    return {
        "clip": clip,
        "second": round(heard[0].start_s, 1) if heard else 0,
        "heard": price.text,
        "said": _shown(price),
        "product": offer.name,
        "price": price_text(offer.price, offer.currency) + per_text(offer.unit),
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
    """Return how a price that was said or written stands to the offer's.

    same: it agrees, or is not about the product. other: it contradicts. pack: another quantity, which the sheet does not price.
    named: the product is named beside it. Judged by the plain reading, unless the other one agrees with the sheet.
    """
    verdict = _judge(offer, price, named)
    if verdict != "same" and price.perhaps is not None:
        second = _judge(offer, price.model_copy(update={"amount": price.perhaps}), named)
        return second if second == "same" else verdict
    return verdict


def _judge(offer: Offer, price: SpokenPrice, named: bool) -> str:
    if not price.quantities:
        agrees = abs(price.amount - offer.price) <= _margin(offer, price)
        return "same" if agrees or not (price.called or named) else "other"
    for said in price.quantities:
        for sold in read_quantities(offer.unit):
            if said.amount_in_base()[0] == sold.amount_in_base()[0]:
                return _judge_for(offer, price, said, sold)
    return "same" if price.amount == offer.price else "pack"


def _judge_for(offer: Offer, price: SpokenPrice, said: Quantity, sold: Quantity) -> str:
    """The same for a quantity in a unit that the sheet has a price for: ten 斤, or twice as much at twice the price."""
    (_, amount), (_, sold_amount) = said.amount_in_base(), sold.amount_in_base()
    if amount == sold_amount:
        return "same" if abs(price.amount - offer.price) <= _margin(offer, price) else "other"
    expected = offer.price * amount / sold_amount
    if abs(price.amount - expected) <= max(expected * (ROUGH if price.about else ROUNDED), Decimal("0.1")):
        return "same"
    return "other" if price.amount == offer.price else "pack"


def _margin(offer: Offer, price: SpokenPrice) -> Decimal:
    """How far, in yuan, a price may be from the sheet's: a rough one may be."""
    return offer.price * ROUGH if price.about else Decimal(0)


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


def _sentence_of(text: str, price: SpokenPrice) -> str:
    """The sentence that a price stands in."""
    start = text.rfind("。", 0, price.start) + 1
    end = text.find("。", price.end)
    return text[start : end if end >= 0 else len(text)]


def _words_of(price: SpokenPrice, words: Sequence[tuple[int, Word]]) -> list[Word]:
    """The words that a price was said in. words: each with its place in the text, in order."""
    starts = [at for at, _ in words]
    return [word for _, word in words[max(0, bisect_right(starts, price.start) - 1) : bisect_right(starts, price.end - 1)]]


def _shown(price: SpokenPrice) -> str:
    return price_text(price.amount, "CNY") + (per_text(str(price.quantities[0])) if price.quantities else "")
