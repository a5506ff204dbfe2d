"""fieldcut.toml: the settings of a workspace, a table for each part of the program."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.settings.models import CoopSettings, NoticeSettings, PublishSettings
from pipeline.settings.nearest import did_you_mean, nearest
from pipeline.settings.notices import channel_settings
from pipeline.settings.table import Table, shape_of, wrong_value
from pipeline.settings.toml import TomlFile, read_toml
from pipeline.settings.zone import in_zone, is_zone, nearest_zone

FILE = "fieldcut.toml"
TABLES = ("coop", "publish", "accounts", "notices")


@dataclass(frozen=True)
class WorkspaceSettings:
    """What a workspace's file says. Each table is looked at when it is asked for, so that a mistake in one stops only what needs it."""

    file: TomlFile

    @cached_property
    def coop(self) -> CoopSettings:
        """[coop]. Raises UserMistake that names the nearest zone for one that is not known."""
        table = self._table("coop")
        coop = table.read(CoopSettings)
        if not is_zone(coop.timezone):
            mistake = table.wrong("timezone", shape_of(CoopSettings.model_fields["timezone"])).message
            meant = nearest_zone(coop.timezone)
            raise UserMistake(M("{mistake} (did you mean {nearest}?)", mistake=mistake, nearest=meant) if meant else mistake)
        return coop

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


@contextmanager
def zone_of(workspace: Path) -> Iterator[ZoneInfo]:
    """Puts the zone of a workspace's settings in force for as long as the block lasts. Raises UserMistake for settings that cannot be
    read or name no zone."""
    with in_zone(read_settings(workspace).coop.timezone) as zone:
        yield zone
