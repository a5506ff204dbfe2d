"""Column headings of a product sheet: which columns hold which field, by the words in columns.yaml."""

import re
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise, zip_longest

from pipeline.catalog.price_headings import UNKNOWN, PriceHeading, read_price_heading
from pipeline.catalog.sale_units import is_container, is_one_unit, measure_in_heading
from pipeline.catalog.spreadsheet import Row, normalize_text
from pipeline.catalog.vocabulary import column_vocabulary, heading_key, plain_heading

SEARCHED_ROWS = 40
"""Rows from the top in which headings are looked for: a title, a date and remarks may stand above them."""
_MEASURED = ("unit", "pack")
_SAYS_MONEY = re.compile(r"[元¥钱]|后$|[含未]税|(?<!已)[卖售]$|折$")
"""What makes another price of a word that is about the goods or the work: 更新后, 村里卖, 含税."""
_SENT = ("发货", "实发", "到手", "每单", "一单", "含量", "重", "含", "装", "内装")
"""What a measure in a heading is of, where it is what a buyer gets: 发货斤数."""
_NUMBERED_OR_PERSON = re.compile(r"[^型]号$|码$|[解讲装送责系口经审采检管记填制拍摄播收]\w?人$")
"""Headings over numbers that only name something, and over who does the work: 镜号, 房号, 讲解人, 装箱人."""
_OF_OTHERS = ("purchase", "wholesale", "member", "past", "future")
"""Prices of other people and other times. A heading of a pack or an end with one of their words is not about what buyers pay for now."""
_NOT_OF_OTHERS = ("供应", "供货", "限", "恢复", "预计", "控", "内部", "订货")
_ALL_COUNT = (*_MEASURED, "offer_ends", "offer_begins", "stock", "state", "discount", "link", "quantity")
"""Fields of which every column counts; of the others those that are called exactly so go before those that only end in the word."""


@dataclass(frozen=True)
class Headings:
    """Columns of a sheet by what they hold; several columns may hold the same.

    line: the headings' own line, from 1. fields: column indexes by field. prices: what kind of price a column holds. links: column
    indexes by destination as the heading names it. measures: the measure in the heading of a unit or pack column (重量(斤)).
    titles: the headings as written. unit: what every price is for, as a sentence beside the table says. hidden: price columns that are
    hidden in the spreadsheet, which are not used. elsewhere: columns of another group, read by themselves.
    """

    line: int
    fields: dict[str, tuple[int, ...]]
    prices: dict[int, PriceHeading]
    links: dict[str, tuple[int, ...]]
    titles: tuple[str, ...]
    measures: dict[int, str] = field(default_factory=dict)
    unit: str = ""
    hidden: tuple[int, ...] = ()
    elsewhere: frozenset[int] = frozenset()

    @property
    def score(self) -> tuple[bool, int]:
        """Sort key: usable headings rank above others, then those with more known columns."""
        return self.is_usable, len(self.known_columns)

    @property
    def is_usable(self) -> bool:
        """Whether a product's name and a price can be read under these headings."""
        return "name" in self.fields and bool(self.prices or self.hidden)

    @property
    def known_columns(self) -> tuple[int, ...]:
        """Every column whose heading is known."""
        held = (*self.fields.values(), *self.links.values(), tuple(self.prices), self.hidden)
        return tuple(column for columns in held for column in columns)


@cache
def _field_by_heading() -> dict[str, str]:
    return {heading_key(word): field_name for field_name, synonyms in column_vocabulary()["fields"].items() for word in synonyms}


def find_headings(rows: list[Row]) -> Headings | None:
    """Return the best line of headings among the first rows, usable or not; None when no row holds any known heading.

    A heading may stand in two lines, one word over several: 价格 over 原价 and 现价.
    """
    searched = [row for row in rows[:SEARCHED_ROWS] if not any(map(_is_value, row.cells))]
    lines = [row for row in searched if len([cell for cell in row.cells if cell]) >= 2]
    pairs = [
        both
        for upper, lower in pairwise(rows[:SEARCHED_ROWS])
        if upper in searched and lower in searched
        if (both := _over_each_other(upper, lower))
    ]
    measured = [both for upper, lower in pairwise(lines) if lower.line == upper.line + 1 and (both := _with_units_below(upper, lower))]
    # max() keeps the first of equals, so headings repeated further down do not hide the rows above them.
    best = max((_match_columns(row) for row in (*measured, *lines, *pairs)), key=lambda headings: headings.score, default=None)
    return best if best and best.known_columns else None


