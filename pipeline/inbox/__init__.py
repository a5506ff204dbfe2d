"""The inbox: a folder into which people drop a folder of clips for each story, on a local disk or on a share that sends no events.

In: what lies in a dropped folder at one moment, again and again. Out: whether the story can begin, or what it still waits for; and the
status page, the only file that is ever written beside the clips.
"""

from pipeline.inbox.overview_page import WaitingApproval, overview_path, write_overview
from pipeline.inbox.settling import Empty, Filling, FolderWatch, Settled, Verdict, WaitingForFiles
from pipeline.inbox.snapshot import FolderSnapshot, FolderUnreachable, story_folders, take_snapshot
from pipeline.inbox.status_page import StoryStatus, write_status_page

__all__ = [
    "Empty",
    "Filling",
    "FolderSnapshot",
    "FolderUnreachable",
    "FolderWatch",
    "Settled",
    "StoryStatus",
    "Verdict",
    "WaitingApproval",
    "WaitingForFiles",
    "overview_path",
    "story_folders",
    "take_snapshot",
    "write_overview",
    "write_status_page",
]
