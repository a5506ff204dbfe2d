"""`fieldcut settings`: what is in force in a workspace, and where each value comes from."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.cells import cell_len

from flows.cli.errors import fail
from flows.cli.options import Json, Language, Workspace
from flows.cli.screen import print_error
from pipeline.actions.failures import as_fieldcut_error
from pipeline.actions.settings import SettingsReport, settings_in_force
from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.settings.in_force import InForce


def settings(
    story: Annotated[str, typer.Argument(help="故事名，不写就只看合作社的 | a story's name, a folder in workspace/stories")] = "",
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """看现在起作用的设置，各是从哪里来的 | the settings in force, and where each comes from."""
    try:
        found = settings_in_force(workspace, story)
    except Exception as error:
        fail(as_fieldcut_error(error, workspace), lang, as_json)
    if as_json:
        print(json.dumps(_as_json(found, lang), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(found.settings, lang, story)))
    for warning in found.warnings:
        print_error(f"⚠ {say(warning, lang)}")
    for mistake in found.mistakes:
        print_error(f"✗ {say(mistake, lang)}")
    raise typer.Exit(UserMistake.exit_code if found.mistakes else 0)


def _as_json(found: SettingsReport, language: str) -> dict[str, object]:
    return {
        "settings": [one.as_json() for one in found.settings],
        "warnings": [say(warning, language) for warning in found.warnings],
        "mistakes": [say(mistake, language) for mistake in found.mistakes],
    }


def _lines(found: list[InForce], language: str, story: str) -> Iterator[str]:
    """One block a table, as the file would have it, and behind each value where it comes from."""
    left = {id(one): f"{one.name} = {_written(one.value)}" for one in found}
    width = min(60, max(cell_len(text) for text in left.values()))
    table = ""
    for one in found:
        if one.table != table:
            yield from [""] * bool(table)
            table = one.table
            yield f"[{table}]" if table not in ("environment", "story") else f"# {say(_title(table, story), language)}"
        text = left[id(one)]
        yield f"{text}{' ' * (width - cell_len(text))}  # {say(one.source, language)}"
    yield ""
    yield say(M("What is typed at the command line goes before all of these."), language)


def _title(table: str, story: str) -> Message:
    return M("Environment") if table == "environment" else M("Story {name}", name=story)


def _written(value: object) -> str:
    """A value as TOML writes it; a dash for a variable that is not set."""
    return "–" if value is None else json.dumps(value, ensure_ascii=False)
