"""`fieldcut settings`: the settings in force in a workspace, and where each value comes from."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.documents.message import M, Message
from pipeline.errors import FieldCutError, UserMistake
from pipeline.settings import WorkspaceSettings, read_settings
from pipeline.settings.effective import (
    EffectiveSetting,
    effective_account,
    effective_campaign,
    effective_coop,
    effective_environment,
    effective_inbox,
    effective_notices,
    effective_publish,
    effective_server,
    effective_speech,
    effective_store,
    effective_story,
)


@dataclass
class SettingsReport:
    """All settings in force, and what is wrong in the files."""

    settings: list[EffectiveSetting] = field(default_factory=list)
    mistakes: list[Message] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)

    def add(self, part: Callable[[], Iterable[EffectiveSetting]]) -> None:
        """Add one part of the settings; a mistake in it is noted and does not hide the other parts."""
        try:
            self.settings += part()
        except UserMistake as mistake:
            self.mistakes.append(mistake.message)


def settings_in_force(workspace: Path, story: str = "") -> SettingsReport:
    """The settings of a workspace, of a story in it when one is named, and of the environment.

    Raises UserMistake for a story that does not exist and for a file that is not TOML.
    """
    workspace_settings = read_settings(workspace)
    path = workspace / "stories" / story / "story.toml"
    if story and not path.is_file():
        known = ", ".join(sorted(path.parent.name for path in (workspace / "stories").glob("*/story.toml"))) or "–"
        raise UserMistake(M("There is no story {name} in {path}. Known: {known}", name=story, path=str(workspace), known=known))
    report = SettingsReport(warnings=list(workspace_settings.warnings))
    parts = (effective_coop, effective_speech, effective_inbox, effective_publish, effective_campaign, effective_server, effective_store)
    for part in (*parts, _accounts, effective_notices):
        report.add(lambda part=part: list(part(workspace_settings)))  # type: ignore[misc]
    if story:
        report.add(lambda: list(effective_story(path)))
    report.add(effective_environment)
    return report


def _accounts(workspace_settings: WorkspaceSettings) -> Iterator[EffectiveSetting]:
    from pipeline.publish.accounts import load_accounts  # loads every platform: only where there are accounts

    if not workspace_settings.accounts:
        return
    for table, account in zip(workspace_settings.accounts, load_accounts(workspace_settings.file.path.parent).all, strict=True):
        fixed = {"app_id": account.app_id, "redirect": account.redirect, "scopes": account.scopes} if account.provider.oauth else {}
        yield from effective_account(table, {**fixed, "hosts": account.hosts, **account.settings, "paths": table.values.get("paths", {})})


def warn_about_settings(workspace: Path, warn: Callable[[Message], None]) -> None:
    """Warn of every table and key in a workspace's settings that nothing reads."""
    try:
        for warning in read_settings(workspace).warnings:
            warn(warning)
    except FieldCutError:
        return  # the action that needs the file reports what is wrong with it
