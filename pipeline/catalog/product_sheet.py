"""A product sheet as offers; what cannot be used is reported by line and column and set aside, the other rows remain."""

import re
from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from pipeline.catalog.headings import Headings, find_headings, with_columns_by_content
from pipeline.catalog.row_reader import RowReader
from pipeline.catalog.sale_units import NoUnit, read_unit
from pipeline.catalog.spreadsheet import Row, SheetTable, normalize_text, read_tables
from pipeline.catalog.vocabulary import cell_key, cell_words
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Catalog, Offer, RowSetAside
from pipeline.errors import UserMistake
from pipeline.settings import coop_zone


def read_catalog(path: Path, *, now: datetime | None = None, pictures: Path | None = None) -> Catalog:
    """Read a product sheet: CSV (UTF-8, UTF-16, GB18030; comma, semicolon, tab) or XLSX, headings in Chinese or English.

    now: aware, by which a day without a year gets one; the moment of reading without it. pictures: a folder for the pictures inside a
    workbook; without it they are not used. Raises UserMistake when the file is missing, of another kind, has no headings for product
    and price, or not one usable row.
    """
    catalog = read_whole_sheet(path, now=now, pictures=pictures)
    if not catalog.offers:
        if catalog.problems:
            aside = next((problem for problem in reversed(catalog.problems) if problem.values.get("line")), catalog.problems[0])
            raise UserMistake(M("{path}: not one row can be used. {problem}", path=catalog.path, problem=aside))
        raise UserMistake(M("{path} has headings but no product under them.", path=catalog.path))
    return catalog


def read_whole_sheet(path: Path, *, now: datetime | None = None, pictures: Path | None = None) -> Catalog:
    """Read a product sheet as `read_catalog` does, also one of which every row is set aside."""
    path = path.absolute()
    table, headings, others = _best_table(path)
    headings = with_columns_by_content(headings, table.rows)
    reader = RowReader(path, headings, now or datetime.now(coop_zone()), pictures)
    offers: list[Offer] = []
    aside: list[RowSetAside] = []
    summed = _Summed()
    problems = [*_about_tabs(path, table, others), *_about_hidden_columns(path, headings)]
    for row in table.rows:
        if row.line <= headings.line or row.is_blank or _is_no_product(row, headings) or _repeats_headings(row, headings):
            continue
        row_offers, question, notes = reader.read(row)
        problems += notes
        if row_offers and summed.is_sum(row_offers[0]):
            continue
        for offer in row_offers:
            summed.add(offer)
        offers += row_offers
        if question:
            aside.append(question)
            problems.append(reader.about(question))
    offers, repeated, contradictory = _without_duplicates(path.name, offers)
    return Catalog(
        path=str(path),
        offers=tuple(offers),
        problems=(*problems, *repeated),
        set_aside=tuple(sorted((*aside, *contradictory), key=lambda each: each.line)),
    )


def _best_table(path: Path) -> tuple[SheetTable, Headings, list[str]]:
    """Return the table to read, its headings, and the titles of other visible tabs that have products too.

    The tab that was open when the workbook was saved comes first, then the others in order.
    """
    best: tuple[SheetTable, Headings] | None = None
    others: list[str] = []
    for number, readings in enumerate(read_tables(path)):
        tab: tuple[SheetTable, Headings] | None = None
        for table in readings:
            headings = find_headings(table.rows)
            if headings and (tab is None or headings.score > tab[1].score):
                tab = table, headings
        if tab and best and best[1].is_usable:
            others += [tab[0].title] if tab[1].is_usable and tab[0].visible else []
        elif tab and (best is None or tab[1].score > best[1].score):
            best = tab
        if number == 0 and not (best and best[1].is_usable) and any(_holds_goods(table) for table in readings):
            break  # the open tab is the one that is meant, though its headings are not understood
    if best is None or not best[1].is_usable:
        titles = "、".join(title for title in best[1].titles if title) if best else ""
        raise UserMistake(
            M(
                "{path}: no line with headings for the product's name and its price was found (for example 商品名, 价格). "
                "Headings seen: {found}",
                path=str(path),
                found=titles or "–",
            )
        )
    return *best, others


def _holds_goods(table: SheetTable) -> bool:
    """Whether a tab is a table with numbers in it, and no page of remarks."""
    return sum(sum(bool(re.fullmatch(r"[¥￥]?\d[\d.,]*", cell)) for cell in row.cells) >= 1 < len(row.cells) for row in table.rows) >= 3


def _about_tabs(path: Path, table: SheetTable, others: list[str]) -> list[Message]:
    if not others:
        return []
    titles = "、".join(f"“{title}”" for title in others)
    return [M("{file}: the tab “{tab}” was read, and not {others}.", file=path.name, tab=table.title, others=titles)]


def _about_hidden_columns(path: Path, headings: Headings) -> list[Message]:
    return [
        M(
            "{file}: the column “{column}” is hidden in the spreadsheet, so its prices are not used.",
            file=path.name,
            column=headings.titles[column],
        )
        for column in headings.hidden
    ]


_LINE_NUMBER = 3
"""The most digits of a number that only counts lines."""
_LEAST_SUMMED = 3
_LONGEST_NAME = 12
"""Letters of a name that stands alone in its line; more are a sentence."""
_REMARK = re.compile(r"以上|请|本表|价格|更新|联系|报价|解释权|如有|仅供|^[^:：]{1,6}[:：]")
_SECTION = re.compile(r"^[※•·=(\[【★☆*#]|^[一二三四五六七八九十]{1,2}[、.]|(?:类|系列|专区|区|专场)$|[:：]$")


