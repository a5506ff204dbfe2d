"""What is said of which product: decided by the names with their tones, by the words around them, and by the prices that are said.

A live stream sells several products, a video one. A product is the topic from where it is named until another is named, or until the
speaker goes on to the next one; a name that is only compared with, cooked with or given along (比苹果还甜) is no new topic.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.chinese import StatedAmount, read_quantities, stated_amounts
from pipeline.chinese.name_mentions import TermMention, find_mentions
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Offer
from pipeline.edit.takes import Take

NEXT_PRODUCT = re.compile(r"^(?:好[,，]?)?(?:第[一二三四五六七八九十\d]+[款个样种]|下一[款个样种]|接下来)")
ABOUT_OTHER = M("about another product")
MOST_TOLD = 4
"""Passages that are told of with their words; the report has them all."""
_BESIDE = re.compile(
    r"(?:比|像|似|如|赛过|胜过|超过|代替|除了|不是|没有|不卖|不种|跟|和|与|同|及|配|加|炖|炒|蘸|拌|送|搭|当|变|喂|旁边是?|套种|嫁接)(?:着|了|点|些|一?[个点包袋斤箱份]|那个|这个|普通的?|一般的?)?$"
)
"""Before a name: it is held beside what is sold, and is not sold itself."""
_LIKE = re.compile(r"^(?:一样|那么|那样|似的|地里|树下|园里|味)")
"""After a name: the same."""


@dataclass(frozen=True)
class _SaidOffer:
    """An offer that a text names, and whether by its letters."""

    offer: Offer
    exact: bool


def names_product(text: str, offer: Offer | None) -> bool:
    """Tell whether a text names the product, by its name or an alias, as it is written or as it sounds with its tones."""
    return offer is not None and bool(find_mentions(text, _terms(offer)))


def drop_other_products(takes: Sequence[Take], offer: Offer | None, others: Sequence[Offer]) -> list[Take]:
    """Drop what is said about the sheet's other products."""
    if offer is None:
        return list(takes)
    rivals = [other for other in others if not set(_terms(other)) & set(_terms(offer))]
    packs = [offer, *(other for other in others if other not in rivals)]
    judged: list[Take] = []
    topic, off_topic, clip_id = offer, False, ""
    for index, take in enumerate(takes):
        if take.clip_id != clip_id:
            clip_id, topic, off_topic = take.clip_id, offer, False
        following = takes[index + 1].phrase.text if index + 1 < len(takes) and takes[index + 1].clip_id == clip_id else ""
        said = _topic_said(take.phrase.text, following, packs, rivals)
        if said is not None:
            topic, off_topic = said, said in rivals
        elif NEXT_PRODUCT.search(take.phrase.text):
            topic, off_topic = offer, True
        if not (take.stands and off_topic):
            judged.append(take)
        elif topic is not offer:
            judged.append(take.dropped(_about(topic.name)))
        else:
            judged.append(take.dropped(ABOUT_OTHER))
    return judged


def left_out_for_others(takes: Sequence[Take]) -> Message | None:
    """Return what a person is told of talk that was left out because it sells something else, with its words; None where there is none."""
    gone = [take for take in takes if take.verdict is not None and take.verdict.text in (_about("").text, ABOUT_OTHER.text)]
    if not gone:
        return None
    spoken_s = sum(take.phrase.end_s - take.phrase.start_s for take in takes)
    gone_s = sum(take.phrase.end_s - take.phrase.start_s for take in gone)
    return M(
        "{percent} % of the talk was left out because it sells something else ({count} passages): {words}. "
        "If that is wrong, correct the names in the product sheet; the report has all passages.",
        percent=round(100 * gone_s / max(spoken_s, 0.1)),
        count=len(gone),
        words=tuple(M("“{words}” ({why})", words=take.phrase.text, why=take.verdict or ABOUT_OTHER) for take in gone[:MOST_TOLD]),
    )


def _about(name: str) -> Message:
    return M("about another product: {name}", name=name)


def _topic_said(text: str, following: str, packs: Sequence[Offer], rivals: Sequence[Offer]) -> Offer | None:
    """Return the offer that a phrase makes the topic; the first of `packs` for the story's own; None where it changes nothing.

    following: the phrase after it, in which a price may prove what was named.
    """
    own, amounts = packs[0], stated_amounts(text)
    named = _named(text, [*packs, *rivals])
    mine = [said for said in named if said.offer in packs]
    other = next((said for said in named if said.offer in rivals), None)
    own_price, price_of_other = _is_priced_as(amounts, packs), other is not None and _is_priced_as(amounts, [other.offer])
    if mine and not (other and price_of_other and not own_price):
        return own
    if own_price and not price_of_other:
        return own
    if other is None:
        return None
    proven = other.exact or price_of_other or _is_priced_as(stated_amounts(following), [other.offer])
    return other.offer if proven else None


def _named(text: str, offers: Sequence[Offer]) -> list[_SaidOffer]:
    """Return the offers that a text speaks of, in its order; of names within each other the longest counts."""
    owner: dict[str, Offer] = {}
    for offer in offers:
        for term in _terms(offer):
            owner.setdefault(term, offer)
    return [_SaidOffer(owner[mention.term], mention.exact) for mention in find_mentions(text, list(owner)) if not _is_beside(text, mention)]


def _is_beside(text: str, mention: TermMention) -> bool:
    """Tell whether a name is only held beside what is sold."""
    return bool(_BESIDE.search(text[: mention.start]) or _LIKE.search(text[mention.end :]))


def _is_priced_as(amounts: Sequence[StatedAmount], offers: Sequence[Offer]) -> bool:
    """Tell whether one of the prices of a text is that of one of the offers, for a quantity that it is sold by."""
    return any(
        amount.role == "price" and amount.stands and offer.price in _values(amount) and _is_sold_by(amount, offer)
        for amount in amounts
        for offer in offers
    )


def _values(amount: StatedAmount) -> tuple[Decimal | None, ...]:
    return amount.amount, amount.low, amount.high, amount.perhaps


def _is_sold_by(amount: StatedAmount, offer: Offer) -> bool:
    sold = {quantity.amount_in_base() for quantity in read_quantities(offer.unit)}
    return not amount.quantities or not sold or bool({quantity.amount_in_base() for quantity in amount.quantities} & sold)


def _terms(offer: Offer) -> list[str]:
    """Return name and aliases; a single character is no name inside other words, unless it is the whole name."""
    return [term for term in dict.fromkeys((offer.name, *offer.aliases)) if len(term) > 1 or term == offer.name]
