"""The channels of a workspace: what fieldcut.toml says about them, and their addresses, which only the vault knows.

[notices."wecom:village"]
language = "zh"
kinds = ["needs_person", "failed", "live"]
mention = ["lihua"]

[notices."webhook:office"]
"""

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.publish.accounts import LoginNeeded, Secret, Vault
from pipeline.publish.notices.notice import KINDS, Channel, Settings
from pipeline.publish.notices.robot import Robot, robot_address
from pipeline.publish.notices.webhook import Webhook, webhook_address
from pipeline.store.disk import why

FILE = "fieldcut.toml"
_NAME = re.compile(r"(?P<kind>wecom|webhook):[\w-]{1,60}")
_SECRET_KEY = re.compile(r"url|address|key|secret|token|hook", re.IGNORECASE)


def load_channels(workspace: Path, vault: Vault) -> tuple[tuple[Channel, ...], tuple[Message, ...]]:
    """The channels whose address is known, and a line for each whose is not. None when there is no such table.

    Raises UserMistake, one line that names file and key, for whatever is wrong in the file.
    """
    channels: list[Channel] = []
    missing: list[Message] = []
    for name, settings in _tables(workspace / FILE).items():
        try:
            channels.append(_channel(name, settings, vault))
        except LoginNeeded:
            missing.append(M("The address of {channel} is not known on this machine, so nothing is told there.", channel=name))
    return tuple(channels), tuple(missing)


def keep_address(vault: Vault, name: str, address: str, *, signing: str = "") -> None:
    """Put a channel's address, and what its messages are signed with, into the vault.

    Raises UserMistake, which repeats neither, for an address that is none of that kind.
    """
    _must_be_a_name(name, "")
    secret = robot_address(address) if name.startswith("wecom:") else webhook_address(address)
    vault.keep_app_secret(_kept_as(name), secret)
    if signing:
        vault.keep_app_secret(_signed_as(name), Secret(signing))


def _channel(name: str, settings: Settings, vault: Vault) -> Channel:
    address, kinds = vault.app_secret(_kept_as(name)), frozenset(settings.kinds)
    if name.startswith("wecom:"):
        return Robot(name, address, settings.language, kinds, settings.mention)
    signing = vault.app_secret(_signed_as(name)) if vault.has_app_secret(_signed_as(name)) else None
    return Webhook(name, address, settings.language, kinds, signing)


def _kept_as(name: str) -> str:
    return f"notices:{name}"


def _signed_as(name: str) -> str:
    return f"notices:{name}:signing"


def _tables(path: Path) -> dict[str, Settings]:
    if not path.is_file():
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("notices", {})
    except OSError as error:
        raise UserMistake(M("{path} could not be read: {error}", path=str(path), error=why(error))) from error
    except ValueError as error:
        place = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "UTF-8"
        raise UserMistake(M("{path} is not valid TOML: {error}", path=str(path), error=place)) from None
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        shape = M("a table for each channel: {example}", example='[notices."wecom:village"]')
        raise UserMistake(M("{path}: {key} must be {shape}.", path=str(path), key="notices", shape=shape))
    return {name: _settings(path, name, table) for name, table in tables.items()}


def _settings(path: Path, name: str, table: dict[str, Any]) -> Settings:
    _must_be_a_name(name, str(path))
    known = ("language", "kinds", "mention") if name.startswith("wecom:") else ("language", "kinds")
    for key in table:
        if key not in known and _SECRET_KEY.search(key):
            raise UserMistake(
                M(
                    "{path}: {key} of {name} does not belong in this file, which anybody may read. "
                    "Delete the line and have a new address made.",
                    path=str(path),
                    key=key,
                    name=name,
                )
            )
        if key not in known:
            raise UserMistake(
                M("{path}: {name} has no setting {key}. Known: {known}", path=str(path), name=name, key=key, known=", ".join(known))
            )
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        key = str(error.errors()[0]["loc"][0])
        raise UserMistake(M("{path}: {key} must be {shape}.", path=str(path), key=f"{name} {key}", shape=_shape(key))) from None


def _shape(key: str) -> Message:
    match key:
        case "language":
            return M("one of {choices}", choices='"zh", "en"')
        case "kinds":
            return M("a list of texts: [{example}]", example=", ".join(f'"{kind}"' for kind in KINDS))
        case _:
            return M("a list of texts: [{example}]", example='"…", "…"')


def _must_be_a_name(name: str, path: str) -> None:
    if not _NAME.fullmatch(name):
        raise UserMistake(M("{path}: {name} is no channel. It is written wecom:name or webhook:name.", path=path or FILE, name=name))
