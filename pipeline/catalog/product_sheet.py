"""A product sheet as offers; what cannot be used is reported by line and column and left out, the other rows remain."""

from pathlib import Path

from pipeline.catalog.headings import Headings, column_vocabulary, find_headings
from pipeline.catalog.row_reader import RowReader
from pipeline.catalog.spreadsheet import Row, normalize_text, read_tables
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
        if row.line <= headings.line or row.is_blank or _is_remark(row) or _repeats_headings(row, headings):
            continue
        offer, row_problems = reader.read(row)
        problems += row_problems
        if offer:
            offers.append(offer)
    offers, duplicates = _without_duplicates(path.name, offers)
    problems += duplicates
    if not offers:
        if problems:
            raise UserMistake(M("{path}: not one row can be used. {problem}", path=str(path), problem=problems[-1 if duplicates else 0]))
        raise UserMistake(M("{path} has headings but no product under them.", path=str(path)))
    return Catalog(path=str(path), offers=tuple(offers), problems=tuple(problems))


def _best_table(path: Path) -> tuple[list[Row], Headings]:
    best: tuple[list[Row], Headings] | None = None
    for readings in read_tables(path):
        for rows in readings:
            headings = find_headings(rows)
            if headings and (best is None or headings.score > best[1].score):
                best = rows, headings
        if best and best[1].is_usable:
            break
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
    return best


def _is_remark(row: Row) -> bool:
    first = next(cell for cell in row.cells if cell)
    return normalize_text(first).rstrip(":") in column_vocabulary()["not_products"] or first.startswith("#")


def _repeats_headings(row: Row, headings: Headings) -> bool:
    columns = [*headings.columns.values(), *headings.links.values()]
    return all(column < len(row.cells) and row.cells[column] == headings.titles[column] for column in columns)


def _without_duplicates(file: str, offers: list[Offer]) -> tuple[list[Offer], list[Message]]:
    """Return each sku once, and what was left out: both of two rows that disagree about the price, since only the seller knows."""
    first_by_sku: dict[str, Offer] = {}
    contradictory: set[str] = set()
    problems = []
    for offer in offers:
        key = offer.sku.casefold()
        first = first_by_sku.setdefault(key, offer)
        if first is offer:
            continue
        same = (first.price, first.unit, first.currency, first.offer_ends) == (offer.price, offer.unit, offer.currency, offer.offer_ends)
        facts: dict[str, str | int] = {"file": file, "line": offer.row, "first": first.row, "sku": offer.sku, "product": offer.name}
        if same:
            problems.append(M("{file}, line {line}: {sku} ({product}) stands already in line {first}. Line {line} is left out.", **facts))
        else:
            contradictory.add(key)
            problems.append(
                M(
                    "{file}, line {line}: {sku} ({product}) stands already in line {first} with another price, unit or end. "
                    "Neither is used: delete the one that does not hold.",
                    **facts,
                )
            )
    return [offer for key, offer in first_by_sku.items() if key not in contradictory], problems
