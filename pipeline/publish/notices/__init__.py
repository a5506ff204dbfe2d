"""Notices: what is finished, what needs a person, what is live, what failed, told to people where they are.

In: a `Notice`. Out: a message in a group, or JSON at an address of one's own, in Chinese or English. Telling never ends a run, never
holds it up for long, and never gives the address away; what cannot be said now waits on the disk.

    channels, missing = load_channels(workspace, vault)
    notifier = Notifier(channels, workspace / "notices", ledger.quota)
    warnings = notifier.tell(Notice(kind="live", story="土豆", platform="shelf", text=M("…"), link="https://…", at=now))
"""

from pipeline.publish.notices.configured import keep_address, load_channels
from pipeline.publish.notices.notice import Channel, Kind, Notice
from pipeline.publish.notices.notifier import Notifier
from pipeline.publish.notices.robot import Robot
from pipeline.publish.notices.webhook import Webhook, signature

__all__ = ["Channel", "Kind", "Notice", "Notifier", "Robot", "Webhook", "keep_address", "load_channels", "signature"]
