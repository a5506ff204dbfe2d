"""Columns that belong together: two packs of a product in one line, each with its price; two tables beside each other."""

import re
from dataclasses import replace
from itertools import pairwise

from pipeline.catalog.column_contents import are_packs, are_prices
from pipeline.catalog.headings import Headings
from pipeline.catalog.price_headings import PriceHeading
from pipeline.catalog.row_prices import OFFERED
from pipeline.catalog.spreadsheet import Row
from pipeline.catalog.vocabulary import plain_heading

_WHAT = re.compile(r"商品|产品|包装|规格|份量|分量|重量|净重|销?售|零售|单?价格?|元|[\s():：_/\-]+")
"""What a column of packs or prices is called: what is left of a heading says which of several it is (规格1, 小份价格)."""


def column_groups(headings: Headings, rows: list[Row]) -> list[Headings]:
    """Return the headings of each group of columns that is a table of its own; one group, where nothing repeats."""
    return _beside_each_other(headings) or _pairs(headings, rows) or [headings]


def _beside_each_other(headings: Headings) -> list[Headings]:
    """Split 品名 规格 价格 品名 规格 价格 into its tables: each begins with a name, and all have the same headings."""
    starts = headings.fields.get("name", ())
    if len(starts) < 2 or len({headings.titles[column] for column in starts}) > 1 or min(headings.known_columns) < starts[0]:
        return []
    edges = [*starts, len(headings.titles)]
    blocks = [range(start, end) for start, end in pairwise(edges)]
    shown = [tuple(headings.titles[column] for column in block if headings.titles[column]) for block in blocks]
    return [_only(headings, set(block)) for block in blocks] if len(set(shown)) == 1 else []


def _pairs(headings: Headings, rows: list[Row]) -> list[Headings]:
    """Split 品名 规格1 价格1 规格2 价格2 into a table for each pack: packs and prices alternate, and are called alike."""
    below = [row for row in rows if row.line > headings.line]
    columns = range(len(headings.titles))
    kinds = {column: "pack" if are_packs(column, below) else "price" if are_prices(column, below) else "" for column in columns}
    for order in (("pack", "price"), ("price", "pack")):
        pairs = [
            (column, column + 1)
            for column in columns[:-1]
            if (kinds[column], kinds[column + 1]) == order and _which(headings, column) == _which(headings, column + 1)
        ]
        which = [_which(headings, column) for column, _ in pairs]
        paired = {column for pair in pairs for column in pair}
        others = [c for c, heading in headings.prices.items() if c not in paired and heading.kind in OFFERED]
        if len(pairs) > 1 and not others and len(set(which)) in (1, len(which)):
            return [_pair(headings, paired, *(pair if order[0] == "pack" else reversed(pair))) for pair in pairs]
    return []


def _which(headings: Headings, column: int) -> str:
    return _WHAT.sub("", plain_heading(headings.titles[column]))


def _pair(headings: Headings, paired: set[int], pack: int, price: int) -> Headings:
    """Return the headings of one pack and its price beside the columns that all share."""
    shared = _only(headings, set(range(len(headings.titles))) - paired)
    heading = headings.prices.get(price)
    kept = heading if heading and heading.kind in OFFERED and heading.kind != "unknown" else PriceHeading("selling")
    return replace(
        shared,
        fields={**shared.fields, "pack": (pack,)},
        prices={**shared.prices, price: replace(kept, unit="")},
        measures={pack: headings.measures[pack]} if pack in headings.measures else {},
    )


def _only(headings: Headings, columns: set[int]) -> Headings:
    """Return the headings with nothing known but of some columns; nothing is asked of the others."""
    fields = {name: tuple(c for c in held if c in columns) for name, held in headings.fields.items()}
    return replace(
        headings,
        fields={name: held for name, held in fields.items() if held},
        prices={c: heading for c, heading in headings.prices.items() if c in columns},
        links={name: tuple(c for c in held if c in columns) for name, held in headings.links.items()},
        measures={c: measure for c, measure in headings.measures.items() if c in columns},
        hidden=tuple(c for c in headings.hidden if c in columns),
        elsewhere=frozenset(range(len(headings.titles))) - columns,
    )
