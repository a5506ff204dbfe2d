"""A sheet, and what a careful clerk reads in it."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import openpyxl

from benchmarks.quality.sheet_kinds.words import Wording

NOW = datetime.fromisoformat("2026-11-29T12:00:00+08:00")
"""The moment at which every sheet is read."""
Cell = str | int | float | datetime | None


@dataclass(frozen=True)
class Good:
    """Something that is sold: its packs with a price for each, the price before, and where it comes from."""

    name: str
    packs: tuple[tuple[int, str, Decimal], ...]
    """Count, unit and price of each pack, the usual one first."""
    before: Decimal
    origin: str
    box: str = "箱"

    @property
    def count(self) -> int:
        """How many units the usual pack has."""
        return self.packs[0][0]

    @property
    def measure(self) -> str:
        """The unit of the usual pack."""
        return self.packs[0][1]

    @property
    def pack(self) -> str:
        """The usual pack as a seller writes it."""
        return f"{self.count}{self.measure}"

    @property
    def price(self) -> Decimal:
        """The price of the usual pack."""
        return self.packs[0][2]

    @property
    def each(self) -> Decimal:
        """The price of one unit of the usual pack; a whole number of cents."""
        return self.price / self.count


def _good(name: str, measure: str, packs: list[tuple[int, str]], before: str, origin: str, box: str = "箱") -> Good:
    return Good(name, tuple((count, measure, Decimal(price)) for count, price in packs), Decimal(before), origin, box)


GOODS = (
    _good("大桥土豆", "斤", [(10, "29.9"), (5, "16.5"), (20, "55")], "39.9", "四川冕宁"),
    _good("盐源苹果", "斤", [(5, "35.5"), (10, "66"), (3, "23.4")], "45.5", "四川盐源"),
    _good("会理石榴", "斤", [(5, "45"), (10, "85"), (8, "70")], "58", "四川会理"),
    _good("雷波脐橙", "斤", [(10, "49"), (5, "27"), (20, "92")], "59", "四川雷波"),
    _good("湘西腊肉", "斤", [(2, "76"), (1, "39.8"), (5, "185")], "96", "湖南湘西", "袋"),
    _good("高山核桃", "斤", [(3, "59.7"), (2, "41"), (5, "95")], "69.9", "云南漾濞", "袋"),
    _good("土蜂蜜", "瓶", [(2, "98"), (1, "52"), (3, "145")], "128", "陕西佛坪", "套"),
    _good("黑木耳", "袋", [(4, "46"), (2, "24.5"), (8, "88")], "56", "黑龙江东宁", "组"),
    _good("农家鸡蛋", "枚", [(30, "39"), (60, "75"), (20, "27")], "49", "贵州黔东", "盒"),
    _good("富平柿饼", "斤", [(3, "45"), (2, "31.6"), (5, "72")], "55", "陕西富平", "盒"),
)


@dataclass(frozen=True)
class Reading:
    """What a clerk reads for one product and pack; a price of None where the clerk asks before it is sold."""

    name: str
    price: Decimal | None
    units: tuple[str, ...] = ("",)
    """Every way to write the same unit."""
    list_price: Decimal | None = None
    struck: bool = True
    """Whether the list price is to be read; False where it may be left out."""
    sold_out: bool = False
    ends: str = ""
    """Its last minute, as `2026-12-31 23:59`."""
    link: str | None = None
    """None where the sheet has no link that counts, empty where it must not be used."""
    photo: bool = False
    also: str = ""
    """The name as it may be read as well: without the pack that stands in its cell."""


@dataclass
class Sheet:
    """The cells of a sheet, what else the program keeps with them, and the readings."""

    rows: list[list[Cell]]
    readings: list[Reading]
    everyday: bool = True
    workbook: bool | None = None
    """Whether it must be a workbook (True), must be text (False), or may be either."""
    finish: Callable[[Any], None] | None = None
    """Changes the openpyxl worksheet: hides, strikes, merges, adds pictures."""
    tabs: list[tuple[str, list[list[Cell]], bool]] = field(default_factory=list)
    """Other tabs: title, rows, and whether they stand before the sheet's own."""
    package: Callable[[bytes], bytes] | None = None
    """Changes the saved workbook's bytes, for what openpyxl does not write."""

    def write(self, folder: Path, rng: Random) -> Path:
        """Write the sheet as a file of a kind that it may have."""
        return self._workbook(folder) if self.workbook or (self.workbook is None and rng.random() < 0.5) else self._text(folder, rng)

    def _text(self, folder: Path, rng: Random) -> Path:
        out = io.StringIO()
        csv.writer(out, delimiter=rng.choice(",,,\t;")).writerows([_text(cell) for cell in row] for row in self.rows)
        path = folder / "商品表.csv"
        path.write_bytes(out.getvalue().encode(rng.choice(["utf-8-sig", "utf-8", "gb18030"])))
        return path

    def _workbook(self, folder: Path) -> Path:
        book = openpyxl.Workbook()
        own = book.active
        assert own is not None
        own.title = "商品"
        for title, rows, before in self.tabs:
            tab = book.create_sheet(title, 0 if before else None)
            for row in rows:
                tab.append(row)
        for row in self.rows:
            own.append([float(cell) if isinstance(cell, str) and _is_number(cell) else cell for cell in row])
        if self.finish:
            self.finish(own)
        book.active = book.index(own)
        path = folder / "商品表.xlsx"
        book.save(path)
        if self.package:
            path.write_bytes(self.package(path.read_bytes()))
        return path


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00")
    return "" if cell is None else str(cell)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit() and not (len(text) > 1 and text[0] == "0" and text[1] != ".") and len(text) < 12


def amount(value: Decimal) -> str:
    """An amount as people type it: 29.9, 45."""
    return f"{value.normalize():f}"


def same_pack(good: Good, index: int = 0) -> tuple[str, ...]:
    """Every way to write one of a good's packs, in its own box or in one that a heading names."""
    count, measure, _ = good.packs[index]
    pack = f"{count}{measure}"
    forms = ("{p}/{b}", "{b}({p})", "{b}/{p}", "1{b}({p})", "1{b}/{p}", "一{b}{p}")
    ways = [form.format(p=pack, b=box) for form in forms for box in dict.fromkeys((good.box, "箱", "件", "份", "盒"))]
    return (pack, *ways, *([measure] if count == 1 else []))


@dataclass(frozen=True)
class Kind:
    """A way to lay a sheet out; `make` takes chance, the half's words and some goods."""

    name: str
    make: Callable[[Random, Wording, list[Good]], Sheet]
