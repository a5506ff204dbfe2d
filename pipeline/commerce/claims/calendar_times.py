"""Words of the calendar, hours without a day, and promises of one day only, judged for the time at which the video is published."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache

from pipeline.commerce.claims.calendar_words import CalendarWord, Days, find_calendar_words
from pipeline.commerce.claims.dates import date_text, find_dates, find_time, find_times
from pipeline.commerce.claims.relative_days import clause_topic
from pipeline.commerce.claims.rules import calendar_words, time_words
from pipeline.commerce.claims.text_normalization import NormalizedText
from pipeline.commerce.claims.time_context import (
    DEADLINE_LAW,
    TimeContext,
    TimeFinding,
    any_of,
    clause_around,
    sentence_around,
    timestamp,
)
from pipeline.documents.claims import Verdict
from pipeline.documents.message import M
from pipeline.settings import coop_zone

_BEFORE = re.compile(r"^\s*(?:之前|以前|前)")
"""After a word of the calendar: up to it."""
_ENDS = re.compile(r"^[^，。！？,!?]{0,6}(?:截|止|结束|恢复|收尾|关团)")
_ENGLISH_ENDS = re.compile(r"(?:ends?|until|closes?|by|before)\s+(?:on\s+)?$", re.I)
_PRESENTS = re.compile(r"[送礼囤备]|gift|present", re.I)
"""Words for presents, which make a holiday a reason to buy, when the sentence asks to buy in another clause."""
_LIMITS = re.compile(r"[仅只]?限|today|tonight|only|one", re.I)
"""Words that limit an offer, whatever else is said."""
_ALONE_WITHIN = 1
"""只有今天 with at most this many other characters in its sentence is about the offer, whatever words are missing."""


def check_calendar(normalized: NormalizedText, context: TimeContext) -> Iterator[TimeFinding]:
    """Check days of the week, weekends, months and holidays where they are about buying, delivery or meeting."""
    for word in find_calendar_words(normalized.text):
        clause = clause_around(normalized.text, word.start)
        topic = clause_topic(clause)
        if not topic and word.is_holiday and _PRESENTS.search(clause):
            topic = clause_topic(sentence_around(normalized.text, word.start))
        if topic in ("buying", "delivery", "meeting"):
            yield _judged(word, topic, normalized, context)


def _judged(word: CalendarWord, topic: str, normalized: NormalizedText, context: TimeContext) -> TimeFinding:
    text, planned = normalized.text, context.planned_at
    words, span = text[word.start : word.end], (word.start, word.end)
    meant, then = word.seen_from(context.spoken_at.date()), word.seen_from(planned.date())
    after, before = text[word.end :], text[: word.start]
    stops_before = word.is_before or bool(_BEFORE.match(after))
    end = _end(meant, word, stops_before, clause_around(text, word.start))
    verdict: Verdict = "warn" if topic == "meeting" else "block"
    said = _days_text(meant, words, planned.date())
    if end <= planned:
        facts = {"words": words, "meant": said, "planned": timestamp(planned)}
        why = M("“{words}” meant {meant}, which is over when the video is published ({planned}).", **facts)
        suggestion = M("Leave “{words}” out, or say what holds then.", words=words)
        return TimeFinding(*span, verdict, "time.calendar", why, suggestion, "", DEADLINE_LAW)
    if meant != then:
        why = M("“{words}” meant {meant}; seen from {planned} it says another day.", words=words, meant=said, planned=timestamp(planned))
        return TimeFinding(*span, verdict, "time.calendar", why, M("Write “{instead}”.", instead=said), said)
    if context.offer_ends and topic == "buying" and context.offer_ends.date() < meant[0] and not stops_before:
        why = M("“{words}”: the offer is over by then, it ends {ends}.", words=words, ends=timestamp(context.offer_ends))
        return TimeFinding(*span, "block", "time.calendar", why, M("Leave “{words}” out.", words=words), "", DEADLINE_LAW)
    ends = topic == "buying" and bool(_ENDS.match(after) or (words.isascii() and _ENGLISH_ENDS.search(before)))
    if context.offer_ends and ends and not meant[0] <= context.offer_ends.date() <= meant[1]:
        why = M("“{words}” is not the day on which the sheet's offer ends ({ends}).", words=words, ends=timestamp(context.offer_ends))
        instead = date_text(context.offer_ends.date(), "", english=words.isascii(), beside=planned.date())
        return TimeFinding(*span, "warn", "time.calendar", why, M("Write “{instead}”.", instead=instead), instead, DEADLINE_LAW)
    return TimeFinding(*span, "ok", "time.calendar", M("“{words}” means the same days when the video is published.", words=words))


def _end(meant: Days, word: CalendarWord, stops_before: bool, clause: str) -> datetime:
    """Return the moment at which what a word promises is over: the end of its days, or the hour that its clause names.

    Several days or a holiday, of which 前 is said, end with the beginning of the first.
    """
    first, last = meant
    if stops_before and (word.is_before or word.is_holiday):
        return datetime.combine(first, time(0), coop_zone())
    return datetime.combine(last, find_time(clause) or time(23, 59), coop_zone())


def _days_text(days: Days, words: str, beside: date) -> str:
    first, last = (date_text(day, "", english=words.isascii(), beside=beside) for day in days)
    return first if first == last else f"{first} – {last}" if words.isascii() else f"{first}至{last}"


def check_hours(normalized: NormalizedText, context: TimeContext) -> Iterator[TimeFinding]:
    """Check hours without a day at which something begins or ends (晚上八点直播): over by then, or another day's."""
    for start, end, hour in find_times(normalized.text):
        clause, sentence = clause_around(normalized.text, start), sentence_around(normalized.text, start)
        if not _expression("appointment").search(clause) or _names_a_day(sentence, context) or hour == context.order_cutoff:
            continue
        moment = datetime.combine(context.spoken_at.date(), hour, coop_zone())
        if context.same_day and moment > context.planned_at:
            continue
        words = normalized.text[start:end]
        why = M(
            "“{words}” names an hour and no day: seen from {planned} it is over, or another day's.",
            words=words,
            planned=timestamp(context.planned_at),
        )
        instead = date_text(moment.date(), "", english=words.isascii(), beside=context.planned_at.date())
        yield TimeFinding(start, end, "warn", "time.hour", why, M("Name the day with the hour: it was {instead}.", instead=instead))


