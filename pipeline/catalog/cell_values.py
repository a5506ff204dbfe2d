"""Readers of single cells: a price, a moment, a link, a list. Each raises ValueError for what it cannot read without guessing."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from pipeline.catalog.spreadsheet import normalize_text
from pipeline.chinese import MoneyAmount, counted_quantities, currency_code, exact_amount
from pipeline.settings import coop_zone

BEIJING = ZoneInfo("Asia/Shanghai")
MAX_LINK_LENGTH = 2000

_UNIT_MARK = re.compile(r"(?:/|每|一|per\b|a\b)(?=.)", re.I)
"""What introduces the unit after a price: 29.9元/10斤, 12元一箱, 3 yuan per jin."""
_LEADING_UNIT = re.compile(r"(?:\d+(?:\.\d+)?\s*[^\d\s¥$€£./,约]{1,4}?|每[^\d\s约]{1,4}?)\s*(?=\d|¥|[a-z]*\$|€|£)", re.I)
"""A unit written before its price: 10斤29.9元, 每斤3元."""


@dataclass(frozen=True)
class CellPrice:
    """A price as one cell states it; currency and unit are empty where the cell names none."""

    amount: Decimal
    currency: str = ""
    unit: str = ""


def read_price(text: str) -> CellPrice:
    """Read `29.90`, `¥29.9`, `29.9元`, `29.9元/10斤`, `10斤29.9元`, `1,299.00`, `29块9`, `十斤二十九块九`.

    Raises ValueError for what is not one exact price: a range, "from", "about", zero, parts of a cent.
    """
    amount, unit_text = _amount_and_unit(normalize_text(text))
    if amount is None or amount.amount <= 0 or amount.amount != amount.amount.quantize(Decimal("0.01")):
        raise ValueError(text)
    return CellPrice(amount.amount.quantize(Decimal("0.01")), amount.currency, re.sub(r"^一(?=\D)", "", read_unit(unit_text)))


def _amount_and_unit(text: str) -> tuple[MoneyAmount | None, str]:
    """Return the amount and the words for what it buys, which follow it or, when it has a money word or sign, precede it."""
    if amount := exact_amount(text):
        return amount, ""
    for mark in _UNIT_MARK.finditer(text):
        if amount := exact_amount(text[: mark.start()].strip()):
            return amount, text[mark.start() :]
    unit_end = _end_of_leading_unit(text)
    amount = exact_amount(text[unit_end:].strip())
    return (amount, text[:unit_end]) if amount and amount.worded else (None, "")


def _end_of_leading_unit(text: str) -> int:
    if match := _LEADING_UNIT.match(text):
        return match.end()
    quantity = next(counted_quantities(text), None)
    return quantity.end if quantity and quantity.start == 0 else 0


def read_unit(text: str) -> str:
    """Return the unit that a price buys, without the words around it: `/10斤`, `每10斤` and `元/10斤` are all `10斤`."""
    bare = re.sub(r"^(?:元|块)?\s*(?:[/／]|每|per\s+|a\s+)\s*", "", text.strip(), flags=re.I)
    return re.sub(r"(?<=\d)\s+", "", bare).strip()


def read_currency(text: str) -> str:
    """Return the three-letter code of `CNY`, `人民币`, `元`, `$`; any other three letters are returned as they are, in capitals."""
    if code := currency_code(normalize_text(text)):
        return code
    if re.fullmatch(r"[A-Za-z]{3}", text.strip()):
        return text.strip().upper()
    raise ValueError(text)


_DAY = r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
_COMPACT = r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
_CLOCK = (
    r"(?:[T\s,]*(?P<part>凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚|夜里)?\s*"
    r"(?P<hour>\d{1,2})(?:\s*[:点时]\s*(?P<half>半)?(?P<minute>\d{1,2})?(?:\s*[:分]\s*(?P<second>\d{1,2})(?:\.\d+)?\s*秒?|分)?|(?=\s*[ap]m))\s*(?P<ampm>am|pm)?)?"
)
_AFTERNOON_WORDS = ("下午", "傍晚", "晚上", "晚", "夜里")
_ZONE = r"\s*(?P<zone>Z|北京时间|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|UTC|GMT)?"
_DEADLINE_WORD = r"\s*(?:前|之前|止|截止|为止)?"
_MOMENTS = tuple(re.compile(r"(?:至|到)?\s*" + day + _CLOCK + _ZONE + _DEADLINE_WORD, re.I) for day in (_DAY, _COMPACT))


def read_moment(text: str) -> datetime:
    """Read a date, with or without a time of day and a zone, year first; without a time it is the last second of that day."""
    match = next((match for shape in _MOMENTS if (match := shape.fullmatch(normalize_text(text)))), None)
    if match is None:
        raise ValueError(text)
    day = datetime(int(match["year"]), int(match["month"]), int(match["day"]), tzinfo=_zone(match["zone"]))
    if match["hour"] is None:
        return day.replace(hour=23, minute=59, second=59)
    return day + _time_of_day(match)


def _time_of_day(match: re.Match[str]) -> timedelta:
    """Return the time since midnight, up to 24:00. Raises ValueError for what no clock shows."""
    hour, minute, second = _hour(match), 30 if match["half"] else int(match["minute"] or 0), int(match["second"] or 0)
    if minute > 59 or second > 59 or timedelta(hours=hour, minutes=minute, seconds=second) > timedelta(days=1):
        raise ValueError(match[0])
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _hour(match: re.Match[str]) -> int:
    """Return the hour on a 24-hour clock."""
    hour, half = int(match["hour"]), (match["ampm"] or "").lower()
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


def read_items(text: str) -> tuple[str, ...]:
    """Return the items of a list cell in order, without repetitions; separators inside brackets do not count."""
    parts = re.split(r"[|｜;；、,，\n/／](?![^(（\[]*[)）\]])", text)
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def read_whole_number(text: str) -> int:
    """Read a whole number: `600`, `1,200`, `600箱`, `600.0`."""
    match = re.fullmatch(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?\s*\D{0,4}", normalize_text(text))
    if not match:
        raise ValueError(text)
    return int(match[1].replace(",", ""))


def read_link(text: str) -> str:
    """Return an https address in the plain ASCII form that browsers and QR readers agree on."""
    parts = urlsplit(text.strip())
    if parts.scheme.lower() != "https" or not parts.hostname or "." not in parts.hostname or re.search(r"[\s<>\"']", text.strip()):
        raise ValueError(text)
    if parts.username or parts.password or len(text) > MAX_LINK_LENGTH:
        raise ValueError(text)
    host = parts.hostname.encode("idna").decode()  # UnicodeError is a ValueError
    port = f":{parts.port}" if parts.port else ""
    safe = "/:@!$&()*+,;=-._~%"
    return urlunsplit(
        ("https", host + port, quote(parts.path, safe=safe), quote(parts.query, safe=safe + "?"), quote(parts.fragment, safe=safe + "?"))
    )


def read_product_number(text: str) -> str:
    """Return a platform's own number of a product, which stands in a link column where the platform has a cart of its own."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{3,64}", text):
        raise ValueError(text)
    return text