def _is_no_product(row: Row, headings: Headings) -> bool:
    """Tell a sum, a remark and a group's title from a product, wherever in the row the word stands."""
    filled = [(column, cell) for column, cell in enumerate(row.cells) if cell]
    names = headings.fields["name"]
    before_prices = [cell for column, cell in filled if column in names or column < min(names) or column == filled[0][0]]
    if any(_opens_with(cell, "sums") or _opens_with(cell, "remarks") or cell.startswith("#") for cell in before_prices):
        return True
    if any(_is_sum(cell) for _, cell in filled) and not any(column in names for column, _ in filled):
        return True
    alone = len({cell for _, cell in filled}) == 1
    said = filled[0][1]
    return alone and (filled[0][0] not in names or bool(_SECTION.search(said) or _REMARK.search(said)) or len(said) > _LONGEST_NAME)


class _Summed:
    """The prices of the lines so far, to know a line that only sums them up, by whatever word it is called."""

    def __init__(self) -> None:
        self._total, self._count = Decimal(0), 0

    def add(self, offer: Offer) -> None:
        """Count an offer in."""
        self._total, self._count = self._total + offer.price, self._count + 1

    def is_sum(self, offer: Offer) -> bool:
        """Whether a line without a unit has the sum of all prices above it, or their mean."""
        if self._count < _LEAST_SUMMED or offer.unit:
            return False
        return offer.price in (self._total, (self._total / self._count).quantize(Decimal("0.01")))


def _is_sum(cell: str) -> bool:
    return cell_key(re.sub(r"[(（【\[].*?[)）】\]]", "", cell)) in cell_words("sums")


def _opens_with(cell: str, kind: str) -> bool:
    """Whether a cell is one of the words, or begins with it before a colon, a bracket, a number or a blank."""
    key = cell_key(re.sub(r"[(（【\[].*?[)）】\]]", "", cell))
    if key in cell_words(kind):
        return True
    if (kind == "sums" and key.startswith(tuple(cell_words("sum_stems")))) or key.endswith(tuple(cell_words("sum_stems"))):
        return kind == "sums"
    first = re.match(r"^(\D+?)(?:[:：]|\s*\d|\s+\S{0,6}$)", normalize_text(cell))
    return bool(first) and cell_key(first[1] if first else "") in cell_words(kind)


def _repeats_headings(row: Row, headings: Headings) -> bool:
    return all(column < len(row.cells) and row.cells[column] == headings.titles[column] for column in headings.known_columns)


def _without_duplicates(file: str, offers: list[Offer]) -> tuple[list[Offer], list[Message], list[RowSetAside]]:
    """Return each product's pack once, and what was left out: both of two rows that disagree, since only the seller knows.

    A name on several lines with other packs is several offers; a number on several lines, too, when their name is the same.
    """
    problems: list[Message] = []
    aside: list[RowSetAside] = []
    kept: list[Offer] = []
    known: dict[str, list[Offer]] = {}
    for offer in offers:
        keys = {f"name {normalize_text(offer.name)}", f"number {offer.sku.casefold()}"}
        alike = [other for key in keys for other in known.get(key, ())]
        first = next((other for other in alike if _same_product(other, offer)), None)
        if first is None:
            kept.append(offer)
            for key in keys:
                known.setdefault(key, []).append(offer)
            continue
        facts: dict[str, str | int] = {"file": file, "line": offer.row, "first": first.row, "sku": offer.sku, "product": offer.name}
        same = (first.price, first.currency, first.offer_ends, _pack(first)) == (
            offer.price,
            offer.currency,
            offer.offer_ends,
            _pack(offer),
        )
        if same:
            problems.append(M("{file}, line {line}: {sku} ({product}) stands already in line {first}. Line {line} is left out.", **facts))
            continue
        problem = M(
            "{file}, line {line}: {sku} ({product}) stands already in line {first} with another price, unit or end. "
            "Neither is used: delete the one that does not hold.",
            **facts,
        )
        problems.append(problem)
        aside += [_contradictory(first, offer), _contradictory(offer, first)]
    rows = {each.line for each in aside}
    return (
        _numbered_by_pack([offer for offer in kept if offer.row not in rows]),
        problems,
        list({each.line: each for each in aside}.values()),
    )


def _contradictory(offer: Offer, other: Offer) -> RowSetAside:
    question = M("line {line} says the same product with another price, unit or end. Delete the one that does not hold.", line=other.row)
    return RowSetAside(name=offer.name, sku=offer.sku, aliases=offer.aliases, line=offer.row, question=question)


def _pack(offer: Offer) -> object:
    try:
        return read_unit(offer.unit).base if offer.unit else ""
    except NoUnit:
        return offer.unit


def _same_product(one: Offer, other: Offer) -> bool:
    """Whether two rows are about the same pack of the same product, so that they may not differ."""
    same_name = normalize_text(one.name) == normalize_text(other.name)
    same_pack = _pack(one) == _pack(other) or not one.unit or not other.unit
    numbered = _is_numbered(one) and _is_numbered(other)
    if numbered and one.sku.casefold() == other.sku.casefold():
        return not same_name or same_pack
    return same_name and same_pack and not numbered


def _is_numbered(offer: Offer) -> bool:
    """Whether the seller gave it a number of its own, and not only the line's: 1, 2, 3."""
    return offer.sku != offer.name and not (offer.sku.isdigit() and len(offer.sku) <= _LINE_NUMBER)


def _numbered_by_pack(offers: list[Offer]) -> list[Offer]:
    """Give the packs of one name, or one number, numbers of their own."""
    times = Counter(offer.sku.casefold() for offer in offers)
    return [_with_pack(offer) if times[offer.sku.casefold()] > 1 else offer for offer in offers]


def _with_pack(offer: Offer) -> Offer:
    return offer.model_copy(update={"sku": f"{offer.sku} {offer.unit}"})
