"""Ways to be reached, and links, in words for destinations that punish them."""

import re
from collections.abc import Iterator
from functools import cache

from pipeline.commerce.claims.folding import fold
from pipeline.commerce.claims.found import claim
from pipeline.documents.claims import Claim, PlacedText
from pipeline.documents.destination import Destination
from pipeline.documents.message import M
from pipeline.resources import ASSETS


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    lines = (ASSETS / "lexicon" / "contacts.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t", 1) for line in lines if line and not line.startswith("#"))
    return tuple((kind, re.compile(pattern, re.I)) for kind, pattern in pairs)


def check_contact(placed: PlacedText, destination: Destination) -> list[Claim]:
    """Phone numbers, chat names, addresses and links that the destination does not allow in words.

    What is said is warned of, what is written stops the release: a platform's machines read the caption first.
    """
    folded = fold(placed.text)
    claims = []
    for kind, start, end in _found(folded.text):
        if kind == "link" and destination.links == "tapped":
            continue
        if kind != "link" and destination.contact:
            continue
        words = folded.words(start, end).strip()
        useless = kind == "link" and destination.links == "plain"
        why = (
            M("“{words}” cannot be tapped there and only takes room.", words=words)
            if useless
            else M("“{words}” is not allowed there: the platform punishes contact details and links.", words=words)
        )
        claims.append(
            claim(
                "warn" if useless or placed.place.kind == "subtitle" else "block",
                f"contact.{kind}",
                placed.place,
                why,
                sources=("platform",),
                words=words,
                at=folded.span(start, end),
                suggestion=M("Leave “{words}” out.", words=words),
                instead="",
            )
        )
    return claims


def _found(text: str) -> Iterator[tuple[str, int, int]]:
    taken: list[tuple[int, int]] = []
    for kind, pattern in _patterns():
        for match in pattern.finditer(text):
            if not any(match.start() < end and start < match.end() for start, end in taken):
                taken.append(match.span())
                yield kind, *match.span()
