"""A workbook of a few kilobytes that would take gigabytes is refused by its true reason; one that only looks so is read."""

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.drawing.image import Image
from PIL import Image as Picture

from pipeline.catalog.product_sheet import read_whole_sheet
from pipeline.catalog.workbook import workbook_tables
from pipeline.errors import UserMistake

SHEET = "xl/worksheets/sheet1.xml"


def workbook(path: Path, *cells: tuple[str, Any], photo: tuple[int, int] | None = None) -> Path:
    """A sheet with one product, further cells, and perhaps a photo of that size."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["品名", "规格", "价格", "图片"])
    sheet.append(["核桃", "5斤", 45])
    for place, value in cells:
        sheet[place] = value
    if photo:
        data = io.BytesIO()
        Picture.new("RGB", (9, 9)).save(data, "PNG")
        sheet.add_image(Image(data), "D2")
    book.save(path)
    if photo:
        data = io.BytesIO()
        Picture.new("1", photo).save(data, "PNG")
        patched(path, "xl/media/image1.png", lambda _: data.getvalue())
    return path


def patched(path: Path, member: str, change: Any) -> None:
    """Rewrite one part of an archive."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[member] = change(parts[member])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def refusal(path: Path) -> str:
    with pytest.raises(UserMistake) as mistake:
        read_whole_sheet(path)
    assert path.name in str(mistake.value)
    return str(mistake.value)


def test_rows_without_end_are_refused_with_their_size(tmp_path: Path):
    path = workbook(tmp_path / "价目.xlsx")
    row = b'<row r="3"><c r="A3" t="inlineStr"><is><t>x</t></is></c></row>'
    patched(path, SHEET, lambda xml: xml.replace(b"</sheetData>", row * 1_100_000 + b"</sheetData>"))
    assert path.stat().st_size < 1_000_000
    assert "68 MB" in refusal(path)


def test_a_block_merged_over_the_whole_sheet_is_refused(tmp_path: Path):
    path = workbook(tmp_path / "价目.xlsx")
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A5:XFD1048576"/></mergeCells>'
    patched(path, SHEET, lambda xml: xml.replace(b"</sheetData>", merged))
    assert "merged" in refusal(path)


def test_a_picture_of_two_hundred_million_pixels_is_refused(tmp_path: Path):
    assert "pixels" in refusal(workbook(tmp_path / "价目.xlsx", photo=(14_000, 14_000)))


def test_a_photo_beside_the_sheet_with_too_many_pixels_is_left_out_and_named(tmp_path: Path):
    Picture.new("1", (9000, 9000)).save(tmp_path / "核桃.png")
    catalog = read_whole_sheet(workbook(tmp_path / "价目.xlsx", ("D2", "核桃.png")))
    assert catalog.offers[0].photo == ""
    assert "核桃.png" in str(catalog.problems[0])
    assert "pixels" in str(catalog.problems[0])


def test_a_word_at_the_far_end_of_the_sheet_makes_no_sheet_of_a_thousand_million_cells(tmp_path: Path):
    (table,) = workbook_tables(workbook(tmp_path / "价目.xlsx", ("XFD20000", "x")).read_bytes()) or []
    assert sum(len(row.cells) for row in table.rows) < 20_000
    assert table.rows[1].cells == ("核桃", "5斤", "45")
    assert [offer.name for offer in read_whole_sheet(tmp_path / "价目.xlsx").offers] == ["核桃"]
