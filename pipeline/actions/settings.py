"""What is in force in a workspace, and where each value comes from."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.documents.message import M, Message
from pipeline.errors import FieldCutError, UserMistake
from pipeline.settings import WorkspaceSettings, read_settings
from pipeline.settings.in_force import InForce, of_account, of_coop, of_environment, of_notices, of_publish, of_story


@dataclass
class SettingsReport:
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


def settings_in_force(workspace: Path, story: str = "") -> SettingsReport:
    """The settings of a workspace, of a story in it when one is named, and of the environment.

    Raises UserMistake for a story that is not there and for a file that is no TOML.
    """
    own = read_settings(workspace)
    path = workspace / "stories" / story / "story.toml"
    if story and not path.is_file():
        known = ", ".join(sorted(one.parent.name for one in (workspace / "stories").glob("*/story.toml"))) or "–"
        raise UserMistake(M("There is no story {name} in {path}. Known: {known}", name=story, path=str(workspace), known=known))
    found = SettingsReport(warnings=list(own.warnings))
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
        fixed = {"app_id": account.app_id, "redirect": account.redirect, "scopes": account.scopes} if account.provider.oauth else {}
        yield from of_account(table, {**fixed, "hosts": account.hosts, **account.settings, "paths": table.values.get("paths", {})})


def warn_about_settings(workspace: Path, warn: Callable[[Message], None]) -> None:
    """A line for everything in a workspace's settings that nobody reads."""
    try:
        for warning in read_settings(workspace).warnings:
            warn(warning)
    except FieldCutError:
        return  # whoever needs the file says what is wrong with it
