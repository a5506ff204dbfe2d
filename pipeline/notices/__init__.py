"""Notices: what is finished, what needs a person, what is live, what failed, told to people where they are.

In: a `Notice`. Out: a message in a group, or JSON at an address of one's own, in Chinese or English. Telling never ends a run, never
holds it up for long, and never gives the address away; what cannot be said now waits on the disk.

    channels, missing = load_channels(workspace, vault)
    notifier = Notifier(channels, workspace / "notices", ledger.quota)
    warnings = notifier.tell(Notice(kind="live", story="土豆", platform="shelf", text=M("…"), link="https://…", at=now))
"""

from pipeline.notices.channels import keep_address, load_channels
from pipeline.notices.notice import Channel, Kind, Notice
from pipeline.notices.notifier import Notifier
from pipeline.notices.webhook import Webhook, signature
from pipeline.notices.wecom_robot import Robot

__all__ = ["Channel", "Kind", "Notice", "Notifier", "Robot", "Webhook", "keep_address", "load_channels", "signature"]
