"""Checking spoken prices: what the speaker asks must be the price of the sheet, for the pack that is named."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.chinese import NUMERAL, NUMERALS, StatedAmount, plain_text, price_role, read_number, read_quantities, stated_amounts
from pipeline.commerce.discounts import is_doubtful_discount
from pipeline.commerce.money import price_text, unit_suffix
from pipeline.commerce.price_certainty import is_denied, is_of_own_pack, is_taken_back
from pipeline.commerce.price_verdict import PriceVerdict, agrees, is_price_of, packs_of, price_verdict
from pipeline.commerce.product_names import last_named_offer, mentions_offer
from pipeline.commerce.spoken_prices import SpokenPrice, prices_of
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Offer
from pipeline.documents.spoken_prices import PriceDoubt, PricePassage, passage_id
from pipeline.documents.transcript import Phrase, Word

CONFIDENT_MEAN = 0.6
CONFIDENT_MINIMUM = 0.3
"""Mean and minimum probability of the words of the amount from which a price counts as heard; below, a person is asked and not stopped.
Whisper base sometimes gives wrong words 0.5 and more, so a stop can be a false alarm, but publishing a wrong price is worse."""
PAUSE_S = 2.0
"""A silence as long as this ends a statement: a quantity before it does not belong to a price after it."""
_MOST_TIMES = 10
"""Of so many packs a price is said without their unit."""
_NAMED_WITHIN = 14
"""Characters between a product's name and a price without a quantity that is still taken for the product's."""
_TOGETHER = re.compile(r"(?:一共|总共|合计|加起来|两样|一起|加一块)[^，,。！？]{0,4}$")
_ALIKE = re.compile(r"一样|同价|同样|一个价|都|不管|随便|\b(?:both|same)\b", re.I)
_NAMED_AFTER = 6
"""Characters after a price, in its clause, in which its product may be named: 三十块钱十斤土豆."""


@dataclass(frozen=True)
class _Speech:
    """What is said in one clip: the text, and each of its words with its offset in the text."""

    text: str
    words: Sequence[tuple[int, Word]]

    def between(self, start: int, end: int) -> list[Word]:
        """Return the words that a stretch of the text was said in."""
        starts = [offset for offset, _ in self.words]
        return [word for _, word in self.words[max(0, bisect_right(starts, start) - 1) : bisect_right(starts, end - 1)]]

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the sentence around a stretch of the text."""
        after = re.search(r"[。！？!?]", self.text[end:])
        before = [match.end() for match in re.finditer(r"[。！？!?]", self.text[:start])]
        return (before[-1] if before else 0), (end + after.start() if after else len(self.text))


@dataclass(frozen=True)
class _Doubt:
    """A stretch of the text with a price that is not, or may not be, the sheet's."""

    start: int
    end: int
    doubt: PriceDoubt
    verdict: PriceVerdict
    said: str
    unclear: bool = False


def check_spoken_prices(
    offer: Offer, phrases: Sequence[Phrase], *, clip: str, clip_id: str = "", clip_sha256: str = "", others: Sequence[Offer] = ()
) -> tuple[PricePassage, ...]:
    """Return the passages of one clip whose prices a person must settle: other prices, and what may be one.

    phrases: those that the edit keeps, in order. clip: its file name, for the person; clip_sha256: hash of its content. others: the
    sheet's other offers: other packs of the same product are right as well, and a price said of another product is not this one's.
    """
    if offer.currency != "CNY":
        return ()
    speech = _joined(phrases)
    amounts = stated_amounts(speech.text, [name for one in (offer, *others) for name in (one.name, *one.aliases)])
    doubts = [*_price_doubts(offer, others, speech, amounts), *_other_doubts(offer, others, speech, amounts)]
    passages = []
    for doubt in sorted(doubts, key=lambda doubt: doubt.start):
        heard = speech.between(doubt.start, doubt.end)
        words = speech.text[doubt.start : doubt.end].strip(" ，,、")
        facts = _facts(offer, words, doubt.said, heard, clip)
        start_s, end_s = (heard[0].start_s, heard[-1].end_s) if heard else (0.0, 0.0)
        price = f"{offer.sku}|{offer.price}|{offer.unit}|{offer.list_price}"
        passages.append(
            PricePassage(
                id=passage_id(clip_sha256 or clip, start_s, end_s, words, price),
                doubt=doubt.doubt,
                clip_id=clip_id,
                clip=clip,
                start_s=start_s,
                end_s=end_s,
                heard=words,
                unclear=doubt.unclear,
                message=_message(doubt, facts),
            )
        )
    return tuple(passages)


