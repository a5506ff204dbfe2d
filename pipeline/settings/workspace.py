"""fieldcut.toml: the settings of a workspace, with a table for each part of the program."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.settings.models import (
    CampaignSettings,
    CoopSettings,
    InboxSettings,
    NoticeSettings,
    PublishSettings,
    ServerSettings,
    SpeechSettings,
    StoreSettings,
)
from pipeline.settings.nearest import did_you_mean, nearest
from pipeline.settings.notices import channel_settings
from pipeline.settings.table import Table, allowed_values, wrong_value
from pipeline.settings.toml import TomlFile, read_toml
from pipeline.settings.zone import is_zone, nearest_zone, using_zone

SETTINGS_FILE = "fieldcut.toml"
TABLES = ("coop", "speech", "inbox", "publish", "campaign", "server", "store", "accounts", "notices")


@dataclass(frozen=True)
class WorkspaceSettings:
    """The settings of a workspace. Each table is validated when it is first used, so that a mistake stops only what needs that table."""

    file: TomlFile

    @cached_property
    def coop(self) -> CoopSettings:
        """[coop]. Raises UserMistake, with the nearest known zone for an unknown one."""
        table = self._table("coop")
        coop = table.read(CoopSettings)
        if not is_zone(coop.timezone):
            mistake = table.wrong("timezone", allowed_values(CoopSettings.model_fields["timezone"])).message
            suggestion = nearest_zone(coop.timezone)
            raise UserMistake(M("{mistake} (did you mean {nearest}?)", mistake=mistake, nearest=suggestion) if suggestion else mistake)
        if coop.logo and not coop.name:
            where = table.where("logo")
            raise UserMistake(M('{where}: a logo stands beside the co-op\'s name. Add name = "…" to [coop].', where=where))
        return coop

    @cached_property
    def speech(self) -> SpeechSettings:
        """[speech]. Raises UserMistake."""
        return self._table("speech").read(SpeechSettings)

    @cached_property
    def inbox(self) -> InboxSettings:
        """[inbox]. Raises UserMistake."""
        return self._table("inbox").read(InboxSettings)

    @cached_property
    def campaign(self) -> CampaignSettings:
        """[campaign]. Raises UserMistake."""
        return self._table("campaign").read(CampaignSettings)

    @cached_property
    def publish(self) -> PublishSettings:
        """[publish]. Raises UserMistake."""
        return self._table("publish").read(PublishSettings)

    @cached_property
    def server(self) -> ServerSettings:
        """[server]. Raises UserMistake."""
        return self._table("server").read(ServerSettings)

    @cached_property
    def store(self) -> StoreSettings:
        """[store]. Raises UserMistake."""
        return self._table("store").read(StoreSettings)

    @cached_property
    def notices(self) -> dict[str, NoticeSettings]:
        """[notices]: each channel's settings by its name. Raises UserMistake."""
        shape = M("a table for each channel: {example}", example='[notices."wecom:village"]')
        return {table.name: channel_settings(table) for table in self._tables_in("notices", shape)}

    @cached_property
    def accounts(self) -> tuple[Table, ...]:
        """[accounts]: the tables, not validated: each platform knows the settings of its accounts. Raises UserMistake."""
        shape = M("a table for each account: {example}", example='[accounts."PLATFORM:NAME"]')
        return tuple(self._tables_in("accounts", shape))

    @property
    def warnings(self) -> tuple[Message, ...]:
        """A message for each unknown table: it has no effect, but its author may think that it has."""
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
        yield from (Table(self.file, (name, table_name), table_name, table) for table_name, table in tables.items())

    def _refuse_misspelt(self, name: str) -> None:
        """Raise UserMistake for a misspelt table: approval = true in [publsh] must not let a post be published without approval."""
        for other in self.file.data:
            if other not in TABLES and nearest(other, TABLES) == name:
                raise UserMistake(self._unread(other))


def read_settings(workspace: Path) -> WorkspaceSettings:
    """Read a workspace's settings; the defaults when it has no file. Raises UserMistake for invalid TOML."""
    return WorkspaceSettings(read_toml(workspace / SETTINGS_FILE))


@contextmanager
def using_zone_of(workspace: Path) -> Iterator[ZoneInfo]:
    """Use the time zone of a workspace's settings for a block. Raises UserMistake for settings that cannot be read or name no zone."""
    with using_zone(read_settings(workspace).coop.timezone) as zone:
        yield zone
