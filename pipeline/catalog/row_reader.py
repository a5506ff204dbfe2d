"""Reading one row of the product sheet as one offer."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from pipeline.catalog import cell_values
from pipeline.catalog.headings import Headings, column_vocabulary
from pipeline.catalog.spreadsheet import Row, normalize_text
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Offer


class _RowUnusable(Exception):
    """The row cannot become an offer; the problem is recorded already."""


class RowReader:
    """Reads rows under one line of headings. Not reentrant: it collects the problems of the row that it is reading."""

    def __init__(self, path: Path, headings: Headings) -> None:
        self.path = path
        self.headings = headings
        self._row = Row(0, ())
        self._problems: list[Message] = []

    def read(self, row: Row) -> tuple[Offer | None, list[Message]]:
        """Return the offer, or None, and the row's problems; beside an offer, a problem means that the field it names was left empty."""
        self._row, self._problems = row, []
        try:
            return self._offer(), self._problems
        except _RowUnusable:
            return None, self._problems

    def _offer(self) -> Offer:
        self._check_whole_row()
        name = self._text("name")
        if not name:
            self._reject(M("{file}, line {line}: column “{column}” is empty, the product has no name.", **self._facts("name")))
        price, list_price, currency = self._prices()
        unit = self._unit(price)
        sku = self._identifier("sku") or name
        return Offer(
            sku=sku,
            name=name,
            aliases=tuple(alias for alias in cell_values.read_items(self._text("aliases")) if alias != name),
            origin=self._text("origin"),
            region=self._text("region"),
            price=price.amount,
            currency=currency,
            unit=unit,
            list_price=list_price,
            offer_ends=self._offer_ends(),
            stock=self._stock(),
            pickup=cell_values.read_items(self._text("pickup")),
            order_cutoff=self._text("order_cutoff"),
            after_sales=self._text("after_sales"),
            photo=self._photo(),
            links=self._links(),
            mode=self._text("mode") or "short_video",
            row=self._row.line,
        )

    def _check_whole_row(self) -> None:
        if self._row.unclosed_quote:
            self._reject(
                M(
                    "{file}, line {line}: a quotation mark is opened and not closed, or stands inside a value. Remove it.",
                    file=self.path.name,
                    line=self._row.line,
                )
            )
        width = max((column for column, title in enumerate(self.headings.titles) if title), default=0) + 1
        if any(self._row.cells[width:]):
            self._reject(
                M(
                    "{file}, line {line}: it has {cells} values under {titles} headings. "
                    "Is there a comma inside a value? Put that value in quotation marks.",
                    file=self.path.name,
                    line=self._row.line,
                    cells=len(self._row.cells),
                    titles=width,
                )
            )

    def _prices(self) -> tuple[cell_values.CellPrice, Decimal | None, str]:
        """Return the price to show, the old price to strike out, and the currency. Beside a deal price the usual price is the old one."""
        usual, deal, old = self._price("price"), self._price("deal_price"), self._price("list_price")
        price = deal or usual
        if price is None:
            column = "price" if "price" in self.headings.columns else "deal_price"
            self._reject(M("{file}, line {line} ({product}): column “{column}” is empty, the product has no price.", **self._facts(column)))
            raise _RowUnusable
        old_price = old or (usual if deal else None)
        if old_price and old_price.amount <= price.amount:
            self._problems.append(
                M(
                    "{file}, line {line} ({product}): the old price {old} is not above the price {price}, so it is not shown.",
                    file=self.path.name,
                    line=self._row.line,
                    product=self._text("name"),
                    old=str(old_price.amount),
                    price=str(price.amount),
                )
            )
            old_price = None
        if usual and not price.unit:
            price = cell_values.CellPrice(price.amount, price.currency, usual.unit)
        return price, old_price.amount if old_price else None, self._currency(price)

    def _unit(self, price: cell_values.CellPrice) -> str:
        """Return what the price buys: from the unit column, the price itself or its heading; a pack size beside it stands in brackets."""
        column, pack = cell_values.read_unit(self._text("unit")), cell_values.read_unit(self._text("pack"))
        unit = price.unit or self.headings.unit
        if not unit or not column or unit == column:
            unit = unit or column
        elif unit[0].isdigit() != column[0].isdigit():
            unit, pack = sorted((unit, column), key=lambda text: text[0].isdigit())
        else:
            self._reject(
                M(
                    "{file}, line {line} ({product}), column “{column}”: the price is for {said} there, but the unit says {unit}. "
                    "Write one of them.",
                    said=unit,
                    unit=column,
                    **self._facts("price" if self._text("price") else "deal_price"),
                )
            )
        if not unit or not pack or unit == pack:
            return unit or pack
        return f"{unit}({pack})" if pack[0].isdigit() and not unit[0].isdigit() else unit

    def _currency(self, price: cell_values.CellPrice) -> str:
        text = self._text("currency")
        try:
            return cell_values.read_currency(text) if text else price.currency or "CNY"
        except ValueError:
            self._reject(
                M("{file}, line {line} ({product}), column “{column}”: “{value}” is not a currency. Write CNY.", **self._facts("currency"))
            )
            raise _RowUnusable from None

    def _price(self, name: str) -> cell_values.CellPrice | None:
        text = self._text(name)
        if not text:
            return None
        try:
            return cell_values.read_price(text)
        except ValueError:
            self._reject(
                M(
                    "{file}, line {line} ({product}), column “{column}”: “{value}” is not one exact price. Write it like 29.90.",
                    **self._facts(name),
                )
            )
            raise _RowUnusable from None

    def _offer_ends(self) -> datetime | None:
        text = self._text("offer_ends")
        if not text or normalize_text(text) in column_vocabulary()["endless"]:
            return None
        try:
            return cell_values.read_moment(text)
        except (ValueError, OverflowError):
            self._reject(
                M(
                    "{file}, line {line} ({product}), column “{column}”: “{value}” is not a date. Write it like 2026-11-01 22:00.",
                    **self._facts("offer_ends"),
                )
            )
            raise _RowUnusable from None

    def _stock(self) -> int | None:
        text = self._text("stock")
        try:
            return cell_values.read_whole_number(text) if text else None
        except ValueError:
            self._problems.append(
                M(
                    "{file}, line {line} ({product}), column “{column}”: “{value}” is not a number; the stock is left open.",
                    **self._facts("stock"),
                )
            )
            return None

    def _links(self) -> dict[str, str]:
        """Return the links by destination. A platform's own column may hold its product number; the general one must be an address."""
        links = {}
        columns = dict(self.headings.links)
        if "link" in self.headings.columns:
            columns["default"] = self.headings.columns["link"]
        for destination, column in columns.items():
            text = self._cell(column)
            if not text:
                continue
            facts: dict[str, str | int] = {
                "file": self.path.name,
                "line": self._row.line,
                "product": self._text("name"),
                "column": self.headings.titles[column],
            }
            if column in self._row.truncated_numbers or _is_in_scientific_notation(text):
                self._problems.append(
                    M(
                        "{file}, line {line} ({product}), column “{column}”: the spreadsheet has shortened the long number {value}. "
                        "Format the column as text and enter it again.",
                        value=text,
                        **facts,
                    )
                )
                continue
            try:
                links[destination] = (
                    cell_values.read_product_number(text) if destination != "default" and "." not in text else cell_values.read_link(text)
                )
            except ValueError:
                self._problems.append(
                    M(
                        "{file}, line {line} ({product}), column “{column}”: “{value}” is not a link that begins with https://, "
                        "so it is left out.",
                        value=text,
                        **facts,
                    )
                )
        return links

    def _photo(self) -> str:
        text = self._text("photo").replace("\\", "/")
        if not text:
            return ""
        photo = self.path.parent / text
        try:
            with Image.open(photo) as picture:
                picture.verify()
        except (OSError, UnidentifiedImageError, ValueError, SyntaxError, Image.DecompressionBombError):
            self._problems.append(
                M(
                    "{file}, line {line} ({product}), column “{column}”: there is no picture {value} beside the sheet, "
                    "so the card has no photo.",
                    **self._facts("photo"),
                )
            )
            return ""
        return str(photo.absolute())

    def _identifier(self, name: str) -> str:
        """Return a field that identifies the product. A number that the spreadsheet shortened would identify another one."""
        text = self._text(name)
        column = self.headings.columns.get(name)
        if text and (column in self._row.truncated_numbers or _is_in_scientific_notation(text)):
            self._reject(
                M(
                    "{file}, line {line} ({product}), column “{column}”: the spreadsheet has shortened the long number {value}. "
                    "Format the column as text and enter it again.",
                    **self._facts(name),
                )
            )
        return text

    def _text(self, name: str) -> str:
        column = self.headings.columns.get(name)
        return "" if column is None else self._cell(column)

    def _cell(self, column: int) -> str:
        text = self._row.cells[column] if column < len(self._row.cells) else ""
        return "" if normalize_text(text) in column_vocabulary()["empty"] else text

    def _facts(self, name: str) -> dict[str, str | int]:
        return {
            "file": self.path.name,
            "line": self._row.line,
            "product": self._text("name"),
            "sku": self._text("sku"),
            "column": self.headings.titles[self.headings.columns[name]],
            "value": self._text(name),
        }

    def _reject(self, problem: Message) -> None:
        self._problems.append(problem)
        raise _RowUnusable


def _is_in_scientific_notation(text: str) -> bool:
    """Tell whether a text is like 7.301E+18, which a spreadsheet makes of a long number when it saves CSV."""
    mantissa, e, power = text.upper().partition("E+")
    return bool(e) and power.isdigit() and mantissa.replace(".", "").isdigit()
