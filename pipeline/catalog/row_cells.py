"""The cells of the row that is being read, by field, and what is said about it."""

from pathlib import Path
from typing import NoReturn

from pipeline.catalog.headings import Headings
from pipeline.catalog.spreadsheet import Row, normalize_text
from pipeline.catalog.vocabulary import cell_key, cell_words, column_vocabulary
from pipeline.documents.message import M, Message, Value
from pipeline.documents.offer import RowSetAside


class RowUnusable(Exception):
    """The row cannot become an offer; `question` says why."""

    def __init__(self, question: Message) -> None:
        super().__init__(str(question))
        self.question = question


class RowCells:
    """The cells of one row under known headings."""

    def __init__(self, path: Path, headings: Headings) -> None:
        self.path = path
        self.headings = headings
        self._row = Row(0, ())
        self._name = ""
        self._notes: list[Message] = []

    def _first(self, name: str) -> str:
        """The first text of a field's columns."""
        return next((text for column in self.headings.fields.get(name, ()) if (text := self._cell(column))), "")

    def _only(self, name: str, value: str) -> str:
        """Return a field's value; two of its columns that differ are asked about."""
        filled = [column for column in self.headings.fields.get(name, ()) if self._cell(column)]
        if len({normalize_text(self._cell(column)) for column in filled}) > 1:
            self._two_values(filled[0], next(c for c in filled if self._cell(c) != self._cell(filled[0])))
        return value

    def _two_values(self, column: int, other: int) -> NoReturn:
        self._reject(
            M(
                "“{column}” says {one} and “{other}” {two}. Which of them holds?",
                column=self.headings.titles[column],
                one=self._cell(column) or self._raw(column),
                other=self.headings.titles[other],
                two=self._cell(other) or self._raw(other),
            )
        )

    def _title(self, name: str) -> str:
        columns = self.headings.fields.get(name, ())
        return self.headings.titles[columns[0]] if columns else ""

    def _raw(self, column: int) -> str:
        text = self._row.cells[column] if column < len(self._row.cells) else ""
        return "" if text in ("/", "-", "--", "—", "——", "?", "？") else text

    def _cell(self, column: int) -> str:
        text = self._row.cells[column] if column < len(self._row.cells) else ""
        return "" if cell_key(text) in cell_words("empty") or normalize_text(text) in column_vocabulary()["empty"] else text

    def _note(self, fact: Message) -> None:
        self._notes.append(self._about_row(fact))

    def _reject(self, fact: Message) -> NoReturn:
        raise RowUnusable(fact)

    def about(self, aside: RowSetAside) -> Message:
        """Return the message that names a row which was set aside, and why."""
        self._row, self._name = Row(aside.line, ()), aside.name
        return self._about_row(aside.question, sku=aside.sku)

    def _about_row(self, fact: Message, **more: Value) -> Message:
        values: dict[str, Value] = {"file": self.path.name, "line": self._row.line, "product": self._name, "fact": fact, **more}
        if self._name:
            return M("{file}, line {line} ({product}): {fact}", **values)
        return M("{file}, line {line}: {fact}", **values)