def _price_doubts(offer: Offer, others: Sequence[Offer], speech: _Speech, amounts: tuple[StatedAmount, ...]) -> Iterator[_Doubt]:
    packs = packs_of(offer, others)
    verified: SpokenPrice | None = None
    prices = prices_of(speech.text, amounts)
    for price in prices:
        said = price_text(price.amount, "CNY") + (unit_suffix(str(price.quantities[0])) if price.quantities else "")
        if price.was:
            corrected = any(other.start > price.start and other.amount == offer.list_price for other in prices)
            if corrected and is_taken_back(speech.text, price.end):
                continue
            if (price.declared and not _is_list_price((offer, *packs), price)) or _is_lower(offer, speech, price, packs):
                yield _Doubt(price.start, price.end, "ask", "other", said)
            continue
        if price.of_goods and price.amount == offer.list_price:
            continue
        if _is_sum(offer, others, speech, price):
            continue
        topic = _topic(offer, others, speech, price.end)
        if topic != offer and _is_counted_like(offer, topic, price):
            topic = offer  # 再添一瓶辣子，两箱四十九块八: only the offer is sold by the box
        if topic != offer and is_price_of(topic, price, packs_of(topic, others)):
            if _are_said_alike(offer, topic, speech, price) and not is_price_of(offer, price, packs):
                yield _Doubt(price.start, price.end, "ask", "unsure", said)
            continue
        verdict = price_verdict(offer, price, topic == offer and _is_named(offer, speech, price), packs)
        if verdict == "same" and topic != offer and _is_others_price(offer, topic, speech, price, packs, others):
            yield _Doubt(price.start, price.end, "ask", "unsure", said)
        elif verdict == "same":
            verified = price if price.quantities else verified
        elif not (verified and _is_average_of(price, verified)) and not _is_put_right(offer, speech, price, prices, packs):
            heard = _is_heard(speech, price, packs)
            names = [name for pack in (offer, *packs) for name in (pack.name, *pack.aliases)]
            own = topic == offer and is_of_own_pack(speech.text, price.start, price.amount_start, price.end, names)
            stop = verdict == "other" and _is_clear(price) and heard and own
            yield _Doubt(price.start, price.end, "stop" if stop else "ask", verdict, said, unclear=price.bare or not heard)


def _is_multiple(offer: Offer, price: SpokenPrice, around: str) -> bool:
    """Tell whether a price without a quantity is the offer's as many times as its sentence says: 寄两个地址，一共九十九块八."""
    times = price.amount / offer.price
    if price.quantities or times % 1 or not 2 <= times <= _MOST_TIMES:
        return False
    counts = re.findall(rf"(?<![{NUMERALS}\d.])(?:\d+|{NUMERAL}+)(?![{NUMERALS}\d.])", plain_text(around))
    return times in {read_number(count) for count in counts}


def _clause(speech: _Speech, start: int, end: int) -> str:
    """Return the clause before a stretch of the text, with the stretch."""
    return re.split(r"[，,。！？!?；;、]", speech.text[:start])[-1] + speech.text[start:end]


def _is_lower(offer: Offer, speech: _Speech, price: SpokenPrice, packs: Sequence[Offer]) -> bool:
    """Tell whether a price lies below the sheet's although it is taken for an old one by words of an earlier clause alone, or for another
    seller's: few sellers say that others ask less."""
    if price.about or price.of_goods or (price.perhaps or price.amount) >= offer.price:
        return False
    role = price_role(plain_text(_clause(speech, price.start, price.start)), "")
    if role == "price_elsewhere" and price.quantities and _is_of_other_units(price, (offer, *packs)):
        return False  # 外面一碗十二 says nothing of a box
    return role == "price" or (role == "price_elsewhere" and price_verdict(offer, price, True, packs) in ("other", "unsure"))


