"""What a cell means: a price, a moment, a link, a list. Each reader raises ValueError for what it cannot read without guessing."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from pipeline.catalog.table import plain

HOME_ZONE = ZoneInfo("Asia/Shanghai")
"""Times without a zone are the seller's own."""
MAX_LINK = 2000

_CURRENCIES = {
    "¥": "CNY",
    "元": "CNY",
    "块": "CNY",
    "圆": "CNY",
    "rmb": "CNY",
    "cny": "CNY",
    "人民币": "CNY",
    "yuan": "CNY",
    "$": "USD",
    "usd": "USD",
    "us$": "USD",
    "€": "EUR",
    "eur": "EUR",
    "£": "GBP",
    "gbp": "GBP",
    "hk$": "HKD",
    "hkd": "HKD",
}
_SIGN = r"(?:¥|us\$|hk\$|\$|€|£|rmb|cny|usd|eur|gbp|hkd|人民币)"
_WORD = r"(?:元|块钱|块|圆|yuan|rmb|cny|usd|eur|gbp|hkd|人民币)"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+,\d{1,2}(?!\d)|\d+(?:\.\d+)?)"
_PRICE = re.compile(rf"(?P<sign>{_SIGN})?\s*(?P<number>{_NUMBER})\s*(?P<word>{_WORD})?\s*整?\s*(?P<per>(?:/|每|一|per\b|a\b).+)?", re.I)
_UNIT_FIRST = re.compile(
    rf"(?P<per>\d+(?:\.\d+)?\s*[^\d\s¥$€£./,]{{1,4}}|每[^\d\s]{{1,4}})\s*(?P<rest>(?:{_SIGN})?\s*{_NUMBER}\s*(?:{_WORD}))", re.I
)


@dataclass(frozen=True)
class Price:
    """A price as one cell gives it; currency and unit are empty where the cell does not say."""

    amount: Decimal
    currency: str = ""
    unit: str = ""


def price(text: str) -> Price:
    """`29.90`, `¥29.9`, `29.9元`, `29.9元/10斤`, `10斤29.9元`, `1,299.00`. A range, "from", "about" or zero is not one price."""
    match = _PRICE.fullmatch(plain(text))
    per = match["per"] if match else None
    if not match:
        turned = _UNIT_FIRST.fullmatch(plain(text))
        match = _PRICE.fullmatch(turned["rest"].strip()) if turned else None
        per = turned["per"] if turned else None
    if not match:
        raise ValueError(text)
    digits = match["number"]
    digits = digits.replace(",", ".") if re.fullmatch(r"\d+,\d{1,2}", digits) else digits.replace(",", "")
    amount = Decimal(digits)
    if amount <= 0 or amount != amount.quantize(Decimal("0.01")):
        raise ValueError(text)
    mark = (match["sign"] or match["word"] or "").lower()
    return Price(amount.quantize(Decimal("0.01")), _CURRENCIES.get(mark.removesuffix("钱"), ""), re.sub(r"^一(?=\D)", "", unit(per or "")))


def unit(text: str) -> str:
    """What a price buys, without the words around it: `/10斤`, `每10斤` and `元/10斤` are all `10斤`."""
    bare = re.sub(r"^(?:元|块)?\s*(?:[/／]|每|per\s+|a\s+)\s*", "", text.strip(), flags=re.I)
    return re.sub(r"(?<=\d)\s+", "", bare).strip()


def currency(text: str) -> str:
    """The three-letter code for `CNY`, `人民币`, `元`, `$`, and any other three letters as they stand."""
    known = _CURRENCIES.get(plain(text))
    if known:
        return known
    if re.fullmatch(r"[A-Za-z]{3}", text.strip()):
        return text.strip().upper()
    raise ValueError(text)


_DAY = r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
_COMPACT = r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
_CLOCK = (
    r"(?:[T\s,]*(?P<part>凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚|夜里)?\s*"
    r"(?P<hour>\d{1,2})(?:\s*[:点时]\s*(?P<half>半)?(?P<minute>\d{1,2})?(?:\s*[:分]\s*(?P<second>\d{1,2})(?:\.\d+)?\s*秒?|分)?|(?=\s*[ap]m))\s*(?P<ampm>am|pm)?)?"
)
_ZONE = r"\s*(?P<zone>Z|北京时间|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|UTC|GMT)?"
_TAIL = r"\s*(?:前|之前|止|截止|为止)?"
_MOMENTS = tuple(re.compile(r"(?:至|到)?\s*" + day + _CLOCK + _ZONE + _TAIL, re.I) for day in (_DAY, _COMPACT))


def moment(text: str) -> datetime:
    """A date, with or without a time of day and a zone, year first. Without a time it means the end of that day."""
    for shape in _MOMENTS:
        if match := shape.fullmatch(plain(text)):
            break
    else:
        raise ValueError(text)
    day = datetime(int(match["year"]), int(match["month"]), int(match["day"]), tzinfo=_zone(match["zone"]))
    if match["hour"] is None:
        return day.replace(hour=23, minute=59, second=59)
    hour, minute = int(match["hour"]), 30 if match["half"] else int(match["minute"] or 0)
    after_noon = match["part"] in ("下午", "傍晚", "晚上", "晚", "夜里") or (match["ampm"] or "").lower() == "pm"
    if after_noon and hour < 12:
        hour += 12
    elif (match["ampm"] or "").lower() == "am" and hour == 12:
        hour = 0
    second = int(match["second"] or 0)
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second)):
        raise ValueError(text)
    return day + timedelta(hours=hour, minutes=minute, seconds=second)


def _zone(text: str | None) -> timezone | ZoneInfo:
    if not text or text == "北京时间":
        return HOME_ZONE
    shift = re.search(r"([+-])(\d{1,2}):?(\d{2})?$", text)
    if not shift:
        return UTC
    size = timedelta(hours=int(shift[2]), minutes=int(shift[3] or 0))
    return timezone(-size if shift[1] == "-" else size)


def items(text: str) -> tuple[str, ...]:
    """The items of a list cell, in order and once each; a separator inside brackets separates nothing."""
    parts = re.split(r"[|｜;；、,，\n/／](?![^(（\[]*[)）\]])", text)
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def whole_number(text: str) -> int:
    """`600`, `1,200`, `600箱`, `600.0`."""
    match = re.fullmatch(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?\s*\D{0,4}", plain(text))
    if not match:
        raise ValueError(text)
    return int(match[1].replace(",", ""))


def link(text: str) -> str:
    """An https address in the plain ASCII form that browsers and QR readers agree on."""
    parts = urlsplit(text.strip())
    if parts.scheme.lower() != "https" or not parts.hostname or "." not in parts.hostname or re.search(r"[\s<>\"']", text.strip()):
        raise ValueError(text)
    if parts.username or parts.password or len(text) > MAX_LINK:
        raise ValueError(text)
    host = parts.hostname.encode("idna").decode()  # UnicodeError is a ValueError
    port = f":{parts.port}" if parts.port else ""
    keep = "/:@!$&()*+,;=-._~%"
    return urlunsplit(
        ("https", host + port, quote(parts.path, safe=keep), quote(parts.query, safe=keep + "?"), quote(parts.fragment, safe=keep + "?"))
    )


def product_number(text: str) -> str:
    """A platform's own number of a product, which stands in a link column where the platform has a cart of its own."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{3,64}", text):
        raise ValueError(text)
    return text
