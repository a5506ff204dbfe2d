"""Effective settings: every value that is in force and where it comes from, the default, a line of a file, or the environment."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel

from pipeline.documents.message import M, Message
from pipeline.settings.models import MODEL_VARIABLE
from pipeline.settings.story import read_story_settings
from pipeline.settings.table import Table
from pipeline.settings.toml import Key, TomlFile, read_toml
from pipeline.settings.workspace import WorkspaceSettings

Origin = Literal["default", "file", "environment"]
MASK = "***"
OWN_VARIABLES = (MODEL_VARIABLE, "FIELDCUT_HOME")
"""Environment variables that are FieldCut's own settings: shown whether they are set or not."""
FOREIGN_VARIABLES = (
    "XDG_CONFIG_HOME",
    *(name for proxy in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY") for name in (proxy, proxy.lower())),
    *("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
)
"""Environment variables that libraries read: the user's folder, network proxies, the keys of a bucket. Shown when they are set."""
_SECRET_NAME = re.compile(r"key|secret|token|passw", re.IGNORECASE)
_SECRET_FIELD = re.compile(r"((?:^|[?&;\s])[\w-]*(?:passw|pwd|secret|token|key)[\w-]*=)[^&;\s]+", re.IGNORECASE)


@dataclass(frozen=True)
class EffectiveSetting:
    """One setting. value: with secrets masked; None for a variable that is not set. line: line in `file`; None for other origins."""

    table: str
    name: str
    value: Any
    origin: Origin
    file: str = ""
    line: int | None = None

    @property
    def source(self) -> Message:
        """Where the value comes from, for a person."""
        if self.origin == "file" and self.line is not None:
            return M("{path}, line {line}", path=Path(self.file).name, line=self.line)
        if self.origin == "file":
            return M("{path}", path=Path(self.file).name)
        return M("environment") if self.origin == "environment" else M("default")

    def as_json(self) -> dict[str, Any]:
        """The setting as a JSON object, for scripts."""
        return {"table": self.table, "name": self.name, "value": self.value, "from": self.origin, "file": self.file, "line": self.line}


def effective_fields(table: str, model: BaseModel, file: TomlFile, key: Key) -> Iterator[EffectiveSetting]:
    """Yield the fields of a settings model. key: the table's key in the file."""
    for name in type(model).model_fields:
        yield effective_value(table, name, getattr(model, name), file, (*key, name), is_set=name in model.model_fields_set)


def effective_value(table: str, name: str, value: Any, file: TomlFile, key: Key, *, is_set: bool) -> EffectiveSetting:
    """One effective value. is_set: the file sets it."""
    masked = mask_secrets(value)
    if is_set:
        return EffectiveSetting(table, name, masked, "file", str(file.path), file.line(*key))
    return EffectiveSetting(table, name, masked, "default")


def effective_coop(settings: WorkspaceSettings) -> Iterator[EffectiveSetting]:
    """[coop]. Raises UserMistake."""
    yield from effective_fields("coop", settings.coop, settings.file, ("coop",))


def effective_speech(settings: WorkspaceSettings) -> Iterator[EffectiveSetting]:
    """[speech]. Raises UserMistake."""
    yield from effective_fields("speech", settings.speech, settings.file, ("speech",))


def effective_inbox(settings: WorkspaceSettings) -> Iterator[EffectiveSetting]:
    """[inbox]. Raises UserMistake."""
    yield from effective_fields("inbox", settings.inbox, settings.file, ("inbox",))


def effective_publish(settings: WorkspaceSettings) -> Iterator[EffectiveSetting]:
    """[publish]. Raises UserMistake."""
    yield from effective_fields("publish", settings.publish, settings.file, ("publish",))


def effective_campaign(settings: WorkspaceSettings) -> Iterator[EffectiveSetting]:
    """[campaign]. Raises UserMistake."""
    yield from effective_fields("campaign", settings.campaign, settings.file, ("campaign",))


def effective_server(settings: WorkspaceSettings) -> Iterator[EffectiveSetting]:
    """[server]. Raises UserMistake."""
    yield from effective_fields("server", settings.server, settings.file, ("server",))


def effective_store(settings: WorkspaceSettings) -> Iterator[EffectiveSetting]:
    """[store]. Raises UserMistake."""
    yield from effective_fields("store", settings.store, settings.file, ("store",))


def effective_notices(settings: WorkspaceSettings) -> Iterator[EffectiveSetting]:
    """[notices], channel by channel. Raises UserMistake."""
    for name, channel in settings.notices.items():
        yield from effective_fields(f'notices."{name}"', channel, settings.file, ("notices", name))


def effective_account(table: Table, values: Mapping[str, Any]) -> Iterator[EffectiveSetting]:
    """The settings of an account. table: its table in the file. values: the platform's settings, with defaults."""
    for name, value in values.items():
        is_set = name in table.values
        if isinstance(value, Mapping):
            inner = table.values.get(name, {})
            for part, text in value.items():
                yield effective_value(
                    f'accounts."{table.name}"', f"{name}.{part}", text, table.file, (*table.key, name, part), is_set=part in inner
                )
        else:
            yield effective_value(f'accounts."{table.name}"', name, value, table.file, (*table.key, name), is_set=is_set)


def effective_story(path: Path) -> Iterator[EffectiveSetting]:
    """story.toml; defaults where there is none. Raises UserMistake."""
    settings = read_story_settings(path)
    for setting in effective_fields("story", settings, read_toml(path), ()):
        if setting.name != "source" or "source" in settings.model_fields_set:
            yield setting


def effective_environment(environment: Mapping[str, str] = os.environ) -> Iterator[EffectiveSetting]:
    """Environment variables that change what FieldCut does."""
    for name in (*OWN_VARIABLES, *(name for name in FOREIGN_VARIABLES if environment.get(name))):
        value = environment.get(name) or None
        if value is not None:
            value = MASK if _SECRET_NAME.search(name) else str(mask_secrets(value))
        yield EffectiveSetting("environment", name, value, "environment" if value is not None else "default")


def mask_secrets(value: Any) -> Any:
    """A value with the passwords in its addresses masked."""
    if isinstance(value, str):
        return _without_password(value)
    if isinstance(value, tuple | list):
        return [mask_secrets(part) for part in value]
    if isinstance(value, Mapping):
        return {str(name): mask_secrets(part) for name, part in value.items()}
    return value


def _without_password(text: str) -> str:
    try:
        login, at, host = urlsplit(text).netloc.rpartition("@")
    except ValueError:
        return MASK if "@" in text else text
    if at and ":" in login:
        text = text.replace(f"{login}@{host}", f"{login.partition(':')[0]}:{MASK}@{host}", 1)
    return _SECRET_FIELD.sub(rf"\g<1>{MASK}", text)
