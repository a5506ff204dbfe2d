"""Findings on words that are to be published: each with its place, its rule and the rule's legal source."""

from datetime import datetime
from typing import Literal

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import Message

Verdict = Literal["ok", "warn", "block"]
"""✓ checked and fine, ⚠ a person should look, ✗ nothing is published before it is changed or overruled with a reason."""
PlaceKind = Literal[
    "title",
    "short_title",
    "cover",
    "subtitle",
    "caption",
    "topics",
    "card",
    "cart",
    "note",
    "offer",
    "schedule",
    "picture",
    "declaration",
    "voice",
]


class TextPlace(Frozen):
    """The place where words stand, or are missing."""

    kind: PlaceKind
    at_s: float | None = None
    """Seconds on the timeline, for what stands on the picture or is said."""


class PlacedText(Frozen):
    """Words that are to be published, and where."""

    text: str
    place: TextPlace
    said_at: datetime | None = None
    """When they were said or written (aware), for words such as 今晚: a clip's capture time. None: at the time of the check."""


class Source(Frozen):
    """The law, rule or contract that a finding rests on."""

    id: str
    name: dict[str, str]
    """Its name with the article, by language (zh, en)."""
    url: str = ""
    verified: bool = False
    """Whether the article's wording was read in a copy; False where it is cited from memory or from another source."""
    note: str = ""


class Claim(Frozen):
    """One finding on a piece of text."""

    id: str
    """Hash of rule, words and place: stable as long as they are, so that an override can name it."""
    verdict: Verdict
    rule: str
    words: str
    """As they stand in the text; empty where something is missing."""
    place: TextPlace
    start: int = 0
    end: int = 0
    """The end of the words in the text, in characters, as `start` is their beginning."""
    why: Message
    suggestion: Message | None = None
    instead: str | None = None
    """Words that may replace them, empty to delete them; None where they cannot be replaced automatically."""
    sources: tuple[Source, ...] = ()


class Claims(Document):
    """All findings on one release's words."""

    claims: tuple[Claim, ...]

    @property
    def blocking(self) -> tuple[Claim, ...]:
        """The findings that stop the release unless a person overrides them."""
        return tuple(claim for claim in self.claims if claim.verdict == "block")
