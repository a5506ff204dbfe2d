"""Words such as today or 最后两小时, which are true relative to now, checked for the time at which the video is published."""

from datetime import datetime

from pipeline.commerce.claims.calendar_times import check_calendar, check_hours, check_one_day_only, check_rises
from pipeline.commerce.claims.dates import sellers_time
from pipeline.commerce.claims.deadlines import check_countdowns, check_dates
from pipeline.commerce.claims.findings import make_claim
from pipeline.commerce.claims.relative_days import check_days, check_weeks
from pipeline.commerce.claims.text_normalization import normalize_spelling
from pipeline.commerce.claims.time_context import TimeContext, TimeFinding
from pipeline.commerce.claims.urgency import check_limited_offers, check_live_room_prices, check_scarcity
from pipeline.documents.claims import Claim, PlacedText
from pipeline.documents.offer import Offer

SUBTITLE_BREAK = "\u200b"
"""Between a subtitle and the next: no character of any word, so that a clause may continue."""


def check_times(placed: PlacedText, offer: Offer | None, planned_at: datetime, now: datetime, following: str = "") -> list[Claim]:
    """Check every word of time of one text.

    planned_at, now: aware; `placed.said_at`, where it is known, counts instead of `now`. following: what is said right after the
    text, since a sentence may continue in the next subtitle.
    """
    normalized = normalize_spelling(placed.text + (SUBTITLE_BREAK + following if following else ""))
    context = TimeContext(sellers_time(placed.said_at or now), sellers_time(planned_at), offer)
    findings = [
        *check_countdowns(normalized, context),
        *check_days(normalized, context),
        *check_weeks(normalized, context),
        *check_dates(normalized, context),
        *check_calendar(normalized, context),
        *check_hours(normalized, context),
        *check_one_day_only(normalized, context),
        *check_rises(normalized, context),
        *check_live_room_prices(normalized),
        *check_limited_offers(normalized, context),
        *check_scarcity(normalized, context),
    ]
    strongest: list[TimeFinding] = []
    for finding in sorted(findings, key=lambda finding: (finding.verdict != "block", finding.verdict != "warn", finding.start)):
        if not any(finding.start < other.end and other.start < finding.end for other in strongest):
            strongest.append(finding)
    return [
        make_claim(
            finding.verdict,
            finding.rule,
            placed.place,
            finding.why.model_copy(update={"values": {**finding.why.values, "words": normalized.words(finding.start, finding.end)}}),
            sources=finding.law,
            words=normalized.words(finding.start, finding.end),
            at=normalized.source_span(finding.start, finding.end),
            suggestion=finding.suggestion,
            instead=finding.instead,
        )
        for finding in sorted(strongest, key=lambda finding: finding.start)
        if normalized.source_span(finding.start, finding.end)[1] <= len(placed.text)
    ]
