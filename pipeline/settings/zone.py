"""The co-op's time zone: the only clock for hours that people write or read, whatever zone the machine is set to.

A workspace's settings say which; who works on a workspace puts it in force with `zone_of`, and everything below asks `home_zone`.
Moments in documents and in the ledger are aware and need no zone.
"""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pipeline.documents.job import HOME_TIMEZONE
from pipeline.documents.message import M, Message
from pipeline.settings.nearest import nearest

_IN_FORCE: ContextVar[str] = ContextVar("timezone", default=HOME_TIMEZONE)
_ONE_TIME = frozenset({"Asia/Shanghai", "Asia/Chongqing", "Asia/Chungking", "Asia/Harbin", "PRC"})
"""Names of Beijing time in the IANA's list."""
_SAID = {
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
"""What people write instead of a name of the IANA's list, in which there is no Beijing."""


def home_zone() -> ZoneInfo:
    """The co-op's zone; Asia/Shanghai where nothing else was put in force."""
    return ZoneInfo(_IN_FORCE.get())


@contextmanager
def in_zone(timezone: str) -> Iterator[ZoneInfo]:
    """Puts a zone in force for as long as the block lasts. timezone: its name in the IANA's list, one that `is_zone`."""
    before = _IN_FORCE.set(timezone)
    try:
        yield home_zone()
    finally:
        _IN_FORCE.reset(before)


def at_home(moment: datetime) -> datetime:
    """A moment on the co-op's clock. Raises ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError("moments must be aware")
    return moment.astimezone(home_zone())


def day_text(moment: datetime) -> str:
    """2026-12-01, on the co-op's calendar."""
    return at_home(moment).strftime("%Y-%m-%d")


def minute_text(moment: datetime) -> str:
    """2026-12-01 19:30, on the co-op's clock."""
    return at_home(moment).strftime("%Y-%m-%d %H:%M")


def minute_and_zone(moment: datetime) -> Message:
    """2026-12-01 19:30 (Beijing time): for a sentence that somebody may read beside another clock."""
    return M("{time} ({zone})", time=minute_text(moment), zone=zone_name())


def zone_name() -> Message:
    """What people call the time of the zone in force."""
    name = _IN_FORCE.get()
    return M("Beijing time") if name in _ONE_TIME else M("time of {zone}", zone=name)


def is_zone(name: str) -> bool:
    """Whether the IANA's list has a zone of that name."""
    try:
        return ZoneInfo(name).key in available_timezones()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def nearest_zone(name: str) -> str:
    """The zone that was probably meant; empty when none is near."""
    plain = unicodedata.normalize("NFKC", name).casefold().replace(" ", "")
    towns = {zone.rpartition("/")[2]: zone for zone in sorted(available_timezones()) if "/" in zone and not zone.startswith("Etc/")}
    known = towns | {said: zone for zone, names in _SAID.items() for said in names}
    for written in (plain, plain.rpartition("/")[2]):
        if meant := nearest(written, known):
            return known[meant]
    return ""
