"""Reading one row of the product sheet as its offers, or as a question."""

import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pipeline.catalog import cell_values
from pipeline.catalog.answer_columns import says_no
from pipeline.catalog.availability import is_state, read_availability
from pipeline.catalog.column_contents import UnknownColumns
from pipeline.catalog.discount_cells import changes_price
from pipeline.catalog.headings import Headings
from pipeline.catalog.name_cells import holds_pack, is_no_name, name_without_pack, pack_in_name, without_line_number
from pipeline.catalog.price_cells import CellPrice, read_price
from pipeline.catalog.row_cells import RowUnusable
from pipeline.catalog.row_doubts import unexplained
from pipeline.catalog.row_links import RowLinks
from pipeline.catalog.row_prices import OFFERED, PricedCell, PriceQuestion, RowPrice, RowUnits, row_prices
from pipeline.catalog.row_units import UnitCell, row_units, two_units
from pipeline.catalog.sale_units import NoUnit, SaleUnit, read_unit
from pipeline.catalog.sheet_sentences import SheetSentences
from pipeline.catalog.spreadsheet import Row
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Offer, RowSetAside
from pipeline.media.pictures import MAX_MEGAPIXELS, PictureTooLarge, open_picture


class RowReader(RowLinks):
    """Reads rows under one line of headings. Not reentrant: it collects the notes on the row that it is reading."""

    def __init__(
        self,
        path: Path,
        headings: Headings,
        now: datetime,
        pictures: Path | None,
        sentences: SheetSentences,
        unknown: UnknownColumns,
    ) -> None:
        super().__init__(path, headings, now, sentences)
        self.pictures = pictures
        self.unknown = unknown
        self._above: tuple[int, str, frozenset[str]] = (0, "", frozenset())
        self._lapse: Literal["sold_out", "taken_down"] | None = None
        self._stands_out = False

    def read(self, row: Row, *, stands_out: bool = False) -> tuple[list[Offer], RowSetAside | None, list[Message]]:
        """Return the row's offers, one for each pack; or what is asked of a person; and notes on fields that were left empty.

        stands_out: whether its colours may be those that a sentence speaks of.
        """
        self._stands_out = stands_out
        self._row, self._notes, self._lapse = row, [], None
        self._name = without_line_number(re.sub(r"\s*\n\s*", "", self._first("name")))
        self._without_name = not self._name
        if self._without_name and row.line == self._above[0] + 1:
            self._name = self._above[1]
        measures = self._measures()
        try:
            if self._without_name and self._name and (self._first("sku") or not measures or measures != self._above[2]):
                self._reject(
                    M(
                        "column “{column}” is empty: is that another pack of {name}? Write its name.",
                        column=self._title("name"),
                        name=self._name,
                    )
                )
            return self._offers(), None, self._notes
        except RowUnusable as unusable:
            names = cell_values.read_items(self._first("aliases"))
            question, sku = unusable.question, self._first("sku")
            aside = RowSetAside(name=self._name, sku=sku, aliases=names, line=row.line, question=question, lapse=self._lapse)
            return [], aside, self._notes
        finally:
            self._above = (row.line, self._name, measures)

    def _offers(self) -> list[Offer]:
        self._check_whole_row()
        available = read_availability(self._row, self.headings, self._name)
        self._name = available.name
        self._lapse = "taken_down" if available.taken_down else "sold_out" if available.sold_out else None
        if not self._name:
            self._reject(M("column “{column}” is empty, the product has no name.", column=self._title("name")))
        self._name = self._only("name", available.name)
        if is_no_name(self._name):
            self._reject(
                M(
                    "“{value}” names no product: of which is it a part, or the price? Write the product's name in its line.",
                    value=self._name,
                )
            )
        if available.taken_down:
            self._reject(M("“{column}” says “{value}”: it is not offered now.", column=available.title, value=available.word))
        self._ask_about_state(available.sold_out)
        prices = self._prices()
        if self.sentences.doubt:
            self._reject(self.sentences.doubt)
        if self.sentences.colours and self._stands_out:
            self._reject(self.sentences.colours)
        validity, begins = self._validity()
        self._ask_about_unknown(prices, validity.ends)
        if len(prices) == 1 and prices[0].unit is None and (pack := pack_in_name(self._name)):
            prices = [RowPrice(prices[0].price, pack, prices[0].list_price)]
        elif any(price.unit is None for price in prices) and holds_pack(self._name):
            self._reject(M("“{value}” in the name: is that what the price buys? Write it in a column 规格.", value=self._name))
        if self.sentences.packs and any(price.unit is None for price in prices):
            self._reject(self.sentences.packs)
        sku = self._identifier("sku") or self._name
        shared: dict[str, object] = {
            "name": self._name,
            "aliases": self._aliases(),
            "origin": self._first("origin"),
            "region": self._first("region"),
            "offer_begins": validity.begins or begins,
            "offer_ends": validity.ends,
            "stock": 0 if available.sold_out else self._stock(),
            "pickup": cell_values.read_items(self._first("pickup")),
            "order_cutoff": self._first("order_cutoff"),
            "after_sales": self._first("after_sales"),
            "photo": self._photo(),
            "links": self._links(),
            "mode": self._first("mode") or "short_video",
            "row": self._row.line,
        }
        return [self._offer(price, sku if len(prices) == 1 else _sku_of(sku, price.unit), shared) for price in prices]

    def _aliases(self) -> tuple[str, ...]:
        """Return the other names; of a name that ends in its pack also the name alone, as it is said."""
        names = (*cell_values.read_items(self._first("aliases")), name_without_pack(self._name))
        return tuple(dict.fromkeys(alias for alias in names if alias != self._name))

    def _offer(self, price: RowPrice, sku: str, shared: dict[str, object]) -> Offer:
        facts = {"sku": sku, "price": price.price.amount, "list_price": price.list_price, "unit": price.unit.text if price.unit else ""}
        return Offer.model_validate({**shared, **facts, "currency": self._currency(price)})

    def _check_whole_row(self) -> None:
        if self._row.hidden:
            self._reject(M("the line is hidden in the spreadsheet. Show it if it holds, delete it if not."))
        struck = self._row.struck & {*self.headings.fields.get("name", ()), *self.headings.prices}
        if struck & {*self.headings.fields.get("name", ())} or (struck and struck >= self._filled_prices()):
            self._reject(M("the line is struck through. Delete it if it does not hold."))
        if self._row.unclosed_quote:
            self._reject(M("a quotation mark is opened and not closed, or stands inside a value. Remove it."))
        width = max((column for column, title in enumerate(self.headings.titles) if title), default=0) + 1
        if any(self._row.cells[width:]):
            self._reject(
                M(
                    "it has {cells} values under {titles} headings. Is there a comma inside a value? Put that value in quotation marks.",
                    cells=len(self._row.cells),
                    titles=width,
                )
            )

    def _measures(self) -> frozenset[str]:
        """Return what the row's packs are counted in, by which two lines are packs of the same goods."""
        try:
            units = [read_unit(text) for name in ("pack", "unit") if (text := self._first(name))]
        except NoUnit:
            return frozenset()
        return frozenset(name for unit in units for name, _ in unit.base)

    def _ask_about_unknown(self, prices: list[RowPrice], ends: datetime | None) -> None:
        """Ask about a cell under an unknown heading, or a remark, that may change what the row offers."""
        amounts = {price.price.amount for price in prices} | {price.list_price for price in prices if price.list_price}
        for column in self.headings.prices:
            try:
                amounts.add(read_price(self._cell(column)).amount)
            except ValueError:
                continue
        units = [price.unit for price in prices]
        if question := unexplained(self._row, self.headings, self.unknown, amounts, units, ends, self.now):
            self._reject(question)

    def _ask_about_state(self, sold_out: bool) -> None:
        for column in self.headings.fields.get("state", ()):
            text = self._cell(column)
            if text and not sold_out and not is_state(text):
                self._reject(M("“{column}” says “{value}”: is it offered now?", column=self.headings.titles[column], value=text))
        for column in sorted(self.unknown.ticked):
            if not self._cell(column):
                self._reject(M("“{column}” is ticked for others and empty here: is it offered now?", column=self.headings.titles[column]))

    def _filled_prices(self) -> set[int]:
        return {column for column, heading in self.headings.prices.items() if heading.kind in OFFERED and self._cell(column)}

    def _prices(self) -> list[RowPrice]:
        """Return the prices to show, each with what it buys and the old price to strike out."""
        self._ask_about_discount()
        try:
            cells = list(self._priced_cells())
            if not any(cell.kind in OFFERED for cell in cells) and not cells:
                columns = "、".join(f"“{self.headings.titles[column]}”" for column in (*self.headings.prices, *self.headings.hidden))
                self._reject(M("{columns}: nothing is there, the product has no price.", columns=columns))
            said = [cell.unit for cell in cells if cell.kind in OFFERED]
            units = self._units(needed=not all(unit and (unit.is_measure or not unit.is_one) for unit in said))
            cells = [self._with_unit_beside(cell, units) for cell in cells]
            prices, notes = row_prices(cells, units)
        except PriceQuestion as question:
            raise RowUnusable(question.message) from None
        for note in notes:
            self._note(note)
        return prices

    def _is_outside_the_sale(self) -> bool:
        """Whether a column of answers says that the row does not take part in the sale whose prices stand beside the others."""
        return any(says_no(self._cell(column)) for column in self.unknown.joins)

    def _priced_cells(self) -> list[PricedCell]:
        """Return the row's prices; one that is not exact stops the row when a buyer may have to pay it."""
        cells = []
        for column, heading in self.headings.prices.items():
            text, title = self._cell(column), self.headings.titles[column]
            if heading.kind == "deal" and self._is_outside_the_sale():
                continue
            if not text or column in self._row.struck or (heading.kind == "total" and not text.strip("0.元¥￥")):
                continue  # a form's sum before anything is ordered
            try:
                price = read_price(text, scale=heading.scale)
                unit = price.unit or (read_unit(heading.unit) if heading.unit else None)
            except (ValueError, NoUnit):
                if heading.kind in OFFERED:
                    self._reject(
                        M(
                            "column “{column}”: “{value}” is not one exact price. Write one number only: eight yuan eighty is 8.8.",
                            column=title,
                            value=text,
                        )
                    )
                continue
            if price.unit and heading.unit and _contradicts(read_unit(heading.unit), price.unit):
                self._reject(
                    M(
                        "“{column}” is the price for {one}, but “{value}” stands there. Which of them holds?",
                        column=title,
                        one=heading.unit,
                        value=text,
                    )
                )
            price = CellPrice(price.amount, price.currency or heading.currency, price.unit)
            cells.append(PricedCell(title, heading.kind, price, unit))
        return cells

    def _units(self, *, needed: bool) -> RowUnits:
        """Return what the unit and pack columns say. needed: whether a price has no unit of its own, so that a doubt is a question."""
        try:
            units = row_units(self._unit_cell("unit"), self._unit_cell("pack"))
        except PriceQuestion:
            if needed:
                raise
            return RowUnits()
        if needed and (units.pack is None or (units.pack.is_one and units.pack.is_measure)):
            self._ask_about_quantity(units.pack)
        if units.pack is None and units.doubt is None and self.headings.unit:
            unit = read_unit(self.headings.unit)
            units = RowUnits(unit, unit)
        try:
            sold = cell_values.read_stock(self._first("quantity")) if self._first("quantity") else None
        except ValueError:
            sold = None
        return RowUnits(units.pack, units.one, units.doubt, Decimal(sold) if sold else None)

    def _ask_about_quantity(self, one: SaleUnit | None) -> None:
        """Ask about a quantity that may be what the price buys, or what there is: 5斤 without a unit, 10 beside 斤.

        one: what the other columns say that a price buys.
        """
        text = self._first("quantity")
        summed = any(heading.kind == "total" for heading in self.headings.prices.values())
        if not text or (summed and one is not None):
            return
        try:
            unit = read_unit(text)
            doubtful = one is None and not unit.is_one
        except NoUnit as nothing:
            doubtful = one is not None and nothing.doubt == "number" and text not in ("0", "1")
        if doubtful:
            self._reject(
                M("“{value}” in “{column}”: is that what the price buys, or how much there is?", value=text, column=self._title("quantity"))
            )

    def _with_unit_beside(self, cell: PricedCell, units: RowUnits) -> PricedCell:
        """Hold the unit in a price's cell or heading against the columns': 箱 in the one and 10斤 in the other are 箱(10斤)."""
        if cell.unit is None or units.pack is None or cell.unit.base == units.pack.base or cell.kind not in OFFERED:
            return cell
        held, holds = units.pack.times(cell.unit), cell.unit.times(units.pack)
        if cell.price.unit is not None and not cell.unit.is_one and not units.pack.is_one:
            self._reject(
                M(
                    "column “{column}”: the price is for {said} there, but the unit says {unit}. Write one of them.",
                    column=cell.title,
                    said=cell.unit.text,
                    unit=units.pack.text,
                )
            )
        if cell.unit.is_one and not cell.unit.is_measure and any(q.count == 1 for q in units.pack.quantities):
            return PricedCell(cell.title, cell.kind, cell.price, units.pack)  # 单份售价 beside 套(2瓶)
        if cell.unit.is_one and not cell.unit.is_measure and held in (None, 1):
            joined = row_units(UnitCell(cell.title, cell.unit.text), UnitCell(cell.title, units.pack.text)).pack
            return PricedCell(cell.title, cell.kind, cell.price, joined)
        if units.pack.is_one and not units.pack.is_measure and holds in (None, 1):
            joined = row_units(UnitCell(cell.title, units.pack.text), UnitCell(cell.title, cell.unit.text)).pack
            return PricedCell(cell.title, cell.kind, cell.price, joined)
        return cell  # it says for itself what it is for

    def _unit_cell(self, name: str) -> UnitCell | None:
        """Return the one text of the columns of a unit or pack. Raises PriceQuestion when two of them say different units."""
        cells = [
            UnitCell(self.headings.titles[column], self._cell(column), self.headings.measures.get(column, ""))
            for column in self.headings.fields.get(name, ())
            if self._cell(column)
        ]
        read: dict[object, UnitCell] = {}
        for cell in cells:
            try:
                unit = row_units(None, cell).pack
                read.setdefault(unit.base if unit else cell.text, cell)
            except PriceQuestion:
                continue
        if len(read) > 1:
            one, other, *_ = read.values()
            raise PriceQuestion(two_units(one, other))
        return next(iter(read.values()), cells[0] if cells else None)

    def _ask_about_discount(self) -> None:
        for column in self.headings.fields.get("discount", ()):
            if column not in self.unknown.joins and changes_price(self._cell(column), self.headings.titles[column]):
                self._reject(
                    M(
                        "“{column}” says “{value}”: is the price in the other column the one before it, or after it?",
                        column=self.headings.titles[column],
                        value=self._cell(column),
                    )
                )

    def _currency(self, price: RowPrice) -> str:
        text = self._first("currency")
        try:
            return cell_values.read_currency(text) if text else price.price.currency or "CNY"
        except ValueError:
            self._reject(M("column “{column}”: “{value}” is not a currency. Write CNY.", column=self._title("currency"), value=text))

    def _photo(self) -> str:
        text = self._first("photo").replace("\\", "/")
        if not text or text.upper().startswith(("=DISPIMG", "=_XLFN.DISPIMG")):
            return self._picture_in_sheet(text)
        photo = self.path.parent / text
        try:
            with open_picture(photo) as picture:
                picture.verify()
        except PictureTooLarge:
            facts = {"column": self._title("photo"), "value": self._first("photo"), "limit": str(MAX_MEGAPIXELS)}
            self._note(M("column “{column}”: the picture {value} has more than {limit} million pixels; the card has no photo.", **facts))
            return ""
        except (OSError, ValueError, SyntaxError):
            facts = {"column": self._title("photo"), "value": self._first("photo")}
            self._note(M("column “{column}”: there is no picture {value} beside the sheet, so the card has no photo.", **facts))
            return ""
        return str(photo.absolute())

    def _picture_in_sheet(self, text: str) -> str:
        """Return the picture that lies on the row, or in its cell."""
        held = self._row.pictures
        found = [picture for column in self.headings.fields.get("photo", ()) for picture in held.get(column, [])]
        found = found or [picture for pictures in held.values() for picture in pictures]
        if len(found) > 1:
            self._note(M("more than one picture lies on the line, so the card has no photo."))
        elif found and self.pictures and (photo := found[0].save(self.pictures)):
            return str(photo)
        elif found or text:
            self._note(M("the picture in the sheet cannot be read, so the card has no photo."))
        return ""


def _contradicts(heading: SaleUnit, cell: SaleUnit) -> bool:
    """Whether a heading's unit and a cell's are two; one box and what is in it are not."""
    return heading.base != cell.base and not (heading.is_one and not heading.is_measure and not cell.is_one)


def _sku_of(sku: str, unit: SaleUnit | None) -> str:
    """A number for one pack of a product that has several."""
    return f"{sku} {unit.text}" if unit else sku
