"""A workbook is read as a person sees it: formats, pictures, what is hidden, struck through or on another tab."""

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.drawing.image import Image
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.styles import Font
from PIL import Image as Picture

from pipeline.catalog.product_sheet import read_whole_sheet
from pipeline.documents.offer import Catalog

ROWS = [["品名", "图片", "价格", "规格"], ["苦荞米", None, 26, "4斤"], ["红豆", None, 18, "3斤"]]


def read(folder: Path, change: Callable[[Any], None], pictures: Path | None = None) -> Catalog:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in ROWS:
        sheet.append(row)
    change(sheet)
    path = folder / "价目.xlsx"
    book.save(path)
    return read_whole_sheet(path, pictures=pictures)


def test_a_number_has_the_unit_that_its_format_shows(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["D2"], sheet["D3"] = 4, 3
        sheet["D2"].number_format = sheet["D3"].number_format = '#,##0.0"公斤"'
        sheet["C2"].number_format = '"￥"0.00'

    assert [(offer.price, offer.unit) for offer in read(tmp_path, change).offers] == [(Decimal(26), "4公斤"), (Decimal(18), "3公斤")]


def test_a_hidden_line_is_set_aside_and_named(tmp_path: Path) -> None:
    catalog = read(tmp_path, lambda sheet: setattr(sheet.row_dimensions[3], "hidden", True))
    assert [offer.name for offer in catalog.offers] == ["苦荞米"]
    assert [(aside.name, aside.line) for aside in catalog.set_aside] == [("红豆", 3)]
    assert "hidden" in str(catalog.problems[0])


def test_a_struck_line_is_set_aside_and_a_struck_price_beside_another_is_the_old_one(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["A3"].font = Font(strike=True)
        sheet["C2"] = CellRichText(TextBlock(InlineFont(strike=True), "32"), " 26")

    catalog = read(tmp_path, change)
    assert [(offer.name, offer.price) for offer in catalog.offers] == [("苦荞米", Decimal(26))]
    assert "struck" in str(catalog.set_aside[0].question)


def test_a_hidden_price_column_is_not_used_and_named(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        for line, value in enumerate(["特价", 20, 15], 1):
            sheet.cell(line, 5, value)
        sheet.column_dimensions["E"].hidden = True

    catalog = read(tmp_path, change)
    assert [offer.price for offer in catalog.offers] == [Decimal(26), Decimal(18)]
    assert "特价" in str(catalog.problems[0])


def test_the_open_tab_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        old = sheet.parent.create_sheet("去年", 0)
        for row in [["品名", "价格", "规格"], ["苦荞米", 11, "4斤"]]:
            old.append(row)
        sheet.parent.active = 1

    catalog = read(tmp_path, change)
    assert catalog.offers[0].price == Decimal(26)
    assert "去年" in str(catalog.problems[0])


def test_a_picture_over_a_line_is_its_photo(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        data = io.BytesIO()
        Picture.new("RGB", (30, 20), "brown").save(data, "PNG")
        sheet.add_image(Image(data), "B3")

    rice, beans = read(tmp_path, change, tmp_path / "pictures").offers
    assert rice.photo == ""
    with Picture.open(beans.photo) as picture:
        assert picture.size == (30, 20)


def test_a_picture_belongs_to_the_line_of_its_middle_and_two_on_a_line_are_none(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        for line in range(2, 5):
            sheet.row_dimensions[line].height = 60
        sheet.append(["小米", None, 15, "2斤"])
        for corner, shade, down in (("B2", "brown", 50), ("B4", "green", 5), ("B4", "red", 5)):
            data = io.BytesIO()
            Picture.new("RGB", (40, 60), shade).save(data, "PNG")
            image = Image(data)
            column, line = ord(corner[0]) - ord("A"), int(corner[1]) - 1
            size = XDRPositiveSize2D(40 * 9525, 60 * 9525)
            image.anchor = OneCellAnchor(_from=AnchorMarker(col=column, row=line, rowOff=down * 12700), ext=size)
            sheet.add_image(image)

    catalog = read(tmp_path, change, tmp_path / "pictures")
    rice, beans, millet = catalog.offers
    assert (bool(rice.photo), bool(beans.photo), bool(millet.photo)) == (False, True, False)
    assert "more than one picture" in str(catalog.problems[-1])


def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    catalog = read(tmp_path, lambda sheet: sheet.__setitem__("B2", '=DISPIMG("ID_77",1)'))
    assert catalog.offers[0].photo == ""
    assert "picture" in str(catalog.problems[0])


def test_a_heading_may_stand_in_two_lines(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet.delete_rows(1, 3)
        for row in [["品名", "价格", None, "规格"], [None, "原价", "现价", None], ["苦荞米", 32, 26, "4斤"]]:
            sheet.append(row)
        sheet.merge_cells("B1:C1")
        sheet.merge_cells("A1:A2")

    (offer,) = read(tmp_path, change).offers
    assert (offer.price, offer.list_price, offer.unit) == (Decimal(26), Decimal(32), "4斤")
