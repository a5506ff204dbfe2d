"""Models of the settings files, with the defaults. Plain data: the rooms build their accounts, channels and jobs from it."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictStr

from pipeline.documents.base import Frozen
from pipeline.documents.coop_brand import CoopBrand
from pipeline.documents.job import HOME_TIMEZONE, PresetName
from pipeline.documents.message import M
from pipeline.settings.table import AllowedValues

CLOCK_RANGE = r"^([01]?\d|2[0-3]):[0-5]\d\s*-\s*([01]?\d|2[0-3]):[0-5]\d$"
"""22:00-07:00, as a regular expression."""
NoticeKind = Literal["finished", "needs_person", "live", "failed"]
NOTICE_KINDS: tuple[NoticeKind, ...] = ("finished", "needs_person", "live", "failed")


OWN_COLOUR = Field(pattern=r"^(#[0-9A-Fa-f]{6})?$")


class CoopSettings(Frozen):
    """[coop]: the co-op itself."""

    timezone: Annotated[StrictStr, AllowedValues(M("a time zone by its name in the IANA's list, Asia/Shanghai for example"))] = (
        HOME_TIMEZONE
    )
    """The time zone of all hours in the product sheet, at --at, and in everything shown."""
    name: Annotated[StrictStr, Field(max_length=30)] = ""
    """Stands on the end card, and with the logo in the corner where a destination allows it."""
    logo: StrictStr = ""
    """A picture, its path from the workspace; it needs a name beside it."""
    colour: Annotated[StrictStr, OWN_COLOUR] = ""
    """#RRGGBB of the call to buy and of lines, over every style."""
    accent: Annotated[StrictStr, OWN_COLOUR] = ""
    """#RRGGBB of titles, where it can be read."""

    def brand_in(self, workspace: Path) -> CoopBrand:
        """The co-op's sign and colours, with the logo's path made whole."""
        logo = str((workspace / Path(self.logo).expanduser()).resolve()) if self.logo else ""
        return CoopBrand(name=self.name, logo=logo if self.name else "", colour=self.colour, accent=self.accent)


class PublishSettings(Frozen):
    """[publish]: how this co-op publishes."""

    approval: StrictBool = False
    """A person must approve first."""
    link_days: Annotated[int, Field(strict=True, ge=1, le=90)] = 7
    """For so long the link to a release that waits for approval can be answered."""
    late_minutes: Annotated[int, Field(strict=True, ge=1, le=1440)] = 10
    """A post that is later than this for its hour does not go out by itself; a person decides."""
    ledger: StrictStr = ""
    """A file, or the address of a PostgreSQL database; empty for ledger.db in the workspace."""

    def ledger_in(self, workspace: Path) -> str | Path:
        """Where the ledger of a workspace is: what is set, or the file beside its stories."""
        return self.ledger or workspace / "ledger.db"


class CampaignSettings(Frozen):
    """[campaign]: the rules for posts that are planned ahead."""

    quiet_hours: Annotated[tuple[Annotated[str, Field(pattern=CLOCK_RANGE)], ...], Field(max_length=24)] = ()
    """When nothing may go out, each as 22:00-07:00 on the co-op's clock."""
    per_day: Annotated[int, Field(strict=True, ge=0, le=100)] = 0
    """Posts that one account may make on one day, on the co-op's calendar; 0 for any number."""
    apart_days: Annotated[int, Field(strict=True, ge=0, le=366)] = 0
    """Days between two posts of one product on one account; 0 for any."""
    prepare_hours: Annotated[float, Field(gt=0, le=24 * 31)] = 24.0
    """A post's video is made and its words are checked so long before its hour: time for a person to look and to approve."""


