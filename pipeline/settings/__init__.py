"""A co-op's settings: fieldcut.toml of a workspace and story.toml of a story, read here and nowhere else.

In: the files as a person's editor saved them (UTF-8 with or without BOM, UTF-16, GB18030). Out: frozen models with defaults for what the
files do not set, and for each mistake one message with file, line and the nearest known key.
"""

from pipeline.settings.models import (
    MODEL_VARIABLE,
    NOTICE_KINDS,
    CampaignSettings,
    CoopSettings,
    GroupRobotSettings,
    NoticeKind,
    NoticeSettings,
    PublishSettings,
    ServerSettings,
    SpeechSettings,
    StoreSettings,
    StorySettings,
)
from pipeline.settings.nearest import did_you_mean, meant, nearest
from pipeline.settings.notices import check_channel_name
from pipeline.settings.story import read_story_settings, story_source
from pipeline.settings.table import Table
from pipeline.settings.workspace import SETTINGS_FILE, WorkspaceSettings, read_settings, using_zone_of
from pipeline.settings.zone import (
    coop_zone,
    day_text,
    in_coop_time,
    is_zone,
    minute_and_zone,
    minute_text,
    nearest_zone,
    using_zone,
    zone_name,
)

__all__ = [
    "MODEL_VARIABLE",
    "NOTICE_KINDS",
    "SETTINGS_FILE",
    "CampaignSettings",
    "CoopSettings",
    "GroupRobotSettings",
    "NoticeKind",
    "NoticeSettings",
    "PublishSettings",
    "ServerSettings",
    "SpeechSettings",
    "StoreSettings",
    "StorySettings",
    "Table",
    "WorkspaceSettings",
    "check_channel_name",
    "coop_zone",
    "day_text",
    "did_you_mean",
    "in_coop_time",
    "is_zone",
    "meant",
    "minute_and_zone",
    "minute_text",
    "nearest",
    "nearest_zone",
    "read_settings",
    "read_story_settings",
    "story_source",
    "using_zone",
    "using_zone_of",
    "zone_name",
]
