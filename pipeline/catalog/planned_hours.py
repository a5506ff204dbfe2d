"""Days and hours of a plan as people and spreadsheets write them: 2026年3月18日 晚上7点半, 3/18/2026 19:30, 46099.8125, １９：３０.

What could be two days or two hours is no day and no hour: the reader asks.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pipeline.catalog.spreadsheet import normalize_text
from pipeline.catalog.validity import NEAREST
from pipeline.chinese import NUMERALS, read_number
from pipeline.documents.message import M
from pipeline.errors import UserMistake

_EPOCH = date(1899, 12, 30)
"""Day 0 of the serial numbers of Excel, WPS and LibreOffice (ECMA-376 part 1, 18.17.4.1, the 1900 date base)."""
_SERIAL = re.compile(r"(?P<days>[3-7]\d{4})(?P<part>\.\d+)?")
_WEEKDAY = re.compile(r"\(?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])\)?|\(?\b(?P<english>mon|tue|wed|thu|fri|sat|sun)[a-z]*\b\.?,?\)?")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?P<name>" + "|".join(_MONTHS) + r")[a-z]*\.?"
_DAYS = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?(?!\d)",
        r"(?<!\d)(?P<year>20\d\d)(?P<month>\d{2})(?P<day>\d{2})(?!\d)",
        r"(?<!\d)(?P<first>\d{1,2})\s*[-/.]\s*(?P<second>\d{1,2})\s*[-/.]\s*(?P<year>\d{4})(?!\d)",
        rf"{_MONTH}\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s*(?P<year>\d{{4}})?(?![\d:])",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*{_MONTH}\s*,?\s*(?P<year>\d{{4}})?(?![\d:])",
        r"(?<!\d)(?P<month>\d{1,2})\s*(?:[-/]|月)\s*(?P<day>\d{1,2})\s*[日号]?(?![\d:])",
    )
)
_MORNING, _NOON, _EVENING = "凌晨|清晨|早晨|早上|上午|早", "中午", "下午|傍晚|晚上|晚间|夜里|今晚|晚"
_CLOCK = re.compile(
    rf"(?P<part>{_MORNING}|{_NOON}|{_EVENING})?\s*(?:(?P<compact>(?:[01]\d|2[0-3])[0-5]\d)|(?P<hour>\d{{1,2}})\s*"
    r"(?:(?P<colon>:)\s*(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.0+)?)?|[点时]\s*(?:(?P<half>半)|(?P<quarter>[一1三3])刻|(?P<spoken>\d{1,2})\s*分?|整|钟)?|(?=\s*[ap]\.?m)))"
    r"\s*(?P<ampm>[ap]\.?m\.?)?"
)
_DAY_FRACTION = re.compile(r"0?\.\d+")
_FIGURES = re.compile(rf"[{NUMERALS}]+(?=[年月日号点时分])|(?<=[点月])[{NUMERALS}]+")


def read_planned_hour(day: str, clock: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Read the moment at which a post is planned, aware.

    day: the day, perhaps with the hour behind it. clock: the hour, where it has a cell of its own. zone: whose hours these are. A day
    without a year is the nearest to now. Raises UserMistake that says what is missing or which two readings there are.
    """
    found, rest, serial_clock = _read_day(day, now.astimezone(zone).date())
    hours = [_read_clock(text) for text in (clock, rest) if text.strip()]
    if serial_clock is not None:
        hours.append(serial_clock)
    # A spreadsheet writes a day alone as its midnight.
    stated = [hour for hour in hours if hour != time(0)] if len(hours) > 1 else hours
    if not stated:
        raise UserMistake(M("the hour is missing"))
    if len(set(stated)) > 1:
        raise UserMistake(M("two hours stand there: {first} and {second}", first=f"{stated[0]:%H:%M}", second=f"{stated[1]:%H:%M}"))
    return _on_the_clock(datetime.combine(found, stated[0]), zone)


def _read_day(text: str, today: date) -> tuple[date, str, time | None]:
    """Read a day. Returns it, what stands beside it, and the hour that a serial number has after its point."""
    plain = _with_figures(normalize_text(text))
    if not plain:
        raise UserMistake(M("the day is missing"))
    if serial := _SERIAL.fullmatch(plain):
        seconds = round(float(serial["part"] or 0) * 86_400)
        clock = (datetime.min + timedelta(seconds=min(seconds, 86_399))).time() if serial["part"] else None
        return _checked_year(_EPOCH + timedelta(days=int(serial["days"])), today, text), "", clock
    weekday = _WEEKDAY.search(plain)
    plain = _WEEKDAY.sub(" ", plain)
    for form in _DAYS:
        if match := form.search(plain):
            found = _day_of(match, today, text)
            if weekday and found.weekday() != _weekday_of(weekday):
                raise UserMistake(M("{given} is not that day of the week", given=text.strip()))
            return found, re.sub(r"^[\s,t()]+|[\s()]+$", "", plain[: match.start()] + plain[match.end() :]), None
    raise UserMistake(M("{given} is no day that is understood. Write it as 2026-12-01", given=text.strip()))


