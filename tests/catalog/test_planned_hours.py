"""Days and hours of a plan, as people and spreadsheets write them: read for what they say, or asked about."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline.catalog.planned_hours import read_planned_hour
from pipeline.errors import UserMistake

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ("2026年3月18日", "19:30"),
        ("2026年3月18日", "１９：３０"),
        ("二〇二六年三月十八日", "晚上七点半"),
        ("三月十八号", "下午7点30分"),
        ("3月18日（星期三）", "19时30分"),
        ("2026-03-18 周三", "7:30 PM"),
        ("3/18/2026", "19:30"),
        ("18/3/2026", "19:30:00"),
        ("Mar 18, 2026", "7:30pm"),
        ("18th March 2026", "19:30"),
        ("20260318", "1930"),
        ("46099", "19:30"),
        ("46099", "0.8125"),
        ("46099.8125", ""),
        ("2026-03-18 19:30:00", ""),
        ("2026-03-18T19:30", ""),
        ("2026-03-18 00:00:00", "19:30"),
        ("2026/3/18 19:30", "19:30"),
        ("3-18", "晚7点半"),
    ],
)
def test_every_way_to_write_one_hour_is_that_hour(day: str, clock: str) -> None:
    assert read_planned_hour(day, clock, CHINA, NOW) == datetime(2026, 3, 18, 19, 30, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("day", "clock", "hour", "minute"),
    [
        ("2026-03-18", "早上8点", 8, 0),
        ("2026-03-18", "中午12点", 12, 0),
        ("2026-03-18", "中午1点", 13, 0),
        ("2026-03-18", "12:30 am", 0, 30),
        ("2026-03-18", "下午三点一刻", 15, 15),
        ("2026-03-18", "9:05", 9, 5),
        ("2026-03-18", "十二点", 12, 0),
    ],
)
def test_hours_of_the_day_are_read_as_they_are_said(day: str, clock: str, hour: int, minute: int) -> None:
    read = read_planned_hour(day, clock, CHINA, NOW)
    assert (read.hour, read.minute) == (hour, minute)


@pytest.mark.parametrize(
    ("day", "clock", "what"),
    [
        ("3/4/2026", "19:30", "2026-03-04 or 2026-04-03"),
        ("2026-03-18", "7点半", "morning or in the evening"),
        ("2026-03-18", "晚上12点", "noon or midnight"),
        ("2026-03-18 周四", "19:30", "day of the week"),
        ("2026-03-18 19:30", "20:30", "two hours"),
        ("2026-03-18", "", "hour is missing"),
        ("", "19:30", "day is missing"),
        ("2月30日", "19:30", "no such day"),
        ("2026-02-29", "19:30", "no such day"),
        ("2026-03-18", "25:00", "no such hour"),
        ("2026-03-18", "19.3", "no hour that is understood"),
        ("下周三", "19:30", "no day that is understood"),
        ("2016-03-18", "19:30", "right year"),
    ],
)
def test_what_can_be_two_things_or_none_is_asked(day: str, clock: str, what: str) -> None:
    with pytest.raises(UserMistake, match=what):
        read_planned_hour(day, clock, CHINA, NOW)


def test_a_day_without_a_year_is_the_nearest() -> None:
    december = datetime(2026, 12, 20, tzinfo=CHINA)
    assert read_planned_hour("1月3日", "08:00", CHINA, december).year == 2027
    assert read_planned_hour("12月24日", "08:00", CHINA, december).year == 2026


def test_hours_abroad_stay_theirs_when_clocks_are_changed() -> None:
    new_york = ZoneInfo("America/New_York")
    before, after = (read_planned_hour(day, "19:30", new_york, NOW) for day in ("2026-03-07", "2026-03-08"))
    assert (after.astimezone(UTC) - before.astimezone(UTC)).total_seconds() == 23 * 3600
    for day, clock in (("2026-03-08", "02:30"), ("2026-11-01", "01:30")):
        with pytest.raises(UserMistake, match="clocks are changed"):
            read_planned_hour(day, clock, new_york, NOW)
