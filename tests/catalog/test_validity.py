"""From when and until when an offer holds, as a sheet writes it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline.catalog.validity import Validity, read_start, read_validity

HOME = ZoneInfo("Asia/Shanghai")
NOW = datetime(2027, 3, 10, 9, 0, tzinfo=HOME)


def end_of(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 23, 59, 59, tzinfo=HOME)


@pytest.mark.parametrize(
    ("cell", "end"),
    [
        ("4月5日", end_of(2027, 4, 5)),
        ("4月5号截止", end_of(2027, 4, 5)),
        ("截至4月5日", end_of(2027, 4, 5)),
        ("3/31", end_of(2027, 3, 31)),
        ("2月28日", end_of(2027, 2, 28)),
        ("12月20日", end_of(2026, 12, 20)),
        ("4月5日晚9点", datetime(2027, 4, 5, 21, 0, tzinfo=HOME)),
        ("2027-04-05(周一)", end_of(2027, 4, 5)),
    ],
)
def test_an_end_without_a_year_is_the_nearest(cell: str, end: datetime) -> None:
    assert read_validity(cell, NOW).ends == end


@pytest.mark.parametrize("cell", ["3月12日-4月5日", "3.12-4.5", "2027年3月12日至4月5日", "2027/3/12~2027/4/5", "3月12日起至4月5日止"])
def test_a_range_has_a_start_and_an_end(cell: str) -> None:
    assert read_validity(cell, NOW) == Validity(datetime(2027, 3, 12, tzinfo=HOME), end_of(2027, 4, 5))


def test_a_range_over_new_year_ends_in_the_next_one() -> None:
    december = datetime(2026, 12, 10, tzinfo=HOME)
    assert read_validity("12月25日-1月6日", december).ends == end_of(2027, 1, 6)


def test_days_of_validity_count_from_the_start() -> None:
    begins = read_start("2027-03-12", NOW)
    assert read_validity("5天", NOW, begins).ends == end_of(2027, 3, 16)
    with pytest.raises(ValueError, match="5天"):
        read_validity("5天", NOW)


@pytest.mark.parametrize("cell", ["9月10日", "4.5", "下周三", "清明前", "售完为止", "5/13/2027", "15号", "4月5日或售完"])
def test_what_names_no_one_day_is_not_read(cell: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_validity(cell, NOW)
