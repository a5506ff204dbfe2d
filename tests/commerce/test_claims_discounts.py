"""A discount or an old price stops a release only when the sheet does not hold it."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from pipeline.commerce.claims import check_claims
from pipeline.documents.claims import Claim, PlacedText, TextPlace
from pipeline.documents.offer import Offer
from pipeline.publish import load_destination

NOW = datetime(2026, 11, 22, 18, tzinfo=ZoneInfo("Asia/Shanghai"))


def check(text: str, old: str | None, price: str = "40") -> list[Claim]:
    """The claims on prices in a subtitle about pears that cost 40 yuan a box."""
    offer = Offer(
        sku="LI-5",
        name="雪花梨",
        aliases=("梨",),
        price=Decimal(price),
        unit="箱",
        list_price=Decimal(old) if old else None,
        origin="果坪",
        after_sales="坏果包赔 客服",
        row=4,
    )
    placed = PlacedText(text=text, place=TextPlace(kind="subtitle", at_s=2.0))
    claims = check_claims([placed], offer, load_destination("douyin"), planned_at=NOW, now=NOW)
    return [claim for claim in claims if claim.rule in ("price.discount", "price.was")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("雪花梨打八折", "打八折"),
        ("全场8折，一箱四十块", "全场8折"),
        ("立省十块", "立省十块"),
        ("每箱直降10元", "直降10元"),
        ("原价五十，一箱四十块", "五十"),
        ("平时卖50，一箱四十块", "50"),
        ("20% off this week", "20% off"),
        ("save 10 yuan a box", "save 10 yuan"),
    ],
)
def test_what_the_sheet_holds_is_right_and_stops_where_it_does_not(text: str, words: str) -> None:
    assert [(claim.verdict, claim.words) for claim in check(text, "50")] == [("ok", words)]
    assert [(claim.verdict, claim.words) for claim in check(text, "90")] == [("block", words)]
    assert [(claim.verdict, claim.words) for claim in check(text, None)] == [("block", words)]


@pytest.mark.parametrize(
    ("text", "old"), [("半价出，一箱四十块", "80"), ("价格打对折", "80"), ("half price this week", "80"), ("打七五折", "53.30")]
)
def test_half_and_odd_shares_are_reckoned(text: str, old: str) -> None:
    assert [claim.verdict for claim in check(text, old)] == ["ok"]
    assert [claim.verdict for claim in check(text, "50")] == ["block"]


@pytest.mark.parametrize(
    "text",
    [
        "第二箱半价",
        "第2件五折，两箱一起拍",
        "满两箱减十块",
        "两件八折",
        "领券立减五块",
        "省了十块油钱",
        "箱子对折收好，下次还能用",
        "一折就断的豆角",
        "半山腰的梨先熟",
        "折了三枝插瓶里",
        "弟弟骨折了，今年少种两亩",
        "别问我能不能打五折",
    ],
)
def test_what_depends_on_the_number_or_is_no_discount_does_not_stop(text: str) -> None:
    assert check(text, None) == []


def test_a_rough_old_price_is_only_asked_about() -> None:
    assert [claim.verdict for claim in check("平时卖五十多，一箱四十块", "60")] == ["warn"]
