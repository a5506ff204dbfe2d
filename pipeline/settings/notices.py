"""[notices] of fieldcut.toml: the channels by name. Their addresses are secrets and lie in the vault only."""

import re

from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.settings.models import GroupRobotSettings, NoticeSettings
from pipeline.settings.table import Table

_NAME = re.compile(r"(?P<kind>wecom|webhook):[\w-]{1,60}")
_SECRET_KEY = re.compile(r"url|address|key|secret|token|hook", re.IGNORECASE)


def channel_settings(table: Table) -> NoticeSettings:
    """Read one channel's settings. Raises UserMistake for an invalid name, an unknown key, or an address, which does not belong here."""
    check_channel_name(table.name, table.where())
    model = GroupRobotSettings if table.name.startswith("wecom:") else NoticeSettings
    for key in table.values:
        if key not in model.model_fields and _SECRET_KEY.search(key):
            raise UserMistake(
                M(
                    "{path}: {key} of {name} does not belong in this file, which anybody may read. "
                    "Delete the line and have a new address made.",
                    path=table.where(key),
                    key=key,
                    name=table.name,
                )
            )
    return table.read(model)


def check_channel_name(name: str, where: Message | str = "fieldcut.toml") -> None:
    """Raise UserMistake for an invalid channel name. where: its file and line, when it comes from a file."""
    if not _NAME.fullmatch(name):
        raise UserMistake(M("{path}: {name} is no channel. It is written wecom:name or webhook:name.", path=where, name=name))
