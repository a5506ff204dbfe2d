"""What no heading explains is read where its cells say it plainly, asked about where it may change an offer, and ignored otherwise."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.catalog.product_sheet import read_whole_sheet
from pipeline.documents.offer import Catalog

NOW = datetime.fromisoformat("2029-10-20T09:00:00+08:00")


def read(folder: Path, text: str) -> Catalog:
    path = folder / "sheet.csv"
    path.write_text(text.replace("|", "\n"))
    return read_whole_sheet(path, now=NOW)


def offers(catalog: Catalog) -> list[tuple[str, str, str]]:
    return [(offer.name, f"{offer.price.normalize():f}", offer.unit) for offer in catalog.offers]


@pytest.mark.parametrize(
    ("head", "first", "second", "word"),
    [
        ("茶园", "33", "21", "茶园"),  # prices of somebody, as near to the others as a members' price
        ("三姐说", "2029-12-01", "2029-11-20", "三姐说"),
        ("三姐说", "12月31日24点", "11月30日", "三姐说"),
        ("收到", "3斤", "5斤", "收到"),
        ("可买", "不可以", "可以", "可买"),
        ("悄悄话", "下周涨到45", "", "悄悄话"),
        ("悄悄话", "仅限老客户", "", "悄悄话"),
        ("卖给谁", "批发商", "散客", "卖给谁"),
        ("窖里", "清空了", "300", "窖里"),
        ("悄悄话", "今早卖完了，等下一批", "", "悄悄话"),
    ],
)
def test_a_cell_that_no_heading_explains_stops_its_row_with_a_question_that_names_it(
    tmp_path: Path, head: str, first: str, second: str, word: str
) -> None:
    catalog = read(tmp_path, f"品名,规格,价格,{head}|黄桃,4斤,36,{first}|山药,6斤,24,{second}")
    assert "黄桃" in {aside.name for aside in catalog.set_aside}
    assert word in str(next(aside.question for aside in catalog.set_aside if aside.name == "黄桃"))


@pytest.mark.parametrize(
    ("head", "first", "second"),
    [
        ("上周卖出", "30", "0"),
        ("采摘日期", "2029-10-18", "2029-10-19"),
        ("单果重", "200g", "300g"),
        ("悄悄话", "满100元包邮", "坏一赔一，下单后48小时内发货"),
        ("悄悄话", "卖完为止", "老客户都说甜"),
        ("茶园", "36", "24"),
    ],
)
def test_what_changes_nothing_is_not_asked_about(tmp_path: Path, head: str, first: str, second: str) -> None:
    catalog = read(tmp_path, f"品名,规格,价格,{head}|黄桃,4斤,36,{first}|山药,6斤,24,{second}")
    assert offers(catalog) == [("黄桃", "36", "4斤"), ("山药", "24", "6斤")]


def test_names_are_found_by_their_cells_where_no_heading_says_name(tmp_path: Path) -> None:
    catalog = read(tmp_path, "#,今天有啥,一包装,价 格（元）|1,黄桃,4斤,36|2,山药,6斤,24")
    assert offers(catalog) == [("黄桃", "36", "4斤"), ("山药", "24", "6斤")]


@pytest.mark.parametrize("head", ["📦规格,💰價格", "【规格】,【价格】", "2.规格,3.价格（必填）", "規格▼,零售（元）"])
def test_headings_are_read_without_what_decorates_them(tmp_path: Path, head: str) -> None:
    assert offers(read(tmp_path, f"1.品名,{head}|黄桃,4斤,36")) == [("黄桃", "36", "4斤")]


@pytest.mark.parametrize(
    "head", ["规格1,价格1,规格2,价格2", "小包,小包价格,大包,大包价格", "规格,价格,规格,价格", "包装甲,甲价,包装乙,乙价"]
)
def test_two_packs_in_one_line_are_two_offers(tmp_path: Path, head: str) -> None:
    catalog = read(tmp_path, f"品名,产地,{head}|黄桃,砀山,4斤,36,8斤,66|山药,温县,6斤,24,,")
    assert sorted(offers(catalog)) == [("山药", "24", "6斤"), ("黄桃", "36", "4斤"), ("黄桃", "66", "8斤")]


def test_two_tables_beside_each_other_are_both_read(tmp_path: Path) -> None:
    catalog = read(tmp_path, "品名,规格,价格,,品名,规格,价格|黄桃,4斤,36,,山药,6斤,24|冬枣,3斤,30,,,,")
    assert sorted(offers(catalog)) == [("冬枣", "30", "3斤"), ("山药", "24", "6斤"), ("黄桃", "36", "4斤")]


def test_a_line_without_a_name_is_another_pack_of_the_one_above_or_a_question(tmp_path: Path) -> None:
    catalog = read(tmp_path, "品名,规格,价格|黄桃,4斤,36|,8斤,66|,2瓶,30")
    assert offers(catalog) == [("黄桃", "36", "4斤"), ("黄桃", "66", "8斤")]
    (aside,) = catalog.set_aside
    assert (aside.name, aside.line) == ("黄桃", 4)


@pytest.mark.parametrize(
    "sentence", ["本表价格有效期至12月31日", "以上报价执行到2029年12月31日", "优惠时间：11月1日—12月31日", "价格有效期到十二月三十一日"]
)
@pytest.mark.parametrize("form", ["{s},,|{t}", "{t}|{s},,"])
def test_a_sentence_says_until_when_all_prices_hold(tmp_path: Path, sentence: str, form: str) -> None:
    catalog = read(tmp_path, form.format(s=sentence, t="品名,规格,价格|黄桃,4斤,36|山药,6斤,24"))
    assert [f"{offer.offer_ends:%m-%d %H:%M}" for offer in catalog.offers if offer.offer_ends] == ["12-31 23:59", "12-31 23:59"]


@pytest.mark.parametrize("sentence", ["以下价格三天内有效", "价格当天有效", "以上均为批发价", "2029年供货价目表", "优惠仅限本周"])
def test_a_sentence_that_leaves_all_prices_open_stops_them_all(tmp_path: Path, sentence: str) -> None:
    catalog = read(tmp_path, f"{sentence},,|品名,规格,价格|黄桃,4斤,36|山药,6斤,24")
    assert not catalog.offers
    assert all(sentence in str(aside.question) for aside in catalog.set_aside)


@pytest.mark.parametrize("sentence", ["单位：元/斤", "计价：元/斤", "以下均为每斤价格", "本表一律按斤计价"])
def test_a_sentence_says_what_all_prices_are_for(tmp_path: Path, sentence: str) -> None:
    assert offers(read(tmp_path, f"{sentence},|品名,价格|黄桃,9|山药,4")) == [("黄桃", "9", "斤"), ("山药", "4", "斤")]


def test_a_line_that_sums_up_is_left_out_by_its_number_and_named(tmp_path: Path) -> None:
    catalog = read(tmp_path, "品名,规格,价格|黄桃,4斤,36|山药,6斤,24|冬枣,3斤,30|通通算上,,90")
    assert len(catalog.offers) == 3
    assert "通通算上" in str(catalog.problems[-1])


def test_several_that_cost_no_more_than_one_are_asked_about(tmp_path: Path) -> None:
    assert read(tmp_path, "品名,规格,价格,两份价|黄桃,2瓶,36,18").set_aside
    catalog = read(tmp_path, "品名,规格,价格,两份价|黄桃,2瓶,36,66")
    assert {offer.price for offer in catalog.offers} == {Decimal(36), Decimal(66)}


def test_a_night_at_twelve_is_the_end_of_the_day(tmp_path: Path) -> None:
    (offer,) = read(tmp_path, "品名,规格,价格,截止|黄桃,4斤,36,12月31号晚上12点").offers
    assert f"{offer.offer_ends:%Y-%m-%d %H:%M}" == "2030-01-01 00:00"


def test_a_column_called_like_prices_that_holds_words_is_none(tmp_path: Path) -> None:
    assert offers(read(tmp_path, "今日特价,一包,产地,零售价|黄桃,4斤,砀山,36|山药,6斤,温县,24")) == [
        ("黄桃", "36", "4斤"),
        ("山药", "24", "6斤"),
    ]


def test_a_price_under_an_unknown_heading_alone_is_asked_about_by_its_name(tmp_path: Path) -> None:
    catalog = read(tmp_path, "品名,规格,黄婶|黄桃,4斤,36|山药,6斤,24")
    assert not catalog.offers
    assert all("“黄婶”" in str(aside.question) for aside in catalog.set_aside)


def test_a_line_with_an_amount_or_a_day_is_no_line_of_headings(tmp_path: Path) -> None:
    catalog = read(tmp_path, "截止,2029-12-31,|品名,规格,价格|黄桃,4斤,36|山药,6斤,24")
    assert offers(catalog) == [("黄桃", "36", "4斤"), ("山药", "24", "6斤")]
    assert {f"{offer.offer_ends:%Y-%m-%d}" for offer in catalog.offers if offer.offer_ends} == {"2029-12-31"}


def test_several_of_something_need_contents(tmp_path: Path) -> None:
    assert [aside.name for aside in read(tmp_path, "品名,价格|黄桃,两件66元|山药,24元/6斤").set_aside] == ["黄桃"]


@pytest.mark.parametrize("cell", ["4斤—36元", "36块钱4斤", "4斤到手36元", "一份 4斤 36元"])
def test_what_stands_between_pack_and_price_is_no_part_of_the_pack(tmp_path: Path, cell: str) -> None:
    ((_, price, unit),) = offers(read(tmp_path, f"品名,产地,价格|黄桃,砀山,{cell}"))
    assert (price, unit) in {("36", "4斤"), ("36", "份(4斤)")}


def test_as_above_is_the_cell_above(tmp_path: Path) -> None:
    catalog = read(tmp_path, "品名,单位,价格|黄桃,斤,9|山药,〃,4|冬枣,同上,10")
    assert [unit for _, _, unit in offers(catalog)] == ["斤", "斤", "斤"]


@pytest.mark.parametrize("head", ["补贴后", "佣金后的价", "百亿补贴价"])
def test_a_price_that_holds_on_a_condition_is_asked_about_beside_another(tmp_path: Path, head: str) -> None:
    assert read(tmp_path, f"品名,规格,售价,{head}|黄桃,4斤,36,30|山药,6斤,24,20").set_aside


def test_a_price_with_its_wrapping_is_for_the_pack(tmp_path: Path) -> None:
    assert offers(read(tmp_path, "品名,规格,售价（含包装）|黄桃,4斤,36")) == [("黄桃", "36", "4斤")]


def test_a_pack_that_few_products_have_keeps_its_price(tmp_path: Path) -> None:
    catalog = read(tmp_path, "品名,2斤卖,4斤卖,8斤卖|黄桃,20,36,|山药,9,17,|冬枣,,,88")
    assert ("冬枣", "88", "8斤") in offers(catalog)
