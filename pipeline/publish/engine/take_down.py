"""Taking down a page of the seller's own, on a person's word: first the page goes, then the ledger says so."""

from typing import cast

from pipeline.documents.message import M
from pipeline.errors import PersonNeeded
from pipeline.network.errors import PlatformError
from pipeline.publish.engine.context import EngineContext
from pipeline.publish.engine.release_job import open_job
from pipeline.publish.ledger import PUBLIC, Actor, Entry, State, Who
from pipeline.publish.platforms.base import TakesDown

WAIT_S = 10.0
"""How long to wait for a worker that is just looking at the page, seconds."""


def can_take_down(entry: Entry, context: EngineContext) -> bool:
    """Whether FieldCut itself can take the release's post away: a page of the seller's own; elsewhere a person does it."""
    return hasattr(context.platforms.get(entry.release.platform), "take_down")


def take_down(entry: Entry, context: EngineContext) -> bool:
    """Take the page of a public or removed release away, whatever is left of it; doing it twice changes nothing.

    Returns False when the page shows a later release, which stays. Nothing is recorded here. Raises PersonNeeded when the store refuses or
    cannot be reached: then the page may still be there; ReleaseLeased when a worker keeps the release.
    """
    with context.ledger.lease(entry.id, holder=context.worker, at=context.clock.now(), within_s=WAIT_S):
        job = open_job(context.ledger.get(entry.id), context)
        try:
            return cast(TakesDown, job.platform).take_down(job.release, job.session)
        except PlatformError as error:
            raise PersonNeeded(
                M("It was not taken down: {reason} Run the same command again when that is done.", reason=error.message)
            ) from error


def record_taken_down(entry: Entry, context: EngineContext, *, by: Actor) -> Entry:
    """Record that a person had the page taken away: of this release, and of earlier ones that nobody has looked at since.

    An earlier one that still counted as public would be taken for what the page shows, and be brought back. Returns the entry.
    """
    at = context.clock.now()
    release, reason = entry.release, M("{person} has taken it down. {note}", person=by.name, note="")
    for other in context.ledger.releases(story=release.story, platform=release.platform, account=release.account):
        if other.id != entry.id and other.state in PUBLIC:
            context.ledger.advance(other, State.REMOVED, by=by, at=at, reason=reason)
    current = context.ledger.get(entry.id)
    return current if current.state is State.REMOVED else context.ledger.advance(current, State.REMOVED, by=by, at=at, reason=reason)


def taken_down_by_person(entries: tuple[Entry, ...] | list[Entry]) -> Entry | None:
    """The last of a page's releases, in the order of their making, if a person had it taken down; None when something came after it."""
    last = entries[-1] if entries else None
    return last if last is not None and last.state is State.REMOVED and last.by.who is Who.PERSON else None
