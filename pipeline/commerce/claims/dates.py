"""Dates and times of day in Chinese and English texts: finding them, and writing them out."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pipeline.chinese import read_number
from pipeline.settings import in_coop_time

_TIME = re.compile(
    r"(?P<part>凌晨|早上|清晨|上午|中午|下午|傍晚|晚上|夜里|晚|早)?\s*(?P<hour>\d{1,2}|[一二两三四五六七八九十]{1,3})\s*"
    r"(?:[:：](?P<minute>\d{2})|(?:点|时)(?:钟)?(?P<half>半)?(?:(?P<minutes>\d{1,2}|[一二三四五六七八九十]{1,3})分)?)(?!\d)"
)
_PM_WORDS = ("下午", "傍晚", "晚上", "夜里", "晚")
_ENGLISH_TIME = re.compile(r"(?<!\d)(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?\s*(?P<half_day>am|pm)(?!\w)")
_DATE = re.compile(r"(?:(?P<year>20\d\d)\s?[年/.-]\s?)?(?<!\d)(?P<month>1[0-2]|0?[1-9])\s?月\s?(?P<day>3[01]|[12]\d|0?[1-9])\s?[日号]?")
_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
_ENGLISH_DATE = re.compile(
    rf"(?<!\w)(?:(?P<day>\d{{1,2}})\s+(?P<month>{'|'.join(_MONTHS)})|(?P<month2>{'|'.join(_MONTHS)})\s+(?P<day2>\d{{1,2}}))(?!\w)"
)


def sellers_time(moment: datetime) -> datetime:
    """Return a moment in the seller's time zone. Raises ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return in_coop_time(moment)


@dataclass(frozen=True)
class WrittenDate:
    """A calendar date in a text, with its character offsets, and whether the year is written."""

    day: date
    start: int
    end: int
    with_year: bool = False


def find_time(text: str, *, evening: bool = False) -> time | None:
    """Return the first time of day that a text names (十点, 晚上10:30, 10 pm); None without one.

    evening: 今晚 precedes it, so that ten is 22:00.
    """
    if match := _ENGLISH_TIME.search(text):
        return time(int(match["hour"]) % 12 + (12 if match["half_day"] == "pm" else 0), int(match["minute"] or 0))
    match = _TIME.search(text)
    hour = _hour(match, evening) if match else None
    if match is None or hour is None:
        return None
    minutes = read_number(match["minutes"]) if match["minutes"] else None
    minute = 30 if match["half"] else int(match["minute"] or minutes or 0)
    return time(hour % 24, minute) if minute < 60 else None


def find_times(text: str) -> list[tuple[int, int, time]]:
    """Return the times of day in a text, each with its span. Hours up to eleven without a part of the day are the afternoon's.

    一点 without a part of the day is none: it mostly means a little.
    """
    times = []
    for match in _TIME.finditer(text):
        hour = _hour(match, evening=not match["minute"] and not match["part"])
        if hour is None or (hour in (1, 13) and not match["part"] and not match["minute"]):
            continue
        if at := find_time(match[0], evening=not match["minute"] and not match["part"]):
            times.append((match.start() + len(match[0]) - len(match[0].lstrip()), match.end(), at))
    for match in _ENGLISH_TIME.finditer(text):
        if at := find_time(match[0]):
            times.append((*match.span(), at))
    return times


def _hour(match: re.Match[str], evening: bool) -> int | None:
    """Return the hour of a Chinese time on a 24-hour clock, 24 included; None for a higher number."""
    number = read_number(match["hour"])
    if number is None or number > 24:
        return None
    is_pm = match["part"] in _PM_WORDS or (evening and not match["part"])
    return int(number) + 12 if is_pm and 1 <= int(number) < 12 else int(number)


def find_dates(text: str, near: date) -> list[WrittenDate]:
    """Return the calendar dates in a text; for one without a year, the year that brings it nearest to `near`."""
    dates = []
    for match in _DATE.finditer(text):
        if day := _nearest_date(int(match["month"]), int(match["day"]), near, int(match["year"]) if match["year"] else None):
            dates.append(WrittenDate(day, *match.span(), bool(match["year"])))
    for match in _ENGLISH_DATE.finditer(text):
        month = _MONTHS.index((match["month"] or match["month2"]).lower()) + 1
        if day := _nearest_date(month, int(match["day"] or match["day2"]), near, None):
            dates.append(WrittenDate(day, *match.span()))
    return dates


def _nearest_date(month: int, day: int, near: date, year: int | None) -> date | None:
    years = [year] if year else [near.year - 1, near.year, near.year + 1]
    candidates = []
    for candidate in years:
        try:
            candidates.append(date(candidate, month, day))
        except ValueError:
            continue
    return min(candidates, key=lambda candidate: abs(candidate - near), default=None)


def date_text(day: date, part: str, *, english: bool, beside: date) -> str:
    """Return a date as people write it: 11月22日晚, 22 November; with its year only when that is not the year of `beside`."""
    if english:
        text = f"{day.day} {_MONTHS[day.month - 1].capitalize()}"
        return f"{text} {day.year}" if day.year != beside.year else text
    return (f"{day.year}年" if day.year != beside.year else "") + f"{day.month}月{day.day}日{part}"


def moment_text(moment: datetime, *, english: bool, beside: date) -> str:
    """Return a moment as people write it, without the time when it is the day's last minute."""
    at = sellers_time(moment)
    day = date_text(at.date(), "", english=english, beside=beside)
    return day if at.time() >= time(23, 59) else f"{day} {at:%H:%M}" if english else f"{day}{at:%H:%M}"


def week_start(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())
