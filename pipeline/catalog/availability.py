"""Whether a row's product is sold out or taken down, wherever the row says it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.catalog.headings import Headings, is_harmless
from pipeline.catalog.spreadsheet import Row
from pipeline.catalog.vocabulary import cell_key, cell_says, cell_words, column_vocabulary, heading_key

_IN_BRACKETS = re.compile(r"\s*[(（\[【](?P<word>[^()（）\[\]【】]{1,8})[)）\]】]\s*")
_QUIET_FIELDS = ("name", "aliases", "origin", "region", "after_sales", "pickup", "link", "photo", "sku", "unit", "pack")
"""Fields whose cells say something else, even when the word is one of these."""

_OFFERED = re.compile(r"[售卖供有销推新热爆荐☑✅]|发布|可发|上架|正常|现货|特价|促销|活动")
_MAYBE_NOT = re.compile(r"[不未没停下撤无缺罄完光清断待预暂休关结束止等明尚非禁审]")
"""Words of a state that is good for sale, and letters that may take it back."""
_ANSWERS = ("无", "没有", "没有了", "空", "零", "否", "no", "none", "out", "暂无", "完了", "取消", "暂停", "清空", "没了")
"""Words of the same meaning that may answer another question."""


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
        at_an_end = match.start() == 0 or match.end() == len(name)
        if at_an_end and (cell_says(match["word"], "sold_out") or cell_says(match["word"], "taken_down")):
            found.append((match["word"], headings.titles[headings.fields["name"][0]]))
            bare = bare.replace(match[0], "").strip()
    quiet = {column for field in _QUIET_FIELDS for column in headings.fields.get(field, ())}
    counted = {column for field in ("stock", "state") for column in headings.fields.get(field, ())}
    for column, text in enumerate(row.cells):
        if text and column not in quiet and (column in counted or _says_plainly(text)):
            title = headings.titles[column] if column < len(headings.titles) else ""
            if heading_key(title) in answered_headings() or (len(text) == 1 and column not in counted and is_harmless(title)):
                continue  # an answer, which means what the heading asks
            found.append((text, title))
    answers = [(text, title) for text, title in _answered(row, headings) if _says_no_offer(text, title)]
    states = [(row.cells[column], headings.titles[column]) for column in headings.fields.get("state", ()) if column < len(row.cells)]
    answers += [(text, title) for text, title in states if _says_no_state(text)]
    down = next(((word, title) for word, title in found if cell_says(word, "taken_down")), None)
    out = next(((word, title) for word, title in found if cell_says(word, "sold_out")), None)
    down = down or next(((text, title) for text, title in answers if not _is_about_stock(title)), None)
    out = out or next(((text, title) for text, title in answers if _is_about_stock(title)), None)
    if down:
        return Availability(bare, out is not None, True, *down)
    return Availability(bare, out is not None, False, *(out or ("", "")))


def _answered(row: Row, headings: Headings) -> Iterator[tuple[str, str]]:
    """Yield the filled cells of columns that are answered with yes or no, each with its heading."""
    for title, text in zip(headings.titles, row.cells, strict=False):
        if text and heading_key(title) in answered_headings():
            yield text, title


def _says_no_offer(text: str, title: str) -> bool:
    """Whether the answer to a heading's question is that the product is not offered: 否 to 是否有货, 是 to 是否下架."""
    words = "no_words" if heading_key(title) in _keys("yes_is_offered") else "yes_words"
    return cell_key(text) in cell_words(words)


def _is_about_stock(title: str) -> bool:
    return any(word in heading_key(title) for word in ("货", "售罄", "卖完", "stock", "soldout"))


def _says_no_state(text: str) -> bool:
    """Whether a state says no without a word for stock: 已结束, NO; but not 无."""
    key = cell_key(text)
    return key in cell_words("no_states") or (key in cell_words("no_words") and key[:1] not in "无没")


def is_state(text: str) -> bool:
    """Whether a cell under 状态 is known to say whether the product is offered: a word of one of the lists, or 正常供应, 热卖, 新品."""
    key = cell_key(text)
    if any(cell_says(text, kind) for kind in ("in_stock", "sold_out", "taken_down")):
        return True
    if any(key in cell_words(kind) for kind in ("yes_words", "yes_states", "no_words", "no_states")) or key.isdigit():
        return True
    return bool(_OFFERED.search(key)) and not _MAYBE_NOT.search(key) and not re.search(r"\d", key)  # 12.5上架


@cache
def answered_headings() -> frozenset[str]:
    """Return the headings that ask whether something is offered, in the form in which headings are compared."""
    return _keys("yes_is_offered") | _keys("yes_is_not_offered")


@cache
def _keys(kind: str) -> frozenset[str]:
    return frozenset(heading_key(word) for word in column_vocabulary()[kind])


def _says_plainly(text: str) -> bool:
    """Whether a cell says it in any column: 售罄 and 下架, but not 无, which may answer another question."""
    return cell_key(text) not in _ANSWERS and (cell_says(text, "sold_out") or cell_says(text, "taken_down"))
