"""Days of the week, months, holidays and hours are judged for the hour at which the video is published, on the co-op's clock."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from pipeline.commerce.claims import check_claims
from pipeline.commerce.claims.calendar_words import find_calendar_words
from pipeline.documents.claims import Claim, PlacedText, TextPlace
from pipeline.documents.offer import Offer
from pipeline.publish import load_destination
from pipeline.settings import using_zone

CHINA = ZoneInfo("Asia/Shanghai")
SAID = "2026-06-08T09:00"
"""A Monday."""


def hour(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def check(text: str, planned: str, *, said: str = SAID, ends: str = "", **more: str) -> list[Claim]:
    """The claims on the time in a caption for plums."""
    offer = Offer(
        sku="LZ",
        name="脆李子",
        price=Decimal("25.8"),
        unit="5斤",
        origin="青坪",
        after_sales="坏果包赔 客服",
        offer_ends=hour(ends) if ends else None,
        row=3,
        **more,  # type: ignore[arg-type]
    )
    placed = PlacedText(text=text, place=TextPlace(kind="caption"), said_at=hour(said))
    claims = check_claims([placed], offer, load_destination("douyin"), planned_at=hour(planned), now=hour(said))
    return [claim for claim in claims if claim.rule.startswith(("time", "scarce"))]


def verdicts(text: str, planned: str, *, said: str = SAID, ends: str = "", **more: str) -> list[str]:
    return [claim.verdict for claim in check(text, planned, said=said, ends=ends, **more)]


@pytest.mark.parametrize(
    ("text", "in_time", "too_late"),
    [
        ("周四截单，抓紧下单", "2026-06-09T12:00", "2026-06-12T12:00"),
        ("星期三前下单包邮", "2026-06-09T12:00", "2026-06-15T12:00"),
        ("這週末特價", "2026-06-10T12:00", "2026-06-16T12:00"),
        ("礼拜五统一发货", "2026-06-11T12:00", "2026-06-13T12:00"),
        ("端午前下单，赶得上过节", "2026-06-15T12:00", "2026-06-19T08:00"),
        ("六一八活动价", "2026-06-18T12:00", "2026-06-19T12:00"),
        ("月底前下单都有优惠", "2026-06-29T12:00", "2026-07-01T12:00"),
        ("Order by Thursday", "2026-06-10T12:00", "2026-06-12T12:00"),
        ("The sale ends this weekend.", "2026-06-13T12:00", "2026-06-15T12:00"),
    ],
)
def test_a_day_of_the_calendar_is_true_until_it_is_over(text: str, in_time: str, too_late: str) -> None:
    assert "block" not in verdicts(text, in_time)
    assert "block" in verdicts(text, too_late)


def test_a_day_ahead_that_would_be_read_as_another_is_given_its_date() -> None:
    (claim,) = [claim for claim in check("下周二优惠开抢", "2026-06-15T12:00") if claim.rule == "time.calendar"]
    assert (claim.verdict, claim.words, claim.instead) == ("block", "下周二", "6月16日")


@pytest.mark.parametrize(
    "text",
    [
        "每周四发货",
        "周四那天下暴雨，路断了",
        "周一到周五都在地里",
        "端午那天包了两百个粽子",
        "去年国庆的订单多到发不完",
        "月底结工钱",
        "周末来果园玩",
        "三年前下单的老客还在",
        "We pack on Thursdays and ship on Fridays.",
    ],
)
def test_what_comes_again_or_is_told_is_left_alone(text: str) -> None:
    assert verdicts(text, "2026-06-20T12:00") == []


def test_a_day_in_words_must_be_the_sheets_end() -> None:
    assert verdicts("周四截单", "2026-06-09T12:00", ends="2026-06-11T22:00") == ["ok"]
    assert verdicts("周四截单", "2026-06-09T12:00", ends="2026-06-14T22:00") == ["warn"]
    assert verdicts("周六还能下单", "2026-06-09T12:00", ends="2026-06-11T22:00") == ["block"]


@pytest.mark.parametrize("text", ["只有今天这个价", "仅限今日，拍完为止", "Today only, 25.8 yuan for 5 jin", "今天最后一天特价"])
def test_one_day_only_needs_an_offer_that_ends_on_it(text: str) -> None:
    assert "block" in verdicts(text, "2026-06-08T18:00")
    assert set(verdicts(text, "2026-06-08T18:00", ends="2026-06-08T23:00")) == {"ok"}


def test_a_price_that_rises_tomorrow_needs_an_offer_that_ends_today() -> None:
    assert "block" in verdicts("明天涨价，要的抓紧拍", "2026-06-08T18:00")
    assert "block" not in verdicts("明天涨价，要的抓紧拍", "2026-06-08T18:00", ends="2026-06-08T23:59")
    assert verdicts("今年包装费涨价了", "2026-06-08T18:00") == []


def test_an_hour_that_is_over_is_named_also_for_a_live_room() -> None:
    assert verdicts("今晚七点开抢", "2026-06-08T19:30") == ["block"]
    assert verdicts("今晚七点直播见", "2026-06-08T19:30") == ["warn"]
    assert verdicts("今晚八点直播见", "2026-06-08T19:30") == ["ok"]


def test_an_hour_without_a_day_is_asked_about_once_it_has_passed() -> None:
    (claim,) = check("晚上七点开播", "2026-06-09T12:00")
    assert (claim.verdict, claim.rule) == ("warn", "time.hour")
    assert "6月8日" in str(claim.suggestion)
    assert verdicts("晚上七点开播", "2026-06-08T12:00") == []
    assert verdicts("每天晚上七点开播", "2026-06-09T12:00") == []
    assert verdicts("晚上十点截单", "2026-06-09T12:00", order_cutoff="22:00") == []
    assert verdicts("晚上七点收工回家", "2026-06-09T12:00") == []


def test_the_day_is_the_co_ops_day() -> None:
    """Half past midnight in Beijing is still Thursday evening in Ürümqi."""
    assert "block" in verdicts("周四截单", "2026-06-12T00:30")
    with using_zone("Asia/Urumqi"):
        assert "block" not in verdicts("周四截单", "2026-06-12T00:30")


@pytest.mark.parametrize(
    ("text", "seen_from", "first", "last"),
    [
        ("周日", date(2026, 6, 8), date(2026, 6, 14), date(2026, 6, 14)),
        ("本周末", date(2026, 6, 13), date(2026, 6, 13), date(2026, 6, 14)),
        ("下周一", date(2026, 6, 14), date(2026, 6, 15), date(2026, 6, 15)),
        ("上个月底", date(2026, 1, 9), date(2025, 12, 27), date(2025, 12, 31)),
        ("下月初", date(2026, 12, 9), date(2027, 1, 1), date(2027, 1, 10)),
        ("中秋", date(2026, 6, 8), date(2026, 9, 25), date(2026, 9, 25)),
        ("春节", date(2026, 2, 20), date(2026, 2, 17), date(2026, 2, 23)),
        ("国庆", date(2026, 10, 8), date(2027, 10, 1), date(2027, 10, 7)),
        ("next Friday", date(2026, 6, 8), date(2026, 6, 19), date(2026, 6, 19)),
    ],
)
def test_a_word_of_the_calendar_means_days(text: str, seen_from: date, first: date, last: date) -> None:
    assert next(word.seen_from(seen_from) for word in find_calendar_words(text)) == (first, last)


def test_the_last_boxes_of_a_story_are_no_scarcity() -> None:
    assert verdicts("最后两箱装完就下山", "2026-06-08T18:00") == []
    assert verdicts("最后两箱，手慢无", "2026-06-08T18:00") == ["warn"]
