"""Words of the calendar (周五, 本周末, 月底, 中秋前, this Sunday): the days that they mean, seen from the day on which they are said."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial

from pipeline.commerce.claims.dates import week_start
from pipeline.commerce.claims.rules import calendar_words

_WEEKDAYS = "一二三四五六日"
_ENGLISH_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SATURDAY, _SUNDAY = 5, 6
_THIS, _NEXT, _LAST = ("这", "这个", "本", "this"), ("下", "下个", "next"), ("上", "上个", "last")

Days = tuple[date, date]
"""The first and the last day that a word means."""


@dataclass(frozen=True)
class CalendarWord:
    """A word of the calendar in a text: its span, and the days that it means, seen from a day.

    is_before: it means the time up to the first of these days (年前). is_holiday: these days are a holiday.
    """

    start: int
    end: int
    seen_from: Callable[[date], Days]
    is_before: bool = False
    is_holiday: bool = False


def find_calendar_words(text: str) -> Iterator[CalendarWord]:
    """Yield the words of the calendar in a normalized text that mean one time; not those that come again and again (每周五)."""
    for word in _all_words(text):
        before, after = text[max(0, word.start - 8) : word.start], text[word.end :]
        if not _expression("recurring").search(before) and not _expression("told").search(after):
            yield word


def _all_words(text: str) -> Iterator[CalendarWord]:
    for match in _expression("weekday").finditer(text):
        yield CalendarWord(*match.span(), _weekday(match["which"] or "", match["day"]))
    for match in _expression("weekday_english").finditer(text):
        yield CalendarWord(*match.span(), _weekday((match["which_en"] or "").lower(), match["day_en"].lower()))
    for match in _expression("month").finditer(text):
        yield CalendarWord(*match.span(), _month(match))
    for match in _expression("year_end").finditer(text):
        yield CalendarWord(*match.span(), lambda day: (date(day.year, 12, 1), date(day.year, 12, 31)))
    for match in _expression("before_new_year").finditer(text):
        yield CalendarWord(*match.span(), lambda day: _holiday("春节", day), is_before=True, is_holiday=True)
    for match in _holiday_names().finditer(text):
        name = _names()[match[0].lower()]
        yield CalendarWord(*match.span(), partial(_holiday, name), is_holiday=True)


def _weekday(which: str, day: str) -> Callable[[date], Days]:
    """Return what a day of the week or a weekend means: without 这 or 下, the next one, today included."""
    is_weekend = day in ("末", "weekend")
    index = _SATURDAY if is_weekend else _ENGLISH_WEEKDAYS.index(day) if day.isascii() else _WEEKDAYS.index(day.replace("天", "日"))
    length = 2 if is_weekend else 1

    def seen_from(today: date) -> Days:
        monday = week_start(today)
        if which in _NEXT:
            monday += timedelta(weeks=1)
        elif which in _LAST:
            monday -= timedelta(weeks=1)
        first = monday + timedelta(days=index)
        if which not in (*_NEXT, *_LAST) and first + timedelta(days=length - 1) < today and (which not in _THIS or which == "this"):
            first += timedelta(weeks=1)
        return first, first + timedelta(days=length - 1)

    return seen_from


def _month(match: re.Match[str]) -> Callable[[date], Days]:
    """Return what a month or its beginning, middle or end means."""
    english = (match["month_en"] or "").lower()
    which = match["which_month"] or match["whole_which"] or ("下" if english.startswith("next") else "")
    part = match["part"] or ("月底" if "end" in english else "")

    def seen_from(today: date) -> Days:
        months = today.year * 12 + today.month - 1 + (1 if which in _NEXT else -1 if which in _LAST else 0)
        first = date(months // 12, months % 12 + 1, 1)
        last = date((months + 1) // 12, (months + 1) % 12 + 1, 1) - timedelta(days=1)
        days = {"月初": (first, first + timedelta(days=9)), "月中": (first + timedelta(days=9), first + timedelta(days=19))}
        return days.get(part, (last - timedelta(days=4), last) if part else (first, last))

    return seen_from


def _holiday(name: str, today: date) -> Days:
    """Return the days of a holiday that are next or now; of the last year that is listed when there is no later one."""
    calendar = calendar_words()
    length = timedelta(days=calendar.days.get(name, 1) - 1)
    if name in calendar.lunar:
        firsts = calendar.lunar[name]
    else:
        month, day = (int(part) for part in calendar.solar[name].split("-"))
        firsts = tuple(date(year, month, day) for year in (today.year, today.year + 1))
    first = next((first for first in firsts if first + length >= today), firsts[-1])
    return first, first + length


@cache
def _names() -> dict[str, str]:
    return {alias: name for name, aliases in calendar_words().names.items() for alias in aliases}


@cache
def _holiday_names() -> re.Pattern[str]:
    longest = sorted(_names(), key=len, reverse=True)
    spelled = (rf"(?<![a-z\d]){re.escape(name)}(?![a-z\d])" if name.isascii() else re.escape(name) for name in longest)
    return re.compile("|".join(spelled), re.I)


@cache
def _expression(name: str) -> re.Pattern[str]:
    return re.compile(getattr(calendar_words(), name), re.I)
