"""Whether a row's product is sold out or taken down, wherever the row says it."""

import re
from dataclasses import dataclass
from functools import cache

from pipeline.catalog.headings import Headings
from pipeline.catalog.spreadsheet import Row
from pipeline.catalog.vocabulary import cell_key, cell_words

_IN_BRACKETS = re.compile(r"\s*[(（\[【](?P<word>[^()（）\[\]【】]{1,8})[)）\]】]\s*")
_QUIET_FIELDS = ("name", "aliases", "origin", "region", "after_sales", "pickup", "link", "photo", "sku", "unit", "pack")
"""Fields whose cells say something else, even when the word is one of these."""


@dataclass(frozen=True)
class Availability:
    """What a row says: the name without it, whether it is sold out or taken down, and the word and the column that say so."""

    name: str
    sold_out: bool = False
    taken_down: bool = False
    word: str = ""
    title: str = ""


def read_availability(row: Row, headings: Headings, name: str) -> Availability:
    """Look for the words in the cells for stock, state and price, in cells of unknown columns, and in brackets at the name."""
    bare = name
    found: list[tuple[str, str]] = []
    for match in _IN_BRACKETS.finditer(name):
        if cell_key(match["word"]) in (cell_words("sold_out") | cell_words("taken_down")) and (
            match.start() == 0 or match.end() == len(name)
        ):
            found.append((match["word"], headings.titles[headings.fields["name"][0]]))
            bare = bare.replace(match[0], "").strip()
    quiet = {column for field in _QUIET_FIELDS for column in headings.fields.get(field, ())}
    counted = {column for field in ("stock", "state") for column in headings.fields.get(field, ())}
    for column, text in enumerate(row.cells):
        if text and column not in quiet and (column in counted or cell_key(text) in _plain_words()):
            found.append((text, headings.titles[column] if column < len(headings.titles) else ""))
    down = next(((word, title) for word, title in found if cell_key(word) in cell_words("taken_down")), None)
    out = next(((word, title) for word, title in found if cell_key(word) in cell_words("sold_out")), None)
    if down:
        return Availability(bare, out is not None, True, *down)
    return Availability(bare, out is not None, False, *(out or ("", "")))


@cache
def _plain_words() -> frozenset[str]:
    """Words that mean the same in any column: 售罄 and 下架, but not 无, which may answer another question."""
    short = {"无", "没有", "没有了", "空", "零", "否", "no", "none", "out", "暂无", "完了", "取消", "暂停", "清空", "没了"}
    return (cell_words("sold_out") | cell_words("taken_down")) - short
