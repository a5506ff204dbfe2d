"""Prices, dates and what the sheet must tell, held against the offer and the planned moment."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline.commerce.claims import check_claims
from pipeline.documents.claims import Claim, PlacedText, PlaceKind, TextPlace
from pipeline.documents.offer import Offer
from pipeline.publish import load_destination

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 18, tzinfo=CHINA)
SAME_DAY = datetime(2026, 11, 22, 19, 30, tzinfo=CHINA)
LATER = datetime(2026, 12, 1, 19, 30, tzinfo=CHINA)


def offer(**changes: Any) -> Offer:
    usual: dict[str, Any] = {"sku": "MN-TD-10", "name": "冕宁土豆", "aliases": ("土豆",), "price": Decimal("29.90"), "unit": "10斤"}
    usual |= {"list_price": Decimal("39.90"), "origin": "大桥镇", "after_sales": "坏果包赔 客服", "stock": 600, "row": 2}
    return Offer.model_validate({**usual, **changes})


def check(
    text: str = "",
    sold: Offer | None = None,
    *,
    kind: PlaceKind = "caption",
    planned: datetime = SAME_DAY,
    where: str = "douyin",
    **more: Any,
) -> list[Claim]:
    texts = (
        [PlacedText(text=text, place=TextPlace(kind=kind, at_s=3.0 if kind == "subtitle" else None), said_at=more.pop("said_at", None))]
        if text
        else []
    )
    return list(check_claims(texts, sold or offer(), load_destination(where), planned_at=planned, now=NOW, **more))


def found(claims: list[Claim], rule: str) -> list[tuple[str, str]]:
    return [(claim.verdict, claim.words) for claim in claims if claim.rule.startswith(rule)]


@pytest.mark.parametrize("text", ["¥29.9/10斤", "十斤二十九块九", "29.9元/5公斤", "冕宁土豆10斤装 29.9元包邮", "29.90 yuan for 10 jin"])
def test_the_price_of_the_sheet_with_its_unit_is_right(text: str) -> None:
    assert [verdict for verdict, _ in found(check(text), "price")] == ["ok"]


@pytest.mark.parametrize("text", ["29.9元", "只要29.9元，包邮到家", "¥29.9", "现价二十九块九"])
def test_a_price_without_its_unit_is_stopped_in_writing_and_warned_of_in_speech(text: str) -> None:
    (written,) = [claim for claim in check(text) if claim.rule == "price.unit"]
    assert (written.verdict, written.instead) == ("block", "¥29.9/10斤")
    assert [verdict for verdict, _ in found(check(text, kind="subtitle"), "price")] in (["warn"], [])


def test_a_unit_said_in_the_sentence_before_is_the_prices() -> None:
    texts = [
        PlacedText(text="我们一箱十斤装", place=TextPlace(kind="subtitle", at_s=1)),
        PlacedText(text="只要二十九块九", place=TextPlace(kind="subtitle", at_s=4)),
    ]
    claims = list(check_claims(texts, offer(), load_destination("douyin"), planned_at=SAME_DAY, now=NOW))
    assert found(claims, "price.unit") == [("ok", "二十九块九")]


def test_a_sheet_without_a_unit_is_named() -> None:
    (claim,) = [claim for claim in check("只要29.9元", offer(unit="")) if claim.rule == "price.unit"]
    assert claim.verdict == "block"
    assert "line 2" in str(claim.why)


@pytest.mark.parametrize("text", ["19.9元10斤", "十斤三十九块", "¥25/10斤"])
def test_another_price_than_the_sheets_is_stopped(text: str) -> None:
    (claim,) = [claim for claim in check(text) if claim.rule == "price.other"]
    assert (claim.verdict, claim.instead) == ("block", "¥29.9/10斤")


def test_the_price_of_another_product_is_not_held_against_this_one() -> None:
    other = offer(sku="HL", name="会理石榴", aliases=("石榴",), price=Decimal(45), unit="5斤", list_price=None)
    assert found(check("会理石榴，五斤四十五块", kind="subtitle", others=(other,)), "price") == []
    texts = [
        PlacedText(text="第二款会理石榴", place=TextPlace(kind="subtitle", at_s=1)),
        PlacedText(text="五斤只要四十五块", place=TextPlace(kind="subtitle", at_s=4)),
    ]
    claims = list(check_claims(texts, offer(), load_destination("douyin"), planned_at=SAME_DAY, now=NOW, others=(other,)))
    assert found(claims, "price") == []


@pytest.mark.parametrize(
    ("text", "struck", "verdict"),
    [("原价39.9元", "39.90", "ok"), ("原价59.9元", "39.90", "block"), ("原价59.9元", None, "block"), ("平时要39块9", "39.90", "ok")],
)
def test_an_old_price_must_be_the_sheets(text: str, struck: str | None, verdict: str) -> None:
    sold = offer(list_price=Decimal(struck) if struck else None)
    assert [one for one, _ in found(check(text, sold), "price.was")] == [verdict]


@pytest.mark.parametrize("text", ["运费10元", "满两箱减十块", "海拔2000米", "送你五块钱优惠券"])
def test_other_sums_are_no_prices(text: str) -> None:
    assert found(check(text), "price") == []


def test_a_price_in_dollars_is_held_against_an_offer_in_dollars() -> None:
    sold = offer(price=Decimal("4.99"), currency="USD", unit="box", list_price=None)
    assert found(check("Only $4.99 per box", sold, where="youtube"), "price") == [("ok", "$4.99 per box")]
    assert found(check("Only $4.99", sold, where="youtube"), "price") == [("block", "$4.99")]
    assert found(check("$3.99 per box", sold, where="youtube"), "price") == [("block", "$3.99 per box")]


@pytest.mark.parametrize(
    ("ends", "verdict"),
    [
        (LATER - timedelta(minutes=1), "block"),
        (LATER, "block"),
        (LATER + timedelta(hours=3), "warn"),
        (LATER + timedelta(days=9), "ok"),
        (None, "ok"),
    ],
)
def test_the_offer_must_run_when_the_video_is_published_not_only_now(ends: datetime | None, verdict: str) -> None:
    claims = check(sold=offer(offer_ends=ends), planned=LATER)
    assert [claim.verdict for claim in claims if claim.place.kind == "schedule"] == [verdict]


def test_what_is_sold_out_is_not_advertised() -> None:
    assert found(check(sold=offer(stock=0)), "offer.sold_out") == [("block", "")]


def test_group_buying_needs_origin_after_sales_and_pick_up() -> None:
    bare = offer(mode="group_buy", origin="", after_sales="", pickup=(), order_cutoff="")
    verdicts = {claim.rule: claim.verdict for claim in check(sold=bare, where="group_buy")}
    assert verdicts["offer.origin"] == "block"
    assert verdicts["offer.after_sales"] == "block"
    assert verdicts["offer.pickup"] == "warn"
    short = {claim.rule: claim.verdict for claim in check(sold=offer(origin="", after_sales=""))}
    assert (short["offer.origin"], short["offer.after_sales"]) == ("warn", "warn")


@pytest.mark.parametrize(
    ("promise", "rule"),
    [("坏果包赔", "offer.contact"), ("团长处理售后", "offer.after_sales"), ("坏果包赔 13800001111", "offer.after_sales")],
)
def test_group_buying_names_somebody_to_turn_to(promise: str, rule: str) -> None:
    claims = check(sold=offer(mode="group_buy", after_sales=promise, pickup=("甲店",), order_cutoff="22:00"), where="group_buy")
    assert rule in [claim.rule for claim in claims]


@pytest.mark.parametrize("text", ["今天下单有优惠", "今晚特价", "今晚十点前下单"])
def test_today_is_right_on_the_same_day_and_wrong_on_a_later_one(text: str) -> None:
    assert [verdict for verdict, _ in found(check(text), "time.day")] == ["ok"]
    assert [verdict for verdict, _ in found(check(text, planned=LATER), "time.day")] == ["block"]


def test_a_day_ahead_is_suggested_as_a_date() -> None:
    (claim,) = [claim for claim in check("后天晚上特价开抢", planned=NOW + timedelta(days=1)) if claim.rule == "time.day"]
    assert (claim.verdict, claim.words, claim.instead) == ("block", "后天", "11月24日")
    (english,) = [claim for claim in check("Order tomorrow", planned=NOW + timedelta(hours=10)) if claim.rule == "time.day"]
    assert english.instead == "23 November"


def test_an_hour_that_is_over_by_the_planned_moment_is_stopped() -> None:
    late = NOW.replace(hour=22, minute=30)
    assert found(check("今晚十点前下单", planned=late), "time.day") == [("block", "今晚")]


def test_today_ends_with_the_offer() -> None:
    sold = offer(offer_ends=NOW.replace(hour=22))
    assert found(check("明天下单也是这个价格", sold), "time.day") == [("block", "明天")]
    assert found(check("明天中午到店自提", sold), "time.day") == [("ok", "明天")]


def test_the_sheets_hour_is_the_one_that_counts() -> None:
    assert found(check("今晚九点前下单", offer(order_cutoff="22:00")), "time.day") == [("warn", "今晚")]
    assert found(check("今晚十点前下单", offer(order_cutoff="22:00")), "time.day") == [("ok", "今晚")]


def test_a_daily_cut_off_is_only_warned_of_and_can_be_said_for_every_day() -> None:
    claims = [
        claim for claim in check("今晚十点前下单，明天中午到店自提", offer(order_cutoff="22:00"), planned=LATER) if claim.rule == "time.day"
    ]
    assert [(claim.verdict, claim.words, claim.instead) for claim in claims] == [("warn", "今晚", "每天晚"), ("warn", "明天", "次日")]


def test_words_count_from_the_day_they_were_said() -> None:
    filmed = datetime(2026, 11, 20, 9, tzinfo=CHINA)
    assert found(check("今天下单有优惠", said_at=filmed, kind="subtitle"), "time.day") == [("block", "今天")]


@pytest.mark.parametrize("text", ["今天给大家带来三款农产品", "今天天气真好", "今天是个好日子", "明天会更好", "今天的幸福生活"])
def test_a_day_that_is_no_condition_is_left_alone(text: str) -> None:
    assert found(check(text, planned=LATER), "time") == []


def test_freshness_of_another_day_is_warned_of() -> None:
    assert found(check("今天现摘的苹果", planned=LATER), "time") == [("warn", "今天")]
    assert found(check("今天现摘的苹果"), "time") == [("ok", "今天")]


@pytest.mark.parametrize(
    ("text", "ends", "verdict"),
    [
        ("最后一天", SAME_DAY.replace(hour=23), "ok"),
        ("优惠最后一天", LATER, "block"),
        ("最后两小时，抢完恢复原价", SAME_DAY + timedelta(hours=2), "ok"),
        ("最后两小时，抢完恢复原价", SAME_DAY + timedelta(hours=9), "block"),
        ("优惠还剩三天", SAME_DAY + timedelta(days=3), "ok"),
        ("最后一天", None, "block"),
        ("Last day of the offer", LATER, "block"),
    ],
)
def test_a_countdown_must_agree_with_the_offers_end(text: str, ends: datetime | None, verdict: str) -> None:
    assert [one for one, _ in found(check(text, offer(offer_ends=ends)), "time.countdown")] == [verdict]


@pytest.mark.parametrize("text", ["煮最后十分钟收汁", "最后一天的夕阳很美，我们在地里坐了很久", "还有三个小时的山路"])
def test_a_recipes_minutes_are_no_countdown(text: str) -> None:
    assert found(check(text), "time.countdown") == []


def test_limited_time_needs_its_end() -> None:
    assert found(check("限时特价"), "time.limited") == [("warn", "限时特价")]
    assert found(check("限时特价", offer(offer_ends=SAME_DAY + timedelta(days=2))), "time.limited") == [("ok", "限时特价")]
    assert found(check("限时特价，12月20日截止", offer(offer_ends=datetime(2026, 12, 20, 22, tzinfo=CHINA))), "time.limited") == [
        ("ok", "限时特价")
    ]


def test_a_price_of_the_live_room_is_warned_of_once_the_room_is_closed() -> None:
    (claim,) = [claim for claim in check("直播间价格，十斤二十九块九") if claim.rule == "time.live"]
    assert (claim.verdict, claim.instead) == ("warn", "现价")
    assert found(check("欢迎来到我们的直播间"), "time.live") == []


@pytest.mark.parametrize(("text", "verdict"), [("11月1日前下单", "block"), ("12月25日截止，欢迎下单", "warn"), ("12月20日优惠结束", "ok")])
def test_a_date_that_ends_something_must_be_ahead_and_the_sheets(text: str, verdict: str) -> None:
    sold = offer(offer_ends=datetime(2026, 12, 20, 22, tzinfo=CHINA))
    assert [one for one, _ in found(check(text, sold), "time.date")] == [verdict]


def test_this_week_is_right_in_its_week_only() -> None:
    assert found(check("本周特价"), "time.week") == [("ok", "本周")]
    assert found(check("本周特价", planned=LATER), "time.week") == [("block", "本周")]


def test_scarcity_is_held_against_the_stock() -> None:
    assert found(check("仅剩最后3箱"), "scarce") == [("warn", "仅剩最后3箱")]
    assert found(check("仅剩3箱", offer(stock=3)), "scarce") == [("ok", "仅剩3箱")]
    assert found(check("装完最后三箱就收工"), "scarce") == []


@pytest.mark.parametrize(
    "text",
    [
        "加我微信领优惠",
        "电话13812345678",
        "微信号：mianning_coop",
        "客服微信 mianning-coop",
        "点 https://shop.example.com/p/1",
        "上shop.example.com买",
    ],
)
def test_contact_and_links_are_stopped_where_the_platform_punishes_them(text: str) -> None:
    assert [verdict for verdict, _ in found(check(text, where="xiaohongshu"), "contact")] == ["block"]
    assert [verdict for verdict, _ in found(check(text, where="xiaohongshu", kind="subtitle"), "contact")] == ["warn"]
    assert found(check(text, where="shelf"), "contact") == []


@pytest.mark.parametrize("text", ["可以微信支付", "卫星地图上能看到我们村", "3.5公斤", "U.S. visitors", "早上7.30出门"])
def test_not_every_dot_and_number_is_a_way_to_be_reached(text: str) -> None:
    assert found(check(text, where="xiaohongshu"), "contact") == []


def test_a_moment_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        check(planned=datetime(2026, 11, 22, 18))
