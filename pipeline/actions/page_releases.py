"""Releases of the seller's own pages: publishing one by itself, and which `make` has put there."""

from collections.abc import Sequence

from pipeline.actions.publish_report import destination_of
from pipeline.documents.message import M
from pipeline.documents.release import Release
from pipeline.errors import PersonNeeded
from pipeline.publish.engine import EngineContext, deliver, look_up_replaced
from pipeline.publish.ledger import IN_FLIGHT, PUBLIC, RESUMABLE, Actor, AlreadyReleased, Entry, State, Who

WATCHED = PUBLIC | {State.HANDED_OVER, State.CLAIMED}
"""States of posts that the public sees, or that a person may post any moment; what waits for its hour is checked before it leaves."""


def publish_page(release: Release, engine: EngineContext) -> Entry:
    """Publish a page by the machine's own decision, and return its entry, wherever it got to. A release that is known goes on."""
    try:
        entry = engine.ledger.prepare(release, by=Actor(who=Who.MACHINE, name=engine.worker), at=engine.clock.now())
    except AlreadyReleased as known:
        entry = known.entry
    if entry.state in RESUMABLE | IN_FLIGHT:
        deliver(entry.id, engine)
    entry = engine.ledger.get(entry.id)
    look_up_replaced(entry, engine)
    return entry


def newest_pages(entries: Sequence[Entry], engine: EngineContext) -> set[str]:
    """Return the ids of the releases that are what our own pages show now: of each page the last one that is public."""
    newest: dict[tuple[str, str, str], str] = {}
    for entry in entries:
        platform = engine.platforms.get(entry.release.platform)
        if entry.state in PUBLIC and platform is not None and platform.capabilities.own_page:
            newest[entry.release.story, entry.release.platform, entry.release.account] = entry.id
    return set(newest.values())


def require_approval(release: Release, engine: EngineContext) -> None:
    """Raise PersonNeeded where the settings ask for an approval that nobody has given to this release."""
    approved = engine.rules.approved
    if approved and engine.ledger.approvals.approval_for(release.story, approved(release)) is None:
        raise PersonNeeded(
            M(
                "somebody must approve it first (fieldcut approve {story} --to {place})",
                story=release.story,
                place=destination_of(release),
            )
        )


def was_published_by_make(entry: Entry, engine: EngineContext) -> bool:
    """Whether `make` put the release on the shelf: a person who then asks to publish it has it there already."""
    return entry.state in PUBLIC and engine.ledger.history(entry.id)[0].by.who is Who.MACHINE
