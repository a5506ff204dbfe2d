"""`fieldcut approve`: a person's yes to what would be published now."""

from datetime import datetime
from pathlib import Path

from pipeline.actions.prepare_releases import PublishRequest, _made_ready
from pipeline.actions.progress import RunProgress
from pipeline.actions.publish_report import PublishReport
from pipeline.actions.publishing_context import publishing_context
from pipeline.documents.message import M
from pipeline.language import say
from pipeline.publish.engine import shown


def approve_story(story: str, workspace: Path, wish: PublishRequest, now: datetime, progress: RunProgress, language: str) -> PublishReport:
    """A person's yes to exactly the videos, words and offer that the targets would get now."""
    ready = _made_ready(story, workspace, wish, now, progress, language)
    if ready.done.person_needed:
        return ready.done
    with publishing_context(workspace) as means:
        for to, release in ready.releases:
            means.ledger.approvals.approve(story, shown(release), by=wish.by, at=now)
            ready.done.lines.append(say(M("Approved by {person}: {platform}", person=wish.by.name, platform=to.destination), language))
    return ready.done
