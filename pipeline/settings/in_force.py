"""Every setting with the value that counts and where it comes from: the default, a line of a file, or the environment."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel

from pipeline.documents.message import M, Message
from pipeline.settings.story import read_story_settings
from pipeline.settings.table import Table
from pipeline.settings.toml import Key, TomlFile, read_toml
from pipeline.settings.workspace import WorkspaceSettings

Origin = Literal["default", "file", "environment"]
MASK = "***"
ALWAYS = ("FIELDCUT_WHISPER", "FIELDCUT_HOME")
"""Variables of the environment that are settings of FieldCut's own: shown whether they are set or not."""
WHEN_SET = (
    "XDG_CONFIG_HOME",
    *(name for proxy in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY") for name in (proxy, proxy.lower())),
    *("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
)
"""Variables that others read for us: where the user's folder lies, the way out to the network, the keys of a shelf's bucket."""
_SECRET_NAME = re.compile(r"key|secret|token|passw", re.IGNORECASE)
_SECRET_FIELD = re.compile(r"((?:^|[?&;\s])[\w-]*(?:passw|pwd|secret|token|key)[\w-]*=)[^&;\s]+", re.IGNORECASE)


@dataclass(frozen=True)
class InForce:
    """One setting. value: fit to be shown, secrets masked; None for a variable that is not set. line: of its file, None elsewhere."""

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
        """For a script."""
        return {"table": self.table, "name": self.name, "value": self.value, "from": self.origin, "file": self.file, "line": self.line}


def of_model(table: str, model: BaseModel, file: TomlFile, key: Key) -> Iterator[InForce]:
    """The fields of a settings model. key: of its table in the file."""
    for name in type(model).model_fields:
        yield value_of(table, name, getattr(model, name), file, (*key, name), given=name in model.model_fields_set)


def value_of(table: str, name: str, value: Any, file: TomlFile, key: Key, *, given: bool) -> InForce:
    """One value. given: it stands in the file."""
    shown = masked(value)
    return InForce(table, name, shown, "file", str(file.path), file.line(*key)) if given else InForce(table, name, shown, "default")


def of_coop(settings: WorkspaceSettings) -> Iterator[InForce]:
    """[coop]. Raises UserMistake."""
    yield from of_model("coop", settings.coop, settings.file, ("coop",))


def of_publish(settings: WorkspaceSettings) -> Iterator[InForce]:
    """[publish]. Raises UserMistake."""
    yield from of_model("publish", settings.publish, settings.file, ("publish",))


def of_notices(settings: WorkspaceSettings) -> Iterator[InForce]:
    """[notices], a channel after the other. Raises UserMistake."""
    for name, channel in settings.notices.items():
        yield from of_model(f'notices."{name}"', channel, settings.file, ("notices", name))


def of_account(table: Table, values: Mapping[str, Any]) -> Iterator[InForce]:
    """An account whose values are known to its platform. table: as it stands in the file."""
    for name, value in values.items():
        given = name in table.values
        if isinstance(value, Mapping):
            inner = table.values.get(name, {})
            for part, text in value.items():
                yield value_of(
                    f'accounts."{table.name}"', f"{name}.{part}", text, table.file, (*table.key, name, part), given=part in inner
                )
        else:
            yield value_of(f'accounts."{table.name}"', name, value, table.file, (*table.key, name), given=given)


def of_story(path: Path) -> Iterator[InForce]:
    """story.toml; defaults where there is none. Raises UserMistake."""
    settings = read_story_settings(path)
    for one in of_model("story", settings, read_toml(path), ()):
        if one.name != "source" or "source" in settings.model_fields_set:
            yield one


def of_environment(environment: Mapping[str, str] = os.environ) -> Iterator[InForce]:
    """Variables of the environment that change what FieldCut does."""
    for name in (*ALWAYS, *(name for name in WHEN_SET if environment.get(name))):
        value = environment.get(name) or None
        if value is not None:
            value = MASK if _SECRET_NAME.search(name) else str(masked(value))
        yield InForce("environment", name, value, "environment" if value is not None else "default")


def masked(value: Any) -> Any:
    """A value without the password that an address in it may carry."""
    if isinstance(value, str):
        return _without_password(value)
    if isinstance(value, tuple | list):
        return [masked(part) for part in value]
    if isinstance(value, Mapping):
        return {str(name): masked(part) for name, part in value.items()}
    return value


def _without_password(text: str) -> str:
    try:
        login, at, host = urlsplit(text).netloc.rpartition("@")
    except ValueError:
        return MASK if "@" in text else text
    if at and ":" in login:
        text = text.replace(f"{login}@{host}", f"{login.partition(':')[0]}:{MASK}@{host}", 1)
    return _SECRET_FIELD.sub(rf"\g<1>{MASK}", text)
