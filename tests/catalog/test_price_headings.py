"""Every heading of a price has one known meaning."""

from decimal import Decimal

import pytest

from pipeline.catalog.price_headings import UNKNOWN, read_price_heading


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("对外零售价", "selling"),
        ("平价（元）", UNKNOWN),
        ("本月售价", "now"),
        ("改价后价格", "now"),
        ("改价前价格", "list"),
        ("原零售价", "list"),
        ("商超价", "list"),
        ("前天价格", "past"),
        ("明天售价", "future"),
        ("农户收购单价", "purchase"),
        ("采购成本价", "purchase"),
        ("大宗批发价", "wholesale"),
        ("会员活动价", "member"),
        ("直播间秒杀价", "live"),
        ("领券后价格", "coupon"),
        ("三人团价", "group"),
        ("社区团购价", "group"),
        ("中秋特惠价", "deal"),
        ("销售单价", "each"),
        ("货款合计", "total"),
        ("均价", "average"),
        ("中果价", UNKNOWN),
        ("Wholesale price", "wholesale"),
        ("regular price", "list"),
        ("Unit price", "each"),
    ],
)
def test_a_heading_is_read_word_by_word(title: str, kind: str) -> None:
    heading = read_price_heading(title)
    assert heading is not None
    assert heading.kind == kind


@pytest.mark.parametrize(
    ("title", "unit", "scale"),
    [
        ("零售价(元/3斤)", "3斤", "1"),
        ("8斤装价格", "8斤装", "1"),
        ("15斤", "15斤", "1"),
        ("元/公斤", "公斤", "1"),
        ("整件价", "件", "1"),
        ("12斤礼盒价", "12斤", "1"),
        ("售价（分）", "", "0.01"),
        ("售价（万元）", "", "10000"),
    ],
)
def test_a_heading_says_for_what_and_in_which_money(title: str, unit: str, scale: str) -> None:
    heading = read_price_heading(title)
    assert heading is not None
    assert (heading.unit, heading.scale) == (unit, Decimal(scale))


@pytest.mark.parametrize("title", ["顾客评价", "产地", "规格", "备注", "元", "优惠", "库存", "截止时间", "新品", "性价比"])
def test_a_heading_that_names_no_price_is_none(title: str) -> None:
    assert read_price_heading(title) is None
