"""CSV and XLSX files as rows of clean text cells, whatever program and code page they came from."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from unicodedata import normalize
from xml.etree.ElementTree import ParseError

from pipeline.documents.message import M
from pipeline.errors import UserMistake

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 20_000
"""Far more than a co-op's sheet has: a longer file is probably another one, given by mistake."""
DELIMITERS = ",;\t，；"
"""The last two come from a Chinese keyboard: programs do not write them, people do."""
_OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_FULL_WIDTH = re.compile("[０-９Ａ-Ｚａ-ｚ\u3000\u00a0]")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")
_SAFE_INTEGER = 10**15
"""A spreadsheet keeps 15 digits of a number; further digits are lost."""


@dataclass(frozen=True)
class Row:
    """One line of the sheet.

    line: its number, from 1, as the person's program shows it. cells: text as `clean_text` returns it.
    unclosed_quote: a quotation mark is opened in it and not closed. truncated_numbers: indexes of cells whose number lost digits.
    """

    line: int
    cells: tuple[str, ...]
    unclosed_quote: bool = False
    truncated_numbers: frozenset[int] = field(default_factory=frozenset)

    @property
    def is_blank(self) -> bool:
        """Whether every cell is empty."""
        return not any(self.cells)


def clean_text(value: str) -> str:
    """Return text as it is shown: digits and letters narrow, Chinese punctuation kept, invisible characters and outer spaces removed."""
    text = _FULL_WIDTH.sub(lambda match: normalize("NFKC", match[0]), value).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in text if letter in "\n\t" or letter.isprintable()).strip()


def normalize_text(value: str) -> str:
    """Return text as it is compared and parsed: NFKC, so that every full-width form is narrow, case-folded and stripped."""
    return normalize("NFKC", value).casefold().strip()


def read_tables(path: Path) -> list[list[list[Row]]]:
    """Read a file as tables: a list of its sheets in order, and for each sheet its rows once for every delimiter it may have (text only).

    Raises UserMistake that names the file when it is missing, too big, or of another kind.
    """
    data = _read_file(path)
    return _workbook_tables(path, data) if data.startswith(b"PK") else [_text_tables(_text(path, data))]


def _read_file(path: Path) -> bytes:
    """Return the content of a sheet's file. Raises UserMistake when it is missing, too big or empty."""
    try:
        if path.is_dir():
            raise UserMistake(M("{path} is a folder. Give the product sheet itself, a .csv or .xlsx file.", path=str(path)))
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise UserMistake(
            M("The product sheet {path} cannot be read: {error}", path=str(path), error=error.strerror or str(error))
        ) from error
    if size > MAX_BYTES:
        raise UserMistake(M("{path} is {size} MB: too big for a product sheet. Is it the right file?", path=str(path), size=size >> 20))
    if not data.strip():
        raise UserMistake(M("The product sheet {path} is empty.", path=str(path)))
    return data


def _text(path: Path, data: bytes) -> str:
    """Return the content of a text file. Raises UserMistake for an old or locked workbook and for anything else that is no table."""
    if data.startswith(_OLE_SIGNATURE):
        raise UserMistake(
            M(
                "{path} is an old .xls file or is locked with a password. "
                "Open it, save it as .xlsx or .csv without a password, and use that file.",
                path=str(path),
            )
        )
    if path.suffix.lower() in _WORKBOOK_SUFFIXES or (b"\0" in data and not data.startswith(_UTF16_MARKS)):
        raise _unsupported(path)
    text = _decode(path, data)
    if text.lstrip().lower().startswith(("<html", "<!doctype", "<?xml", "{\\rtf", "%pdf")):
        raise _unsupported(path)
    return text


def _text_tables(text: str) -> list[list[Row]]:
    """Return the rows of a text once for every delimiter that occurs in it, or as a single column."""
    delimiters = [delimiter for delimiter in DELIMITERS if delimiter in text]
    return [list(_delimited_rows(text, delimiter)) for delimiter in delimiters or [","]]


def _unsupported(path: Path) -> UserMistake:
    return UserMistake(M("{path} is not a product sheet that can be read. Save it as .xlsx or .csv and use that file.", path=str(path)))


def _decode(path: Path, data: bytes) -> str:
    codecs = ("utf-16",) if data.startswith(_UTF16_MARKS) else ("utf-8-sig", "gb18030")
    for codec in codecs:
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    raise _unsupported(path)


def _delimited_rows(text: str, delimiter: str) -> Iterator[Row]:
    """Yield the rows of a text file. A quotation mark that is never closed spoils its own line only, not all that follow."""
    lines = list(io.StringIO(text, newline=""))
    if lines and lines[0].lower().startswith("sep="):
        lines[0] = "\n"
    index = 0
    while index < len(lines) and index < MAX_ROWS:
        reader = csv.reader((lines[i] for i in range(index, len(lines))), delimiter=delimiter, strict=True)
        try:
            cells = next(reader)
            yield Row(index + 1, tuple(clean_text(cell) for cell in cells))
            index += reader.line_num
        except csv.Error:
            yield Row(index + 1, tuple(clean_text(cell) for cell in lines[index].split(delimiter)), unclosed_quote=True)
            index += 1


def _workbook_tables(path: Path, data: bytes) -> list[list[list[Row]]]:
    import openpyxl  # slow to load, and not every run needs it
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, OSError, ParseError) as error:
        raise _unsupported(path) from error
    sheets = sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
    return [[_sheet_rows(sheet)] for sheet in sheets]


def _sheet_rows(sheet: Any) -> list[Row]:
    """Return the rows of one sheet; a value merged over several lines belongs to each of them."""
    merged: dict[tuple[int, int], Any] = {}
    for block in sheet.merged_cells.ranges:
        for line in range(block.min_row, min(block.max_row, MAX_ROWS) + 1):
            merged[line, block.min_col] = sheet.cell(block.min_row, block.min_col)
    rows = []
    for line, cells in enumerate(sheet.iter_rows(max_row=min(sheet.max_row, MAX_ROWS)), start=1):
        cells = [merged.get((line, column), cell) for column, cell in enumerate(cells, start=1)]
        texts, truncated = _cell_texts(cells)
        rows.append(Row(line, texts, truncated_numbers=truncated))
    return rows


def _cell_texts(cells: Sequence[Any]) -> tuple[tuple[str, ...], frozenset[int]]:
    texts, truncated = [], set()
    for column, cell in enumerate(cells):
        value = cell.value
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _SAFE_INTEGER:
            truncated.add(column)
        texts.append(clean_text(_cell_text(value, str(getattr(cell, "number_format", "")))))
    return tuple(texts), frozenset(truncated)


def _cell_text(value: Any, number_format: str) -> str:
    """Return a workbook's value as a person would have typed it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        day_only = value.time() == time(0) and "h" not in number_format.lower()
        return value.strftime("%Y-%m-%d" if day_only else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float):
        # A sum computed by the spreadsheet has rounding errors: 29.900000000000002 is meant as 29.9.
        return str(int(value)) if value.is_integer() else repr(round(value, 6))
    return str(value)
