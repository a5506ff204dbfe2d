"""A co-op's settings: fieldcut.toml of a workspace and story.toml of a story, read here and nowhere else.

In: the files as a person's editor wrote them (UTF-8 with or without mark, UTF-16, GB18030). Out: frozen models with defaults where the
files are silent, and one line that names file, line and the nearest known key for whatever is wrong.
"""

from pipeline.settings.models import (
    NOTICE_KINDS,
    CoopSettings,
    GroupRobotSettings,
    NoticeKind,
    NoticeSettings,
    PublishSettings,
    StorySettings,
)
from pipeline.settings.nearest import did_you_mean, nearest
from pipeline.settings.notices import check_channel_name
from pipeline.settings.story import read_story_settings, story_source
from pipeline.settings.table import Table
from pipeline.settings.workspace import FILE, WorkspaceSettings, read_settings, zone_of
from pipeline.settings.zone import at_home, day_text, home_zone, in_zone, minute_and_zone, minute_text, zone_name

__all__ = [
    "FILE",
    "NOTICE_KINDS",
    "CoopSettings",
    "GroupRobotSettings",
    "NoticeKind",
    "NoticeSettings",
    "PublishSettings",
    "StorySettings",
    "Table",
    "WorkspaceSettings",
    "at_home",
    "check_channel_name",
    "day_text",
    "did_you_mean",
    "home_zone",
    "in_zone",
    "minute_and_zone",
    "minute_text",
    "nearest",
    "read_settings",
    "read_story_settings",
    "story_source",
    "zone_name",
    "zone_of",
]
