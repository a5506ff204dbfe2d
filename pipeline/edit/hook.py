"""The sentence that opens a talk: a question, or what is good about the product, before greeting and name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.documents.message import M, Message
from pipeline.documents.offer import Offer
from pipeline.edit.phrase_selection import CALL_TO_ACTION, GREETING, states_price
from pipeline.edit.takes import Take
from pipeline.edit.topics import names_product

QUESTION = re.compile(
    r"[？?]|[吗呢]\W*$|知道|有没有|想不想|是不是|要不要|为什么|猜|\b(?:did you|do you|have you|why|guess)\b", re.IGNORECASE
)
QUALITY = re.compile(
    r"甜|脆|香|嫩|鲜|糯|沙|绵|爽|汁|皮薄|肉厚|个头|现[摘挖割捞杀做]|刚[摘挖割捞]|自然熟|老树|古法|手工|没打|不打|不放|零添加|露天|散养|"
    r"\b(?:sweet|crisp|fresh|juicy|tender|ripe|hand-?made)\b",
    re.IGNORECASE,
)
PLACE = re.compile(r"海拔|高山|山上|深山|温差|雪山|泉水|梯田|草原|海边|湖边|湖里|老家|\b(?:mountain|metres|valley)\b", re.IGNORECASE)
INTRODUCTION = re.compile(
    r"你好|您好|欢迎|朋友们|乡亲们|^\W*(?:我是|我叫|我们是|这里是)|给大家(?:带来|介绍)|先等一等|点点?关注|"
    r"\b(?:welcome|my name|i am|we are)\b",
    re.IGNORECASE,
)
LEANS = re.compile(
    r"^\W*(?:所以|但|而且|然后|因为|不过|还有|那|这|它|他|她|就|也|另外|第[一二三四五六七八九十]|接下来|最后|并且|其实|当然|再|都|谢谢|"
    r"and\b|but\b|so\b|then\b|it\b|they\b|because\b|also\b)",
    re.IGNORECASE,
)
TROUBLE = re.compile(r"坏|烂|退|赔|售后|怎么办|投诉|\b(?:refund|broken|rotten)\b", re.IGNORECASE)
SHORTEST_S, LONGEST_S = 0.9, 4.5
"""Seconds. Shorter is a shout; in a longer one the point comes after the three seconds in which a viewer decides."""
LEAST_CONFIDENCE = 0.6
LEAST_SCORE = 1.5
BETTER_BY = 1.5
"""How much better than the first sentence another must be before the order of what was said is changed."""


@dataclass(frozen=True)
class OpeningSentence:
    """How well a sentence opens a video, and the reasons that count for it."""

    score: float
    reasons: tuple[Message, ...]


def rate_opening(take: Take, offer: Offer | None) -> OpeningSentence:
    """Rate a sentence as the first of a video: what asks, tastes and names the product wins; what greets, leans on or sells does not."""
    text, length_s = take.phrase.text, take.phrase.end_s - take.phrase.start_s
    score, reasons = 0.0, list[Message]()
    if QUESTION.search(text):
        score, reasons = score + 3, [*reasons, M("it asks a question")]
    qualities = len(set(QUALITY.findall(text.lower())))
    if qualities:
        score, reasons = score + min(2.0, 1.0 + 0.5 * (qualities - 1)), [*reasons, M("it says what is good about it")]
    if names_product(text, offer):
        score, reasons = score + 1, [*reasons, M("it names the product")]
    if PLACE.search(text):
        score, reasons = score + 0.75, [*reasons, M("it says where it comes from")]
    score -= 1.0 * states_price(text) + 3.0 * bool(CALL_TO_ACTION.search(text)) + 2.0 * bool(TROUBLE.search(text))
    score -= 3.0 * is_introduction(text) + 3.0 * bool(LEANS.search(text))
    score -= 1.5 * (not SHORTEST_S <= length_s <= LONGEST_S) + 3.0 * (take.phrase.confidence < LEAST_CONFIDENCE)
    return OpeningSentence(score, tuple(reasons))


def is_introduction(text: str) -> bool:
    """Whether a sentence only greets, says who is speaking, or what is to come."""
    return bool(GREETING.search(text) or INTRODUCTION.search(text))


def with_hook_first(takes: Sequence[Take], offer: Offer | None) -> tuple[list[Take], Take | None, tuple[Message, ...]]:
    """The takes with the best opening sentence at the front, that sentence, and why it opens the video.

    The order stays where the first sentence opens as well, and where nothing is sold: then it is a tale, and the speaker's own.
    """
    standing = [take for take in takes if take.stands]
    if not standing:
        return list(takes), None, ()
    rated = [(rate_opening(take, offer), take) for take in standing]
    first, (best, hook) = rated[0][0], max(rated, key=lambda item: item[0].score)
    if offer is None or best.score < LEAST_SCORE or (hook is not standing[0] and best.score < first.score + BETTER_BY):
        return list(takes), standing[0] if first.reasons and first.score > 0 else None, first.reasons
    if hook is standing[0]:
        return list(takes), hook, best.reasons
    reasons = (*best.reasons, M("greeting and name come after it")) if is_introduction(standing[0].phrase.text) else best.reasons
    return [hook, *(take for take in takes if take is not hook)], hook, reasons
