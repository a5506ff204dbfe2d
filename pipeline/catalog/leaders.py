"""The sheet of group leaders: who gets a variant of her own."""

from pathlib import Path

from pydantic import Field

from pipeline.catalog.headings import SEARCHED_ROWS, key_of, words
from pipeline.catalog.table import Row, read_tables
from pipeline.documents.base import Document
from pipeline.documents.job import Leader
from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake


class Leaders(Document):
    """Who was read, and which lines could not be used."""

    leaders: tuple[Leader, ...]
    problems: tuple[Message, ...] = Field(default=())


def read_leaders(path: Path) -> Leaders:
    """Read a sheet with columns for name, shop, pick-up place and link (CSV or XLSX, Chinese or English, in any order).

    Name and link are needed. A line without them, with a link that is not https, or of a leader who stands there already is named and
    left out. Raises UserMistake when there is no such sheet, no such headings, or not one line to use.
    """
    path = path.absolute()
    rows, columns = _best_table(path)
    leaders: list[Leader] = []
    problems: list[Message] = []
    for row in rows:
        cells = {name: row.cells[place] if place < len(row.cells) else "" for name, place in columns.items()}
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
    """The lines under the first headings that name a leader and a link, and where each field stands."""
    for ways in read_tables(path):
        for rows in ways:
            for at, row in enumerate(rows[:SEARCHED_ROWS]):
                columns = _columns(row)
                if {"name", "link"} <= columns.keys():
                    return [later for later in rows[at + 1 :] if not later.blank], columns
    raise UserMistake(
        M(
            "{path}: no line with headings for the group leader and her link was found (for example 团长, 店名, 提货点, 链接).",
            path=str(path),
        )
    )


def _columns(row: Row) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, title in enumerate(row.cells):
        for name, synonyms in words()["leaders"].items():
            if title and key_of(title) in {key_of(word) for word in synonyms}:
                columns.setdefault(name, place)
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