def _day_of(match: re.Match[str], today: date, text: str) -> date:
    parts = match.groupdict()
    if "first" in parts:
        first, second = int(parts["first"]), int(parts["second"])
        if first <= 12 and second <= 12 and first != second:
            raise UserMistake(
                M(
                    "{given} can be {first} or {second}. Write it as 2026-12-01",
                    given=text.strip(),
                    first=f"{parts['year']}-{first:02}-{second:02}",
                    second=f"{parts['year']}-{second:02}-{first:02}",
                )
            )
        month, day = (first, second) if first <= 12 else (second, first)
    else:
        day = int(parts["day"])
        month = _MONTHS.index(parts["name"]) + 1 if parts.get("name") else int(parts["month"])
    try:
        if parts.get("year"):
            return _checked_year(date(int(parts["year"]), month, day), today, text)
        candidates = [date(year, month, day) for year in (today.year - 1, today.year, today.year + 1) if _exists(year, month, day)]
        return min(candidates, key=lambda candidate: abs(candidate - today))
    except ValueError as error:
        raise UserMistake(M("there is no such day: {given}", given=text.strip())) from error


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _checked_year(found: date, today: date, text: str) -> date:
    """The day itself. Raises UserMistake for one that is years away: nobody plans posts for it."""
    if abs(found - today) > NEAREST * 4:
        raise UserMistake(M("{given} is years away. Is that the right year?", given=text.strip()))
    return found


def _weekday_of(match: re.Match[str]) -> int:
    if match["english"]:
        return ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].index(match["english"])
    return min("一二三四五六日天".index(match["day"]), 6)


def _read_clock(text: str) -> time:
    plain = _with_figures(normalize_text(text))
    if _DAY_FRACTION.fullmatch(plain):
        return (datetime.min + timedelta(minutes=round(float(plain) * 1440))).time()
    match = _CLOCK.fullmatch(plain)
    if match is None:
        raise UserMistake(M("{given} is no hour that is understood. Write it as 19:30", given=text.strip()))
    if match["compact"]:
        return time(int(match["compact"][:2]), int(match["compact"][2:]))
    hour, minute = int(match["hour"]), _minute(match)
    half_day = _half_day(match)
    if half_day is None and not match["colon"] and 1 <= hour <= 11:
        raise UserMistake(M("{given} can be in the morning or in the evening. Write it as 07:30 or 19:30", given=text.strip()))
    if half_day == "evening" and 1 <= hour <= 11:
        hour += 12
    elif half_day == "morning" and hour == 12 and match["ampm"]:
        hour = 0
    elif half_day == "evening" and hour == 12 and not match["ampm"]:
        raise UserMistake(M("{given} can be noon or midnight. Write it as 12:00, or as 00:00 of the next day", given=text.strip()))
    try:
        return time(hour, minute)
    except ValueError as error:
        raise UserMistake(M("there is no such hour: {given}", given=text.strip())) from error


def _minute(match: re.Match[str]) -> int:
    if match["half"]:
        return 30
    if match["quarter"]:
        return 15 if match["quarter"] in "一1" else 45
    return int(match["minute"] or match["spoken"] or 0)


def _half_day(match: re.Match[str]) -> str | None:
    part, ampm = match["part"] or "", (match["ampm"] or "")[:1]
    if part == _NOON:
        return "noon" if int(match["hour"]) >= 11 else "evening"
    if part:
        return "evening" if part in _EVENING.split("|") else "morning"
    return {"a": "morning", "p": "evening"}.get(ampm)


def _with_figures(text: str) -> str:
    """Return a text with its Chinese numerals as figures, where they count days and hours: 三月十八日, 七点半."""
    return _FIGURES.sub(lambda match: str(int(read_number(match[0]) or 0)) if match[0] != "半" else match[0], text)


def _on_the_clock(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which a zone's clocks show that time. Raises UserMistake where they never do, or do so twice, as they are changed."""
    moments = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    shown = {moment for moment in moments if moment.astimezone(zone).replace(tzinfo=None) == local}
    if len(shown) != 1:
        raise UserMistake(
            M("clocks are changed at {time} in {zone}. Choose another hour", time=local.strftime("%Y-%m-%d %H:%M"), zone=zone.key)
        )
    return local.replace(tzinfo=zone)
