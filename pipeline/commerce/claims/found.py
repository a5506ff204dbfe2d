"""A finding in the making, and its id."""

import hashlib
from collections.abc import Sequence

from pipeline.commerce.claims.rules import cited
from pipeline.documents.claims import Claim, TextPlace, Verdict
from pipeline.documents.message import Message


def claim_id(rule: str, words: str, place: TextPlace, nth: int = 0) -> str:
    """Stays the same as long as rule, words and place do. nth: how often the same words stand before at the same place."""
    at = "" if place.at_s is None else f"{place.at_s:.1f}"
    return hashlib.sha256("\x1f".join((rule, words, place.kind, at, str(nth))).encode()).hexdigest()[:16]


def claim(
    verdict: Verdict,
    rule: str,
    place: TextPlace,
    why: Message,
    *,
    sources: Sequence[str],
    words: str = "",
    at: tuple[int, int] = (0, 0),
    suggestion: Message | None = None,
    instead: str | None = None,
) -> Claim:
    """A finding; `words` is what stands at `at` in the placed text."""
    words = words.replace("\u200b", "")
    return Claim(
        id=claim_id(rule, words, place),
        verdict=verdict,
        rule=rule,
        words=words,
        place=place,
        start=at[0],
        end=at[1],
        why=why,
        suggestion=suggestion,
        instead=instead,
        sources=cited(*sources),
    )


def numbered(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """The same words twice at one place are two findings with an id each."""
    seen: dict[str, int] = {}
    result = []
    for one in claims:
        nth = seen.get(one.id, 0)
        seen[one.id] = nth + 1
        result.append(one.model_copy(update={"id": claim_id(one.rule, one.words, one.place, nth)}) if nth else one)
    return tuple(result)
