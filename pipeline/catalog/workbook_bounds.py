"""What a workbook would unpack to, judged before it is unpacked: a file of a few kilobytes may hold gigabytes."""

import io
import re
import zipfile
from pathlib import Path

from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.media.pictures import MAX_MEGAPIXELS, PictureTooLarge, open_picture

MAX_UNPACKED = 60_000_000
"""Bytes of all its parts; twenty thousand rows of thirty columns take 40 million."""
MAX_MERGED_CELLS = 500_000
"""openpyxl makes an object of every cell in a merged block, and a whole sheet has 17 thousand million."""
_COLUMN_BASE = 26
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})"')


def check_workbook_size(path: Path, data: bytes) -> None:
    """Raise UserMistake for a workbook that cannot be opened within bounds; what is no archive is left to its reader."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            if unpacked > MAX_UNPACKED:
                raise UserMistake(
                    M(
                        "{path} unpacks to {size} MB: far too big for a product sheet. Copy only the rows with products into "
                        "a new workbook and use that.",
                        path=str(path),
                        size=unpacked // 1_000_000,
                    )
                )
            for member in archive.namelist():
                _check_part(path, archive, member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return  # damaged or locked: the workbook's reader says so


def _check_part(path: Path, archive: zipfile.ZipFile, member: str) -> None:
    if member.startswith("xl/worksheets/") and _merged_cells(archive.read(member)) > MAX_MERGED_CELLS:
        raise UserMistake(
            M(
                "{path} has merged cells over a whole sheet. Undo the merging below and beside the table, save it and try again.",
                path=str(path),
            )
        )
    if member.startswith("xl/media/"):
        try:
            with archive.open(member) as packed, open_picture(io.BytesIO(packed.read())):
                pass
        except PictureTooLarge:
            raise UserMistake(
                M(
                    "A picture in {path} has more than {limit} million pixels. Make it smaller or delete it, save the sheet and try again.",
                    path=str(path),
                    limit=MAX_MEGAPIXELS,
                )
            ) from None
        except (OSError, ValueError, SyntaxError):
            return  # no picture: nobody will ask for its pixels


def _merged_cells(xml: bytes) -> int:
    """Return how many cells of a worksheet lie in merged blocks."""
    cells = 0
    for left, top, right, bottom in _MERGED.findall(xml):
        cells += (abs(_column(right) - _column(left)) + 1) * (abs(int(bottom) - int(top)) + 1)
    return cells


def _column(letters: bytes) -> int:
    """Return a column's number from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * _COLUMN_BASE + letter - ord("A") + 1
    return number
