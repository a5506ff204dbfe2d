"""`fieldcut catalog`: the product sheet as it is understood, what is set aside, and what changed."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.cells import cell_len

from flows.cli.errors import refuse
from flows.cli.options import Json, Language, Workspace
from flows.cli.run import run
from flows.cli.screen import Screen
from pipeline.actions.workspace_sheet import workspace_sheet
from pipeline.documents.message import M
from pipeline.language import say
from pipeline.settings import minute_text
from pipeline.system import json_text

if TYPE_CHECKING:
    from pipeline.actions.sheet import SheetReport
    from pipeline.documents.offer import Offer


def catalog(
    sheet: Annotated[Path | None, typer.Argument(help="商品表 | product sheet; the workspace's own without it")] = None,
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """商品表认出了哪些商品、哪几行有疑问、变了什么 | a product sheet as understood, what was set aside and why, and what changed."""
    path = sheet or workspace_sheet(workspace)
    if path is None:
        refuse(M("Name the product sheet: fieldcut catalog SHEET. There is none in {path}.", path=str(workspace)), lang, as_json)

    def work(now: datetime, _screen: Screen) -> "SheetReport":
        from pipeline.actions.sheet import report_sheet  # the dictionary: not for every command's start

        return report_sheet(path, workspace, now)

    def show(report: "SheetReport") -> tuple[str, int]:
        text = json_text(_as_json(report, lang), indent=2) if as_json else "\n".join(_lines(report, lang))
        return text, report.exit_code

    run(work, show, workspace, lang, as_json)


def _as_json(report: "SheetReport", language: str) -> dict[str, object]:
    sheet = report.catalog
    return {
        "sheet": sheet.path,
        "offers": [offer.model_dump(mode="json") for offer in sheet.offers],
        "set_aside": [
            {"line": row.line, "name": row.name, "sku": row.sku, "question": say(row.question, language)} for row in sheet.set_aside
        ],
        "notes": [say(problem, language) for problem in sheet.problems],
        "last": report.last.isoformat() if report.last else None,
        "changes": [say(change, language) for change in report.changes],
        "exit_code": report.exit_code,
    }


def _lines(report: "SheetReport", language: str) -> Iterator[str]:
    sheet = report.catalog
    yield from _table(sheet.offers, language)
    if sheet.set_aside:
        yield from ("", say(M("Set aside, until somebody looks at it:"), language))
        for row in sheet.set_aside:
            where = M("line {line}, {product}: {question}", line=row.line, product=row.name or "–", question=row.question)
            yield f"  ? {say(where, language)}"
    asked = {row.line for row in sheet.set_aside}
    notes = [problem for problem in sheet.problems if problem.values.get("line") not in asked]
    if notes:
        yield from ("", say(M("To be noted:"), language), *(f"  ! {say(note, language)}" for note in notes))
    if report.last is not None:
        since = M("Changed since {moment}:", moment=minute_text(report.last))
        none = M("Nothing has changed since {moment}.", moment=minute_text(report.last))
        yield from ("", say(since if report.changes else none, language), *(f"  · {say(change, language)}" for change in report.changes))


def _table(offers: "Sequence[Offer]", language: str) -> Iterator[str]:
    """The offers as columns of text; a column that is empty for all of them is left out."""
    from pipeline.actions.sheet import shown_list_price, shown_price, shown_validity

    titles = [M("line"), M("number"), M("name"), M("price"), M("old price"), M("holds"), M("stock"), M("photo"), M("link")]
    rows = [
        (
            str(offer.row),
            offer.sku if offer.sku != offer.name else "",
            offer.name,
            shown_price(offer),
            shown_list_price(offer),
            shown_validity(offer),
            _stock(offer, language),
            Path(offer.photo).name,
            " ".join(offer.links.values()),
        )
        for offer in offers
    ]
    if not rows:
        yield say(M("Not one row can be used."), language)
        return
    kept = [column for column in range(len(titles)) if any(row[column] for row in rows)]
    table = [[say(titles[column], language) for column in kept], *([row[column] for column in kept] for row in rows)]
    widths = [max(cell_len(row[column]) for row in table) for column in range(len(kept))]
    for row in table:
        yield "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()


def _stock(offer: "Offer", language: str) -> str:
    if offer.stock == 0:
        return say(M("sold out"), language)
    return "" if offer.stock is None else str(offer.stock)
