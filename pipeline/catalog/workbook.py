"""Workbooks as rows of text, as a person sees them: with units from number formats, what is hidden, struck through or pictured."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils.exceptions import InvalidFileException

from pipeline.catalog.sheet_pictures import CellImages, SheetPicture, pictures_over_cells
from pipeline.catalog.spreadsheet import MAX_ROWS, Row, SheetTable, clean_text

_SAFE_INTEGER = 10**15
"""A spreadsheet keeps 15 digits of a number; further digits are lost."""
_WORDS_OF_FORMAT = re.compile(r"\"[^\"]*\"|\\.|\[[^\]]*\]|[_*].|[^\x00-\x7f¥]+")


def workbook_tables(data: bytes) -> list[SheetTable] | None:
    """Return a workbook's tabs as tables, the open one first, hidden ones last; None for what is no workbook."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, rich_text=True)
        formulas = openpyxl.load_workbook(io.BytesIO(data)) if b"DISPIMG" in _sheets_xml(data) else None
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, OSError, ParseError):
        return None
    images = CellImages(data)
    opened = book.active
    sheets = sorted(book.worksheets, key=lambda sheet: (sheet.sheet_state != "visible", sheet is not opened))
    return [
        SheetTable(_sheet_rows(sheet, formulas[sheet.title] if formulas else None, images), sheet.title, sheet.sheet_state == "visible")
        for sheet in sheets
    ]


def _sheets_xml(data: bytes) -> bytes:
    """Return the XML of all worksheets: openpyxl drops a formula without a value, and with it the picture's id."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet"))


def _sheet_rows(sheet: Any, formulas: Any | None, images: CellImages) -> list[Row]:
    """Return the rows of one sheet; a value merged over several lines belongs to each of them."""
    cells = _filled_cells(sheet)
    for block in sheet.merged_cells.ranges:
        for line in range(block.min_row, min(block.max_row, MAX_ROWS) + 1):
            cells.setdefault(line, {})[block.min_col - 1] = sheet.cell(block.min_row, block.min_col)
    pictures: dict[int, dict[int, list[SheetPicture]]] = {}
    for (line, column), found in pictures_over_cells(sheet).items():
        pictures.setdefault(line, {})[column] = found
    formulas_of = {line: {column: str(cell.value) for column, cell in row.items()} for line, row in _filled_cells(formulas).items()}
    hidden_columns = _hidden_columns(sheet)
    return [
        _row(line, cells.get(line, {}), pictures.get(line, {}), formulas_of.get(line, {}), images, sheet, hidden_columns)
        for line in range(1, max((*cells, *pictures, *formulas_of), default=0) + 1)
    ]


def _filled_cells(sheet: Any | None) -> dict[int, dict[int, Any]]:
    """Return a sheet's cells with a value, by line from 1 and column from 0.

    To walk over its rectangle would make a cell at every place up to the last one that somebody once touched.
    """
    filled: dict[int, dict[int, Any]] = {}
    for (line, column), cell in sheet._cells.items() if sheet is not None else ():
        if cell.value is not None and line <= MAX_ROWS:
            filled.setdefault(line, {})[column - 1] = cell
    return filled


def _row(
    line: int,
    cells: Mapping[int, Any],
    pictures: dict[int, list[SheetPicture]],
    formulas: Mapping[int, str],
    images: CellImages,
    sheet: Any,
    hidden_columns: frozenset[int],
) -> Row:
    texts = {column: clean_text(_cell_text(cell)) for column, cell in cells.items()}
    for column in {*texts, *formulas}:
        formula = texts.get(column) or formulas.get(column, "")
        if "DISPIMG" in formula.upper():
            texts[column] = formula
            pictures[column] = [*pictures.get(column, []), *images.find(formula)]
    return Row(
        line,
        tuple(texts.get(column, "") for column in range(max(texts, default=-1) + 1)),
        truncated_numbers=_indexes(cells, _lost_digits),
        decimals=_indexes(cells, lambda cell: isinstance(cell.value, float) and not cell.value.is_integer()),
        struck=_indexes(cells, _is_struck),
        hidden=_is_hidden(sheet.row_dimensions[line]) if line in sheet.row_dimensions else False,
        colours=frozenset(colour for cell in cells.values() for colour in _colours(cell)),
        hidden_columns=hidden_columns,
        pictures=pictures,
    )


def _indexes(cells: Mapping[int, Any], fits: Any) -> frozenset[int]:
    return frozenset(column for column, cell in cells.items() if cell.value is not None and fits(cell))


def _lost_digits(cell: Any) -> bool:
    return isinstance(cell.value, int | float) and not isinstance(cell.value, bool) and abs(cell.value) >= _SAFE_INTEGER


def _is_struck(cell: Any) -> bool:
    if isinstance(cell.value, CellRichText):
        return not _unstruck(cell.value).strip()
    return bool(cell.font and cell.font.strike)


def _colours(cell: Any) -> Iterator[str]:
    """Yield the colours of a cell's letters and of its ground that somebody chose, as a program writes them."""
    fill, font = cell.fill, cell.font
    for what, colour in (("fill", fill.fgColor if fill is not None and fill.fill_type else None), ("font", font.color if font else None)):
        value = f"{colour.value}" if colour is not None else ""
        if colour is not None and value not in ("1", "FF000000", "00000000", "FFFFFFFF", "64"):
            yield f"{what} {colour.type} {value} {colour.tint}"


def _is_hidden(dimension: Any) -> bool:
    return bool(dimension.hidden) or dimension.height == 0


def _hidden_columns(sheet: Any) -> frozenset[int]:
    return frozenset(
        column - 1
        for dimension in sheet.column_dimensions.values()
        if dimension.hidden or dimension.width == 0
        for column in range(dimension.min or 1, (dimension.max or 0) + 1)
    )


def _unstruck(text: CellRichText) -> str:
    """Return what is not struck through of a text with several fonts: of ~~39.9~~ 29.9 the second price."""
    return "".join(str(part) for part in text if not (isinstance(part, TextBlock) and part.font and part.font.strike))


def _cell_text(cell: Any) -> str:
    """Return a workbook's value as a person sees it."""
    value, number_format = cell.value, str(getattr(cell, "number_format", ""))
    if value is None:
        return ""
    if isinstance(value, CellRichText):
        return _unstruck(value)
    if isinstance(value, datetime):
        day_only = value.time() == time(0) and "h" not in number_format.lower()
        return value.strftime("%Y-%m-%d" if day_only else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float):
        # A sum computed by the spreadsheet has rounding errors: 29.900000000000002 is meant as 29.9.
        return _as_shown(str(int(value)) if value.is_integer() else repr(round(value, 6)), number_format)
    return _as_shown(str(value), number_format) if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _as_shown(number: str, number_format: str) -> str:
    """Return a number with the words that its format shows beside it: 10 as 0"斤" is 10斤; signs of money are left out."""
    positive = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', number_format)[0]
    if "%" in positive or not re.search(r"[0#]|general", positive, re.I):
        return number
    before, after = re.split(r"[0#?](?:[0#?,.]*[0#?])?|general", positive, maxsplit=1, flags=re.I)
    return f"{_words(before)}{number}{_words(after)}"


def _words(part: str) -> str:
    """Return the words in one side of a number format, without signs of money, conditions and padding."""
    words = ""
    for match in _WORDS_OF_FORMAT.finditer(part):
        token = match[0]
        words += token[1:-1] if token[0] == '"' else token[1:] if token[0] == "\\" else "" if token[0] in "[_*" else token
    return "" if re.fullmatch(r"[\s¥￥$元()（）-]*", words) else words.strip()
