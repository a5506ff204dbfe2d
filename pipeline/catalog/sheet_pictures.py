"""Pictures inside a workbook: Excel lays them over cells, WPS keeps them in cells as =DISPIMG("ID_…",1)."""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

from pipeline.media.pictures import PictureTooLarge, open_picture

_EMU_IN_POINT, _DEFAULT_POINTS, _MOST_LINES_COVERED = 12_700, 15.0, 200
_SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif", "BMP": ".bmp", "TIFF": ".tif"}
_WPS_NAMESPACES = {
    "etc": "http://www.wps.cn/officeDocument/2017/etCustomData",
    "xdr": "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
}
_EMBEDDED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
_CELL_IMAGES, _CELL_IMAGE_RELATIONS = "xl/cellimages.xml", "xl/_rels/cellimages.xml.rels"
_IN_CELL = re.compile(r'DISPIMG\(\s*"(?P<id>[^"]+)"', re.I)


@dataclass(frozen=True)
class SheetPicture:
    """One picture of a workbook; `data` reads its bytes."""

    data: Callable[[], bytes]

    def save(self, folder: Path) -> Path | None:
        """Write the picture into a folder under the hash of its bytes and return its path; None for what is no picture."""
        try:
            data = self.data()
            with open_picture(io.BytesIO(data)) as picture:
                suffix = _SUFFIXES.get(picture.format or "", "")
                picture.verify()
        except (OSError, ValueError, SyntaxError, KeyError, PictureTooLarge):
            return None
        path = folder / f"{hashlib.sha256(data).hexdigest()[:24]}{suffix}"
        if suffix and not path.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(f".partial{suffix}")
            partial.write_bytes(data)
            partial.replace(path)
        return path if suffix else None


def pictures_over_cells(sheet: Any) -> dict[tuple[int, int], list[SheetPicture]]:
    """Return the pictures that lie over a worksheet's cells, by line from 1 and column from 0.

    A picture belongs to the line in which its middle lies: its corner often stands a little above.
    """
    found: dict[tuple[int, int], list[SheetPicture]] = {}
    for image in getattr(sheet, "_images", ()):
        corner = getattr(image.anchor, "_from", None)
        if corner is not None:
            found.setdefault((_middle_line(sheet, image.anchor), corner.col), []).append(SheetPicture(image._data))
    return found


def _middle_line(sheet: Any, anchor: Any) -> int:
    """Return the line, from 1, in which the middle of an anchored picture lies."""
    first, last = anchor._from, getattr(anchor, "to", None)
    if last is not None:
        height = sum(_height(sheet, row) for row in range(first.row, last.row)) - first.rowOff + last.rowOff
    else:
        height = getattr(getattr(anchor, "ext", None), "height", 0) or 0
    row, below = first.row, first.rowOff + height / 2
    while below > _height(sheet, row) and row < first.row + _MOST_LINES_COVERED:
        below -= _height(sheet, row)
        row += 1
    return int(row) + 1


def _height(sheet: Any, row: int) -> float:
    """Return the height of a row, counted from 0, in the drawing's units (EMU)."""
    points = sheet.row_dimensions[row + 1].height if row + 1 in sheet.row_dimensions else None
    return float(points or sheet.sheet_format.defaultRowHeight or _DEFAULT_POINTS) * _EMU_IN_POINT


class CellImages:
    """The pictures that WPS keeps in cells, by the id in their formula."""

    def __init__(self, data: bytes) -> None:
        """data: the workbook's bytes. A workbook without such pictures has none."""
        self._data = data
        self._names = _picture_files(data)

    def find(self, formula: str) -> list[SheetPicture]:
        """Return the picture of =DISPIMG("ID_…",1); none for another text, and for a picture that is not there."""
        match = _IN_CELL.search(formula)
        name = self._names.get(match["id"]) if match else None
        return [SheetPicture(lambda: _member(self._data, name))] if name else []


def _member(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def _picture_files(data: bytes) -> dict[str, str]:
    """Return the archive's member of each picture's id."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if _CELL_IMAGES not in archive.namelist():
                return {}
            images = ElementTree.fromstring(archive.read(_CELL_IMAGES))
            relations = ElementTree.fromstring(archive.read(_CELL_IMAGE_RELATIONS))
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError):
        return {}
    targets = {relation.get("Id"): relation.get("Target") or "" for relation in relations}
    found = {}
    for picture in images.iter(f"{{{_WPS_NAMESPACES['xdr']}}}pic"):
        name = picture.find("xdr:nvPicPr/xdr:cNvPr", _WPS_NAMESPACES)
        blip = picture.find("xdr:blipFill/a:blip", _WPS_NAMESPACES)
        target = targets.get(blip.get(_EMBEDDED)) if blip is not None else None
        if name is not None and target:
            found[name.get("name") or ""] = str(PurePosixPath("xl") / target) if not target.startswith("/") else target[1:]
    return found
