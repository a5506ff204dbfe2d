"""Cells that say from when and until when an offer holds: 2026-12-31 22:00, 12月31日截止, 12月1日至10日, 7天."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from pipeline.catalog.spreadsheet import normalize_text
from pipeline.chinese import NUMERALS, read_number
from pipeline.settings import coop_zone

BEIJING = ZoneInfo("Asia/Shanghai")
NEAREST = timedelta(days=150)
"""A day without a year is the one nearest to now; one that is further away than this may be last year's or next year's."""
_NIGHT_WORDS = ("晚上", "晚", "夜里")
_AFTERNOON_WORDS = ("下午", "傍晚", "晚上", "晚", "夜里")
_ZONE = r"(?:\s*(?P<zone>Z|北京时间|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|UTC|GMT))?"
_CLOCK = (
    r"(?:[T\s,]*(?P<part>凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚|夜里)?\s*"
    r"(?P<hour>\d{1,2})(?:\s*[:点时]\s*(?P<half>半)?(?P<minute>\d{1,2})?(?:\s*[:分]\s*(?P<second>\d{1,2})(?:\.\d+)?\s*秒?|分)?|(?=\s*[ap]m))"
    rf"\s*(?P<ampm>am|pm)?{_ZONE})?"
)
_DAYS = (
    r"(?<!\d)(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?!\d)",
    r"(?<!\d)(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})(?!\d)\s*[日号]?",
    r"(?<![\d/.])(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})(?![\d/])\s*[日号]?",
    r"(?<=[-~至到—–])\s*(?P<day>\d{1,2})\s*[日号]",
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_WORD = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_ENGLISH_DAYS = tuple(
    re.compile(shape, re.I)
    for shape in (
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+{_MONTH_WORD},?[\s-]+(?P<year>20\d\d)\b",
        rf"\b(?P<day>\d{{1,2}})-{_MONTH_WORD}-(?P<year>\d\d)\b",
        rf"\b{_MONTH_WORD}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>20\d\d)\b",
    )
)
_MOMENTS = tuple(re.compile(day + _CLOCK, re.I) for day in _DAYS)
_BETWEEN = re.compile(r"\s*(?:[-~至到—–]+|起至?)\s*")
_BESIDE = re.compile(
    r"(?:从?(?:即日|现在|今[日天])起?|截止|截至|有效期|有效|优惠期?|活动期?|时间|日期|本年|今年|卖到|保持到|这个|都|价格|报价|本表|执行|实行|结束|为止|之前|当天|当日|下架|[自从至到止前于:]|(?:周|星期)[一二三四五六日天]|[()\s,。])*",
    re.I,
)
_LASTS = re.compile(r"(?:有效期?|限时|为期|活动|优惠|共)?\s*(?P<days>\d{1,3})\s*(?:天|日)?\s*(?:有效|内有效|内)?")


@dataclass(frozen=True)
class Validity:
    """From when and until when an offer holds, both aware; None where the cell does not say."""

    begins: datetime | None
    ends: datetime | None


@dataclass(frozen=True)
class _Day:
    """One day of a text, with its time of day where it has one, and its offsets."""

    match: re.Match[str]
    year: int | None
    month: int | None

    @property
    def span(self) -> tuple[int, int]:
        return self.match.span()

    @property
    def has_clock(self) -> bool:
        return self.match["hour"] is not None


def read_moment(text: str, now: datetime | None = None) -> datetime:
    """Read one moment; a day without a time is its last second, one without a year the nearest to `now`. Raises ValueError."""
    validity = read_validity(text, now)
    if validity.begins or validity.ends is None:
        raise ValueError(text)
    return validity.ends


def read_start(text: str, now: datetime | None = None) -> datetime:
    """Read the moment from which something holds; a day without a time is its first second. Raises ValueError."""
    plain = _with_figures(normalize_text(text))
    days = _days(plain)
    if len(days) != 1 or not _only_days(re.sub(r"(?:起|开始|开售|开抢|开卖)$", "", plain), days):
        raise ValueError(text)
    return _moment(days[0], _year(days[0], now), first=True)


def read_validity(text: str, now: datetime | None = None, begins: datetime | None = None) -> Validity:
    """Read an end, a start and an end, or a number of days after `begins`, year first.

    now: aware; by it a day without a year gets one. Raises ValueError for what names no day, for a day that two years may be meant by, and
    for days of validity without a start.
    """
    plain = _with_figures(normalize_text(text))
    if begins and (lasts := _LASTS.fullmatch(plain)):
        return Validity(None, begins + timedelta(days=int(lasts["days"]), seconds=-1))
    days = _days(plain)
    if not days or len(days) > 2 or not _only_days(plain, days):
        raise ValueError(text)
    if len(days) == 1:
        if re.fullmatch(r"\d{1,2}\.\d", plain):
            raise ValueError(text)  # a spreadsheet makes 12.1 of the first of December and of the tenth
        return Validity(None, _moment(days[0], _year(days[0], now), first=False))
    return _range(days, now, text)


def validity_within(text: str, now: datetime) -> Validity:
    """Read the one end, or start and end, that a sentence names among other words. Raises ValueError when it names none, or several."""
    plain = _with_figures(normalize_text(text))
    days = _days(plain)
    if not days:
        raise ValueError(text)
    return read_validity(plain[days[0].span[0] : days[-1].span[1]], now)


def is_shelf_life(text: str) -> bool:
    """Tell whether a cell under 有效期 says how long the goods keep: 12个月, 180天."""
    return bool(re.fullmatch(r"[\d一二三六九十半]+\s*(?:个?月|年|天|日)", normalize_text(text)))


def _with_figures(text: str) -> str:
    """Return a text with the numbers of its days in figures, year first: 十二月三十一日 is 12月31日, 31 Dec 2026 is 2026-12-31."""
    for shape in _ENGLISH_DAYS:
        text = shape.sub(
            lambda day: (
                f"{day['year'] if len(day['year']) == 4 else '20' + day['year']}-{_MONTHS.index(day['month'].lower()) + 1}-{day['day']}"
            ),
            text,
        )
    text = re.sub(r"(?<!\d)(\d{1,2}|十[一二]?)月[底末]", lambda month: f"{month[1]}月{_last_day(month[1])}日", text)
    return re.sub(rf"[{NUMERALS}]+(?=[年月日号点时])", lambda match: f"{read_number(match[0]) or match[0]}", text)


def _last_day(month: str) -> int:
    """Return the last day of a month, 28 in February: an offer may end a day early, not late."""
    number = int(read_number(month) or 12)
    return monthrange(2026, number)[1] if 1 <= number <= 12 else 31


def _range(days: list[_Day], now: datetime | None, text: str) -> Validity:
    first, last = days
    year = _year(first, now)
    begins = _moment(first, year, first=True)
    last = _Day(last.match, last.year, last.month or first.month)
    ends = _moment(last, last.year or year, first=False)
    if last.year is None and ends < begins:
        ends = _moment(last, year + 1, first=False)
    if ends <= begins or (last.year is None and ends - begins > 2 * NEAREST):
        raise ValueError(text)
    return Validity(begins, ends)


def _days(text: str) -> list[_Day]:
    """Return the days that a text names, in order; where two shapes fit, the one with the year counts."""
    found: list[_Day] = []
    for shape in _MOMENTS:
        for match in shape.finditer(text):
            if all(match.end() <= day.span[0] or match.start() >= day.span[1] for day in found):
                parts = match.groupdict()
                found.append(
                    _Day(match, int(parts["year"]) if parts.get("year") else None, int(parts["month"]) if "month" in parts else None)
                )
    return sorted(found, key=lambda day: day.span)


def _only_days(text: str, days: list[_Day]) -> bool:
    """Whether a text says nothing but its days, what joins them, and that they are an end."""
    edges = [0, *(edge for day in days for edge in day.span), len(text)]
    outside = [text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
    middle = outside[1:-1]
    return all(_BESIDE.fullmatch(part) for part in (outside[0], outside[-1])) and all(_BETWEEN.fullmatch(part) for part in middle)


def _year(day: _Day, now: datetime | None) -> int:
    """Return the day's year, or the one that makes it nearest to now. Raises ValueError when two years may be meant."""
    if day.year is not None:
        return day.year
    now = now or datetime.now(coop_zone())
    moments = []
    for year in (now.year - 1, now.year, now.year + 1):
        try:
            moments.append((abs(_moment(day, year, first=False) - now), year))
        except ValueError:
            continue  # 29 February
    distance, nearest = min(moments, default=(timedelta.max, 0))
    if distance > NEAREST:
        raise ValueError(day.match[0])
    return nearest


