"""The co-op's time zone: used for all hours that people write or read, whatever zone the computer is set to.

A workspace's settings name it; `using_zone_of` sets it for a block, and everything called there asks `coop_zone`.
Moments in documents and in the ledger are aware datetimes and do not depend on it.
"""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pipeline.documents.job import HOME_TIMEZONE
from pipeline.documents.message import M, Message
from pipeline.settings.nearest import nearest

_CURRENT_ZONE: ContextVar[str] = ContextVar("timezone", default=HOME_TIMEZONE)
_BEIJING_TIME_ZONES = frozenset({"Asia/Shanghai", "Asia/Chongqing", "Asia/Chungking", "Asia/Harbin", "PRC"})
"""Names of Beijing time in the IANA's time zone database."""
_COLLOQUIAL_NAMES = {
    "Asia/Shanghai": (
        "beijing",
        "peking",
        "china",
        "cst",
        "utc+8",
        "gmt+8",
        "+8",
        "+08:00",
        "+0800",
        "北京",
        "北京时间",
        "上海",
        "中国",
        "东八区",
    ),
    "Asia/Urumqi": ("xinjiang", "新疆", "新疆时间", "乌鲁木齐"),
    "Asia/Hong_Kong": ("hongkong", "香港"),
    "Asia/Taipei": ("taiwan", "台北"),
}
"""What people write instead of a name in the IANA's time zone database, which has no Beijing."""


def coop_zone() -> ZoneInfo:
    """The co-op's time zone; Asia/Shanghai where no other was set."""
    return ZoneInfo(_CURRENT_ZONE.get())


@contextmanager
def using_zone(timezone: str) -> Iterator[ZoneInfo]:
    """Set the co-op's time zone for a block. timezone: a name in the IANA's database, one for which `is_zone` is true."""
    token = _CURRENT_ZONE.set(timezone)
    try:
        yield coop_zone()
    finally:
        _CURRENT_ZONE.reset(token)


def in_coop_time(moment: datetime) -> datetime:
    """A moment in the co-op's time zone. Raises ValueError for a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError("moments must be aware")
    return moment.astimezone(coop_zone())


def day_text(moment: datetime) -> str:
    """The date in the co-op's time zone: 2026-12-01."""
    return in_coop_time(moment).strftime("%Y-%m-%d")


def minute_text(moment: datetime) -> str:
    """Date and time in the co-op's time zone: 2026-12-01 19:30."""
    return in_coop_time(moment).strftime("%Y-%m-%d %H:%M")


def minute_and_zone(moment: datetime) -> Message:
    """Date, time and zone, 2026-12-01 19:30 (Beijing time): for readers who may be in another zone."""
    return M("{time} ({zone})", time=minute_text(moment), zone=zone_name())


def zone_name() -> Message:
    """What people call the co-op's time zone."""
    name = _CURRENT_ZONE.get()
    return M("Beijing time") if name in _BEIJING_TIME_ZONES else M("time of {zone}", zone=name)


@cache
def _zone_names() -> set[str]:
    """All names of the IANA's database here; listing its files takes 20 ms."""
    return available_timezones()


def is_zone(name: str) -> bool:
    """Whether the IANA's database has a zone of that name."""
    try:
        return ZoneInfo(name).key in _zone_names()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def nearest_zone(name: str) -> str:
    """The time zone that a misspelt or colloquial name probably means; empty when none is similar."""
    plain = unicodedata.normalize("NFKC", name).casefold().replace(" ", "")
    cities = {zone.rpartition("/")[2]: zone for zone in sorted(_zone_names()) if "/" in zone and not zone.startswith("Etc/")}
    known = cities | {colloquial: zone for zone, names in _COLLOQUIAL_NAMES.items() for colloquial in names}
    for written in (plain, plain.rpartition("/")[2]):
        if match := nearest(written, known):
            return known[match]
    return ""
