"""Which phrases fit into the time there is."""

import re
from collections.abc import Sequence

from pipeline.documents.message import M
from pipeline.documents.offer import Brief, Offer
from pipeline.edit.takes import Take, syllables

PRICE = re.compile(r"[\d零一二两三四五六七八九十百千]+(?:\.\d+)?\s*(?:块|元|毛|角)|\d+\.\d\d|(?:yuan|dollars?)\b", re.IGNORECASE)
CALL = re.compile(r"小黄车|购物车|下单|链接|橱窗|拍下|自提|截单|包邮|order|link|cart|buy", re.IGNORECASE)
GREETING = re.compile(r"大家好|家人们|老铁|hello|hi\b", re.IGNORECASE)


def names_product(text: str, offer: Offer | None) -> bool:
    """Whether the product is named, by its name or an alias, by sound where the writing differs."""
    if offer is None:
        return False
    said = " ".join(syllables(text))
    return any(name and (name in text or f" {' '.join(syllables(name))} " in f" {said} ") for name in (offer.name, *offer.aliases))


def weight(take: Take, offer: Offer | None, brief: Brief) -> float:
    """How much the video would miss this phrase."""
    text = take.phrase.text
    points = sum(1.0 for point in brief.points if set(syllables(point)) <= set(syllables(text)))
    return (
        1.0
        + 3.0 * bool(PRICE.search(text))
        + 2.5 * names_product(text, offer)
        + 2.0 * bool(CALL.search(text))
        + 1.5 * points
        + 0.5 * bool(GREETING.search(text))
        + take.phrase.confidence
    )


def fit(takes: Sequence[Take], offer: Offer | None, brief: Brief, *, seconds: float, pause_s: float) -> list[Take]:
    """Drop the phrases that would be missed least until the rest fits into `seconds`, pauses included.

    A phrase's neighbours lend it weight, so that what stays hangs together.
    """
    left = list(takes)
    plain = [weight(take, offer, brief) for take in takes]
    lent = [
        plain[place] + 0.25 * (plain[place - 1] if place else 0) + 0.25 * (plain[place + 1] if place + 1 < len(plain) else 0)
        for place in range(len(plain))
    ]
    standing = [place for place, take in enumerate(left) if take.stands]

    def length() -> float:
        return sum(left[place].phrase.end_s - left[place].phrase.start_s + pause_s for place in standing)

    while len(standing) > 1 and length() > seconds:
        least = min(standing, key=lambda place: lent[place])
        standing.remove(least)
        left[least] = left[least].dropped(M("left out so that the video stays under its length; other sentences matter more"))
    return left
