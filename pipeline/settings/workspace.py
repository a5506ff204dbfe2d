"""fieldcut.toml: the settings of a workspace, a table for each part of the program."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.settings.models import NoticeSettings, PublishSettings
from pipeline.settings.nearest import did_you_mean, nearest
from pipeline.settings.notices import channel_settings
from pipeline.settings.table import Table, wrong_value
from pipeline.settings.toml import TomlFile, read_toml

FILE = "fieldcut.toml"
TABLES = ("publish", "accounts", "notices")


@dataclass(frozen=True)
class WorkspaceSettings:
    """What a workspace's file says. Each table is looked at when it is asked for, so that a mistake in one stops only what needs it."""

    file: TomlFile

    @cached_property
    def publish(self) -> PublishSettings:
        """[publish]. Raises UserMistake."""
        return self._table("publish").read(PublishSettings)

    @cached_property
    def notices(self) -> dict[str, NoticeSettings]:
        """[notices]: each channel's settings by its name. Raises UserMistake."""
        shape = M("a table for each channel: {example}", example='[notices."wecom:village"]')
        return {table.name: channel_settings(table) for table in self._tables_in("notices", shape)}

    @cached_property
    def accounts(self) -> tuple[Table, ...]:
        """[accounts]: the tables as they stand, by name. What an account may say, its platform's own file knows. Raises UserMistake."""
        shape = M("a table for each account: {example}", example='[accounts."PLATFORM:NAME"]')
        return tuple(self._tables_in("accounts", shape))

    @property
    def warnings(self) -> tuple[Message, ...]:
        """A line for each table that nobody reads: it was always passed over, but whoever wrote it thinks that it counts."""
        return tuple(self._unread(name) for name in self.file.data if name not in TABLES)

    def _unread(self, name: str) -> Message:
        known = ", ".join(TABLES)
        mistake = M("{path}: nothing reads {name}. Known: {known}", path=self.file.where(name), name=f"[{name}]", known=known)
        return did_you_mean(mistake, name, TABLES)

    def _table(self, name: str) -> Table:
        self._refuse_misspelt(name)
        values = self.file.data.get(name, {})
        if not isinstance(values, dict):
            raise UserMistake(wrong_value(self.file.where(name), name, M("a table: [{name}]", name=name)))
        return Table(self.file, (name,), f"[{name}]", values)

    def _tables_in(self, name: str, shape: Message) -> Iterator[Table]:
        self._refuse_misspelt(name)
        tables = self.file.data.get(name, {})
        if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
            raise UserMistake(wrong_value(self.file.where(name), name, shape))
        yield from (Table(self.file, (name, own), own, table) for own, table in tables.items())

    def _refuse_misspelt(self, name: str) -> None:
        """[publsh] was meant to be [publish]: who wrote approval = true there must not see a post go out without it."""
        for other in self.file.data:
            if other not in TABLES and nearest(other, TABLES) == name:
                raise UserMistake(self._unread(other))


def read_settings(workspace: Path) -> WorkspaceSettings:
    """A workspace's settings; the defaults when it has no file. Raises UserMistake for a file that is no TOML."""
    return WorkspaceSettings(read_toml(workspace / FILE))