def _moment(day: _Day, year: int, *, first: bool) -> datetime:
    """Return a day's moment; without a time of day its first or its last second."""
    match = day.match
    if day.month is None:
        raise ValueError(match[0])
    moment = datetime(year, day.month, int(match["day"]), tzinfo=_zone(match["zone"]))
    if not day.has_clock:
        return moment if first else moment.replace(hour=23, minute=59, second=59)
    return moment + _time_of_day(match)


def _time_of_day(match: re.Match[str]) -> timedelta:
    """Return the time since midnight, up to 24:00. Raises ValueError for what no clock shows."""
    hour, minute, second = _hour(match), 30 if match["half"] else int(match["minute"] or 0), int(match["second"] or 0)
    if minute > 59 or second > 59 or timedelta(hours=hour, minutes=minute, seconds=second) > timedelta(days=1):
        raise ValueError(match[0])
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _hour(match: re.Match[str]) -> int:
    """Return the hour on a 24-hour clock."""
    hour, half = int(match["hour"]), (match["ampm"] or "").lower()
    if hour == 12 and match["part"] in _NIGHT_WORDS:
        return 24  # 晚上12点 is the end of the day, not its noon
    if match["part"] in _AFTERNOON_WORDS or half == "pm":
        return hour + 12 if hour < 12 else hour
    return 0 if half == "am" and hour == 12 else hour


def _zone(text: str | None) -> timezone | ZoneInfo:
    if not text:
        return coop_zone()  # times without a zone are the seller's own
    if text == "北京时间":
        return BEIJING
    offset = re.search(r"([+-])(\d{1,2}):?(\d{2})?$", text)
    if not offset:
        return UTC
    size = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    return timezone(-size if offset[1] == "-" else size)
