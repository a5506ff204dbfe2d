"""The times between which words are judged, findings about words of time, and the texts around such words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache

from pipeline.commerce.claims.dates import find_time, moment_text, sellers_time
from pipeline.documents.claims import Verdict
from pipeline.documents.message import Message
from pipeline.documents.offer import Offer

_CLAUSE = re.compile(r"[^，。！？；,!?;\n]+")
_SENTENCE = re.compile(r"[^。！？!?\n]+")
LAW = ("ecommerce-17", "ad-28")
DEADLINE_LAW = ("promotion", "price-14", "ad-28")


@dataclass(frozen=True)
class TimeContext:
    """When words of time were said and when they are published, in the seller's time zone, and the offer."""

    spoken_at: datetime
    planned_at: datetime
    offer: Offer | None

    @property
    def same_day(self) -> bool:
        """Whether the words are published on the day on which they were said."""
        return self.spoken_at.date() == self.planned_at.date()

    @property
    def offer_ends(self) -> datetime | None:
        """The end of the offer in the seller's time zone; None for an offer without end."""
        return sellers_time(self.offer.offer_ends) if self.offer and self.offer.offer_ends else None

    @property
    def order_cutoff(self) -> time | None:
        """The time of day until which the sheet takes orders; None when it names none."""
        return find_time(self.offer.order_cutoff) if self.offer and self.offer.order_cutoff else None


@dataclass(frozen=True)
class TimeFinding:
    """A claim in the making, with its offsets in the normalized text."""

    start: int
    end: int
    verdict: Verdict
    rule: str
    why: Message
    suggestion: Message | None = None
    instead: str | None = None
    law: tuple[str, ...] = LAW


def timestamp(moment: datetime) -> str:
    """Return a moment as it is written in messages, the same in every language."""
    at = sellers_time(moment)
    return f"{at:%Y-%m-%d}" if at.time() >= time(23, 59) else f"{at:%Y-%m-%d %H:%M}"


def deadline_words(context: TimeContext, *, english: bool) -> str:
    """Return the end of the offer as a caption may say it: 11月22日截止, until 22 November. The offer must have an end."""
    assert context.offer_ends is not None
    end = moment_text(context.offer_ends, english=english, beside=context.planned_at.date())
    return f"until {end}" if english else f"{end}截止"


def clause_around(text: str, offset: int) -> str:
    """Return the clause of a text at an offset."""
    return _part_around(_CLAUSE, text, offset)


def sentence_around(text: str, offset: int) -> str:
    """Return the sentence of a text at an offset."""
    return _part_around(_SENTENCE, text, offset)


def _part_around(expression: re.Pattern[str], text: str, offset: int) -> str:
    return next((match[0] for match in expression.finditer(text) if match.start() <= offset < match.end()), "")


@cache
def any_of(words: Sequence[str]) -> re.Pattern[str]:
    """Return an expression for any of the words, the longest first; Latin ones match as whole words only."""
    longest = sorted(words, key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" if word.isascii() else re.escape(word) for word in longest), re.I)
