"""`fieldcut publish`: publishes a finished story on platforms, exactly once."""

from datetime import datetime
from pathlib import Path

from pipeline.actions.page_releases import was_published_by_make
from pipeline.actions.prepare_releases import PreparedReleases, PublishRequest, prepare_releases
from pipeline.actions.progress import RunProgress
from pipeline.actions.publish_report import PublishReport
from pipeline.actions.publishing_context import publishing_context
from pipeline.actions.release_notifications import notify_releases
from pipeline.commerce.qr import qr_modules
from pipeline.documents.release import Release
from pipeline.language import say
from pipeline.publish.engine import (
    EngineContext,
    ask_for_approval,
    deliver,
    first_attempt_at,
    kin_message,
    lacks_approval,
    look_up_replaced,
    standing_kin,
)
from pipeline.publish.handoff import hand_over
from pipeline.publish.ledger import IN_FLIGHT, PUBLIC, RESUMABLE, AlreadyReleased, State
from pipeline.publish.ledger.overrides import CLAIM_OVERRIDE
from pipeline.publish.ledger.tasks import APPROVE
from pipeline.stages.release import Target

SUCCESS_STATES = frozenset(
    {State.LIVE, State.CONFIRMED, State.HANDED_OVER, State.CLAIMED, State.ACCEPTED, State.PROCESSING, State.UPLOADED}
)
"""States in which a publishing command has done what it could; in any other a person is needed."""


def publish_story(
    story: str, workspace: Path, request: PublishRequest, now: datetime, progress: RunProgress, language: str
) -> PublishReport:
    """Make the videos that the targets need, check their words, and deliver each release or hand it over to a person.

    Nothing is sent while one blocking finding on the words is open. Raises UserMistake and PersonNeeded before anything is sent.
    """
    prepared = prepare_releases(story, workspace, request, now, progress, language)
    if prepared.report.person_needed or request.only_check:
        return prepared.report
    with publishing_context(workspace) as engine:
        for target, release in prepared.releases:
            _publish_release(release, target, request, engine, prepared, now, language)
    return prepared.report


def _publish_release(
    release: Release,
    target: Target,
    request: PublishRequest,
    engine: EngineContext,
    prepared: PreparedReleases,
    now: datetime,
    language: str,
) -> None:
    report, capabilities = prepared.report, engine.platforms[release.platform].capabilities
    first_due = None if target.by_hand else first_attempt_at(release, capabilities)
    kin = [] if engine.ledger.same_post(release) else standing_kin(release, engine.ledger)
    if request.replace:
        release = release.model_copy(update={"replaces": tuple(other.id for other in kin if other.state in PUBLIC)})
    if left := [other for other in kin if other.id not in release.replaces and not request.insist]:
        report.lines += [say(kin_message(release, other), language) for other in left]
        report.person_needed = True
        return
    try:
        entry = engine.ledger.prepare(release, by=request.by, at=now, repost_reason=request.insist, next_at=first_due)
    except AlreadyReleased as error:
        # What a run that was killed left in doubt is looked up, and posted again by nobody.
        if error.entry.state not in RESUMABLE | IN_FLIGHT | {State.HANDED_OVER, State.CLAIMED}:
            if was_published_by_make(error.entry, engine):
                report.tell(error.entry, language)
                return
            report.lines.append(say(error.message, language))
            report.person_needed = True
            return
        entry = error.entry
    for claim_id, reason in prepared.overruled.items():
        engine.ledger.overrides.keep(CLAIM_OVERRIDE, release.story, reason, by=request.by, at=now, release_id=entry.id, subject=claim_id)
    if waits := entry.state in RESUMABLE and lacks_approval(entry.release, engine):
        ask_for_approval(entry, engine, now)
    if target.by_hand:
        pack = hand_over(entry.id, engine, prepared.outbox, draw_qr=qr_modules, language=language)
        report.lines += [str(pack.folder / "index.html")] if pack is not None else []
    else:
        deliver(entry.id, engine)
    updated = engine.ledger.get(entry.id)
    for known in (updated, *look_up_replaced(updated, engine)):
        report.tell(known, language)
    if updated.step != entry.step:
        report.lines += [f"⚠ {say(warning, language)}" for warning in notify_releases(prepared.workspace, engine, [updated])]
    if waits:
        report.lines += [
            f"→ {say(task.message, language)}" for task in engine.ledger.tasks.all(release_id=entry.id) if task.kind == APPROVE
        ]
    report.person_needed |= waits or updated.state not in SUCCESS_STATES | RESUMABLE
