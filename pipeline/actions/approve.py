"""`fieldcut approve`: a person's yes to what would be published now."""

from datetime import datetime
from pathlib import Path

from pipeline.actions.prepare_releases import PublishRequest, prepare_releases
from pipeline.actions.progress import RunProgress
from pipeline.actions.publish_report import PublishReport
from pipeline.actions.publishing_context import publishing_context
from pipeline.documents.message import M
from pipeline.language import say
from pipeline.publish.engine import approval_subject


def approve_story(
    story: str, workspace: Path, request: PublishRequest, now: datetime, progress: RunProgress, language: str
) -> PublishReport:
    """Record a person's approval of exactly the videos, words and offer that the targets would get now."""
    prepared = prepare_releases(story, workspace, request, now, progress, language)
    if prepared.report.person_needed:
        return prepared.report
    with publishing_context(workspace) as engine:
        for target, release in prepared.releases:
            engine.ledger.approvals.approve(story, approval_subject(release), by=request.by, at=now)
            prepared.report.lines.append(
                say(M("Approved by {person}: {platform}", person=request.by.name, platform=target.destination), language)
            )
    return prepared.report
