"""Who is told what became of releases: the channels of fieldcut.toml."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.documents.message import M, Message
from pipeline.publish.accounts import open_vault
from pipeline.publish.engine import Means
from pipeline.publish.ledger import Entry, State, state_name
from pipeline.publish.notices import Kind, Notice, Notifier, load_channels

_KINDS: dict[State, Kind] = {
    State.LIVE: "live",
    State.CONFIRMED: "live",
    State.FAILED: "failed",
    State.HANDED_OVER: "needs_person",
    State.UNCERTAIN: "needs_person",
    State.LIVE_WITHOUT_CART: "needs_person",
}
"""States that people want to hear of; the others are on their way."""


def tell(workspace: Path, means: Means, entries: Sequence[Entry]) -> tuple[Message, ...]:
    """Tell every channel where these releases stand now. Returns warnings and never fails: a post does not depend on who hears of it."""
    channels, missing = load_channels(workspace, open_vault(workspace))
    notices = [_notice(entry) for entry in entries if entry.state in _KINDS]
    if not channels or not notices:
        return missing
    return (*missing, *Notifier(channels, workspace / "notices", means.ledger.quota).tell(*notices))


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