def headings_further_down(row: Row) -> Headings | None:
    """Return the headings of a line under the first ones that begins another table; None for any other line."""
    if any(map(_is_value, row.cells)) or len([cell for cell in row.cells if cell]) < 2:
        return None
    found = _match_columns(row)
    named = "name" in found.fields and row.cells[found.fields["name"][0]] != ""
    return found if named and len(found.known_columns) > 1 and len(found.known_columns) >= sum(map(bool, row.cells)) / 2 else None


def _is_value(cell: str) -> bool:
    """Whether a cell holds an amount or a day, which no line of headings does."""
    text = normalize_text(cell)
    return bool(re.fullmatch(r"[¥$]?\d+(?:\.\d+)?[元块]?|20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s+[\d:]+)?", text))


def _over_each_other(upper: Row, lower: Row) -> Row | None:
    """Return two lines of headings as one: some of the upper stand over several of the lower. None when the lower is no such line."""
    if sum(bool(cell) for cell in upper.cells) < 2 or not any(lower.cells):
        return None
    titles, over, spans = [], "", False
    for column in range(max(len(upper.cells), len(lower.cells))):
        above = upper.cells[column] if column < len(upper.cells) else ""
        below = lower.cells[column] if column < len(lower.cells) else ""
        over = above or over
        spans = spans or bool(below and not above)
        title = next((title for title in (below, f"{over}{below}") if below and _meaning(title)), "")
        if below and below != above and not title:
            return None  # a value, and no heading
        titles.append(above if below in ("", above) else title)
    return Row(lower.line, tuple(titles), hidden_columns=lower.hidden_columns) if spans else None


def _with_units_below(titles: Row, below: Row) -> Row | None:
    """Return headings with the units that stand in the line under them, 规格 over 斤 and 售价 over 元; None when that is no such line."""
    units = [re.sub(r"^单位[:：]?|[()（）\[\]【】\s]|^[-—/]+$", "", cell) for cell in below.cells]
    if not any(units) or not all(not unit or unit in column_vocabulary()["money_words"] or is_one_unit(unit) for unit in units):
        return None
    if sum(map(bool, units)) < 2 and "name" not in {_meaning(title) for title in titles.cells if title}:
        return None
    named = [f"{title}({unit})" if title and unit else title for title, unit in zip_longest(titles.cells, units, fillvalue="")]
    return Row(below.line, tuple(named), hidden_columns=below.hidden_columns)


def _meaning(title: str) -> str | PriceHeading | None:
    """Return the field that a heading names, or the kind of its price; None for an unknown one."""
    title = re.sub(r"(?<=[^\W\d])[\s_]*[1-9①-⑨]$", "", title)  # 价格1, 价格2
    key = heading_key(title)
    if is_never(title) or len(key) > 20 or (_is_of_others(title) and not key.endswith(tuple(column_vocabulary()["price_words"]))):
        return read_price_heading(title) if _is_of_others(title) and not is_harmless(title) and not is_never(title) else None
    known = _field_by_heading()
    if key in known:
        return known[key]
    if key.endswith(("员", "人", "者")):
        return None
    price = None if is_harmless(title) else read_price_heading(title)
    what, measure = measure_in_heading(title)
    if measure and is_container(what):
        return "pack"  # 一份(斤) over bare numbers
    if price and (price.kind != UNKNOWN or key.endswith(tuple(column_vocabulary()["price_words"]))):
        return price
    if "规格" in key:
        return "pack"
    if measure and (not what or known.get(heading_key(what)) in _MEASURED or is_container(what) or what in _SENT):
        return "pack"
    if key.endswith("数量") and any(word in key for word in column_vocabulary()["holds"]["stock"]):
        return "stock"  # 可发数量
    suffixes = [word for word in known if len(word) >= 2 and not word.isascii() and key.endswith(word)]
    if suffixes:
        last = max(suffixes, key=len)
        return _of_two_words(known.get(key.removesuffix(last)), known[last], key)
    holds = next((name for name, words in column_vocabulary()["holds"].items() if any(word in key for word in words)), None)
    return holds or price


