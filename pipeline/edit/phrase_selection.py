"""Which phrases fit into the time there is."""

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.chinese import spoken_words
from pipeline.documents.message import M
from pipeline.documents.offer import Brief, Offer
from pipeline.edit.takes import Take, split_long, together

PRICE = re.compile(r"[\d零一二两三四五六七八九十百千]+(?:\.\d+)?\s*(?:块|元|毛|角)|\d+\.\d\d|(?:yuan|dollars?)\b", re.IGNORECASE)
CALL = re.compile(r"小黄车|购物车|下单|链接|橱窗|拍下|自提|截单|包邮|order|link|cart|buy", re.IGNORECASE)
NEXT_ONE = re.compile(r"^(?:好[,，]?)?(?:第[一二三四五六七八九十\d]+[款个样种]|下一[款个样种]|接下来)")
GREETING = re.compile(r"大家好|家人们|老铁|hello|hi\b", re.IGNORECASE)
LEAST_PART_S = 1.0
"""Talk is not taken into smaller parts to fit: a few words."""


def names_product(text: str, offer: Offer | None) -> bool:
    """Whether the product is named, by its name or an alias, by sound where the writing differs."""
    if offer is None:
        return False
    said = " ".join(spoken_words(text))
    return any(name and (name in text or f" {' '.join(spoken_words(name))} " in f" {said} ") for name in (offer.name, *offer.aliases))


def on_topic(takes: Sequence[Take], offer: Offer | None, others: Sequence[Offer]) -> list[Take]:
    """Drop what is said about the sheet's other products: a live room sells several, a video one.

    A product is the topic from where it is named until another is named, or until the speaker goes on to the next one.
    """
    if offer is None:
        return list(takes)
    judged: list[Take] = []
    topic: Offer | None = None
    elsewhere = False
    clip_id = ""
    for take in takes:
        if take.clip_id != clip_id:
            clip_id, topic, elsewhere = take.clip_id, None, False
        text = take.phrase.text
        named = next((other for other in (offer, *others) if names_product(text, other)), None)
        if named is not None:
            topic, elsewhere = named, named is not offer
        elif NEXT_ONE.search(text):
            topic, elsewhere = None, True
        if not (take.stands and elsewhere):
            judged.append(take)
        elif topic is not None:
            judged.append(take.dropped(M("about another product: {name}", name=topic.name)))
        else:
            judged.append(take.dropped(M("about another product")))
    return judged


def weight(take: Take, offer: Offer | None, brief: Brief) -> float:
    """How much the video would miss this phrase."""
    text = take.phrase.text
    points = sum(1.0 for point in brief.points if set(spoken_words(point)) <= set(spoken_words(text)))
    return (
        1.0
        + 3.0 * bool(PRICE.search(text))
        + 2.5 * names_product(text, offer)
        + 2.0 * bool(CALL.search(text))
        + 1.5 * points
        + 0.5 * bool(GREETING.search(text))
        + take.phrase.confidence
    )


def fit(takes: Sequence[Take], offer: Offer | None, brief: Brief, *, seconds: float, pause_s: float, longest_pause_s: float) -> list[Take]:
    """Drop the phrases that would be missed least until the rest fits into `seconds`, pauses included.

    A phrase's neighbours lend it weight, so that what stays hangs together. A sentence longer than the whole video is taken
    apart first. pause_s: what a closed pause takes; longest_pause_s: what is left between neighbours.
    """
    part_s = max(LEAST_PART_S, seconds / 2 - pause_s)
    left: list[Take] = []
    for take in takes:
        left.extend(split_long(take, part_s, anywhere=True) if _length_s([take], pause_s, 0) > seconds else [take])
    plain = [weight(take, offer, brief) for take in left]
    lent = [
        plain[place] + 0.25 * (plain[place - 1] if place else 0) + 0.25 * (plain[place + 1] if place + 1 < len(plain) else 0)
        for place in range(len(plain))
    ]
    standing = sorted((place for place, take in enumerate(left) if take.stands), key=lambda place: -lent[place])
    while len(standing) > 1 and _length_s(left, pause_s, longest_pause_s) > seconds:
        least = standing.pop()
        left[least] = left[least].dropped(M("left out so that the video stays under its length; other sentences matter more"))
    return left


def _length_s(takes: Sequence[Take], pause_s: float, longest_pause_s: float) -> float:
    """What the standing takes last at most, end to end."""
    length_s = sum(take.phrase.end_s - take.phrase.start_s + pause_s for take in takes if take.stands)
    for before, after in pairwise(takes):
        if together(before, after, longest_pause_s):
            length_s += after.phrase.start_s - before.phrase.end_s - pause_s
    return length_s
