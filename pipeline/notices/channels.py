"""The channels of a workspace: their settings in fieldcut.toml, and their addresses, which are in the vault.

[notices."wecom:village"]
language = "zh"
kinds = ["needs_person", "failed", "live"]
mention = ["lihua"]

[notices."webhook:office"]
"""

from pathlib import Path

from pipeline.documents.message import M, Message
from pipeline.notices.notice import Channel
from pipeline.notices.webhook import Webhook, webhook_address
from pipeline.notices.wecom_robot import PlatformLabel, WeComRobot, robot_address
from pipeline.secrets.errors import LoginNeeded
from pipeline.secrets.secret import Secret
from pipeline.secrets.vault import Vault
from pipeline.settings import GroupRobotSettings, NoticeSettings, check_channel_name, read_settings


def load_channels(
    workspace: Path, vault: Vault, *, platform_label: PlatformLabel = lambda name, _language: name
) -> tuple[tuple[Channel, ...], tuple[Message, ...]]:
    """Return the channels whose address is known, and a message for each whose address is not; both empty without a [notices] table.

    platform_label: what people call a platform, by its name and their language. Raises UserMistake, one line that names file and key,
    for whatever is wrong in the file.
    """
    channels: list[Channel] = []
    missing: list[Message] = []
    for name, settings in read_settings(workspace).notices.items():
        try:
            channels.append(_channel(name, settings, vault, platform_label))
        except LoginNeeded:
            missing.append(M("The address of {channel} is not known on this machine, so nothing is told there.", channel=name))
    return tuple(channels), tuple(missing)


def keep_address(vault: Vault, name: str, address: str, *, signing: str = "") -> None:
    """Store a channel's address, and the secret that signs its messages, in the vault.

    Raises UserMistake, which repeats neither, for an address that is not one of that kind.
    """
    check_channel_name(name)
    secret = robot_address(address) if name.startswith("wecom:") else webhook_address(address)
    vault.keep_app_secret(_address_entry(name), secret)
    if signing:
        vault.keep_app_secret(_signing_entry(name), Secret(signing))


def _channel(name: str, settings: NoticeSettings, vault: Vault, platform_label: PlatformLabel) -> Channel:
    address, kinds = vault.app_secret(_address_entry(name)), frozenset(settings.kinds)
    if isinstance(settings, GroupRobotSettings):
        return WeComRobot(name, address, settings.language, kinds, settings.mention, platform_label)
    signing = vault.app_secret(_signing_entry(name)) if vault.has_app_secret(_signing_entry(name)) else None
    return Webhook(name, address, settings.language, kinds, signing)


def _address_entry(name: str) -> str:
    return f"notices:{name}"


def _signing_entry(name: str) -> str:
    return f"notices:{name}:signing"
