"""The sheet of group leaders, each of whom gets a variant of her own."""

from pathlib import Path

from pydantic import Field

from pipeline.catalog.headings import SEARCHED_ROWS
from pipeline.catalog.spreadsheet import Row, read_tables
from pipeline.catalog.vocabulary import column_vocabulary, heading_key
from pipeline.documents.base import Document
from pipeline.documents.job import Leader
from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake


class Leaders(Document):
    """The group leaders of a sheet, and why the other lines could not be used."""

    leaders: tuple[Leader, ...]
    problems: tuple[Message, ...] = Field(default=())


def read_leaders(path: Path) -> Leaders:
    """Read a sheet with columns for name, shop, pick-up place and link (CSV or XLSX, Chinese or English, in any order).

    Name and link are needed. A line without them, with a link that is not https, or of a leader who is listed already is reported and
    left out. Raises UserMistake when there is no such sheet, no such headings, or not one line to use.
    """
    path = path.absolute()
    rows, columns = _best_table(path)
    leaders: list[Leader] = []
    problems: list[Message] = []
    for row in rows:
        cells = {name: row.cells[column] if column < len(row.cells) else "" for name, column in columns.items()}
        leader = Leader(**cells, row=row.line)
        problem = _problem(path.name, leader, leaders)
        if problem is None:
            leaders.append(leader)
        else:
            problems.append(problem)
    if not leaders:
        raise UserMistake(M("{path}: not one leader can be used. {problem}", path=str(path), problem=problems[0] if problems else ""))
    return Leaders(leaders=tuple(leaders), problems=tuple(problems))


def _best_table(path: Path) -> tuple[list[Row], dict[str, int]]:
    """Return the rows under the first headings that name a leader and a link, and the column index of each field."""
    for readings in read_tables(path):
        for table in readings:
            for index, row in enumerate(table.rows[:SEARCHED_ROWS]):
                columns = _columns(row)
                if {"name", "link"} <= columns.keys():
                    return [later for later in table.rows[index + 1 :] if not later.is_blank], columns
    raise UserMistake(
        M(
            "{path}: no line with headings for the group leader and her link was found (for example 团长, 店名, 提货点, 链接).",
            path=str(path),
        )
    )


def _columns(row: Row) -> dict[str, int]:
    columns: dict[str, int] = {}
    for column, title in enumerate(row.cells):
        for name, synonyms in column_vocabulary()["leaders"].items():
            if title and heading_key(title) in {heading_key(word) for word in synonyms}:
                columns.setdefault(name, column)
    return columns


def _problem(file: str, leader: Leader, before: list[Leader]) -> Message | None:
    if not leader.name:
        return M("{file}, line {line}: the group leader's name is missing.", file=file, line=leader.row)
    if not leader.link.startswith("https://"):
        return M("{file}, line {line}: {name} needs a link that begins with https://.", file=file, line=leader.row, name=leader.name)
    same = next((other for other in before if other.file_name.casefold() == leader.file_name.casefold()), None)
    if same is not None:
        return M("{file}, line {line}: {name} stands in line {first} already.", file=file, line=leader.row, name=same.name, first=same.row)
    return None
