"""Days and hours as words say them, and dates as they are written instead."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pipeline.chinese import read_number
from pipeline.settings import at_home

_CLOCK = re.compile(
    r"(?P<part>凌晨|早上|清晨|上午|中午|下午|傍晚|晚上|夜里|晚|早)?\s*(?P<hour>\d{1,2}|[一二两三四五六七八九十]{1,3})\s*"
    r"(?:[:：](?P<minute>\d{2})|(?:点|时)(?:钟)?(?P<half>半)?(?:(?P<minutes>\d{1,2}|[一二三四五六七八九十]{1,3})分)?)(?!\d)"
)
_ENGLISH = re.compile(r"(?<!\d)(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?\s*(?P<half_day>am|pm)(?!\w)")
_DATE = re.compile(r"(?:(?P<year>20\d\d)\s?[年/.-]\s?)?(?<!\d)(?P<month>1[0-2]|0?[1-9])\s?月\s?(?P<day>3[01]|[12]\d|0?[1-9])\s?[日号]?")
_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
_ENGLISH_DATE = re.compile(
    rf"(?<!\w)(?:(?P<day>\d{{1,2}})\s+(?P<month>{'|'.join(_MONTHS)})|(?P<month2>{'|'.join(_MONTHS)})\s+(?P<day2>\d{{1,2}}))(?!\w)"
)


def local(moment: datetime) -> datetime:
    """A moment on the seller's clock. Raises ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return at_home(moment)


@dataclass(frozen=True)
class Written:
    """A calendar date in a text."""

    day: date
    start: int
    end: int
    with_year: bool = False


def clock_in(text: str, *, evening: bool = False) -> time | None:
    """The first hour of the day that a text names: 十点, 晚上10:30, 10 pm. evening: 今晚 stands before it, so that ten is 22:00."""
    if match := _ENGLISH.search(text):
        hour = int(match["hour"]) % 12 + (12 if match["half_day"] == "pm" else 0)
        return time(hour, int(match["minute"] or 0))
    match = _CLOCK.search(text)
    if not match:
        return None
    said = read_number(match["hour"])
    if said is None or said > 24:
        return None
    hour = int(said)
    late = match["part"] in ("下午", "傍晚", "晚上", "夜里", "晚") or (evening and not match["part"])
    if late and 1 <= hour < 12:
        hour += 12
    minutes = read_number(match["minutes"]) if match["minutes"] else None
    minute = 30 if match["half"] else int(match["minute"] or minutes or 0)
    return time(hour % 24, minute) if minute < 60 else None


def dates_in(text: str, near: date) -> list[Written]:
    """Every calendar date in a text; one without a year is the nearest to `near`."""
    found = []
    for match in _DATE.finditer(text):
        if day := _day(int(match["month"]), int(match["day"]), near, int(match["year"]) if match["year"] else None):
            found.append(Written(day, *match.span(), bool(match["year"])))
    for match in _ENGLISH_DATE.finditer(text):
        month = _MONTHS.index((match["month"] or match["month2"]).lower()) + 1
        if day := _day(month, int(match["day"] or match["day2"]), near, None):
            found.append(Written(day, *match.span()))
    return found


def _day(month: int, day: int, near: date, year: int | None) -> date | None:
    tried = [year] if year else [near.year - 1, near.year, near.year + 1]
    days = []
    for one in tried:
        try:
            days.append(date(one, month, day))
        except ValueError:
            continue
    return min(days, key=lambda found: abs(found - near), default=None)


def written(day: date, part: str, *, english: bool, beside: date) -> str:
    """A date as people write it: 11月22日晚, 22 November; the year only when it is another one than that of `beside`."""
    if english:
        text = f"{day.day} {_MONTHS[day.month - 1].capitalize()}"
        return f"{text} {day.year}" if day.year != beside.year else text
    return (f"{day.year}年" if day.year != beside.year else "") + f"{day.month}月{day.day}日{part}"


def moment_text(moment: datetime, *, english: bool, beside: date) -> str:
    """A moment as people write it, without the hour when it is the day's last minute."""
    at = local(moment)
    day = written(at.date(), "", english=english, beside=beside)
    return day if at.time() >= time(23, 59) else f"{day} {at:%H:%M}" if english else f"{day}{at:%H:%M}"


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