def _of_two_words(first: str | None, last: str, key: str) -> str | None:
    """Return the field of a heading that ends in a field's word: 商品产地 is an origin, but 单位名称 a unit and 剩余件数 a stock."""
    if last == "name" and first:
        return first
    if last == "pack" and re.search(r"样品|赠|试[吃用]|损耗|皮重|起[批订售]|日产|平均", key):
        return None  # 样品重量 is no pack
    if last == "quantity" and any(word in key for word in column_vocabulary()["holds"]["stock"]):
        return "stock"
    return last


@cache
def _words_of_others() -> tuple[str, ...]:
    words = (word for kind in _OF_OTHERS for word in column_vocabulary()["prices"][kind])
    return tuple(word for word in words if len(word) > 1 and not word.isascii() and word not in _NOT_OF_OTHERS)


def _is_of_others(title: str) -> bool:
    """Whether a heading has a word of other buyers or of another time: 批发规格, 昨日库存, 规格（代理）."""
    text = plain_heading(title)
    return any(word in text for word in _words_of_others())


def is_never(title: str) -> bool:
    """Whether a heading is about money or goods of another kind, and is never taken for an offer's: 运费, 定金."""
    key, vocabulary = heading_key(title), column_vocabulary()
    return any(word in key for word in vocabulary["never"]) and not key.endswith(("后", *vocabulary["price_words"]))  # 补贴后, 佣金价


def is_harmless(title: str) -> bool:
    """Whether a heading is about the goods, the work or the people, and nothing under it is a price or an end: 销量, 采摘日期."""
    key, vocabulary = heading_key(title), column_vocabulary()
    if _SAYS_MONEY.search(plain_heading(title)) or any(word in key for word in vocabulary["price_words"]):
        return False
    return any(word in key for word in vocabulary["harmless"]) or bool(_NUMBERED_OR_PERSON.search(key))


def _match_columns(row: Row) -> Headings:
    fields: dict[str, tuple[int, ...]] = {}
    links: dict[str, tuple[int, ...]] = {}
    prices: dict[int, PriceHeading] = {}
    measures: dict[int, str] = {}
    hidden = []
    for column, title in enumerate(row.cells):
        if not title:
            continue
        if destination := _link_destination(title):
            links[destination] = (*links.get(destination, ()), column)
            continue
        meaning = _meaning(title)
        if isinstance(meaning, PriceHeading):
            if column in row.hidden_columns:
                hidden.append(column)
            else:
                prices[column] = meaning
        elif meaning:
            fields[meaning] = (*fields.get(meaning, ()), column)
            if meaning in _MEASURED and (measure := measure_in_heading(title)[1]):
                measures[column] = measure
    return Headings(row.line, _only_exact(fields, row), prices, links, row.cells, measures, hidden=tuple(hidden))


def _only_exact(fields: dict[str, tuple[int, ...]], row: Row) -> dict[str, tuple[int, ...]]:
    """Leave out columns that only end in a field's word where another column is called by it: 供应商名称 beside 名称."""
    known = _field_by_heading()
    exact = {name: tuple(c for c in columns if known.get(heading_key(row.cells[c])) == name) for name, columns in fields.items()}
    return {name: columns if name in _ALL_COUNT else exact[name] or columns for name, columns in fields.items()}


def _link_destination(title: str) -> str | None:
    """Return the destination that a link's heading names (`link_kuaishou`, `Kuaishou link`, `快手链接`); None for `购买链接` and `link`."""
    if heading_key(title) in _field_by_heading():
        return None
    text = plain_heading(title)
    match = re.fullmatch(r"(?:link|url)[\s_:\-]+(.+)", text) or re.fullmatch(r"(.+?)[\s_\-]*(?:link|url|链接|商品id|商品编号|购物车)", text)
    if not match or (destination := match[1].strip()) in ("", "商品", "product"):
        return None
    return re.sub(r"\s+", "_", destination)
