"""Contact details and links in texts for destinations that forbid them."""

import re
from collections.abc import Iterator
from functools import cache

from pipeline.commerce.claims.findings import make_claim
from pipeline.commerce.claims.text_normalization import normalize_spelling
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
    """Find phone numbers, chat names, addresses and links that the destination does not allow in texts.

    Spoken ones are a warning, written ones stop the release: platforms check the caption automatically.
    """
    normalized = normalize_spelling(placed.text)
    claims = []
    for kind, start, end in _contacts(normalized.text):
        if kind == "link" and destination.links == "tapped":
            continue
        if kind != "link" and destination.contact:
            continue
        words = normalized.words(start, end).strip()
        is_untappable = kind == "link" and destination.links == "plain"
        why = (
            M("“{words}” cannot be tapped there and only takes room.", words=words)
            if is_untappable
            else M("“{words}” is not allowed there: the platform punishes contact details and links.", words=words)
        )
        claims.append(
            make_claim(
                "warn" if is_untappable or placed.place.kind == "subtitle" else "block",
                f"contact.{kind}",
                placed.place,
                why,
                sources=("platform",),
                words=words,
                at=normalized.source_span(start, end),
                suggestion=M("Leave “{words}” out.", words=words),
                instead="",
            )
        )
    return claims


def _contacts(text: str) -> Iterator[tuple[str, int, int]]:
    taken: list[tuple[int, int]] = []
    for kind, pattern in _patterns():
        for match in pattern.finditer(text):
            if not any(match.start() < end and start < match.end() for start, end in taken):
                taken.append(match.span())
                yield kind, *match.span()
