"""Which column means what: headings against the words of columns.yaml."""

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from pipeline.catalog.table import Row, plain
from pipeline.catalog.values import unit

SEARCHED_ROWS = 40
"""How far down the headings may stand: below a title, a date, a remark."""


@dataclass(frozen=True)
class Headings:
    """Where each field stands.

    line: the headings' own line. columns: place by field. links: place by destination as the heading names it.
    titles: the headings as written. unit: what the price's heading itself says it buys ("价格(元/10斤)").
    ignored: headings that would mean a field another column already has.
    """

    line: int
    columns: dict[str, int]
    links: dict[str, int]
    titles: tuple[str, ...]
    unit: str = ""
    ignored: tuple[tuple[str, str], ...] = field(default_factory=tuple)

    @property
    def score(self) -> tuple[bool, int]:
        """Usable ones first, then the fuller."""
        return self.usable, len(self.columns) + len(self.links)

    @property
    def usable(self) -> bool:
        """A product and a price can be read under them."""
        return "name" in self.columns and ("price" in self.columns or "deal_price" in self.columns)


@cache
def words() -> dict[str, Any]:
    """The content of columns.yaml."""
    loaded: dict[str, Any] = yaml.safe_load(files("pipeline.catalog").joinpath("columns.yaml").read_text("utf-8"))
    return loaded


@cache
def _by_word() -> dict[str, str]:
    return {key_of(word): name for name, synonyms in words()["fields"].items() for word in synonyms}


def key_of(title: str) -> str:
    """A heading as it is compared."""
    return re.sub(r"[\s_\-*:#.·]+", "", re.sub(r"[(\[【].*?[)\]】]", "", plain(title)))


def find_headings(rows: list[Row]) -> Headings | None:
    """The best line of headings among the first lines, usable or not; None when no line holds any known heading."""
    candidates = [_read(row) for row in rows[:SEARCHED_ROWS] if len([cell for cell in row.cells if cell]) >= 2]
    # max() keeps the first of equals: a heading repeated further down does not hide the rows above it.
    best = max(candidates, key=lambda headings: headings.score, default=None)
    return best if best and best.columns else None


def _read(row: Row) -> Headings:
    columns: dict[str, int] = {}
    links: dict[str, int] = {}
    ignored = []
    price_unit = ""
    for exact in (True, False):  # a heading that is a known word outranks one that only ends in it
        for place, title in enumerate(row.cells):
            if not title or place in columns.values() or place in links.values():
                continue
            if exact and (destination := _link_destination(title)):
                links.setdefault(destination, place)
                continue
            name = _field(title, exact)
            if name is None:
                continue
            if name in columns:
                ignored.append((title, row.cells[columns[name]]))
                continue
            columns[name] = place
            if name in ("price", "deal_price") and (
                bracket := re.search(r"[(\[【]\s*(?:元|块|¥)?\s*(?:/|每)\s*(.+?)[)\]】]", plain(title))
            ):
                price_unit = price_unit or unit(bracket[1])
    return Headings(row.line, columns, links, row.cells, price_unit, tuple(dict.fromkeys(ignored)))


def _field(title: str, exact: bool) -> str | None:
    key = key_of(title)
    if any(word in key for word in words()["never"]) or len(key) > 20:
        return None
    known = _by_word()
    if exact:
        return known.get(key)
    ends = [word for word in known if len(word) >= 2 and not word.isascii() and key.endswith(word)]
    return known[max(ends, key=len)] if ends else None


def _link_destination(title: str) -> str | None:
    """`link_kuaishou`, `Kuaishou link` and `快手链接` name a destination; `购买链接` and `link` do not."""
    if key_of(title) in _by_word():
        return None
    flat = plain(title)
    match = re.fullmatch(r"(?:link|url)[\s_:\-]+(.+)", flat) or re.fullmatch(r"(.+?)[\s_\-]*(?:link|url|链接|商品id|商品编号|购物车)", flat)
    if not match or (name := match[1].strip()) in ("", "商品", "product"):
        return None
    return re.sub(r"\s+", "_", name)
