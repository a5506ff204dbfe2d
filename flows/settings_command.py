"""`fieldcut settings`: what is in force in a workspace, and where each value comes from."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from rich.cells import cell_len

from flows.refusal import as_told, fail
from flows.show import print_error
from pipeline.documents.message import M, Message
from pipeline.errors import FieldCutError, UserMistake
from pipeline.language import say
from pipeline.settings import WorkspaceSettings, read_settings
from pipeline.settings.in_force import InForce, of_account, of_coop, of_environment, of_notices, of_publish, of_story


@dataclass
class Found:
    """Everything that is in force, and the tables that are wrong."""

    settings: list[InForce] = field(default_factory=list)
    mistakes: list[Message] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)

    def add(self, part: Callable[[], Iterable[InForce]]) -> None:
        """A part of the settings; a mistake in it keeps nobody from seeing the others."""
        try:
            self.settings += part()
        except UserMistake as mistake:
            self.mistakes.append(mistake.message)


def settings(
    story: Annotated[str, typer.Argument(help="故事名，不写就只看合作社的 | a story's name, a folder in workspace/stories")] = "",
    workspace: Annotated[Path, typer.Option("--workspace", help="工作文件夹 | where stories, cache and results lie")] = Path("workspace"),
    lang: Annotated[str, typer.Option("--lang", help="zh | en")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="给脚本用 | one JSON object on standard output")] = False,
) -> None:
    """看现在起作用的设置，各是从哪里来的 | the settings in force, and where each comes from."""
    try:
        found = settings_in_force(workspace, story)
    except Exception as error:
        fail(as_told(error, workspace), lang, as_json)
    if as_json:
        print(json.dumps(_as_json(found, lang), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(found.settings, lang, story)))
    for warning in found.warnings:
        print_error(f"⚠ {say(warning, lang)}")
    for mistake in found.mistakes:
        print_error(f"✗ {say(mistake, lang)}")
    raise typer.Exit(UserMistake.exit_code if found.mistakes else 0)


def settings_in_force(workspace: Path, story: str = "") -> Found:
    """The settings of a workspace, of a story in it when one is named, and of the environment.

    Raises UserMistake for a story that is not there and for a file that is no TOML.
    """
    own = read_settings(workspace)
    path = workspace / "stories" / story / "story.toml"
    if story and not path.is_file():
        known = ", ".join(sorted(one.parent.name for one in (workspace / "stories").glob("*/story.toml"))) or "–"
        raise UserMistake(M("There is no story {name} in {path}. Known: {known}", name=story, path=str(workspace), known=known))
    found = Found(warnings=list(own.warnings))
    for part in (of_coop, of_publish, _accounts, of_notices):
        found.add(lambda part=part: list(part(own)))  # type: ignore[misc]
    if story:
        found.add(lambda: list(of_story(path)))
    found.add(of_environment)
    return found


def _accounts(own: WorkspaceSettings) -> Iterator[InForce]:
    from pipeline.publish.accounts import load_accounts  # the platforms' files: only when they are asked for

    if not own.accounts:
        return
    for table, account in zip(own.accounts, load_accounts(own.file.path.parent).all, strict=True):
        fixed = {"app_id": account.app_id, "redirect": account.redirect, "scopes": account.scopes} if account.dialect.oauth else {}
        yield from of_account(table, {**fixed, "hosts": account.hosts, **account.settings, "paths": table.values.get("paths", {})})


def warn_of_settings(workspace: Path, warn: Callable[[Message], None]) -> None:
    """A line for everything in a workspace's settings that nobody reads."""
    try:
        for warning in read_settings(workspace).warnings:
            warn(warning)
    except FieldCutError:
        return  # whoever needs the file says what is wrong with it


def _as_json(found: Found, language: str) -> dict[str, object]:
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
