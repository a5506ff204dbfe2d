"""What a product sheet promises, whoever made it."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from PIL import Image

from pipeline.catalog import read_catalog
from pipeline.errors import UserMistake

HOME = ZoneInfo("Asia/Shanghai")


def sheet(folder: Path, text: str, *, encoding: str = "utf-8", name: str = "sheet.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def problems(path: Path) -> list[str]:
    return [str(problem) for problem in read_catalog(path).problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_sheet_reads_the_same_in_every_code_page(tmp_path: Path, encoding: str) -> None:
    path = sheet(tmp_path, "商品名,售价,规格\n高山核桃,36.5,3斤\n", encoding=encoding)
    (offer,) = read_catalog(path).offers
    assert (offer.name, offer.price, offer.unit, offer.row) == ("高山核桃", Decimal("36.50"), "3斤", 2)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，", "；"])
def test_a_sheet_reads_the_same_with_every_delimiter(tmp_path: Path, delimiter: str) -> None:
    lines = [["品名", "价格", "别名"], ["小米", "￥１２．５", "黄小米|小黄米"]]
    (offer,) = read_catalog(sheet(tmp_path, "\n".join(delimiter.join(line) for line in lines))).offers
    assert (offer.name, offer.price, offer.aliases) == ("小米", Decimal("12.50"), ("黄小米", "小黄米"))


def test_english_headings_are_known(tmp_path: Path) -> None:
    path = sheet(tmp_path, "Item No,Product,Unit price,List Price,Unit,Offer ends\nA1,Honey,8.5,10,jar,2030-05-01 18:30\n")
    (offer,) = read_catalog(path).offers
    assert (offer.sku, offer.list_price, offer.unit) == ("A1", Decimal("10.00"), "jar")
    assert offer.offer_ends == datetime(2030, 5, 1, 18, 30, tzinfo=HOME)


def test_headings_may_stand_below_a_title(tmp_path: Path) -> None:
    path = sheet(tmp_path, "某某合作社 报价单\n\n日期,2026年\n编号,商品名称,本周售价(元/5斤),成本价\n7,红薯,15,9\n合计,,15,9\n")
    (offer,) = read_catalog(path).offers
    assert (offer.sku, offer.name, offer.price, offer.unit, offer.row) == ("7", "红薯", Decimal("15.00"), "5斤", 5)


@pytest.mark.parametrize(
    ("cell", "amount", "unit"),
    [
        ("29.90", "29.90", ""),
        ("￥29.9", "29.90", ""),
        ("29.9元", "29.90", ""),
        ("29.9元/10斤", "29.90", "10斤"),
        ("每斤3元", "3.00", "斤"),
        ("12元一箱", "12.00", "箱"),
        ('"1,299.00"', "1299.00", ""),
        ("29块9", "29.90", ""),
        ("二十九块九一箱", "29.90", "箱"),
        ("每斤三块五", "3.50", "斤"),
        ("十斤二十九块九", "29.90", "十斤"),
    ],
)
def test_a_price_is_read_as_sellers_write_it(tmp_path: Path, cell: str, amount: str, unit: str) -> None:
    (offer,) = read_catalog(sheet(tmp_path, f"商品,价格\n土豆,{cell}\n")).offers
    assert (offer.price, offer.unit) == (Decimal(amount), unit)


@pytest.mark.parametrize(
    "cell", ["面议", "29.9O", "0", "-3", "29-39", "约30", "29.999", "29.9起", "1e3", "两三块", "三十多块", "10斤约29.9元"]
)
def test_what_is_not_one_exact_price_is_named_and_left_out(tmp_path: Path, cell: str) -> None:
    path = sheet(tmp_path, f"商品,价格\n好土豆,20\n土豆,{cell}\n")
    assert [offer.name for offer in read_catalog(path).offers] == ["好土豆"]
    (problem,) = problems(path)
    assert "line 3" in problem
    assert "价格" in problem
    assert cell in problem


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2029-12-31T22:00:00+08:00", datetime(2029, 12, 31, 22, 0, tzinfo=HOME)),
        ("2029-12-31T14:00:00Z", datetime(2029, 12, 31, 22, 0, tzinfo=HOME)),
        ("2029/12/31 22:00", datetime(2029, 12, 31, 22, 0, tzinfo=HOME)),
        ("2029年12月31日晚上10点半", datetime(2029, 12, 31, 22, 30, tzinfo=HOME)),
        ("2029.12.31", datetime(2029, 12, 31, 23, 59, 59, tzinfo=HOME)),
        ("20291231", datetime(2029, 12, 31, 23, 59, 59, tzinfo=HOME)),
        ("长期有效", None),
        ("", None),
    ],
)
def test_an_end_is_read_as_sellers_write_it(tmp_path: Path, cell: str, moment: datetime | None) -> None:
    (offer,) = read_catalog(sheet(tmp_path, f"商品,价格,优惠截止\n土豆,20,{cell}\n")).offers
    assert offer.offer_ends == moment


@pytest.mark.parametrize("cell", ["月底", "31/12/2029", "2029-13-01", "2029-02-30", "下周", "2029-12-31 25:00"])
def test_an_unclear_end_costs_the_row(tmp_path: Path, cell: str) -> None:
    path = sheet(tmp_path, f"商品,价格,优惠截止\n好土豆,20,\n土豆,20,{cell}\n")
    assert len(read_catalog(path).offers) == 1
    assert cell in problems(path)[0]


def test_a_workbook_gives_numbers_dates_and_merged_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["合作社商品"])
    page.append(["编号", "商品名称", "产地", "单价", "优惠截止", "截单时间"])
    page.append(["1", "土豆", "大桥镇", 9.9 * 3 + 0.2, date(2029, 12, 31), datetime(2029, 1, 1, 22, 0).time()])
    page.append(["2", "玉米", None, 12, datetime(2029, 12, 31, 18, 30), None])
    page.merge_cells("C3:C4")
    path = tmp_path / "表.xlsx"
    book.save(path)
    potato, maize = read_catalog(path).offers
    assert (potato.price, potato.order_cutoff, potato.row) == (Decimal("29.90"), "22:00", 3)
    assert potato.offer_ends == datetime(2029, 12, 31, 23, 59, 59, tzinfo=HOME)
    assert (maize.origin, maize.price) == ("大桥镇", Decimal("12.00"))
    assert maize.offer_ends == datetime(2029, 12, 31, 18, 30, tzinfo=HOME)


def test_the_first_page_with_headings_counts_in_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.append(["本表说明", "请勿修改"])
    second = book.create_sheet()
    second.append(["商品", "价格"])
    second.append(["土豆", 20])
    third = book.create_sheet()
    third.append(["商品", "价格", "单位", "产地"])
    third.append(["去年的土豆", 10, "斤", "村里"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert [offer.name for offer in read_catalog(path).offers] == ["土豆"]


def test_a_long_number_that_the_spreadsheet_shortened_is_not_used(tmp_path: Path) -> None:
    path = sheet(tmp_path, "商品,价格,抖音链接\n土豆,20,7.301E+18\n")
    (offer,) = read_catalog(path).offers
    assert offer.links == {}
    assert "7.301E+18" in problems(path)[0]


def test_a_bad_link_is_named_and_the_row_lives(tmp_path: Path) -> None:
    path = sheet(tmp_path, "商品,价格,购买链接,快手链接\n土豆,20,http://shop.example.com/1,item-77\n")
    (offer,) = read_catalog(path).offers
    assert offer.links == {"快手": "item-77"}
    assert "购买链接" in problems(path)[0]
    assert "line 2" in problems(path)[0]


def test_a_link_in_chinese_becomes_an_address_that_every_reader_agrees_on(tmp_path: Path) -> None:
    path = sheet(tmp_path, "商品,价格,链接\n土豆,20,https://shop.example.com/土豆?来自=村\n")
    (offer,) = read_catalog(path).offers
    assert offer.links["default"].isascii()
    assert offer.links["default"].startswith("https://shop.example.com/%E5%9C%9F")


def test_a_photo_is_found_beside_the_sheet_and_a_missing_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "图").mkdir()
    Image.new("RGB", (8, 8), "brown").save(tmp_path / "图" / "土豆.jpg")
    (tmp_path / "假.jpg").write_text("no picture")
    path = sheet(tmp_path, "商品,价格,图片\n土豆,20,图\\土豆.jpg\n玉米,10,图/没有.jpg\n花生,8,假.jpg\n")
    found, missing, fake = read_catalog(path).offers
    assert Path(found.photo) == tmp_path / "图" / "土豆.jpg"
    assert (missing.photo, fake.photo) == ("", "")
    assert ["line 3" in problems(path)[0], "line 4" in problems(path)[1]] == [True, True]


def test_a_quotation_mark_left_open_costs_its_own_line_only(tmp_path: Path) -> None:
    path = sheet(tmp_path, '商品,价格\n"土豆,20\n玉米,10\n"花生, 带壳",8\n')
    assert [offer.name for offer in read_catalog(path).offers] == ["玉米", "花生, 带壳"]
    assert "line 2" in problems(path)[0]


def test_a_comma_inside_a_value_is_named(tmp_path: Path) -> None:
    path = sheet(tmp_path, "商品,价格\n玉米,10\n土豆,1,299.00\n")
    assert [offer.name for offer in read_catalog(path).offers] == ["玉米"]
    assert "line 3" in problems(path)[0]


def test_the_same_sku_twice_with_one_price_is_used_once(tmp_path: Path) -> None:
    path = sheet(tmp_path, "编号,商品,价格\nA,土豆,20\nA,土豆,20.0\n")
    assert len(read_catalog(path).offers) == 1
    assert "line 3" in problems(path)[0]


def test_the_same_sku_with_two_prices_is_not_used_at_all(tmp_path: Path) -> None:
    path = sheet(tmp_path, "编号,商品,价格\nA,土豆,20\nB,玉米,10\na,土豆,25\n")
    assert [offer.sku for offer in read_catalog(path).offers] == ["B"]
    assert "line 4" in problems(path)[0]
    assert "line 2" in problems(path)[0]


def test_a_deal_price_strikes_the_usual_one_out(tmp_path: Path) -> None:
    (offer,) = read_catalog(sheet(tmp_path, "商品,价格,活动价\n土豆,39.9,29.9\n")).offers
    assert (offer.price, offer.list_price) == (Decimal("29.90"), Decimal("39.90"))


def test_an_old_price_that_is_lower_is_not_struck_out(tmp_path: Path) -> None:
    path = sheet(tmp_path, "商品,价格,原价\n土豆,29.9,19.9\n")
    assert read_catalog(path).offers[0].list_price is None
    assert "19.90" in problems(path)[0]


def test_a_price_for_one_unit_and_a_unit_column_for_another_contradict(tmp_path: Path) -> None:
    path = sheet(tmp_path, "商品,价格,单位\n玉米,10,斤\n土豆,29.9元/5斤,10斤\n")
    assert [offer.name for offer in read_catalog(path).offers] == ["玉米"]
    assert "5斤" in problems(path)[0]


def test_a_pack_size_beside_the_unit_is_kept(tmp_path: Path) -> None:
    (offer,) = read_catalog(sheet(tmp_path, "商品,价格,单位,规格\n土豆,29.9,箱,10斤\n")).offers
    assert offer.unit == "箱(10斤)"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gone.csv", None),
        ("empty.csv", b""),
        ("note.docx", b"PK\x03\x04 not a workbook"),
        ("old.xls", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)),
        ("clip.csv", bytes(range(256)) * 8),
        ("words.csv", "今天天气很好\n我们去地里\n".encode()),
        ("heads.csv", "商品,价格\n".encode()),
        ("bad.csv", "商品,价格\n土豆,面议\n".encode()),
        ("page.xls", b"<html><table><tr><td>1</td></tr></table></html>"),
    ],
)
def test_a_file_without_a_usable_row_is_the_users_mistake_and_named(tmp_path: Path, name: str, content: bytes | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserMistake, match=name.replace(".", r"\.")):
        read_catalog(path)


def test_a_folder_is_no_sheet(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="folder"):
        read_catalog(tmp_path)
