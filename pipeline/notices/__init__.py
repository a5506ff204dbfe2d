"""Notices to people: what is finished, needs a person, is live, or failed.

In: a `Notice`. Out: a message in a group chat, or JSON to a webhook, in Chinese or English. Sending never ends a run, never delays it
for long, and never reveals the address; what cannot be sent now waits on disk.

    channels, missing = load_channels(workspace, vault)
    notifier = Notifier(channels, workspace / "notices", ledger.quota)
    warnings = notifier.send(Notice(kind="live", story="土豆", platform="shelf", text=M("…"), link="https://…", at=now))
"""

from pipeline.notices.channels import keep_address, load_channels
from pipeline.notices.notice import Channel, Kind, Notice
from pipeline.notices.notifier import Notifier
from pipeline.notices.webhook import Webhook, signature
from pipeline.notices.wecom_robot import WeComRobot

__all__ = ["Channel", "Kind", "Notice", "Notifier", "WeComRobot", "Webhook", "keep_address", "load_channels", "signature"]