class InboxSettings(Frozen):
    """[inbox]: where clips are dropped, and when a story begins."""

    folder: StrictStr = ""
    """The folder with a folder for each story, perhaps on a share; empty for inbox in the workspace."""
    quiet_seconds: Annotated[float, Field(ge=1, le=3600)] = 60.0
    """A story begins when nothing in its folder has changed for so long."""
    give_up_seconds: Annotated[float, Field(ge=1, le=86_400)] = 600.0
    """A file that does not open is left out when nothing has changed for so long."""

    def folder_in(self, workspace: Path) -> Path:
        """Where the inbox of a workspace is."""
        return Path(self.folder).expanduser() if self.folder else workspace / "inbox"


class ServerSettings(Frozen):
    """[server]: where `fieldcut up` keeps its runs."""

    database: StrictStr = ""
    """The address of a PostgreSQL database, or `bundled` for one that FieldCut runs itself; empty for a file in the workspace."""
    stories_at_once: Annotated[int, Field(strict=True, ge=1, le=8)] = 1
    """Stories that this machine makes side by side: more than one where others do the long parts, so that none of them waits."""


class StoreSettings(Frozen):
    """[store]: what several machines share of the costly work."""

    shared: StrictStr = ""
    """A folder that all machines see, or a bucket: /mnt/nas/fieldcut, file:///srv/fieldcut, s3://bucket/folder; empty for neither."""
    endpoint_url: StrictStr = ""
    """Of a bucket that is not Amazon's."""
    region: StrictStr = ""
    """Of the bucket, where its store wants one."""
    keep_days: Annotated[int, Field(strict=True, ge=1, le=3650)] = 30
    """What was put there so long ago is deleted at night; what is wanted once more is sent or made again."""
    batch_seconds: Annotated[float, Field(ge=1, le=3600)] = 5.0
    """Processor seconds of work in a part that another machine is given, at least: to ask for it and to send its files takes about one."""


MODEL_VARIABLE = "FIELDCUT_WHISPER"
"""The variable of the environment that names a speech model and goes before the setting."""


class SpeechSettings(Frozen):
    """[speech]: which model writes down what is said."""

    model: Annotated[StrictStr, Field(min_length=1, max_length=500)] = "base"
    """A known model by its name (`fieldcut model list`), or a folder with one, from the workspace."""
    hub: Annotated[StrictStr, Field(pattern=r"^https?://")] = "https://huggingface.co"
    """Where `fieldcut model get` fetches from; nothing else asks it."""
    mirror: Annotated[StrictStr, Field(pattern=r"^(https?://.*)?$")] = ""
    """An address that has the same files as the hub and is asked instead; empty for none."""

    def model_in(self, workspace: Path) -> str:
        """The model's name, or its folder made whole."""
        folder = workspace / Path(self.model).expanduser()
        return str(folder.resolve()) if re.search(r"[/\\]", self.model) or folder.is_dir() else self.model


class NoticeSettings(Frozen):
    """[notices."webhook:…"]: which notices a channel gets, and in which language."""

    language: Literal["zh", "en"] = "zh"
    kinds: Annotated[tuple[NoticeKind, ...], Field(min_length=1)] = NOTICE_KINDS


class GroupRobotSettings(NoticeSettings):
    """[notices."wecom:…"]: the same for a WeCom group's robot. mention: members, by their ids or phone numbers in the group."""

    mention: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=64)], ...], Field(max_length=20)] = ()


class StorySettings(Frozen):
    """story.toml: one story's settings. Names and defaults are those of `Job`; a command-line option overrides them."""

    source: str = ""
    """The dropped folder that the story is made from."""
    product: str = ""
    template: str = "plain"
    destination: str = "shelf"
    max_seconds: float = 30.0
    width: int = 1080
    height: int = 1920
    preset: PresetName = "standard"
    language: Literal["zh", "en"] = "zh"
    speech: Literal["zh", "en", "auto"] = "auto"
    as_heard: tuple[str, ...] = ()
    numbers: Literal["figures", "characters"] = "figures"
    subtitles: Literal["style", "plain", "karaoke", "keyword"] = "style"
    music: str = "auto"
    encoder: str = "x264"
    threads: int = Field(default=0, ge=0)
    nice: int = Field(default=0, ge=0, le=19)
