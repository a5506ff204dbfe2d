"""Making claims, and their ids."""

import hashlib
from collections.abc import Sequence

from pipeline.commerce.claims.rules import cite_sources
from pipeline.documents.claims import Claim, TextPlace, Verdict
from pipeline.documents.message import Message


def claim_id(rule: str, words: str, place: TextPlace, nth: int = 0) -> str:
    """Return an id of 16 hex digits that stays the same as long as rule, words and place do.

    nth: how many claims on the same words at the same place come before.
    """
    at = "" if place.at_s is None else f"{place.at_s:.1f}"
    return hashlib.sha256("\x1f".join((rule, words, place.kind, at, str(nth))).encode()).hexdigest()[:16]


def make_claim(
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
    """Make a claim. words: the text's own words; at: their start and end in the text. sources: ids of legal sources."""
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
        sources=cite_sources(*sources),
    )


def with_unique_ids(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Give claims on the same words at the same place an id each."""
    counts: dict[str, int] = {}
    numbered = []
    for claim in claims:
        nth = counts.get(claim.id, 0)
        counts[claim.id] = nth + 1
        numbered.append(claim.model_copy(update={"id": claim_id(claim.rule, claim.words, claim.place, nth)}) if nth else claim)
    return tuple(numbered)
