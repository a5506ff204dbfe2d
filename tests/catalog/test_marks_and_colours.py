"""What a sheet says by a tick, a colour, a star or a line of its own, and not in the cell of the price."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font, PatternFill

from pipeline.catalog.product_sheet import read_whole_sheet
from pipeline.catalog.sale_units import NoUnit, read_unit
from pipeline.documents.offer import Catalog

NOW = datetime.fromisoformat("2026-11-20T09:00:00+08:00")


def read(folder: Path, text: str) -> Catalog:
    path = folder / "表.csv"
    path.write_text(text, encoding="utf-8")
    return read_whole_sheet(path, now=NOW)


def names(catalog: Catalog) -> list[str]:
    return [offer.name for offer in catalog.offers]


@pytest.mark.parametrize("heading", ["上架", "这周卖", "在售"])
@pytest.mark.parametrize("tick", ["√", "●", "1"])
def test_a_line_without_the_others_tick_is_asked_about(tmp_path: Path, heading: str, tick: str) -> None:
    catalog = read(tmp_path, f"品名,规格,售价,{heading}\n洋芋,5斤,12,{tick}\n核桃,2斤,30,\n花椒,1斤,45,{tick}\n")
    assert names(catalog) == ["洋芋", "花椒"]
    assert "核桃" in str(catalog.problems[0])


def test_only_what_takes_part_in_a_sale_has_its_price(tmp_path: Path) -> None:
    catalog = read(tmp_path, "品名,规格,平时价,秒杀价,参加秒杀\n洋芋,5斤,15,12,是\n核桃,2斤,36,30,否\n")
    assert [(offer.name, offer.price) for offer in catalog.offers] == [("洋芋", Decimal(12)), ("核桃", Decimal(36))]


@pytest.mark.parametrize("name", ["其中：大果", "中果", "二级", "- 小号", "（商场价）", "市场参考", "统货"])
def test_a_size_or_anothers_price_is_no_product(tmp_path: Path, name: str) -> None:
    catalog = read(tmp_path, f"品名,规格,售价\n洋芋,5斤,12\n{name},5斤,15\n核桃,2斤,30\n")
    assert names(catalog) == ["洋芋", "核桃"]
    assert any(name in str(problem) for problem in catalog.problems)


@pytest.mark.parametrize("name", ["大果蓝莓", "一级核桃", "小米", "新米", "红富士（中果）", "大红袍花椒"])
def test_a_product_may_have_its_size_in_its_name(tmp_path: Path, name: str) -> None:
    assert names(read(tmp_path, f"品名,规格,售价\n{name},5斤,12\n")) == [name]


@pytest.mark.parametrize("said", ["黄色底的是缺货", "标红=停卖", "红字：价格待定", "标黄的下架"])
def test_what_a_colour_means_is_asked_of_the_lines_that_have_one(tmp_path: Path, said: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["品名", "规格", "售价"], ["洋芋", "5斤", 12], ["核桃", "2斤", 30], ["花椒", "1斤", 45], [said]):
        sheet.append(row)
    for cell in sheet[3]:
        cell.font, cell.fill = Font(color="FFFF0000"), PatternFill("solid", fgColor="FFFFFF00")
    book.save(tmp_path / "表.xlsx")
    assert names(read_whole_sheet(tmp_path / "表.xlsx", now=NOW)) == ["洋芋", "花椒"]


def test_a_file_without_colours_is_asked_about_as_a_whole(tmp_path: Path) -> None:
    assert names(read(tmp_path, "品名,规格,售价\n洋芋,5斤,12\n核桃,2斤,30\n红色的为缺货,,\n")) == []


@pytest.mark.parametrize(
    "said", ["本表为团长拿货报价", "以上是渠道价", "价格只限社员", "供货价，请勿外传", "以上价格12月5日起执行", "此表批发报价，零售另询"]
)
def test_prices_of_others_or_of_later_are_asked_about(tmp_path: Path, said: str) -> None:
    assert names(read(tmp_path, f"{said},,\n品名,规格,售价\n洋芋,5斤,12\n")) == []


@pytest.mark.parametrize("said", ["以上价格11月1日起执行", "零售价，欢迎选购", "红土地里种的，沙糯", "绿色食品"])
def test_what_changes_no_price_is_no_question(tmp_path: Path, said: str) -> None:
    assert names(read(tmp_path, f"品名,规格,售价\n洋芋,5斤,12\n{said},,\n")) == ["洋芋"]


def test_a_line_of_units_under_the_headings_says_what_bare_numbers_are(tmp_path: Path) -> None:
    catalog = read(tmp_path, "品名,净重,售价\n,(斤),(元)\n洋芋,5,12\n核桃,2,30\n")
    assert [(offer.name, offer.unit, offer.price) for offer in catalog.offers] == [
        ("洋芋", "5斤", Decimal(12)),
        ("核桃", "2斤", Decimal(30)),
    ]


def test_an_average_that_is_not_the_boxes_price_is_asked_about(tmp_path: Path) -> None:
    catalog = read(tmp_path, "品名,斤均价,每箱装,一箱价\n洋芋,2.4,5斤,12\n核桃,15,2斤,36\n")
    assert names(catalog) == ["洋芋"]


def test_a_cross_under_a_question_about_something_else_is_no_end_of_stock(tmp_path: Path) -> None:
    catalog = read(tmp_path, "品名,规格,售价,拍摄完成,预售\n洋芋,5斤,12,×,否\n核桃,2斤,30,√,否\n")
    assert [(offer.name, offer.stock) for offer in catalog.offers] == [("洋芋", None), ("核桃", None)]


@pytest.mark.parametrize(("stock", "count"), [("余0件", 0), ("0/80", 0), ("-3", 0), ("零箱", 0), ("已抢完0", 0), ("12/80", 12)])
def test_what_is_left_of_a_count(tmp_path: Path, stock: str, count: int) -> None:
    assert read(tmp_path, f"品名,规格,售价,库存\n洋芋,5斤,12,{stock}\n").offers[0].stock == count


@pytest.mark.parametrize("price", ["12🔥", "🔥12元", "❤️12"])
def test_a_picture_letter_beside_a_price_says_nothing(tmp_path: Path, price: str) -> None:
    assert read(tmp_path, f"品名,规格,售价\n洋芋,5斤,{price}\n").offers[0].price == Decimal(12)


@pytest.mark.parametrize(
    "line",
    [
        "品名,规格,售价,备注\n洋芋,5斤,12,单买15\n",
        "品名,规格,售价\n9.9元洋芋,5斤,12\n",
        "品名,规格,售价\n洋芋（团）,5斤,12\n",
        '品名,规格,售价\n洋芋,5斤,"12,5"\n',
        "品名,规格,售价,状态\n洋芋,5斤,12,12.5上架\n",
    ],
)
def test_another_price_another_buyer_or_a_later_day_is_asked_about(tmp_path: Path, line: str) -> None:
    assert names(read(tmp_path, line)) == []


def test_an_orders_sum_is_no_price_of_a_pack(tmp_path: Path) -> None:
    catalog = read(tmp_path, "品名,规格,售价,数量,金额\n洋芋,5斤,12,4,48\n")
    assert [offer.price for offer in catalog.offers] == [Decimal(12)]


@pytest.mark.parametrize(("said", "ends"), [("常年", None), ("12月底", "2026-12-31 23:59"), ("2月末", "2027-02-28 23:59")])
def test_an_end_in_words(tmp_path: Path, said: str, ends: str | None) -> None:
    offer = read(tmp_path, f"品名,规格,售价,截止日期\n洋芋,5斤,12,{said}\n").offers[0]
    assert (f"{offer.offer_ends:%Y-%m-%d %H:%M}" if offer.offer_ends else None) == ends


def test_a_name_in_two_lines_of_a_cell_is_one_name(tmp_path: Path) -> None:
    assert names(read(tmp_path, '品名,规格,售价\n"洋芋\n（高山）",5斤,12\n')) == ["洋芋（高山）"]


def test_a_day_as_programs_write_it(tmp_path: Path) -> None:
    ends = read(tmp_path, "品名,规格,售价,截止日期\n洋芋,5斤,12,05-Dec-26\n").offers[0].offer_ends
    assert ends is not None
    assert f"{ends:%Y-%m-%d %H:%M}" == "2026-12-05 23:59"


@pytest.mark.parametrize(("pack", "jin"), [("5斤×2", 10), ("10斤（5斤×2袋）", 10), ("2.5斤*4", 10)])
def test_several_equal_packs_are_what_they_come_to(pack: str, jin: int) -> None:
    assert read_unit(pack).base == read_unit(f"{jin}斤").base


@pytest.mark.parametrize("pack", ["10斤（5斤×3袋）", "5斤×2斤", "5斤10斤"])
def test_packs_that_do_not_add_up_are_no_unit(pack: str) -> None:
    with pytest.raises(NoUnit):
        read_unit(pack)


@pytest.mark.parametrize("answers", ["是,否", "包,否", "否,否"])
def test_whether_carriage_is_paid_is_no_question_of_stock(tmp_path: Path, answers: str) -> None:
    first, second = answers.split(",")
    catalog = read(tmp_path, f"品名,规格,售价,是否包邮\n洋芋,5斤,12,{first}\n核桃,2斤,30,{second}\n")
    assert [(offer.name, offer.stock) for offer in catalog.offers] == [("洋芋", None), ("核桃", None)]
