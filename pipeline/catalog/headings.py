"""Column headings of a product sheet: which column holds which field, by the words in columns.yaml."""

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from pipeline.catalog.cell_values import read_unit
from pipeline.catalog.spreadsheet import Row, normalize_text

SEARCHED_ROWS = 40
"""Rows from the top in which headings are looked for: a title, a date and remarks may stand above them."""


@dataclass(frozen=True)
class Headings:
    """Columns of a sheet by the field that they hold.

    line: the headings' own line, from 1. columns: column index by field. links: column index by destination as the heading names it.
    titles: the headings as written. unit: the unit in the price's heading ("价格(元/10斤)"), empty where it has none.
    ignored: headings of a field that another column already holds, each with the heading that is used.
    """

    line: int
    columns: dict[str, int]
    links: dict[str, int]
    titles: tuple[str, ...]
    unit: str = ""
    ignored: tuple[tuple[str, str], ...] = field(default_factory=tuple)

    @property
    def score(self) -> tuple[bool, int]:
        """Sort key: usable headings rank above others, then those with more known columns."""
        return self.is_usable, len(self.columns) + len(self.links)

    @property
    def is_usable(self) -> bool:
        """Whether a product's name and a price can be read under these headings."""
        return "name" in self.columns and ("price" in self.columns or "deal_price" in self.columns)


@cache
def column_vocabulary() -> dict[str, Any]:
    """Return the content of columns.yaml: known headings by field, and words that cells may hold."""
    loaded: dict[str, Any] = yaml.safe_load(files("pipeline.catalog").joinpath("columns.yaml").read_text("utf-8"))
    return loaded


@cache
def _field_by_heading() -> dict[str, str]:
    return {heading_key(word): field_name for field_name, synonyms in column_vocabulary()["fields"].items() for word in synonyms}


def heading_key(title: str) -> str:
    """Return a heading in the form in which headings are compared: without brackets, blanks and punctuation."""
    return re.sub(r"[\s_\-*:#.·]+", "", re.sub(r"[(\[【].*?[)\]】]", "", normalize_text(title)))


def find_headings(rows: list[Row]) -> Headings | None:
    """Return the best line of headings among the first rows, usable or not; None when no row holds any known heading."""
    candidates = [_match_columns(row) for row in rows[:SEARCHED_ROWS] if len([cell for cell in row.cells if cell]) >= 2]
    # max() keeps the first of equals, so headings repeated further down do not hide the rows above them.
    best = max(candidates, key=lambda headings: headings.score, default=None)
    return best if best and best.columns else None


def _match_columns(row: Row) -> Headings:
    columns: dict[str, int] = {}
    links: dict[str, int] = {}
    ignored = []
    price_unit = ""
    for exact in (True, False):  # a heading that is a known word outranks one that only ends in it
        for column, title in enumerate(row.cells):
            if not title or column in columns.values() or column in links.values():
                continue
            if exact and (destination := _link_destination(title)):
                links.setdefault(destination, column)
                continue
            field_name = _field_of_heading(title, exact)
            if field_name is None:
                continue
            if field_name in columns:
                ignored.append((title, row.cells[columns[field_name]]))
                continue
            columns[field_name] = column
            if field_name in ("price", "deal_price") and (
                bracket := re.search(r"[(\[【]\s*(?:元|块|¥)?\s*(?:/|每)\s*(.+?)[)\]】]", normalize_text(title))
            ):
                price_unit = price_unit or read_unit(bracket[1])
    return Headings(row.line, columns, links, row.cells, price_unit, tuple(dict.fromkeys(ignored)))


def _field_of_heading(title: str, exact: bool) -> str | None:
    key = heading_key(title)
    if any(word in key for word in column_vocabulary()["never"]) or len(key) > 20:
        return None
    known = _field_by_heading()
    if exact:
        return known.get(key)
    suffixes = [word for word in known if len(word) >= 2 and not word.isascii() and key.endswith(word)]
    return known[max(suffixes, key=len)] if suffixes else None


def _link_destination(title: str) -> str | None:
    """Return the destination that a link's heading names (`link_kuaishou`, `Kuaishou link`, `快手链接`); None for `购买链接` and `link`."""
    if heading_key(title) in _field_by_heading():
        return None
    text = normalize_text(title)
    match = re.fullmatch(r"(?:link|url)[\s_:\-]+(.+)", text) or re.fullmatch(r"(.+?)[\s_\-]*(?:link|url|链接|商品id|商品编号|购物车)", text)
    if not match or (destination := match[1].strip()) in ("", "商品", "product"):
        return None
    return re.sub(r"\s+", "_", destination)