def _is_of_other_units(price: SpokenPrice, packs: Sequence[Offer]) -> bool:
    """Tell whether a price is for a quantity of something that no pack is counted in."""
    sold = {quantity.amount_in_base()[0] for pack in packs for quantity in read_quantities(pack.unit)}
    return not sold & {quantity.amount_in_base()[0] for quantity in price.quantities}


def _are_said_alike(offer: Offer, topic: Offer, speech: _Speech, price: SpokenPrice) -> bool:
    """Tell whether the last clause that names another product before a price names the offer's as well: 带鱼跟虾仁一个价，四十五."""
    start, _ = speech.sentence(price.start, price.end)
    clauses = [clause for clause in re.split(r"[，,；;]", speech.text[start : price.amount_start]) if mentions_offer(topic, clause)]
    return bool(clauses) and mentions_offer(offer, clauses[-1]) and bool(_ALIKE.search(clauses[-1]))


def _is_others_price(
    offer: Offer, topic: Offer, speech: _Speech, price: SpokenPrice, packs: Sequence[Offer], others: Sequence[Offer]
) -> bool:
    """Tell whether a price said right after another product's name is none of its: 淀粉两斤十块, though 粉条 are 25元/5斤."""
    if any(agrees(price, pack.price) for pack in (offer, *packs)) or not mentions_offer(topic, _clause(speech, price.start, price.end)):
        return False
    return price_verdict(topic, price, True, packs_of(topic, others)) != "same"


def _is_put_right(offer: Offer, speech: _Speech, price: SpokenPrice, prices: Sequence[SpokenPrice], packs: Sequence[Offer]) -> bool:
    """Tell whether a price is denied beside the right one: 不是十九块九，是二十九块九."""
    start, end = speech.sentence(price.start, price.end)
    right = [other for other in prices if start <= other.start < end and not other.was and is_price_of(offer, other, packs)]
    return bool(right) and is_denied(speech.text, price.start)


def _is_sum(offer: Offer, others: Sequence[Offer], speech: _Speech, price: SpokenPrice) -> bool:
    """Tell whether a price is what several of the sheet's products cost together: 一瓶香油，一瓶麻酱，一共六十四."""
    start, end = speech.sentence(price.start, price.end)
    before = speech.text[start : price.amount_start]
    if _is_multiple(offer, price, f"{before} {speech.text[price.amount_end : end]}"):
        return True
    named = [one for one in (offer, *others) if mentions_offer(one, before)]
    if not _TOGETHER.search(before) and len(named) < 2:
        return False
    return any(offer.price + other.price == price.amount for other in named if other != offer)


def _topic(offer: Offer, others: Sequence[Offer], speech: _Speech, end: int) -> Offer:
    """Return the offer that a price is said of: the one that is named last, up to its clause's end; the story's own when none is."""
    own = (offer, *packs_of(offer, others))
    clause = re.match(rf"[^，,。！？!?]{{0,{_NAMED_AFTER}}}", speech.text[end:])
    named = last_named_offer([*own, *(other for other in others if other not in own)], speech.text[: end + (clause.end() if clause else 0)])
    return offer if named is None or named in own else named


def _is_counted_like(offer: Offer, topic: Offer, price: SpokenPrice) -> bool:
    """Tell whether a price is for a quantity that the offer is counted in, and the product that was named last is not."""
    return not _is_of_other_units(price, (offer,)) and _is_of_other_units(price, (topic,)) if price.quantities else False


def _is_average_of(price: SpokenPrice, verified: SpokenPrice) -> bool:
    """Tell whether a price is what one comes to at a price that was just said rightly: 六瓶九十九，一瓶十六块五."""
    for said in price.quantities:
        for bought in verified.quantities:
            (base, amount), (bought_base, bought_amount) = said.amount_in_base(), bought.amount_in_base()
            if base == bought_base and amount < bought_amount:
                return agrees(price, verified.amount * amount / bought_amount, rounding=True)
    return False