def _names_a_day(sentence: str, context: TimeContext) -> bool:
    """Tell whether a sentence says on which day its hours are, or that they are every day's or a story's."""
    return (
        bool(any_of(tuple(time_words().days)).search(sentence))
        or bool(_expression("every_day").search(sentence))
        or bool(_expression("weekday").search(sentence) or _expression("weekday_english").search(sentence))
        or bool(find_dates(sentence, context.planned_at.date()))
    )


def check_one_day_only(normalized: NormalizedText, context: TimeContext) -> Iterator[TimeFinding]:
    """Check 只有今天 and its like: the offer must end on the day on which that is said and published."""
    for match in _expression("only").finditer(normalized.text):
        sentence = sentence_around(normalized.text, match.start())
        is_about_offer = _LIMITS.match(match[0]) or re.search(time_words().buying, sentence, re.I)
        if not is_about_offer and len(sentence.strip()) > len(match[0]) + _ALONE_WITHIN:
            continue
        words, ends = match[0], context.offer_ends
        if context.same_day and ends and ends.date() == context.planned_at.date():
            why = M("“{words}” is right: the offer ends {ends}.", words=words, ends=timestamp(ends))
            yield TimeFinding(*match.span(), "ok", "time.only", why, law=DEADLINE_LAW)
            continue
        why = M("“{words}” is only true if the offer ends that day, and the sheet does not say so.", words=words)
        suggestion = M("Leave “{words}” out, or write the offer's end into the sheet.", words=words)
        yield TimeFinding(*match.span(), "block" if context.offer else "warn", "time.only", why, suggestion, "", DEADLINE_LAW)


def check_rises(normalized: NormalizedText, context: TimeContext) -> Iterator[TimeFinding]:
    """Check promises that the price rises on a day (明天恢复原价): the offer must end right before it."""
    for match in _expression("rises").finditer(normalized.text):
        clause = clause_around(normalized.text, match.start())
        day = _day_of_rise(clause, context)
        if day is None:
            continue
        ends, words = context.offer_ends, match[0]
        if ends and ends > context.planned_at and day - timedelta(days=1) <= ends.date() <= day:
            why = M("“{words}” is right: the offer ends {ends}.", words=words, ends=timestamp(ends))
            yield TimeFinding(*match.span(), "ok", "time.rise", why, law=DEADLINE_LAW)
            continue
        why = M("“{words}”: the sheet's offer does not end then, so the price does not rise.", words=words)
        suggestion = M("Leave “{words}” out, or write the offer's end into the sheet.", words=words)
        yield TimeFinding(*match.span(), "block" if context.offer else "warn", "time.rise", why, suggestion, "", DEADLINE_LAW)


def _day_of_rise(clause: str, context: TimeContext) -> date | None:
    """Return the day ahead that a clause names; None without one."""
    spoken = context.spoken_at.date()
    for match in any_of(tuple(time_words().days)).finditer(clause):
        if (offset := time_words().days[match[0].lower()]) > 0:
            return spoken + timedelta(days=offset)
    return next((word.seen_from(spoken)[0] for word in find_calendar_words(clause)), None)


@cache
def _expression(name: str) -> re.Pattern[str]:
    return re.compile(getattr(calendar_words(), name), re.I)
