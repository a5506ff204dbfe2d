"""Waiting for a person's yes: a release without one stays as it is, and somebody is asked."""

from datetime import datetime, timedelta

from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.network.errors import ActionRequired
from pipeline.publish.engine.context import EngineContext
from pipeline.publish.engine.retry_policy import HOUR_S
from pipeline.publish.ledger import Entry
from pipeline.publish.ledger.tasks import APPROVE
from pipeline.publish.live_offers import is_withdrawn


class ApprovalMissing(ActionRequired):
    """Nobody has approved what the release is now."""

    def __init__(self, release: Release) -> None:
        super().__init__(
            M("Nobody has approved exactly this video of {story} with these words and this offer. Nothing was sent.", story=release.story)
        )


def lacks_approval(release: Release, context: EngineContext) -> bool:
    """Whether the rules ask for a person's yes to exactly this release, and there is none. A page that only takes away needs none."""
    approved = context.rules.approved
    return (
        approved is not None
        and not is_withdrawn(release)
        and context.ledger.approvals.approval_for(release.story, approved(release)) is None
    )


def wait_for_approval(entry: Entry, context: EngineContext) -> Entry:
    """Ask for a person's yes or no, and keep the release as it is: it is looked at again once an hour, and when its hour is past."""
    now, planned_at = context.clock.now(), entry.release.planned_at
    ask_for_approval(entry, context, now)
    again = now + timedelta(seconds=HOUR_S)
    if planned_at is not None:
        again = min(again, max(now, planned_at + timedelta(seconds=context.retry_policy.late_s + 1)))
    return context.ledger.postpone(entry, again)


def ask_for_approval(entry: Entry, context: EngineContext, at: datetime) -> None:
    """Open the task that asks for a person's yes or no to what the release is now; the same question is asked once."""
    question = approval_question(entry, context)
    context.ledger.tasks.ask(APPROVE, _asked(entry), question, at=at, release_id=entry.id)


def approval_question(entry: Entry, context: EngineContext) -> str:
    """Return the hash of what is asked of a release now; another word, cover, end or hour is another question."""
    approved = context.rules.approved
    assert approved is not None, "nobody is asked where the rules ask for no approval"
    return approved(entry.release).question(entry.id, entry.attempt)


def _asked(entry: Entry) -> Message:
    release = entry.release
    values = {"story": release.story, "platform": release.platform, "account": release.account}
    return M("{story} waits for a yes before it goes to {platform} {account}: fieldcut approve {release}", release=entry.id[:8], **values)
