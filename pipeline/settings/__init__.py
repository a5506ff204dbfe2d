"""A co-op's settings: fieldcut.toml of a workspace and story.toml of a story, read here and nowhere else.

In: the files as a person's editor wrote them (UTF-8 with or without mark, UTF-16, GB18030). Out: frozen models with defaults where the
files are silent, and one line that names file, line and the nearest known key for whatever is wrong.
"""

from pipeline.settings.models import NOTICE_KINDS, GroupRobotSettings, NoticeKind, NoticeSettings, PublishSettings, StorySettings
from pipeline.settings.nearest import did_you_mean, nearest
from pipeline.settings.notices import check_channel_name
from pipeline.settings.story import read_story_settings, story_source
from pipeline.settings.table import Table
from pipeline.settings.workspace import FILE, WorkspaceSettings, read_settings

__all__ = [
    "FILE",
    "NOTICE_KINDS",
    "GroupRobotSettings",
    "NoticeKind",
    "NoticeSettings",
    "PublishSettings",
    "StorySettings",
    "Table",
    "WorkspaceSettings",
    "check_channel_name",
    "did_you_mean",
    "nearest",
    "read_settings",
    "read_story_settings",
    "story_source",
]
