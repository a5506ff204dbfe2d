"""A product sheet as offers; what cannot be used is named by its line and column and left out, the other rows live."""

from pathlib import Path

from pipeline.catalog.headings import Headings, find_headings, words
from pipeline.catalog.rows import RowReader
from pipeline.catalog.table import Row, plain, read_tables
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Catalog, Offer
from pipeline.errors import UserMistake


def read_catalog(path: Path) -> Catalog:
    """Read a product sheet: CSV (UTF-8, UTF-16, GB18030; comma, semicolon, tab) or XLSX, headings in Chinese or English.

    Raises UserMistake when the file is missing, of another kind, has no headings for product and price, or not one usable row.
    """
    path = path.absolute()
    rows, headings = _best_table(path)
    reader = RowReader(path, headings)
    offers: list[Offer] = []
    problems: list[Message] = [
        M("{file}: the columns “{title}” and “{used}” mean the same; “{used}” is used.", file=path.name, title=title, used=used)
        for title, used in headings.ignored
    ]
    for row in rows:
        if row.line <= headings.line or row.blank or _is_remark(row) or _repeats_headings(row, headings):
            continue
        offer, found = reader.read(row)
        problems += found
        if offer:
            offers.append(offer)
    offers, doubled = _once_each(path.name, offers)
    problems += doubled
    if not offers:
        if problems:
            raise UserMistake(M("{path}: not one row can be used. {problem}", path=str(path), problem=problems[-1 if doubled else 0]))
        raise UserMistake(M("{path} has headings but no product under them.", path=str(path)))
    return Catalog(path=str(path), offers=tuple(offers), problems=tuple(problems))


def _best_table(path: Path) -> tuple[list[Row], Headings]:
    best: tuple[list[Row], Headings] | None = None
    for ways in read_tables(path):
        for rows in ways:
            headings = find_headings(rows)
            if headings and (best is None or headings.score > best[1].score):
                best = rows, headings
        if best and best[1].usable:
            break
    if best is None or not best[1].usable:
        found = "、".join(title for title in best[1].titles if title) if best else ""
        raise UserMistake(
            M(
                "{path}: no line with headings for the product's name and its price was found (for example 商品名, 价格). "
                "Headings seen: {found}",
                path=str(path),
                found=found or "–",
            )
        )
    return best


def _is_remark(row: Row) -> bool:
    first = next(cell for cell in row.cells if cell)
    return plain(first).rstrip(":") in words()["not_products"] or first.startswith("#")


def _repeats_headings(row: Row, headings: Headings) -> bool:
    places = [*headings.columns.values(), *headings.links.values()]
    return all(place < len(row.cells) and row.cells[place] == headings.titles[place] for place in places)


def _once_each(file: str, offers: list[Offer]) -> tuple[list[Offer], list[Message]]:
    """Each sku once. Two rows that disagree about the price are both left out: which one holds, only the seller knows."""
    kept: dict[str, Offer] = {}
    refused: set[str] = set()
    problems = []
    for offer in offers:
        key = offer.sku.casefold()
        first = kept.setdefault(key, offer)
        if first is offer:
            continue
        same = (first.price, first.unit, first.currency, first.offer_ends) == (offer.price, offer.unit, offer.currency, offer.offer_ends)
        where: dict[str, str | int] = {"file": file, "line": offer.row, "first": first.row, "sku": offer.sku, "product": offer.name}
        if same:
            problems.append(M("{file}, line {line}: {sku} ({product}) stands already in line {first}. Line {line} is left out.", **where))
        else:
            refused.add(key)
            problems.append(
                M(
                    "{file}, line {line}: {sku} ({product}) stands already in line {first} with another price, unit or end. "
                    "Neither is used: delete the one that does not hold.",
                    **where,
                )
            )
    return [offer for key, offer in kept.items() if key not in refused], problems
