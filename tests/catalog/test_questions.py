"""What could be read in two ways is set aside with a question that names both columns; never does the first win."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.catalog.product_sheet import read_whole_sheet
from pipeline.documents.offer import Catalog

NOW = datetime(2027, 3, 10, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def read(folder: Path, text: str) -> Catalog:
    path = folder / "价目.csv"
    path.write_text(text, encoding="utf-8")
    return read_whole_sheet(path, now=NOW)


@pytest.mark.parametrize(
    ("head", "cells", "named"),
    [
        ("报价,零售价", "26,29", ("报价", "零售价")),
        ("售价,直播价", "29,26", ("售价", "直播价")),
        ("日常价,直播价", "29,26", ("日常价", "直播价")),
        ("售价,直播间", "29,26", ("售价", "直播间")),
        ("价格,活动", "29,直降3元", ("活动",)),
        ("价格,是否下架", "29,是", ("是否下架",)),
        ("价格,库存", "29,快没了", ("库存",)),
        ("促销价,秒杀价", "26,24", ("促销价", "秒杀价")),
        ("售价,中果价", "26,20", ("中果价",)),
        ("收购价格", "15", ("收购价格",)),
        ("市场价,会员价", "36,26", ("会员价",)),
        ("单价,总价", "6.6,26", ("单价", "总价")),
        ("价格,单位,净重", "26,斤,4斤", ("单位", "净重")),
        ("价格,截止日期,结束时间", "26,2027-04-01,2027-04-09", ("截止日期", "结束时间")),
        ("价格,库存,余量", "26,0,300", ("库存", "余量")),
        ("价格,折扣", "26,7折", ("折扣",)),
        ("价格,状态", "26,已下架", ("状态",)),
        ("活动价,售价", "29,26", ("售价", "活动价")),
    ],
)
def test_two_readings_are_asked_about(tmp_path: Path, head: str, cells: str, named: tuple[str, ...]) -> None:
    own_pack = "净重" in head
    catalog = read(tmp_path, f"品名,{head}{'' if own_pack else ',规格'}\n苦荞米,{cells}{'' if own_pack else ',4斤'}\n")
    assert not catalog.offers
    (aside,) = catalog.set_aside
    assert (aside.name, aside.line) == ("苦荞米", 2)
    assert all(f"“{title}”" in str(aside.question) for title in named), str(aside.question)
    assert "line 2" in str(catalog.problems[0])


@pytest.mark.parametrize("pack", ["4", "中果", "3-4斤", "4斤/8斤", "26元/4斤", "4斤起"])
def test_what_is_no_unit_is_asked_about(tmp_path: Path, pack: str) -> None:
    catalog = read(tmp_path, f"品名,价格,规格\n苦荞米,26,{pack}\n红豆,18,3斤\n")
    assert [offer.name for offer in catalog.offers] == ["红豆"]
    assert f"“{pack}”" in str(catalog.set_aside[0].question)


@pytest.mark.parametrize(
    ("head", "cells", "price", "unit", "old"),
    [
        ("昨天价格,今天价格,规格", "30,26,4斤", "26", "4斤", None),
        ("降价前价格,降价后价格,规格", "30,26,4斤", "26", "4斤", "30"),
        ("进货价,零售价,规格", "15,26,4斤", "26", "4斤", None),
        ("会员价,售价,规格", "24,26,4斤", "26", "4斤", None),
        ("单价,规格,总价", "6.5,4斤,26", "26", "4斤", None),
        ("单价,单位,规格,售价", "6.5,斤,4斤/袋,26", "26", "袋(4斤)", None),
        ("单价,数量,金额,规格", "26,3,78,4斤", "26", "4斤", None),
        ("每斤价,规格,售价", "6.5,4斤,26", "26", "4斤", None),
        ("价格,净重(斤)", "26,4", "26", "4斤", None),
        ("价格,单位,规格", "26,袋,4斤", "26", "袋(4斤)", None),
        ("价格,单位,规格", "26,袋,特级", "26", "袋", None),
        ("售价,限时秒杀,规格", "30,26,4斤", "26", "4斤", "30"),
        ("零售价,批发,规格", "26,20,4斤", "26", "4斤", None),
        ("报价人,售价,报价单位", "3,26,4斤", "26", "4斤", None),
        ("原价,直播价,规格", "30,26,4斤", "26", "4斤", "30"),
        ("日常价,促销价,规格", "30,26,4斤", "26", "4斤", "30"),
        ("供货价,建议零售价,规格", "15,26,4斤", "26", "4斤", None),
        ("零售价,是否下架,规格", "26,否,4斤", "26", "4斤", None),
        ("4斤原价,4斤现价", "30,26", "26", "4斤", "30"),
        ("售价（分）,规格", "2600,4斤", "26", "4斤", None),
    ],
)
def test_what_has_one_reading_is_read(tmp_path: Path, head: str, cells: str, price: str, unit: str, old: str | None) -> None:
    (offer,) = read(tmp_path, f"品名,{head}\n苦荞米,{cells}\n").offers
    assert (offer.price, offer.unit, offer.list_price) == (Decimal(price), unit, Decimal(old) if old else None)


def test_each_pack_in_a_column_is_an_offer(tmp_path: Path) -> None:
    catalog = read(tmp_path, "品名,2斤,4斤装\n苦荞米,14,26\n红豆,,18\n")
    assert [(offer.sku, offer.price, offer.unit) for offer in catalog.offers] == [
        ("苦荞米 2斤", Decimal("14.00"), "2斤"),
        ("苦荞米 4斤装", Decimal("26.00"), "4斤装"),
        ("红豆", Decimal("18.00"), "4斤装"),
    ]


def test_two_packs_of_one_name_are_two_offers_and_one_pack_twice_is_a_question(tmp_path: Path) -> None:
    catalog = read(tmp_path, "品名,价格,规格\n苦荞米,14,2斤\n苦荞米,26,4斤\n红豆,18,3斤\n红豆,19,1.5公斤\n")
    assert [offer.sku for offer in catalog.offers] == ["苦荞米 2斤", "苦荞米 4斤"]
    assert [aside.line for aside in catalog.set_aside] == [4, 5]


@pytest.mark.parametrize(
    ("cell", "stock"), [("断货", 0), ("没有", 0), ("-5", 0), ("0件", 0), ("约80", None), ("2.5万", 25000), ("管够", None), ("/", None)]
)
def test_stock_is_read_in_words(tmp_path: Path, cell: str, stock: int | None) -> None:
    (offer,) = read(tmp_path, f"品名,价格,规格,库存\n苦荞米,26,4斤,{cell}\n").offers
    assert offer.stock == stock


def test_a_name_may_say_that_there_is_none_left(tmp_path: Path) -> None:
    (offer,) = read(tmp_path, "品名,价格,规格\n苦荞米（已售罄）,26,4斤\n").offers
    assert (offer.name, offer.stock) == ("苦荞米", 0)


@pytest.mark.parametrize("word", ["总 计", "合计（元）", "本页小计", "平均价格", "共计：", "小计 2 种"])
def test_a_sum_is_no_product_wherever_it_stands(tmp_path: Path, word: str) -> None:
    catalog = read(tmp_path, f"序号,品名,价格,规格\n1,苦荞米,26,4斤\n2,红豆,18,3斤\n,{word},44,\n{word},,44,\n")
    assert [offer.name for offer in catalog.offers] == ["苦荞米", "红豆"]
    assert not catalog.problems


@pytest.mark.parametrize(
    ("cell", "link"),
    [
        ("【某店】https://s.example.com/k9 复制打开", "https://s.example.com/k9"),
        ("https://s.example.com/k9「点开链接」看", "https://s.example.com/k9"),
        ("https：//s.example.com/k9", "https://s.example.com/k9"),
        ("看这里https://s.example.com/k9，下单", "https://s.example.com/k9"),
        ("https://s.example.com/k9；https://s.example.com/k8", None),
        ("https://s.example.com/k9 https://t.example.com/x", None),
    ],
)
def test_one_link_is_taken_out_of_a_shared_text_and_two_are_not(tmp_path: Path, cell: str, link: str | None) -> None:
    catalog = read(tmp_path, f"品名,价格,规格,链接\n苦荞米,26,4斤,{cell}\n")
    assert catalog.offers[0].links.get("default") == link
    assert bool(catalog.problems) == (link is None)


def test_a_line_over_the_headings_names_the_unit_of_all_prices(tmp_path: Path) -> None:
    catalog = read(tmp_path, "报价表,\n单位：元/公斤,\n品名,价格\n苦荞米,13\n")
    assert (catalog.offers[0].price, catalog.offers[0].unit) == (Decimal("13.00"), "公斤")


def test_a_pack_at_the_end_of_a_name_is_what_the_price_buys(tmp_path: Path) -> None:
    catalog = read(tmp_path, "品名,价格\n1、苦荞米（4斤）,26\n2、红豆 3斤包邮,18\n")
    assert [(offer.name, offer.unit, offer.aliases) for offer in catalog.offers] == [
        ("苦荞米（4斤）", "4斤", ("苦荞米",)),
        ("红豆 3斤包邮", "3斤", ("红豆",)),
    ]


def test_a_column_whose_heading_says_nothing_is_known_by_its_packs_and_links(tmp_path: Path) -> None:
    catalog = read(tmp_path, "品名,每单发,价格,来这里买\n苦荞米,4斤,26,https://s.example.com/1\n红豆,3斤,18,https://s.example.com/2\n")
    assert [(offer.unit, offer.links) for offer in catalog.offers] == [
        ("4斤", {"default": "https://s.example.com/1"}),
        ("3斤", {"default": "https://s.example.com/2"}),
    ]


def test_another_countrys_money_in_the_heading_counts(tmp_path: Path) -> None:
    (offer,) = read(tmp_path, "品名,价格(美元),规格\n苦荞米,26,4斤\n").offers
    assert offer.currency == "USD"
