"""Which phrases are kept: of those about the product the most important that fit into the video."""

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.chinese import spoken_words, stated_amounts
from pipeline.documents.message import M
from pipeline.documents.offer import Brief, Offer
from pipeline.edit.takes import Take, are_continuous, split_long
from pipeline.edit.topics import names_product

ENGLISH_PRICE = re.compile(r"\d+\.\d\d|[$€£]\s?\d|\d\s*(?:yuan|dollars?)\b", re.IGNORECASE)
CALL_TO_ACTION = re.compile(r"小黄车|购物车|下单|链接|橱窗|拍下|自提|截单|包邮|order|link|cart|buy", re.IGNORECASE)
GREETING = re.compile(r"大家好|家人们|老铁|hello|hi\b", re.IGNORECASE)
ROOM_TALK = re.compile(
    r"欢迎(?:大家)?来到[^，。]{0,6}直播间|等一等|等一下|人还没|还没(?:有)?(?:到|来)齐|点点?关注|点点?赞|扣个?1|打在公屏|刷一?波|谢谢大家|直播[^间]{0,6}结束|带来[了]?[两二三四五六七八九十\d]+款"
)
"""What a host says to those who are in the room, and to nobody who sees a product's video the day after."""
LEAST_SELLING = 2
"""Sentences about the product that must be there before talk of the room is left out."""
MIN_PART_S = 1.0
"""Seconds. To fit, talk is not split into shorter parts: that is a few words."""


def drop_room_talk(takes: Sequence[Take], offer: Offer | None) -> list[Take]:
    """Drop what is said to the viewers of a live room alone, where enough else is said about the product."""
    if offer is None:
        return list(takes)
    room = [take for take in takes if take.stands and ROOM_TALK.search(take.phrase.text) and not _sells(take.phrase.text, offer)]
    selling = sum(take.stands and _sells(take.phrase.text, offer) for take in takes)
    if selling < LEAST_SELLING:
        return list(takes)
    return [take.dropped(M("said to the viewers of the live room, not about the product")) if take in room else take for take in takes]


def _sells(text: str, offer: Offer) -> bool:
    return names_product(text, offer) or states_price(text) or bool(CALL_TO_ACTION.search(text))


def states_price(text: str) -> bool:
    """Whether a phrase says money: a price, an old one, what comes off it."""
    return any(amount.stands for amount in stated_amounts(text)) or bool(ENGLISH_PRICE.search(text))


def importance(take: Take, offer: Offer | None, brief: Brief) -> float:
    """How important a phrase is to the video: price, product, call to action and the brief's points count."""
    text = take.phrase.text
    points = sum(1.0 for point in brief.points if set(spoken_words(point)) <= set(spoken_words(text)))
    return (
        1.0
        + 3.0 * states_price(text)
        + 2.5 * names_product(text, offer)
        + 2.0 * bool(CALL_TO_ACTION.search(text))
        + 1.5 * points
        + 0.5 * bool(GREETING.search(text))
        + take.phrase.confidence
    )


def fit_to_length(
    takes: Sequence[Take], offer: Offer | None, brief: Brief, *, seconds: float, pause_s: float, longest_pause_s: float
) -> list[Take]:
    """Drop the least important phrases until the rest fits into `seconds`, pauses included.

    A phrase next to important ones counts more, so that what stays is coherent. A sentence longer than the whole video is split
    first. pause_s: length of a closed pause; longest_pause_s: the longest pause that is left between neighbours.
    """
    part_s = max(MIN_PART_S, seconds / 2 - pause_s)
    fitted: list[Take] = []
    for take in takes:
        fitted.extend(split_long(take, part_s, anywhere=True) if _length_s([take], pause_s, 0) > seconds else [take])
    own = [importance(take, offer, brief) for take in fitted]
    with_neighbours = [
        own[index] + 0.25 * (own[index - 1] if index else 0) + 0.25 * (own[index + 1] if index + 1 < len(own) else 0)
        for index in range(len(own))
    ]
    standing = sorted((index for index, take in enumerate(fitted) if take.stands), key=lambda index: -with_neighbours[index])
    while len(standing) > 1 and _length_s(fitted, pause_s, longest_pause_s) > seconds:
        least = standing.pop()
        fitted[least] = fitted[least].dropped(M("left out so that the video stays under its length; other sentences matter more"))
    return fitted


def _length_s(takes: Sequence[Take], pause_s: float, longest_pause_s: float) -> float:
    """Seconds that the kept takes last at most, end to end."""
    length_s = sum(take.phrase.end_s - take.phrase.start_s + pause_s for take in takes if take.stands)
    for before, after in pairwise(takes):
        if are_continuous(before, after, longest_pause_s):
            length_s += after.phrase.start_s - before.phrase.end_s - pause_s
    return length_s
