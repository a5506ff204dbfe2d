"""A CSV or XLSX file as rows of clean text cells, whatever program and code page it came from."""

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
"""Far above any co-op's sheet: a bigger one is some other file dropped by mistake."""
DELIMITERS = ",;\t，；"
"""The last two are what a Chinese keyboard types; no program writes them, people do."""
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ\u3000\u00a0]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SHEETS = (".xlsx", ".xlsm")
_SAFE_INTEGER = 10**15
"""A spreadsheet keeps 15 digits of a number; the rest of a longer one is lost for good."""


@dataclass(frozen=True)
class Row:
    """One line of the sheet.

    line: its number, from 1, as the person's program shows it. cells: text, NFKC, trimmed.
    broken: a quotation mark is opened in it and not closed. spoiled: places of the cells whose number lost digits.
    """

    line: int
    cells: tuple[str, ...]
    broken: bool = False
    spoiled: frozenset[int] = field(default_factory=frozenset)

    @property
    def blank(self) -> bool:
        """Nothing in it."""
        return not any(self.cells)


def clean(value: str) -> str:
    """Text as it is shown: full-width digits and letters made plain, Chinese punctuation kept, the invisible and outer spaces gone."""
    text = _WIDE.sub(lambda match: normalize("NFKC", match[0]), value).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in text if letter in "\n\t" or letter.isprintable()).strip()


def plain(value: str) -> str:
    """Text as it is compared and read: every full-width form made plain, small letters."""
    return normalize("NFKC", value).casefold().strip()


def read_tables(path: Path) -> list[list[list[Row]]]:
    """Every way to read the file as a table: its sheets in order, and for each sheet the ways to read it (a text file's delimiters).

    Raises UserMistake that names the file when it is missing, too big, or of another kind.
    """
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
    if data.startswith(b"PK"):
        return _workbook(path, data)
    if data.startswith(_OLE):
        raise UserMistake(
            M(
                "{path} is an old .xls file or is locked with a password. "
                "Open it, save it as .xlsx or .csv without a password, and use that file.",
                path=str(path),
            )
        )
    if path.suffix.lower() in _SHEETS or (b"\0" in data and not data.startswith(_UTF16)):
        raise _unsupported(path)
    text = _decode(path, data)
    if text.lstrip().lower().startswith(("<html", "<!doctype", "<?xml", "{\\rtf", "%pdf")):
        raise _unsupported(path)
    return [[list(_delimited(text, delimiter)) for delimiter in DELIMITERS if delimiter in text] or [list(_delimited(text, ","))]]


def _unsupported(path: Path) -> UserMistake:
    return UserMistake(M("{path} is not a product sheet that can be read. Save it as .xlsx or .csv and use that file.", path=str(path)))


def _decode(path: Path, data: bytes) -> str:
    codecs = ("utf-16",) if data.startswith(_UTF16) else ("utf-8-sig", "gb18030")
    for codec in codecs:
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    raise _unsupported(path)


def _delimited(text: str, delimiter: str) -> Iterator[Row]:
    """Rows of a text file. A quotation mark that is never closed costs its own line only, not all that follow."""
    lines = list(io.StringIO(text, newline=""))
    if lines and lines[0].lower().startswith("sep="):
        lines[0] = "\n"
    at = 0
    while at < len(lines) and at < MAX_ROWS:
        reader = csv.reader((lines[i] for i in range(at, len(lines))), delimiter=delimiter, strict=True)
        try:
            cells = next(reader)
            yield Row(at + 1, tuple(clean(cell) for cell in cells))
            at += reader.line_num
        except csv.Error:
            yield Row(at + 1, tuple(clean(cell) for cell in lines[at].split(delimiter)), broken=True)
            at += 1


def _workbook(path: Path, data: bytes) -> list[list[list[Row]]]:
    import openpyxl  # slow to load, and not every run needs it
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, OSError, ParseError) as error:
        raise _unsupported(path) from error
    sheets = sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
    return [[_sheet_rows(sheet)] for sheet in sheets]


def _sheet_rows(sheet: Any) -> list[Row]:
    """Rows of one sheet; a value merged over several lines belongs to each of them."""
    merged: dict[tuple[int, int], Any] = {}
    for block in sheet.merged_cells.ranges:
        for line in range(block.min_row, min(block.max_row, MAX_ROWS) + 1):
            merged[line, block.min_col] = sheet.cell(block.min_row, block.min_col)
    rows = []
    for line, cells in enumerate(sheet.iter_rows(max_row=min(sheet.max_row, MAX_ROWS)), start=1):
        cells = [merged.get((line, place), cell) for place, cell in enumerate(cells, start=1)]
        texts, spoiled = _texts(cells)
        rows.append(Row(line, texts, spoiled=spoiled))
    return rows


def _texts(cells: Sequence[Any]) -> tuple[tuple[str, ...], frozenset[int]]:
    texts, spoiled = [], set()
    for place, cell in enumerate(cells):
        value = cell.value
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _SAFE_INTEGER:
            spoiled.add(place)
        texts.append(clean(_text(value, str(getattr(cell, "number_format", "")))))
    return tuple(texts), frozenset(spoiled)


def _text(value: Any, shown_as: str) -> str:
    """A workbook's value as a person would have typed it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        day_only = value.time() == time(0) and "h" not in shown_as.lower()
        return value.strftime("%Y-%m-%d" if day_only else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float):
        # A sum made by the spreadsheet carries binary dust: 29.900000000000002 was meant as 29.9.
        return str(int(value)) if value.is_integer() else repr(round(value, 6))
    return str(value)
