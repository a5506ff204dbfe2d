"""`fieldcut catalog` shows how a sheet is understood, and a run asks only about what its story needs."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer

from flows.cli.catalog_command import catalog
from flows.cli.screen import Screen
from flows.cli.sheet_question import ask_about_sheet
from pipeline.actions.make import make_story
from pipeline.actions.sheet import report_sheet
from pipeline.documents.message import M
from pipeline.errors import SheetQuestion

NOW = datetime(2027, 3, 10, 9, 0, tzinfo=UTC)
SHEET = "编号,商品,价格,规格,库存\nK1,苦荞米,26,4斤,80\nK2,红豆,18,3,\n"


def sheet_in(folder: Path, text: str = SHEET) -> Path:
    path = folder / "价目.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_first_reading_has_nothing_to_compare_with(tmp_path: Path) -> None:
    report = report_sheet(sheet_in(tmp_path), tmp_path / "ws", NOW)
    assert [offer.name for offer in report.catalog.offers] == ["苦荞米"]
    assert [row.line for row in report.catalog.set_aside] == [3]
    assert (report.last, report.changes, report.exit_code) == (None, (), 0)


def test_the_next_reading_says_what_changed(tmp_path: Path) -> None:
    sheet, workspace = sheet_in(tmp_path), tmp_path / "ws"
    report_sheet(sheet, workspace, NOW)
    sheet_in(tmp_path, SHEET.replace("26,4斤,80", "24,4斤,0").replace("18,3,", "18,3斤,") + "K3,小米,15,2斤,\n")
    report = report_sheet(sheet, workspace, NOW + timedelta(days=1))
    assert report.last == NOW
    told = [str(change) for change in report.changes]
    assert told == [
        "苦荞米 (K1): price was ¥26/4斤, now ¥24/4斤.",
        "苦荞米 (K1): stock was 80, now 0.",
        "红豆 (K2): new, ¥18/3斤.",
        "小米 (K3): new, ¥15/2斤.",
    ]
    sheet_in(tmp_path, "编号,商品,价格,规格\nK1,苦荞米,面议,4斤\nK2,红豆,18,3斤\n")
    told = [str(change) for change in report_sheet(sheet, workspace, NOW + timedelta(days=2)).changes]
    assert told == ["苦荞米 (K1): was ¥24/4斤, now it is set aside.", "小米 (K3): was ¥15/2斤, now it is not in the sheet."]


def test_a_sheet_without_one_usable_row_is_shown_too_and_needs_a_person(tmp_path: Path) -> None:
    report = report_sheet(sheet_in(tmp_path, "商品,收购价\n苦荞米,12\n"), tmp_path / "ws", NOW)
    assert report.exit_code == 3
    assert "收购价" in str(report.catalog.set_aside[0].question)


def test_the_command_prints_json_and_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = sheet_in(tmp_path)
    with pytest.raises(SystemExit) as ended:
        catalog(sheet, tmp_path / "ws", "en", True)
    shown = json.loads(capsys.readouterr().out)
    assert (ended.value.code, shown["offers"][0]["price"], shown["set_aside"][0]["line"]) == (0, "26.00", 3)
    with pytest.raises(SystemExit):
        catalog(sheet, tmp_path / "ws", "zh", False)
    table = capsys.readouterr().out
    assert "¥26/4斤" in table
    assert "第 3 行，红豆" in table
    assert "没有变化" in table


def test_without_a_sheet_the_workspaces_own_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises((SystemExit, typer.Exit)) as ended:
        catalog(None, tmp_path, "en", False)
    assert getattr(ended.value, "code", getattr(ended.value, "exit_code", None)) == 2
    sheet_in(tmp_path).rename(tmp_path / "catalog.csv")
    with pytest.raises(SystemExit):
        catalog(None, tmp_path, "en", False)
    assert "苦荞米" in capsys.readouterr().out


def make(folder: Path, workspace: Path, sheet: Path) -> None:
    make_story(folder, workspace, {"catalog": str(sheet), "language": "zh"}, NOW, "catalog", Screen("zh", quiet=True))


def test_a_story_waits_with_its_question_on_its_page(tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    (folder / "note.txt").write_text("红豆", encoding="utf-8")
    with pytest.raises(SheetQuestion, match=r"line 3.*bare number") as question:
        make(folder, tmp_path / "ws", sheet_in(tmp_path))
    assert question.value.exit_code == 3
    page = (tmp_path / "ws" / "outbox" / "clips" / "report.html").read_text(encoding="utf-8")
    assert "“规格”里只有数字“3”" in page
    assert "bare number" in page


def test_a_story_of_another_product_is_not_asked(tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    (folder / "note.txt").write_text("苦荞米", encoding="utf-8")
    make(folder, tmp_path / "ws", sheet_in(tmp_path))
    assert not (tmp_path / "ws" / "outbox" / "clips" / "report.html").exists()


class _Terminal:
    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None: ...


@pytest.mark.parametrize(("answer", "goes_on"), [("", True), ("n", False)])
def test_at_a_terminal_the_run_waits_until_the_sheet_is_corrected(monkeypatch: pytest.MonkeyPatch, answer: str, goes_on: bool) -> None:
    tries: list[int] = []

    def work() -> str:
        tries.append(1)
        if len(tries) == 1:
            raise SheetQuestion(M("{count} files were set aside.", count=1))
        return "done"

    monkeypatch.setattr(sys, "stdin", _Terminal())
    monkeypatch.setattr(sys, "stderr", _Terminal())
    monkeypatch.setattr("builtins.input", lambda: answer)
    if goes_on:
        assert ask_about_sheet(work, Screen("en", quiet=True), "en", False) == "done"
    else:
        with pytest.raises(SheetQuestion):
            ask_about_sheet(work, Screen("en", quiet=True), "en", False)


def test_without_a_terminal_the_question_ends_the_run() -> None:
    def work() -> str:
        raise SheetQuestion(M("{count} files were set aside.", count=1))

    with pytest.raises(SheetQuestion):
        ask_about_sheet(work, Screen("en", quiet=True), "en", True)
