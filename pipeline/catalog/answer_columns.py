"""Columns that answer with yes, no or a tick: what is offered, what is in a sale, and what asks about something else."""

import re

from pipeline.catalog.headings import Headings
from pipeline.catalog.spreadsheet import Row, normalize_text
from pipeline.catalog.vocabulary import cell_key, cell_words

_ASKS_OFFER = re.compile(r"[卖售供]|[上在]架|在线|有货|on sale|available|active")
_ASKS_WHO_JOINS = re.compile(
    r"(?:参[加与]|报名|是否|入选|报|做|上).{0,4}(?:活动|秒杀|促销|特[价惠]|优惠|折扣)|(?:活动|秒杀|促销|特[价惠])(?:商?品|款|报名|与否)$"
)
_ASKS_ELSE = re.compile(r"预售|包邮|[免含]邮|发票|开票|[检认]测?证|有机|冷链|[图视直]|拍")
_TICKS = ("●", "○", "◎", "v", "ok", "y")


def filled_cell(row: Row, column: int) -> str:
    """Return a cell's text, empty where there is none and where a dash stands for nothing."""
    text = row.cells[column] if column < len(row.cells) else ""
    return "" if cell_key(text) in ("-", "--", "—", "/") else text


def filled_cells(rows: list[Row], column: int) -> list[str]:
    """Return the texts of a column in these rows, without the empty ones."""
    return [text for row in rows if (text := filled_cell(row, column))]


def ticked_columns(headings: Headings, below: list[Row]) -> set[int]:
    """Return the columns in which what is offered has a tick: at most of the rows, and nothing but ticks."""
    found = set()
    for column, title in enumerate(headings.titles):
        cells = filled_cells(below, column)
        if column in headings.prices or not _ASKS_OFFER.search(normalize_text(title)) or len(cells) < len(below) / 2:
            continue
        if all(map(is_tick, cells)):
            found.add(column)
    return found


def is_tick(cell: str) -> bool:
    """Whether a cell says yes and nothing else: √, 是, 1, ●."""
    return cell_key(cell) in (*cell_words("yes_words"), *_TICKS)


def says_who_joins(column: int, headings: Headings, below: list[Row]) -> bool:
    """Whether a column says of each product whether it is in the sale: 参加活动 over 是 and 否."""
    title = headings.titles[column] if column < len(headings.titles) else ""
    cells = filled_cells(below, column)
    return bool(_ASKS_WHO_JOINS.search(normalize_text(title))) and bool(cells) and all(map(is_answer, cells))


def asks_something_else(title: str) -> bool:
    """Whether a heading asks a question whose no does not mean that nothing is sold: 预售, 是否包邮."""
    return bool(_ASKS_ELSE.search(title))


def is_answer(cell: str) -> bool:
    """Whether a cell answers with yes or no, in whatever words: 能 and 不能, 进行中 and 已结束."""
    key = cell_key(cell)
    return len(key) <= 4 and (
        key in cell_words("yes_words") or key in cell_words("in_stock") or key in cell_words("yes_states") or says_no(cell)
    )


def says_no(cell: str) -> bool:
    """Whether an answer is a no: 否, 不能, 未开售, 已结束."""
    key = cell_key(cell)
    return key in cell_words("no_words") or key in cell_words("no_states") or (len(key) <= 4 and key[:1] in "不未没无停")
