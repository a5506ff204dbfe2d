"""Deadlines in words: calendar dates that end something, and countdowns, compared with the end of the offer."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from pipeline.chinese import read_number
from pipeline.commerce.claims.dates import WrittenDate, date_text, find_dates, find_time, moment_text
from pipeline.commerce.claims.rules import time_words
from pipeline.commerce.claims.text_normalization import NormalizedText
from pipeline.commerce.claims.time_context import (
    DEADLINE_LAW,
    TimeContext,
    TimeFinding,
    clause_around,
    deadline_words,
    sentence_around,
    timestamp,
)
from pipeline.documents.message import M
from pipeline.settings import coop_zone

_FINAL = re.compile(r"最后|倒计时|last|final", re.I)
ALONE_WITHIN = 3
"""A countdown with at most this many other characters in its sentence is about the offer, whatever words are missing."""
_NUMBER_WORDS = {"one": 1, "two": 2, "three": 3, "six": 6, "twelve": 12, "twenty-four": 24}


def check_dates(normalized: NormalizedText, context: TimeContext) -> Iterator[TimeFinding]:
    """Check calendar dates that end something: they may be over at publication, or not the end of the offer."""
    vocabulary = time_words()
    for written in find_dates(normalized.text, context.planned_at.date()):
        clause = clause_around(normalized.text, written.start)
        if not (re.search(f"{vocabulary.buying}|{vocabulary.meeting}", clause, re.I) and re.search(vocabulary.until, clause, re.I)):
            continue
        hour = find_time(clause[clause.find(normalized.text[written.start : written.end]) + written.end - written.start :]) or time(23, 59)
        deadline = datetime.combine(written.day, hour, coop_zone())
        words = normalized.words(written.start, written.end)
        if deadline <= context.planned_at:
            why = M("“{words}” is over when the video is published ({planned}).", words=words, planned=timestamp(context.planned_at))
            yield TimeFinding(
                written.start, written.end, "block", "time.date", why, M("Leave that date out, or publish earlier."), None, DEADLINE_LAW
            )
        elif context.offer_ends and not _same_date(written, context.offer_ends.date()):
            ends = moment_text(context.offer_ends, english=normalized.text.isascii(), beside=context.planned_at.date())
            why = M("“{words}” is not the day on which the sheet's offer ends ({ends}).", words=words, ends=ends)
            instead = date_text(context.offer_ends.date(), "", english=words.isascii(), beside=context.planned_at.date())
            yield TimeFinding(
                written.start, written.end, "warn", "time.date", why, M("Write “{instead}”.", instead=instead), instead, DEADLINE_LAW
            )
        else:
            yield TimeFinding(
                written.start, written.end, "ok", "time.date", M("“{words}” is still ahead when the video is published.", words=words)
            )


def _same_date(written: WrittenDate, day: date) -> bool:
    """Tell whether a written date means a day; one without a year means that day of any year."""
    return written.day == day if written.with_year else (written.day.month, written.day.day) == (day.month, day.day)


def check_countdowns(normalized: NormalizedText, context: TimeContext) -> Iterator[TimeFinding]:
    """Check countdowns (最后两小时, 还剩三天), which are true only while the offer really ends then."""
    for match in re.finditer(time_words().last, normalized.text, re.I):
        left = _duration(match)
        if left is not None and _is_about_offer(match, left, sentence_around(normalized.text, match.start())):
            yield _countdown(match, left, context)


def _is_about_offer(match: re.Match[str], left: timedelta, sentence: str) -> bool:
    """Tell whether a countdown urges to buy: by words of hurry in its sentence, or because it stands there alone."""
    if re.search(time_words().hurry, sentence, re.I):
        return True
    is_alone = len(sentence.strip()) <= len(match[0]) + ALONE_WITHIN
    return is_alone and bool(_FINAL.match(match[0])) and left >= timedelta(hours=1)


def _countdown(match: re.Match[str], left: timedelta, context: TimeContext) -> TimeFinding:
    words, ends = match[0], context.offer_ends
    if ends is None:
        why = M("“{words}” counts down to an end that the product sheet does not have.", words=words)
        suggestion = M("Leave it out, or write the offer's end into the sheet.")
        return TimeFinding(*match.span(), "block" if context.offer else "warn", "time.countdown", why, suggestion, "", DEADLINE_LAW)
    is_running = ends > context.planned_at
    if is_running and _is_true(left, ends, context.planned_at):
        why = M("“{words}” is right: the offer ends {ends}.", words=words, ends=timestamp(ends))
        return TimeFinding(*match.span(), "ok", "time.countdown", why, law=DEADLINE_LAW)
    instead = deadline_words(context, english=words.isascii()) if is_running else ""
    why = M("“{words}” is not true when the video is published: the offer ends {ends}.", words=words, ends=timestamp(ends))
    suggestion = M("Write “{instead}”.", instead=instead) if instead else M("Leave “{words}” out.", words=words)
    return TimeFinding(*match.span(), "block", "time.countdown", why, suggestion, instead, DEADLINE_LAW)


def _is_true(left: timedelta, ends: datetime, planned_at: datetime) -> bool:
    """Tell whether the time that is left agrees with the offer's end: a last day to the day, else within a quarter or half an hour."""
    if left == timedelta(days=1):
        return ends.date() == planned_at.date()
    return abs(ends - planned_at - left) <= max(left / 4, timedelta(minutes=30))


def _duration(match: re.Match[str]) -> timedelta | None:
    """Return the time that a countdown says is left; None when it names no number."""
    return _chinese_duration(match) if match["unit"] else _english_duration(match)


def _chinese_duration(match: re.Match[str]) -> timedelta | None:
    count = read_number(match["count"])
    hours_per_unit = {"天": 24.0, "分钟": 1 / 60}.get(match["unit"], 1.0)
    return None if count is None else timedelta(hours=float(count) * hours_per_unit)


def _english_duration(match: re.Match[str]) -> timedelta | None:
    count_word, unit = match["count_en"], match["unit_en"]
    if not count_word and unit.endswith("s"):
        return None
    count = _NUMBER_WORDS.get(count_word.lower(), 0) or int(count_word) if count_word else 1
    hours_per_unit = 24.0 if unit.startswith("day") else 1 / 60 if unit.startswith("minute") else 1.0
    return timedelta(hours=count * hours_per_unit)
