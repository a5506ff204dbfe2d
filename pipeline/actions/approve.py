"""`fieldcut approve STORY --to PLACES`: a person's yes to what would be published now."""

from datetime import datetime
from pathlib import Path

from pipeline.actions.approval_requests import due_after_yes
from pipeline.actions.prepare_releases import PublishRequest, prepare_releases
from pipeline.actions.progress import RunProgress
from pipeline.actions.publish_report import PublishReport
from pipeline.actions.publishing_context import publishing_context
from pipeline.documents.message import M
from pipeline.language import say
from pipeline.publish.engine import EngineContext, approval_subject, lacks_approval
from pipeline.publish.ledger import RESUMABLE, Actor
from pipeline.publish.ledger.tasks import APPROVE


def approve_story(
    story: str, workspace: Path, request: PublishRequest, now: datetime, progress: RunProgress, language: str
) -> PublishReport:
    """Record a person's approval of exactly the videos, words and offer that the targets would get now, at the hour if one was named."""
    prepared = prepare_releases(story, workspace, request, now, progress, language)
    if prepared.report.person_needed:
        return prepared.report
    with publishing_context(workspace) as engine:
        for target, release in prepared.releases:
            approved = approval_subject(release)
            if request.planned_at is None:
                approved = approved.model_copy(update={"planned": None})
            engine.ledger.approvals.approve(story, approved, by=request.by, at=now)
            prepared.report.lines.append(
                say(M("Approved by {person}: {platform}", person=request.by.name, platform=target.destination), language)
            )
        _let_go_on(story, engine, request.by, now)
    return prepared.report


def _let_go_on(story: str, engine: EngineContext, by: Actor, now: datetime) -> None:
    """Let the story's releases go on that waited for just this yes."""
    asked = {task.release_id: task for task in engine.ledger.tasks.all() if task.kind == APPROVE}
    for entry in engine.ledger.releases(story=story, open_only=True):
        if entry.id in asked and entry.state in RESUMABLE and not lacks_approval(entry.release, engine):
            engine.ledger.tasks.close(asked[entry.id].id, by=by, at=now)
            engine.ledger.postpone(entry, due_after_yes(entry, engine, now))
