"""What every kind of sheet is put together from: a table by chance, the columns of its goods, and how a clerk reads them."""

from decimal import Decimal
from random import Random
from typing import Any

from benchmarks.quality.sheet_kinds.layout import Cell, Good, Reading, amount, same_pack
from benchmarks.quality.sheet_kinds.words import Wording

CENT = Decimal("0.01")


def table(rng: Random, words: Wording, goods: list[Good], columns: dict[str, list[Cell]], *, noise: bool = True) -> list[list[Cell]]:
    """Rows of a table: the goods' names, the given columns and sometimes others, in an order by chance, under a title by chance."""
    named: list[tuple[str, list[Cell]]] = [(rng.choice(words.name), [good.name for good in goods])]
    extra: list[tuple[str, list[Cell]]] = []
    if noise and rng.random() < 0.5:
        extra.append((rng.choice(words.origin), [good.origin for good in goods]))
    if noise and rng.random() < 0.5:
        extra.append((rng.choice(words.other), [rng.choice(["", "", "张三", "5", "12%"]) for _ in goods]))
    rest = [*columns.items(), *extra]
    rng.shuffle(rest)
    all_columns = [*named, *rest]
    if noise and rng.random() < 0.4:
        all_columns.insert(0, (rng.choice(words.number), [str(index) for index in range(1, len(goods) + 1)]))
    rows: list[list[Cell]] = [[title for title, _ in all_columns]]
    rows += [list(line) for line in zip(*(cells for _, cells in all_columns), strict=True)]
    if noise and rng.random() < 0.3:
        rows.insert(0, [rng.choice(words.titles), *[""] * (len(all_columns) - 1)])
    if noise and rng.random() < 0.3:
        rows.append([rng.choice(words.remarks), *[""] * (len(all_columns) - 1)])
    return rows


def prices(goods: list[Good], factor: Decimal = Decimal(1)) -> list[Cell]:
    """The goods' prices as cells, each times a factor, in cents."""
    return [amount((good.price * factor).quantize(CENT)) for good in goods]


def packs(goods: list[Good]) -> list[Cell]:
    """The goods' usual packs as cells."""
    return [good.pack for good in goods]


def befores(goods: list[Good]) -> list[Cell]:
    """The goods' old prices as cells."""
    return [amount(good.before) for good in goods]


def sold(goods: list[Good], **more: Any) -> list[Reading]:
    """The readings of goods with their usual packs and prices."""
    return [Reading(good.name, good.price, same_pack(good), **more) for good in goods]


def asked(goods: list[Good]) -> list[Reading]:
    """The readings of goods that a clerk asks about."""
    return [Reading(good.name, None) for good in goods]