def _is_clear(price: SpokenPrice) -> bool:
    """Tell whether words leave no doubt that a price is meant: 十斤十九块九, and 十斤19.9 as well, but not 十斤19."""
    return (price.certain or bool(price.quantities)) and not (price.about or price.coupon or price.variant or price.bare)


def _is_heard(speech: _Speech, price: SpokenPrice, packs: Sequence[Offer]) -> bool:
    """Tell whether the words of an amount were heard well; those of its quantity count where another pack has that price."""
    surely = _is_confident(speech.between(price.amount_start, price.amount_end))
    of_a_pack = any(price.amount == pack.price for pack in packs)
    return surely and (not of_a_pack or _is_confident(speech.between(price.start, price.end)))


def _is_named(offer: Offer, speech: _Speech, price: SpokenPrice) -> bool:
    start, end = speech.sentence(price.start, price.end)
    return mentions_offer(offer, speech.text[max(start, price.start - _NAMED_WITHIN) : min(end, price.end + _NAMED_WITHIN)])


def _is_list_price(packs: Sequence[Offer], price: SpokenPrice) -> bool:
    """Tell whether an old price is the sheet's, or the sheet has none to hold it against: that is the words check's to warn of."""
    listed = [pack.model_copy(update={"price": pack.list_price}) for pack in packs if pack.list_price is not None]
    return packs[0].list_price is None or price_verdict(listed[0], price, True, listed[1:]) == "same"


def _other_doubts(offer: Offer, others: Sequence[Offer], speech: _Speech, amounts: tuple[StatedAmount, ...]) -> Iterator[_Doubt]:
    """Yield discounts that do not lead to the sheet's price, and prices that a word beside them makes a discount or a fee."""
    for amount in amounts:
        topic = _topic(offer, others, speech, amount.end)
        if topic != offer and not _is_of_offer_all_the_same(topic, amount, _clause(speech, amount.start, amount.end)):
            continue
        sentence, _ = speech.sentence(amount.start, amount.end)
        if is_doubtful_discount(offer, packs_of(offer, others), amount, speech.text[sentence:], sentence, amounts):
            said = speech.text[amount.start : amount.end] if amount.role == "share" else price_text(amount.amount, "CNY")
            yield _Doubt(amount.start, amount.end, "ask", "unsure", said)


def _is_of_offer_all_the_same(topic: Offer, amount: StatedAmount, clause: str) -> bool:
    """Tell whether an amount after another product's name may be about the offer: it is more than a gift is worth, or comes off later."""
    if amount.role == "voucher":
        return amount.amount > topic.price
    return amount.role == "reduction" and not mentions_offer(topic, clause)


def _facts(offer: Offer, words: str, said: str, heard: Sequence[Word], clip: str) -> dict[str, str | int | float]:
    """Return the values for a message about a spoken price."""
    return {
        "clip": clip,
        "second": round(heard[0].start_s, 1) if heard else 0,
        "heard": words,
        "said": said,
        "product": offer.name,
        "price": price_text(offer.price, offer.currency) + unit_suffix(offer.unit),
        "line": offer.row,
    }


def _message(doubt: _Doubt, facts: dict[str, str | int | float]) -> Message:
    if doubt.doubt == "stop":
        return M(
            "{clip}, second {second}: the speaker says “{heard}” ({said}), but {product} costs {price} in line {line} of the sheet.",
            **facts,
        )
    if doubt.verdict == "pack":
        return M(
            "{clip}, second {second}: “{heard}” ({said}) is for another quantity than the sheet's {price} (line {line}). "
            "Is it still right?",
            **facts,
        )
    return M(
        "{clip}, second {second}: “{heard}” sounds like {said}, but {product} costs {price} (line {line}). Please listen to it.",
        **facts,
    )


def _joined(phrases: Sequence[Phrase]) -> _Speech:
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
    return _Speech(text, words)


def _is_confident(heard: Sequence[Word]) -> bool:
    length = sum(len(word.text) for word in heard)
    if not length:
        return False
    mean = sum(word.probability * len(word.text) for word in heard) / length
    return mean >= CONFIDENT_MEAN and min(word.probability for word in heard) >= CONFIDENT_MINIMUM
