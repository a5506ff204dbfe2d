"""Hidden posts that releases left behind: found at the platform, and removed when a person says so."""

from dataclasses import dataclass
from typing import cast

from pipeline.documents.message import M
from pipeline.errors import FieldCutError, PersonNeeded
from pipeline.network.errors import PlatformError
from pipeline.publish.engine.context import EngineContext
from pipeline.publish.engine.release_job import open_job
from pipeline.publish.ledger import PUBLIC, RETRIED, Entry, ReleaseLeased, State
from pipeline.publish.platforms.base import LeavesHiddenPosts

OVER = RETRIED | PUBLIC | {State.REMOVED}
"""States in which nothing of a release is still being made public: whatever is hidden then stays so."""


@dataclass(frozen=True)
class Leftover:
    """A post of a release that nobody can see."""

    entry: Entry
    post_id: str


def find_leftovers(context: EngineContext, *, story: str = "") -> tuple[list[Leftover], list[PersonNeeded]]:
    """Ask every platform that makes hidden posts for those of releases that are over; nothing is changed there.

    Returns them, and why an account could not be asked. Releases that another worker holds are left out.
    """
    found: list[Leftover] = []
    problems: list[PersonNeeded] = []
    for entry in context.ledger.releases(story=story or None):
        if entry.state not in OVER or not hasattr(context.platforms.get(entry.release.platform), "hidden_posts"):
            continue
        try:
            with context.ledger.lease(entry.id, holder=context.worker, at=context.clock.now()):
                job = open_job(entry, context)
                hidden = cast(LeavesHiddenPosts, job.platform).hidden_posts(job.session, job.progress)
        except ReleaseLeased:
            continue
        except (PlatformError, FieldCutError) as error:
            problems.append(PersonNeeded(error.message))
            continue
        found += [Leftover(entry, post_id) for post_id in hidden if not (entry.state in PUBLIC and post_id == entry.post_id)]
    return found, problems


def remove_leftover(leftover: Leftover, context: EngineContext) -> None:
    """Remove a post that a release left behind, on a person's word. Raises PersonNeeded when it is no longer hidden or cannot be removed,
    ReleaseLeased when another worker has the release."""
    with context.ledger.lease(leftover.entry.id, holder=context.worker, at=context.clock.now()):
        entry = context.ledger.get(leftover.entry.id)
        job = open_job(entry, context)
        if entry.state not in OVER:
            raise PersonNeeded(M("The release {release} has been taken up again, so nothing of it is removed.", release=entry.id[:8]))
        try:
            cast(LeavesHiddenPosts, job.platform).remove_hidden(job.session, leftover.post_id)
        except PlatformError as error:
            raise PersonNeeded(error.message) from None
        if entry.state in RETRIED:
            # A new attempt makes a new one.
            job.progress.forget()
