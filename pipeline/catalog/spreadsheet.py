"""CSV and XLSX files as rows of clean text cells, whatever program and code page they came from."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from unicodedata import normalize

from pipeline.catalog.sheet_pictures import SheetPicture
from pipeline.chinese.characters import normalize_text as normalize_text
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.store.disk import error_reason

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 20_000
"""Far more than a co-op's sheet has: a longer file is probably another one, given by mistake."""
DELIMITERS = ",;\t，；"
"""The last two come from a Chinese keyboard: programs do not write them, people do."""
_OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_FULL_WIDTH = re.compile("[０-９Ａ-Ｚａ-ｚ\u3000\u00a0]")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")


@dataclass(frozen=True)
class Row:
    """One line of the sheet.

    line: its number, from 1, as the person's program shows it. cells: text as `clean_text` returns it.
    unclosed_quote: a quotation mark is opened in it and not closed. truncated_numbers: indexes of cells whose number lost digits.
    decimals: those that hold a number with decimals. struck: those that are struck through. hidden, hidden_columns: whether the line is
    hidden, and which columns are. colours: those of its letters and cells where they are not black on white. pictures: what lies in or
    over a cell.
    """

    line: int
    cells: tuple[str, ...]
    unclosed_quote: bool = False
    truncated_numbers: frozenset[int] = field(default_factory=frozenset)
    decimals: frozenset[int] = field(default_factory=frozenset)
    struck: frozenset[int] = field(default_factory=frozenset)
    hidden: bool = False
    colours: frozenset[str] = field(default_factory=frozenset)
    hidden_columns: frozenset[int] = field(default_factory=frozenset)
    pictures: Mapping[int, list[SheetPicture]] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Whether every cell is empty."""
        return not any(self.cells)


@dataclass(frozen=True)
class SheetTable:
    """One tab's rows; a text file is a tab without a title."""

    rows: list[Row]
    title: str = ""
    visible: bool = True


def clean_text(value: str) -> str:
    """Return text as it is shown: digits and letters narrow, Chinese punctuation kept, invisible characters and outer spaces removed."""
    text = _FULL_WIDTH.sub(lambda match: normalize("NFKC", match[0]), value).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in text if letter in "\n\t" or letter.isprintable()).strip()


def read_tables(path: Path) -> list[list[SheetTable]]:
    """Read a file as its tabs, the open one first, then the visible ones; a text once for every delimiter that it may have.

    Raises UserMistake that names the file when it is missing, too big, or of another kind.
    """
    data = _read_file(path)
    if not data.startswith(b"PK"):
        return [_text_tables(_text(path, data))]
    from pipeline.catalog.workbook import workbook_tables  # slow to load, and not every run needs it
    from pipeline.catalog.workbook_bounds import check_workbook_size

    check_workbook_size(path, data)
    tables = workbook_tables(data)
    if tables is None:
        raise _unsupported(path)
    return [[table] for table in tables]


def _read_file(path: Path) -> bytes:
    """Return the content of a sheet's file. Raises UserMistake when it is missing, too big or empty."""
    try:
        if path.is_dir():
            raise UserMistake(M("{path} is a folder. Give the sheet itself, a .csv or .xlsx file.", path=str(path)))
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise UserMistake(M("The sheet {path} cannot be read: {error}", path=str(path), error=error_reason(error))) from error
    if size > MAX_BYTES:
        raise UserMistake(M("{path} is {size} MB: too big for a sheet. Is it the right file?", path=str(path), size=size >> 20))
    if not data.strip():
        raise UserMistake(M("The sheet {path} is empty.", path=str(path)))
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


def _text_tables(text: str) -> list[SheetTable]:
    """Return the rows of a text once for every delimiter that occurs in it, or as a single column."""
    delimiters = [delimiter for delimiter in DELIMITERS if delimiter in text]
    return [SheetTable(list(_delimited_rows(text, delimiter))) for delimiter in delimiters or [","]]


def _unsupported(path: Path) -> UserMistake:
    return UserMistake(M("{path} is not a sheet that can be read. Save it as .xlsx or .csv and use that file.", path=str(path)))


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
