"""From when and until when a row's offer holds, and how much of it there is."""

import re
from datetime import datetime
from pathlib import Path

from pipeline.catalog import cell_values
from pipeline.catalog.headings import Headings
from pipeline.catalog.row_cells import RowCells
from pipeline.catalog.sheet_sentences import SheetSentences
from pipeline.catalog.validity import Validity, is_shelf_life, read_start, read_validity
from pipeline.catalog.vocabulary import cell_key, cell_words
from pipeline.documents.message import M, Message


class RowTerms(RowCells):
    """The cells of a row that say when its offer holds and how many there are; `now` is aware, `sentences` say it for the whole sheet."""

    def __init__(self, path: Path, headings: Headings, now: datetime, sentences: SheetSentences) -> None:
        super().__init__(path, headings)
        self.now = now
        self.sentences = sentences

    def _validity(self) -> tuple[Validity, datetime | None]:
        """Return from when and until when the offer holds; two ends that differ are asked about."""
        begins = self._begins()
        found: list[tuple[int, Validity]] = []
        lenient = self.headings.fields.get("offer_ends_or_shelf_life", ())
        orders = tuple(column for column in self.headings.fields.get("order_cutoff", ()) if not _is_clock(self._cell(column)))
        for column in (*self.headings.fields.get("offer_ends", ()), *lenient, *orders):
            text = self._cell(column)
            if column < len(self._row.cells) and self._row.cells[column] in ("?", "？"):
                self._reject(_no_date(self.headings.titles[column], self._row.cells[column]))
            if not text or cell_key(text) in cell_words("endless") or (column in lenient and is_shelf_life(text)):
                continue
            text = f"{text}天" if text.isdigit() and len(text) < 4 and "天" in self.headings.titles[column] else text
            try:
                if column in self._row.decimals:
                    raise ValueError(text)
                found.append((column, read_validity(text, self.now, begins)))
            except (ValueError, OverflowError):
                self._reject(_no_date(self.headings.titles[column], text))
        for column, validity in found[1:]:
            if validity != found[0][1]:
                self._two_values(found[0][0], column)
        if not found and self.sentences.late:
            self._reject(self.sentences.late)
        validity = found[0][1] if found else self.sentences.validity or Validity(None, None)
        start = validity.begins or begins
        if start and validity.ends and start >= validity.ends:
            self._reject(M("the offer would end before it begins. Correct its dates."))
        return validity, begins

    def _begins(self) -> datetime | None:
        text = self._only("offer_begins", self._first("offer_begins"))
        if not text or cell_key(text) in cell_words("endless") or cell_key(text) in cell_words("in_stock"):
            return None
        try:
            return read_start(text, self.now)
        except (ValueError, OverflowError):
            self._reject(_no_date(self._title("offer_begins"), text))

    def _stock(self) -> int | None:
        """Return how many there are; two columns that differ about whether there is any are asked about."""
        counts: dict[int, int | None] = {}
        for column in self.headings.fields.get("stock", ()):
            text = self._raw(column)
            if not text:
                continue
            try:
                counts[column] = cell_values.read_stock(text)
            except ValueError:
                self._reject(
                    M("“{value}” in “{column}”: is it sold out, or is there some left?", value=text, column=self.headings.titles[column])
                )
        known = {column: count for column, count in counts.items() if count is not None}
        if len(set(known.values())) > 1:
            first, other, *_ = known
            self._two_values(first, other)
        return next(iter(known.values()), None)


def _is_clock(text: str) -> bool:
    """Whether a cell says an hour of every day: 每天20:00."""
    return bool(re.search(r"\d\s*[:点时：]|[早中晚]|每[天日周]", text)) and not re.search(r"\d\s*[-/.月]\s*\d", text)


def _no_date(column: str, text: str) -> Message:
    return M("column “{column}”: “{value}” is not a date. Write it like 2026-11-01 22:00.", column=column, value=text)
