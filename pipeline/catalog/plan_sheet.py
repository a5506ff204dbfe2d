"""The sheet of a campaign: a line for each post, with its day, hour, story, platform and account."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.catalog.headings import SEARCHED_ROWS
from pipeline.catalog.planned_hours import read_planned_hour
from pipeline.catalog.spreadsheet import Row, SheetTable, read_tables
from pipeline.catalog.vocabulary import column_vocabulary, heading_key
from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.settings import coop_zone, is_zone, nearest_zone

NEEDED = frozenset({"day", "story", "platform"})


@dataclass(frozen=True)
class PlanRow:
    """One line of a plan: its moment, and the other cells as they were written. line: its number in the sheet, from 1."""

    line: int
    at: datetime
    story: str
    platform: str
    account: str
    style: str
    size: str
    again: str


@dataclass(frozen=True)
class PlanSheet:
    """The lines of a plan that can be read, and for each other one why it cannot."""

    rows: tuple[PlanRow, ...] = ()
    problems: tuple[Message, ...] = ()
    unread: tuple[str, ...] = field(default=())
    """Headings that mean nothing here."""


def read_plan(path: Path, now: datetime) -> PlanSheet:
    """Read a plan (CSV or XLSX, Chinese or English, columns in any order). Hours are the co-op's unless a column names another zone.

    Struck and hidden lines are no posts; a tab of its own for each week is read with the others. Raises UserMistake when there is no such
    file, or no headings for day, story and platform in it.
    """
    path = path.absolute()
    rows: list[PlanRow] = []
    problems: list[Message] = []
    unread: list[str] = []
    tables = _tables_with_headings(path)
    for table, index, columns in tables:
        unread += _unread(table.rows[index], columns)
        for row in table.rows[index + 1 :]:
            cells = {name: row.cells[column] if column < len(row.cells) else "" for name, column in columns.items()}
            if row.hidden or not any(cells.values()) or _is_struck(row, columns):
                continue
            try:
                rows.append(_plan_row(row, cells, now))
            except UserMistake as mistake:
                problems.append(line_problem(path.name, row.line, mistake.message))
    return PlanSheet(tuple(rows), tuple(problems), tuple(dict.fromkeys(unread)))


def line_problem(file: str, line: int, why: Message) -> Message:
    """Say of one line of a sheet why it cannot be used."""
    return M("{file}, line {line}: {why}.", file=file, line=line, why=why)


def _tables_with_headings(path: Path) -> list[tuple[SheetTable, int, dict[str, int]]]:
    """Return every visible table that has the headings, with the index of their row and the column index of each field."""
    found = []
    for readings in read_tables(path):  # of a text one table for each delimiter
        for table in (table for table in readings if table.visible):
            if (where := _headings(table)) is not None:
                found.append((table, *where))
                break
    if not found:
        raise UserMistake(
            M(
                "{path}: no line with headings for day, story and platform was found (for example 日期, 时间, 故事, 平台, 账号).",
                path=str(path),
            )
        )
    return found


def _headings(table: SheetTable) -> tuple[int, dict[str, int]] | None:
    for index, row in enumerate(table.rows[:SEARCHED_ROWS]):
        columns: dict[str, int] = {}
        for column, title in enumerate(row.cells):
            for name, synonyms in column_vocabulary()["plan"].items():
                if title and heading_key(title) in {heading_key(word) for word in synonyms}:
                    columns.setdefault(name, column)
        if "clock" in columns and "day" not in columns:  # 时间 alone is day and hour
            columns["day"] = columns.pop("clock")
        if columns.keys() >= NEEDED:
            return index, columns
    return None


def _unread(row: Row, columns: dict[str, int]) -> list[str]:
    return [title for column, title in enumerate(row.cells) if title and column not in columns.values()]


def _is_struck(row: Row, columns: dict[str, int]) -> bool:
    """Whether a line was struck through: a person has crossed that post out."""
    filled = [column for column in columns.values() if column < len(row.cells) and row.cells[column]]
    return any(column in row.struck for column in filled)


def _plan_row(row: Row, cells: dict[str, str], now: datetime) -> PlanRow:
    for name, why in (("story", M("the story is missing")), ("platform", M("the platform is missing"))):
        if not cells[name].strip():
            raise UserMistake(why)
    at = read_planned_hour(cells["day"], cells.get("clock", ""), named_zone(cells.get("zone", "")), now)
    return PlanRow(row.line, at, *(cells.get(name, "").strip() for name in ("story", "platform", "account", "style", "size", "again")))


def named_zone(name: str) -> ZoneInfo:
    """The zone that a person named, the co-op's for an empty text. Raises UserMistake for one that nobody knows."""
    if not name.strip():
        return coop_zone()
    meant = name.strip() if is_zone(name.strip()) else nearest_zone(name)
    if not meant:
        raise UserMistake(M("{given} is no time zone. Write it as America/New_York", given=name.strip()))
    return ZoneInfo(meant)
