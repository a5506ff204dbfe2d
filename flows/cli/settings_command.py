"""`fieldcut settings`: the settings in force in a workspace, and where each value comes from."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.cells import cell_len

from flows.cli.errors import fail
from flows.cli.options import Json, Language, Workspace
from flows.cli.screen import print_answer, print_error
from pipeline.actions.failures import as_fieldcut_error
from pipeline.actions.settings import SettingsReport, settings_in_force
from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.settings.effective import EffectiveSetting


def settings(
    story: Annotated[str, typer.Argument(help="哪个故事，不写就只看合作社的 | a story's name, a folder in workspace/stories")] = "",
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """看现在起作用的设置，各是从哪里来的 | the settings in force, and where each comes from."""
    try:
        report = settings_in_force(workspace, story)
    except Exception as error:
        fail(as_fieldcut_error(error, workspace), lang, as_json)
    if as_json:
        print_answer(json.dumps(_as_json(report, lang), ensure_ascii=False, indent=2), lang)
    else:
        print_answer("\n".join(_lines(report.settings, lang, story)), lang)
    for warning in report.warnings:
        print_error(f"⚠ {say(warning, lang)}")
    for mistake in report.mistakes:
        print_error(f"✗ {say(mistake, lang)}")
    raise typer.Exit(UserMistake.exit_code if report.mistakes else 0)


def _as_json(report: SettingsReport, language: str) -> dict[str, object]:
    return {
        "settings": [setting.as_json() for setting in report.settings],
        "warnings": [say(warning, language) for warning in report.warnings],
        "mistakes": [say(mistake, language) for mistake in report.mistakes],
    }


def _lines(settings_in_force: list[EffectiveSetting], language: str, story: str) -> Iterator[str]:
    """The settings as lines of TOML, one block for each table, each value followed by where it comes from."""
    assignments = {id(setting): f"{setting.name} = {_toml_value(setting.value)}" for setting in settings_in_force}
    width = min(60, max(cell_len(text) for text in assignments.values()))
    table = ""
    for setting in settings_in_force:
        if setting.table != table:
            yield from [""] * bool(table)
            table = setting.table
            yield f"[{table}]" if table not in ("environment", "story") else f"# {say(_title(table, story), language)}"
        text = assignments[id(setting)]
        yield f"{text}{' ' * (width - cell_len(text))}  # {say(setting.source, language)}"
    yield ""
    yield say(M("What is typed at the command line goes before all of these."), language)


def _title(table: str, story: str) -> Message:
    return M("Environment") if table == "environment" else M("Story {name}", name=story)


def _toml_value(value: object) -> str:
    """A value as TOML writes it; a dash for a variable that is not set."""
    return "–" if value is None else json.dumps(value, ensure_ascii=False)
