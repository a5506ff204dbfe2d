"""Words of urgency: prices of the live room, limited offers (限时) and scarcity (最后三箱)."""

import re
from collections.abc import Iterator
from datetime import timedelta

from pipeline.chinese import read_number
from pipeline.commerce.claims.dates import find_dates
from pipeline.commerce.claims.rules import time_words
from pipeline.commerce.claims.text_normalization import NormalizedText
from pipeline.commerce.claims.time_context import DEADLINE_LAW, TimeContext, TimeFinding, deadline_words, timestamp
from pipeline.documents.message import M

SOON = timedelta(days=7)
"""限时 is true of an offer that ends within a week; our own choice."""


def check_live_room_prices(normalized: NormalizedText) -> Iterator[TimeFinding]:
    """Check words such as 直播间价格, which are true only during a live room."""
    vocabulary = time_words()
    for match in re.finditer(vocabulary.live_price, normalized.text, re.I):
        instead = "price" if match[0].isascii() else "现价"
        why = M("“{words}” is only true while the live room is on; the video is seen afterwards.", words=match[0])
        yield TimeFinding(
            match.start(), match.end(), "warn", "time.live", why, M("Write “{instead}”.", instead=instead), instead, ("price-14", "ad-28")
        )


def check_limited_offers(normalized: NormalizedText, context: TimeContext) -> Iterator[TimeFinding]:
    """Check words such as 限时, which need a near end of the offer that is said or known."""
    vocabulary = time_words()
    dated = any(written.day >= context.planned_at.date() for written in find_dates(normalized.text, context.planned_at.date()))
    for match in re.finditer(vocabulary.limited, normalized.text, re.I):
        words = match[0]
        if dated or (context.offer_ends and timedelta(0) < context.offer_ends - context.planned_at <= SOON):
            why = M("“{words}” is borne out: the end is near, and known.", words=words)
            yield TimeFinding(match.start(), match.end(), "ok", "time.limited", why, law=DEADLINE_LAW)
        elif context.offer_ends:
            why = M("“{words}” does not say until when; the sheet's offer ends {ends}.", words=words, ends=timestamp(context.offer_ends))
            suggestion = M("Say until when: “{instead}”.", instead=deadline_words(context, english=words.isascii()))
            yield TimeFinding(match.start(), match.end(), "warn", "time.limited", why, suggestion, law=DEADLINE_LAW)
        else:
            why = M("“{words}” does not say until when, and the product sheet has no end of the offer.", words=words)
            yield TimeFinding(
                match.start(), match.end(), "warn", "time.limited", why, M("Leave “{words}” out.", words=words), "", DEADLINE_LAW
            )


def check_scarcity(normalized: NormalizedText, context: TimeContext) -> Iterator[TimeFinding]:
    """Compare words of scarcity (最后三箱, only 5 left) with the sheet's stock."""
    vocabulary = time_words()
    for match in re.finditer(vocabulary.scarce, normalized.text, re.I):
        if re.search(rf"(?:{vocabulary.scarce_not})$", normalized.text[: match.end()].split("，")[-1][: -len(match[0])] + "最后"):
            continue
        if re.match(vocabulary.scarce_told, normalized.text[match.end() :]):
            continue
        said = read_number(match["count"]) if match["count"] else read_number(match["count_en"] or "")
        stock = context.offer.stock if context.offer else None
        words = match[0]
        if said is not None and stock is not None and stock <= said:
            yield TimeFinding(
                match.start(),
                match.end(),
                "ok",
                "scarce",
                M("“{words}” agrees with the sheet's stock of {stock}.", words=words, stock=stock),
            )
        elif stock is not None:
            why = M("“{words}” does not agree with the sheet's stock of {stock}.", words=words, stock=stock)
            yield TimeFinding(
                match.start(), match.end(), "warn", "scarce", why, M("Leave “{words}” out.", words=words), "", ("promotion", "ad-28")
            )
        else:
            why = M("“{words}” will not be true for long, and the sheet knows no stock.", words=words)
            yield TimeFinding(
                match.start(), match.end(), "warn", "scarce", why, M("Leave “{words}” out.", words=words), "", ("promotion", "ad-28")
            )
