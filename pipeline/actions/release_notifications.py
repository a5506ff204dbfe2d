"""Who is told what became of releases: the channels of fieldcut.toml."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pipeline.actions.publishing_context import open_workspace_ledger
from pipeline.documents.message import M, Message
from pipeline.errors import FieldCutError
from pipeline.notices import Kind, Notice, Notifier, load_channels
from pipeline.publish.accounts import open_vault
from pipeline.publish.destinations import platform_label
from pipeline.publish.engine import EngineContext
from pipeline.publish.ledger import Entry, State, state_name
from pipeline.publish.ledger.quota import QuotaBook

FOLDER = "notices"
"""In the workspace: what could not be sent yet."""
_KINDS: dict[State, Kind] = {
    State.LIVE: "live",
    State.CONFIRMED: "live",
    State.FAILED: "failed",
    State.HANDED_OVER: "needs_person",
    State.UNCERTAIN: "needs_person",
    State.LIVE_WITHOUT_CART: "needs_person",
}
"""States that people want to hear of; the others are on their way."""


def notify_releases(workspace: Path, means: EngineContext, entries: Sequence[Entry]) -> tuple[Message, ...]:
    """Tell every channel where these releases stand now. Returns warnings and never fails: a post does not depend on who hears of it."""
    notices = [_notice(entry) for entry in entries if entry.state in _KINDS]
    return _told(workspace, means.ledger.quota, notices) if notices else send_unsent_notices(workspace, means)


def send_unsent_notices(workspace: Path, means: EngineContext) -> tuple[Message, ...]:
    """Send what could not be sent before. Returns warnings and never fails."""
    waits = any((workspace / FOLDER).glob("*/*.json"))
    return _told(workspace, means.ledger.quota, ()) if waits else ()


def notify_story(workspace: Path, story: str, kind: Kind, text: Message, at: datetime) -> tuple[Message, ...]:
    """Tell every channel what became of a story that was made. Returns warnings; raises what opening the ledger raises."""
    with open_workspace_ledger(workspace) as ledger:
        return _told(workspace, ledger.quota, [Notice(kind=kind, story=story, text=text, at=at)])


def _told(workspace: Path, quota: QuotaBook, notices: Sequence[Notice]) -> tuple[Message, ...]:
    try:
        channels, missing = load_channels(workspace, open_vault(workspace), platform_label=platform_label)
    except FieldCutError as error:
        return (error.message,)
    if not channels:
        return missing
    return (*missing, *Notifier(channels, workspace / FOLDER, quota).tell(*notices))


def _notice(entry: Entry) -> Notice:
    release = entry.release
    text = M("{story} on {platform}: {state}", story=release.story, platform=release.platform, state=state_name(entry.state))
    if entry.reason is not None:
        text = M("{what}. {reason}", what=text, reason=entry.reason)
    return Notice(
        kind=_KINDS[entry.state],
        story=release.story,
        platform=release.platform,
        text=text,
        link=entry.link,
        reference=entry.id,
        at=entry.since,
    )
