"""A product sheet as offers; what cannot be used is reported by line and column and set aside, the other rows remain."""

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pipeline.catalog.column_contents import completed, unknown_columns, with_columns_by_content
from pipeline.catalog.column_groups import column_groups
from pipeline.catalog.headings import Headings, find_headings, headings_further_down
from pipeline.catalog.line_kinds import SummedLines, is_no_product, repeats_headings
from pipeline.catalog.row_reader import RowReader
from pipeline.catalog.sale_units import NoUnit, read_unit
from pipeline.catalog.sheet_sentences import read_sentences
from pipeline.catalog.spreadsheet import Row, SheetTable, normalize_text, read_tables
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
    now = now or datetime.now(coop_zone())
    table, headings, others = _best_table(path)
    table = replace(table, rows=_without_ditto(table.rows, headings.line))
    sections = [(with_columns_by_content(each, rows), rows) for each, rows in _sections(headings, table.rows)]
    headings = sections[0][0]
    sentences = read_sentences((row for row in table.rows if row.line != headings.line and _may_be_sentence(row, headings)), now)
    offers: list[Offer] = []
    aside: list[RowSetAside] = []
    problems = [*_about_tabs(path, table, others), *_about_hidden_columns(path, headings)]
    problems += [_about_other_table(path.name, section) for section, _ in sections if not section.is_usable]
    priced = [(replace(section, unit=sentences.unit), rows) for section, rows in sections if section.is_usable]
    for group, below in ((group, rows) for section, rows in priced for group in column_groups(section, rows)):
        reader = RowReader(path, group, now, pictures, sentences, unknown_columns(group, below))
        summed, coloured = SummedLines(group), _lines_of_another_colour(below)
        for row in below:
            if not _is_product(row, group):
                continue
            if summed.is_sum(row):
                problems.append(_about_sum(path.name, row, group))
                continue
            row_offers, question, notes = reader.read(row, stands_out=row.line in coloured)
            problems += notes
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


_DITTO = ("同上", "〃", "″", "同前", '"')


def _without_ditto(rows: list[Row], heading_line: int) -> list[Row]:
    """Write out the cells that say: as above."""
    written: list[Row] = []
    for row in rows:
        above = written[-1] if written and written[-1].line > heading_line else None
        if above and any(cell in _DITTO for cell in row.cells):
            cells = (above.cells[c] if cell in _DITTO and c < len(above.cells) else cell for c, cell in enumerate(row.cells))
            row = replace(row, cells=tuple(cells))
        written.append(row)
    return written


def _sections(headings: Headings, rows: list[Row]) -> list[tuple[Headings, list[Row]]]:
    """Return each of the tables that stand under each other, with its headings; a line with other headings begins the next one."""
    starts = [(index, found) for index, row in enumerate(rows) if row.line > headings.line and (found := headings_further_down(row))]
    others = [(index, found) for index, found in starts if found.titles != headings.titles]
    if not others:
        return [(headings, rows)]
    edges = [*(index for index, _ in starts), len(rows)]
    tables = [(headings, rows[: edges[0]])]
    tables += [(found, rows[start:end]) for (start, found), end in zip(starts, edges[1:], strict=True)]
    return tables


def _about_other_table(file: str, headings: Headings) -> Message:
    titles = "、".join(title for title in headings.titles if title)
    return M(
        "{file}, line {line}: another table begins ({titles}); it has no prices, so it is not read.",
        file=file,
        line=headings.line,
        titles=titles,
    )


def _lines_of_another_colour(rows: list[Row]) -> set[int]:
    """Return the lines whose colours are not those of most; all of them where none differs, as in a file that keeps no colours."""
    plain = Counter(row.colours for row in rows).most_common(1)
    return {row.line for row in rows if row.colours != plain[0][0]} or {row.line for row in rows}


def _may_be_sentence(row: Row, headings: Headings) -> bool:
    """Whether a line is no product, or has so little in it that it may be a sentence about all of them: 全单九五折 alone in its line."""
    return not _is_product(row, headings) or len({cell for cell in row.cells if cell}) == 1


def _is_product(row: Row, headings: Headings) -> bool:
    return row.line > headings.line and not row.is_blank and not is_no_product(row, headings) and not repeats_headings(row, headings)


def _best_table(path: Path) -> tuple[SheetTable, Headings, list[str]]:
    """Return the table to read, its headings, and the titles of other visible tabs that have products too.

    The tab that was open when the workbook was saved comes first, then the others in order.
    """
    best: tuple[SheetTable, Headings] | None = None
    others: list[str] = []
    for number, readings in enumerate(read_tables(path)):
        tab: tuple[SheetTable, Headings] | None = None
        for table in readings:
            found = find_headings(table.rows)
            headings = completed(found, table.rows) if found else None
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


def _about_sum(file: str, row: Row, headings: Headings) -> Message:
    name = row.cells[headings.fields["name"][0]] if headings.fields["name"][0] < len(row.cells) else ""
    return M(
        "{file}, line {line} ({product}): its number sums up the lines above it, so it is no product.",
        file=file,
        line=row.line,
        product=name,
    )


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
