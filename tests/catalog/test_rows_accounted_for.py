"""A row is an offer only when all in it is known to leave its price, unit and end as they are; else it is asked about."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from pipeline.catalog.product_sheet import read_whole_sheet
from pipeline.documents.offer import Catalog

NOW = datetime.fromisoformat("2031-05-10T09:00:00+08:00")


def read(folder: Path, text: str) -> Catalog:
    path = folder / "sheet.csv"
    path.write_text(text.replace("|", "\n"))
    return read_whole_sheet(path, now=NOW)


def offers(catalog: Catalog) -> list[tuple[str, str, str]]:
    return [(offer.name, f"{offer.price.normalize():f}", offer.unit) for offer in catalog.offers]


@pytest.mark.parametrize("heads", ["特惠价,Sale", "正价,到家价", "售价,送上门价"])
def test_a_word_for_a_way_of_selling_makes_no_old_price_of_the_other(tmp_path: Path, heads: str) -> None:
    assert [aside.name for aside in read(tmp_path, f"品名,规格,{heads}|枇杷,4斤,40,52|毛豆,6斤,24,30").set_aside] == ["枇杷", "毛豆"]


@pytest.mark.parametrize("heads", ["每市斤,合计价", "一斤合,总价", "散着,零售价"])
def test_a_price_of_one_jin_far_below_the_box_is_held_against_it(tmp_path: Path, heads: str) -> None:
    catalog = read(tmp_path, f"品名,规格,{heads}|枇杷,4斤,13.5,40|毛豆,10斤,4.5,30.5")
    assert not catalog.offers
    assert all(heads.split(",")[0] in str(aside.question) for aside in catalog.set_aside)


@pytest.mark.parametrize("head", ["规格（箱）", "规格(份)", "净重/件"])
def test_a_bare_number_of_boxes_is_asked_about(tmp_path: Path, head: str) -> None:
    assert len(read(tmp_path, f"品名,每份价格,{head}|枇杷,40,4|毛豆,24,6").set_aside) == 2


def test_a_hidden_column_is_no_price_though_no_heading_says_price(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["品名", "规格", "门市", "特惠"], ["枇杷", "4斤", 40, 32], ["毛豆", "6斤", 24, 20]):
        sheet.append(row)
    sheet.column_dimensions["D"].hidden = True
    book.save(tmp_path / "sheet.xlsx")
    catalog = read_whole_sheet(tmp_path / "sheet.xlsx", now=NOW)
    assert offers(catalog) == [("枇杷", "40", "4斤"), ("毛豆", "24", "6斤")]
    assert not any(offer.list_price for offer in catalog.offers)


def test_one_of_a_container_with_its_contents_is_the_container(tmp_path: Path) -> None:
    assert offers(read(tmp_path, "品名,产地,价格|枇杷,苏州,35.5一份（4斤）")) == [("枇杷", "35.5", "份(4斤)")]


@pytest.mark.parametrize("head", ["售价（邻居）", "价格（第2件）", "售价(2030)", "价格（见备注）"])
def test_an_unknown_word_in_the_brackets_of_a_price_is_asked_about(tmp_path: Path, head: str) -> None:
    (aside,) = read(tmp_path, f"品名,规格,{head}|枇杷,4斤,40").set_aside
    assert head in str(aside.question)


@pytest.mark.parametrize("head", ["售价（请填数字）", "价格（不含运费）", "售价（元，必填）", "价格（保留两位小数）"])
def test_brackets_that_say_how_to_fill_in_a_price_change_nothing(tmp_path: Path, head: str) -> None:
    assert offers(read(tmp_path, f"品名,规格,{head.replace(',', '')}|枇杷,4斤,40")) == [("枇杷", "40", "4斤")]


@pytest.mark.parametrize(
    ("head", "cell"),
    [
        ("批发规格", "40斤"),
        ("代发规格", "2斤"),
        ("试吃量", "2斤"),
        ("更新后", "36"),
        ("村里卖", "36"),
        ("含税", "44"),
        ("说明", "5月20日涨价"),
        ("说明", "今明两天特价"),
        ("说明", "到5月31日为止，坏果包赔"),
        ("说明", "每份实发3斤"),
        ("说明", "论斤称"),
        ("说明", "实际发2瓶"),
        ("说明", "价格还要再问"),
        ("说明", "只给本楼住户"),
        ("说明", "只卖到周六"),
        ("说明", "等下一批"),
        ("样品重量", "2斤"),
        ("说明", "供货价"),
        ("说明", "下单再打9折"),
        ("说明", "满3件包邮，下月卖45元"),
        ("活动", "5月15日截止"),
        ("状态", "休园"),
        ("状态", "暂不供应"),
    ],
)
def test_what_may_change_price_pack_or_end_stops_the_row_and_is_named(tmp_path: Path, head: str, cell: str) -> None:
    (aside,) = read(tmp_path, f"品名,每份,价格,{head}|枇杷,4斤,40,{cell}").set_aside
    assert head in str(aside.question)
    assert cell in str(aside.question)


@pytest.mark.parametrize(
    ("head", "cell"),
    [
        ("备注", "坏果24小时内联系包赔，下单后48小时内发货"),
        ("备注", "当天采摘当天发，顺丰包邮"),
        ("备注", "价格实惠，冷藏可放10天"),
        ("备注", "仅限江浙沪发货"),
        ("说明", "满2件减5元；第二件半价"),
        ("说明", "单果约40g，每斤约12个"),
        ("批发规格", "4斤"),
        ("采收", "5月中旬"),
        ("状态", "正常供应"),
        ("状态", "热卖"),
        ("更新时间", "2031-05-09"),
        ("保质期", "7天"),
        ("联系人", "阿芳 13800000000"),
    ],
)
def test_everyday_words_change_nothing(tmp_path: Path, head: str, cell: str) -> None:
    assert offers(read(tmp_path, f"品名,规格,价格,{head}|枇杷,4斤,40,{cell}")) == [("枇杷", "40", "4斤")]


@pytest.mark.parametrize(
    "name", ["枇杷（会员专享）", "枇杷【特价35元】", "枇杷(5月20日截止)", "枇杷 批发价", "枇杷（已停）", "枇杷（待上架）"]
)
def test_words_beside_a_name_that_may_change_the_offer_are_asked_about(tmp_path: Path, name: str) -> None:
    assert len(read(tmp_path, f"品名,规格,价格|{name},4斤,40").set_aside) == 1


def test_a_second_table_below_is_read_by_its_own_headings(tmp_path: Path) -> None:
    catalog = read(tmp_path, "品名,规格,价格|枇杷,4斤,40|,,|品名,进价,零售价|毛豆,18,24元/6斤")
    assert offers(catalog) == [("枇杷", "40", "4斤"), ("毛豆", "24", "6斤")]


@pytest.mark.parametrize("heads", ["品名,规格,收购价", "品名,规格,库存"])
def test_a_second_table_without_selling_prices_gives_no_offer(tmp_path: Path, heads: str) -> None:
    catalog = read(tmp_path, f"品名,规格,价格|枇杷,4斤,40|{heads}|毛豆,6斤,18")
    assert offers(catalog) == [("枇杷", "40", "4斤")]
    assert len(catalog.problems) == 1


@pytest.mark.parametrize(
    "sentence",
    [
        "全场8折",
        "全单九五折",
        "Prices in HKD",
        "以下均以美元计",
        "以上价格一律优惠5元",
        "单位：角",
        "以下价格单位：美元",
        "批发专区",
        "6月1日起调价",
        "下周涨价",
    ],
)
def test_a_sentence_that_may_change_all_prices_stops_them_all(tmp_path: Path, sentence: str) -> None:
    catalog = read(tmp_path, f"{sentence},,|品名,规格,价格|枇杷,4斤,40|毛豆,6斤,24")
    assert not catalog.offers
    assert all(sentence in str(aside.question) for aside in catalog.set_aside)


def test_a_sentence_with_a_pack_matters_to_rows_that_say_none(tmp_path: Path) -> None:
    catalog = read(tmp_path, "以下均为5斤装,,|品名,规格,价格|枇杷,4斤,40|毛豆,,24")
    assert offers(catalog) == [("枇杷", "40", "4斤")]
    assert [aside.name for aside in catalog.set_aside] == ["毛豆"]


@pytest.mark.parametrize(
    "sentence", ["全场满100元减10元", "价格单位：元", "社员专享会员日每月8号", "产地直发 当天采摘", "以上均为当季新果"]
)
def test_a_sentence_about_something_else_changes_nothing(tmp_path: Path, sentence: str) -> None:
    assert len(read(tmp_path, f"{sentence},,|品名,规格,价格|枇杷,4斤,40|毛豆,6斤,24").offers) == 2


def test_a_column_of_units_is_no_name_and_a_count_of_nothing_is_asked_about(tmp_path: Path) -> None:
    catalog = read(tmp_path, "单位名称,东西,一箱有,价格,窖里|箱,枇杷,4斤,40,0件|箱,毛豆,6斤,24,90件")
    assert offers(catalog) == [("毛豆", "24", "箱(6斤)")]
    assert [aside.name for aside in catalog.set_aside] == ["枇杷"]


def test_a_weight_that_is_no_pack_is_not_what_the_price_buys(tmp_path: Path) -> None:
    assert not any(offer.unit for offer in read(tmp_path, "品名,价格,平均单株|枇杷,40,2斤|毛豆,24,3斤").offers)


def test_a_marked_price_beside_another_is_asked_about(tmp_path: Path) -> None:
    assert len(read(tmp_path, "品名,规格,标价,价格|枇杷,4斤,50,40|毛豆,6斤,30,24").set_aside) == 2
