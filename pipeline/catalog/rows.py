"""One line of the sheet as one offer."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from pipeline.catalog import values
from pipeline.catalog.headings import Headings, words
from pipeline.catalog.table import Row, plain
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Offer


class _Unusable(Exception):
    """The row cannot become an offer; why has been noted."""


class RowReader:
    """Reads rows under one line of headings. Not reentrant: it notes the problems of the row it is reading."""

    def __init__(self, path: Path, headings: Headings) -> None:
        self.path = path
        self.headings = headings
        self._row = Row(0, ())
        self._problems: list[Message] = []

    def read(self, row: Row) -> tuple[Offer | None, list[Message]]:
        """The offer, or None, and what is wrong with the row; problems without a lost offer cost only the field they name."""
        self._row, self._problems = row, []
        try:
            return self._offer(), self._problems
        except _Unusable:
            return None, self._problems

    def _offer(self) -> Offer:
        self._whole_row()
        name = self._text("name")
        if not name:
            self._spoil(M("{file}, line {line}: column “{column}” is empty, the product has no name.", **self._where("name")))
        shown, list_price, currency = self._prices()
        unit = self._unit(shown)
        sku = self._number_text("sku") or name
        return Offer(
            sku=sku,
            name=name,
            aliases=tuple(alias for alias in values.items(self._text("aliases")) if alias != name),
            origin=self._text("origin"),
            region=self._text("region"),
            price=shown.amount,
            currency=currency,
            unit=unit,
            list_price=list_price,
            offer_ends=self._ends(),
            stock=self._stock(),
            pickup=values.items(self._text("pickup")),
            order_cutoff=self._text("order_cutoff"),
            after_sales=self._text("after_sales"),
            photo=self._photo(),
            links=self._links(),
            mode=self._text("mode") or "short_video",
            row=self._row.line,
        )

    def _whole_row(self) -> None:
        if self._row.broken:
            self._spoil(
                M(
                    "{file}, line {line}: a quotation mark is opened and not closed, or stands inside a value. Remove it.",
                    file=self.path.name,
                    line=self._row.line,
                )
            )
        width = max((place for place, title in enumerate(self.headings.titles) if title), default=0) + 1
        if any(self._row.cells[width:]):
            self._spoil(
                M(
                    "{file}, line {line}: it has {cells} values under {titles} headings. "
                    "Is there a comma inside a value? Put that value in quotation marks.",
                    file=self.path.name,
                    line=self._row.line,
                    cells=len(self._row.cells),
                    titles=width,
                )
            )

    def _prices(self) -> tuple[values.Price, Decimal | None, str]:
        """What is asked now, what is struck out, and the currency. A deal price makes the usual price the struck-out one."""
        usual, deal, old = self._price("price"), self._price("deal_price"), self._price("list_price")
        shown = deal or usual
        if shown is None:
            column = "price" if "price" in self.headings.columns else "deal_price"
            self._spoil(M("{file}, line {line} ({product}): column “{column}” is empty, the product has no price.", **self._where(column)))
            raise _Unusable
        struck = old or (usual if deal else None)
        if struck and struck.amount <= shown.amount:
            self._problems.append(
                M(
                    "{file}, line {line} ({product}): the old price {old} is not above the price {price}, so it is not shown.",
                    file=self.path.name,
                    line=self._row.line,
                    product=self._text("name"),
                    old=str(struck.amount),
                    price=str(shown.amount),
                )
            )
            struck = None
        if usual and not shown.unit:
            shown = values.Price(shown.amount, shown.currency, usual.unit)
        return shown, struck.amount if struck else None, self._currency(shown)

    def _unit(self, shown: values.Price) -> str:
        """What the price buys: from the unit column, the price itself or its heading; a pack size beside it stands in brackets."""
        column, pack = values.unit(self._text("unit")), values.unit(self._text("pack"))
        said = shown.unit or self.headings.unit
        if not said or not column or said == column:
            said = said or column
        elif said[0].isdigit() != column[0].isdigit():
            said, pack = sorted((said, column), key=lambda unit: unit[0].isdigit())
        else:
            self._spoil(
                M(
                    "{file}, line {line} ({product}), column “{column}”: the price is for {said} there, but the unit says {unit}. "
                    "Write one of them.",
                    said=said,
                    unit=column,
                    **self._where("price" if self._text("price") else "deal_price"),
                )
            )
        if not said or not pack or said == pack:
            return said or pack
        return f"{said}({pack})" if pack[0].isdigit() and not said[0].isdigit() else said

    def _currency(self, shown: values.Price) -> str:
        text = self._text("currency")
        try:
            return values.currency(text) if text else shown.currency or "CNY"
        except ValueError:
            self._spoil(
                M("{file}, line {line} ({product}), column “{column}”: “{value}” is not a currency. Write CNY.", **self._where("currency"))
            )
            raise _Unusable from None

    def _price(self, name: str) -> values.Price | None:
        text = self._text(name)
        if not text:
            return None
        try:
            return values.price(text)
        except ValueError:
            self._spoil(
                M(
                    "{file}, line {line} ({product}), column “{column}”: “{value}” is not one exact price. Write it like 29.90.",
                    **self._where(name),
                )
            )
            raise _Unusable from None

    def _ends(self) -> datetime | None:
        text = self._text("offer_ends")
        if not text or plain(text) in words()["endless"]:
            return None
        try:
            return values.moment(text)
        except (ValueError, OverflowError):
            self._spoil(
                M(
                    "{file}, line {line} ({product}), column “{column}”: “{value}” is not a date. Write it like 2026-11-01 22:00.",
                    **self._where("offer_ends"),
                )
            )
            raise _Unusable from None

    def _stock(self) -> int | None:
        text = self._text("stock")
        try:
            return values.whole_number(text) if text else None
        except ValueError:
            self._problems.append(
                M(
                    "{file}, line {line} ({product}), column “{column}”: “{value}” is not a number; the stock is left open.",
                    **self._where("stock"),
                )
            )
            return None

    def _links(self) -> dict[str, str]:
        """Every link by destination. A platform's own column may hold its product number; the general one must be an address."""
        found = {}
        places = dict(self.headings.links)
        if "link" in self.headings.columns:
            places["default"] = self.headings.columns["link"]
        for destination, place in places.items():
            text = self._at(place)
            if not text:
                continue
            where: dict[str, str | int] = {
                "file": self.path.name,
                "line": self._row.line,
                "product": self._text("name"),
                "column": self.headings.titles[place],
            }
            if place in self._row.spoiled or _in_powers(text):
                self._problems.append(
                    M(
                        "{file}, line {line} ({product}), column “{column}”: the spreadsheet has shortened the long number {value}. "
                        "Format the column as text and enter it again.",
                        value=text,
                        **where,
                    )
                )
                continue
            try:
                found[destination] = values.product_number(text) if destination != "default" and "." not in text else values.link(text)
            except ValueError:
                self._problems.append(
                    M(
                        "{file}, line {line} ({product}), column “{column}”: “{value}” is not a link that begins with https://, "
                        "so it is left out.",
                        value=text,
                        **where,
                    )
                )
        return found

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
                    **self._where("photo"),
                )
            )
            return ""
        return str(photo.absolute())

    def _number_text(self, name: str) -> str:
        """A number that is a name. One that the spreadsheet shortened would stand for another product."""
        text = self._text(name)
        place = self.headings.columns.get(name)
        if text and (place in self._row.spoiled or _in_powers(text)):
            self._spoil(
                M(
                    "{file}, line {line} ({product}), column “{column}”: the spreadsheet has shortened the long number {value}. "
                    "Format the column as text and enter it again.",
                    **self._where(name),
                )
            )
        return text

    def _text(self, name: str) -> str:
        place = self.headings.columns.get(name)
        return "" if place is None else self._at(place)

    def _at(self, place: int) -> str:
        text = self._row.cells[place] if place < len(self._row.cells) else ""
        return "" if plain(text) in words()["empty"] else text

    def _where(self, name: str) -> dict[str, str | int]:
        return {
            "file": self.path.name,
            "line": self._row.line,
            "product": self._text("name"),
            "sku": self._text("sku"),
            "column": self.headings.titles[self.headings.columns[name]],
            "value": self._text(name),
        }

    def _spoil(self, problem: Message) -> None:
        self._problems.append(problem)
        raise _Unusable


def _in_powers(text: str) -> bool:
    """7.301E+18: what a spreadsheet makes of a long number when it saves CSV."""
    mantissa, e, power = text.upper().partition("E+")
    return bool(e) and power.isdigit() and mantissa.replace(".", "").isdigit()
