"""Notices about releases and stories, sent to the channels of fieldcut.toml."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.actions.workspace_ledger import open_workspace_ledger
from pipeline.documents.message import M, Message
from pipeline.errors import FieldCutError
from pipeline.notices import Kind, Notice, Notifier, load_channels
from pipeline.publish.destinations import platform_label
from pipeline.publish.engine import EngineContext
from pipeline.publish.ledger import PUBLIC, Entry, State, state_name
from pipeline.publish.ledger.quota import QuotaBook
from pipeline.publish.ledger.tasks import DECIDE, DECLARE, OFFER
from pipeline.secrets.vault import open_vault

NOTICES_FOLDER = "notices"
"""The workspace's folder of notices that could not be sent yet."""
_KINDS: dict[State, Kind] = {
    State.LIVE: "live",
    State.CONFIRMED: "live",
    State.FAILED: "failed",
    State.HANDED_OVER: "needs_person",
    State.UNCERTAIN: "needs_person",
    State.LIVE_WITHOUT_CART: "needs_person",
}
"""States that people are notified of, and as what; in all others the release is on its way."""


def notify_releases(workspace: Path, engine: EngineContext, entries: Sequence[Entry]) -> tuple[Message, ...]:
    """Notify every channel of the releases' states, of a failure once. Returns warnings and never fails: no post depends on its notice."""
    now = engine.clock.now()
    failures = {task.release_id: task for task in engine.ledger.tasks.all() if task.kind == DECIDE}
    notices: list[Notice] = []
    for entry in entries:
        told_of = failures.get(entry.id) if entry.state is State.FAILED else None
        if entry.state in _KINDS and (told_of is None or engine.ledger.tasks.claim_telling(told_of.id, at=now)):
            notices.append(_notice(entry, told_of.message if told_of else None))
    return _send(workspace, engine.ledger.quota, notices) if notices else send_unsent_notices(workspace, engine)


def notify_untold(workspace: Path, engine: EngineContext) -> tuple[Message, ...]:
    """Notify every channel of the failures that no run lived to tell, and that nobody has decided on. Returns warnings and never fails."""
    untold = [task.release_id for task in engine.ledger.tasks.all() if task.kind == DECIDE and task.told_at is None]
    failed = [entry for entry in map(engine.ledger.get, untold) if entry.state is State.FAILED]
    return notify_releases(workspace, engine, failed) if failed else ()


def notify_page_changes(workspace: Path, engine: EngineContext, changed: Sequence[tuple[Entry, Message]]) -> tuple[Message, ...]:
    """Notify every channel of pages that were made anew, each with what is right on it now, and of what a person has to change elsewhere.

    Each is told once. Returns warnings and never fails.
    """
    now, tasks = engine.clock.now(), engine.ledger.tasks
    notices = [_page_notice(entry, what) for entry, what in changed if entry.state in PUBLIC]
    for task in tasks.all():
        if task.kind in (OFFER, DECLARE) and task.told_at is None and tasks.claim_telling(task.id, at=now):
            notices.append(_task_notice(engine.ledger.get(task.release_id), task.message, now))
    return _send(workspace, engine.ledger.quota, notices) if notices else ()


def notify_approval(workspace: Path, engine: EngineContext, entry: Entry, link: str) -> tuple[Message, ...]:
    """Notify every channel that a release waits for a yes or a no. link: to its page; empty where no other machine could open it.

    Returns warnings and never fails.
    """
    release = entry.release
    where = {"story": release.story, "platform": release.platform, "account": release.account}
    text = M("{story} waits for a yes or a no before it goes to {platform} {account}. Open the link, look at it, answer.", **where)
    if not link:
        text = M(
            "{story} waits for a yes before it goes to {platform} {account}: fieldcut approve {release}", release=entry.id[:8], **where
        )
    notice = Notice(
        kind="needs_person", story=release.story, platform=release.platform, text=text, link=link, reference=entry.id, at=engine.clock.now()
    )
    return _send(workspace, engine.ledger.quota, [notice])


def send_unsent_notices(workspace: Path, engine: EngineContext) -> tuple[Message, ...]:
    """Send the notices that could not be sent before. Returns warnings and never fails."""
    any_unsent = any((workspace / NOTICES_FOLDER).glob("*/*.json"))
    return _send(workspace, engine.ledger.quota, ()) if any_unsent else ()


def notify_story(workspace: Path, story: str, kind: Kind, text: Message, at: datetime) -> tuple[Message, ...]:
    """Notify every channel how the making of a story ended. Returns warnings; raises what opening the ledger raises."""
    with open_workspace_ledger(workspace) as ledger:
        return _send(workspace, ledger.quota, [Notice(kind=kind, story=story, text=text, at=at)])


def try_channel(workspace: Path, name: str) -> Message | None:
    """Send a trial notice to one channel. Returns why it did not arrive, or nothing; a trial does not wait for better times."""
    channels, _ = load_channels(workspace, open_vault(workspace), platform_label=platform_label)
    channel = next((one for one in channels if one.name == name), None)
    if channel is None:
        return M('Nothing is sent there yet: fieldcut.toml has no [notices."{channel}"].', channel=name)
    notice = Notice(kind=min(channel.kinds), story="FieldCut", text=M("This is a trial: notices arrive here."), at=datetime.now(UTC))
    with open_workspace_ledger(workspace) as ledger, TemporaryDirectory(prefix="fieldcut-trial-") as folder:
        problems = Notifier([channel], Path(folder), ledger.quota).send(notice)
    return M("The trial notice did not arrive: {why}", why=problems[0]) if problems else None


def _send(workspace: Path, quota: QuotaBook, notices: Sequence[Notice]) -> tuple[Message, ...]:
    try:
        channels, missing = load_channels(workspace, open_vault(workspace), platform_label=platform_label)
    except FieldCutError as error:
        return (error.message,)
    if not channels:
        return missing
    return (*missing, *Notifier(channels, workspace / NOTICES_FOLDER, quota).send(*notices))


def _notice(entry: Entry, to_do: Message | None) -> Notice:
    release = entry.release
    text = M("{story} on {platform}: {state}", story=release.story, platform=release.platform, state=state_name(entry.state))
    if entry.reason is not None:
        text = M("{what}. {reason}", what=text, reason=entry.reason)
    if to_do is not None:
        text = M("{what}. {reason}", what=text, reason=to_do)
    return Notice(
        kind=_KINDS[entry.state],
        story=release.story,
        platform=release.platform,
        text=text,
        link=entry.link,
        reference=entry.id,
        at=entry.since,
    )


def _page_notice(entry: Entry, what: Message) -> Notice:
    release = entry.release
    text = M("{story} on {platform}: {state}", story=release.story, platform=release.platform, state=what)
    return Notice(
        kind="live", story=release.story, platform=release.platform, text=text, link=entry.link, reference=entry.id, at=entry.since
    )


def _task_notice(entry: Entry, to_do: Message, at: datetime) -> Notice:
    release = entry.release
    return Notice(
        kind="needs_person",
        story=release.story,
        platform=release.platform,
        text=to_do,
        link=entry.link,
        reference=entry.id,
        at=at,
    )
