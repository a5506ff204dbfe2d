"""The one call that publishes. Its intent is on disk before it is sent, and whatever follows, it is not made a second time.

Only where it is certain that nothing happened (`had_no_effect`) does an error end the attempt and allow the next one at once. Any other
answer, also a refusal, leaves it in doubt; before a further attempt the platform is asked for the post.
"""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.documents.message import M
from pipeline.network.errors import ActionRequired, OutcomeUnknown, PlatformError, Rejected, RetryableError, UploadExpired
from pipeline.publish.engine.attempts import SENT, attempts_left, doubtful_intents, earliest_next_attempt, machine_attempts
from pipeline.publish.engine.lookup import FOR_NOW, UPLOAD_GONE, apply_result, ask_platform
from pipeline.publish.engine.preflight import check_files, check_rules
from pipeline.publish.engine.release_job import ReleaseJob
from pipeline.publish.engine.upload import FRESH_S, TOKEN_S, apply_account_error, handle_error, mark_failed
from pipeline.publish.ledger import ReleaseLeased, State

AHEAD_S = 60.0
"""So long before a post's hour all is checked that takes time (upload, files, sheet, link, clock, token): the call is made on the hour."""
TURN_S, BUSY_S, UNSETTLED_S = 10.0, 0.5, 300.0
"""How long a post waits while others of the account make their calls; until the next try when that did not end, and while one with the
same words is not settled."""
IN_DOUBT = "in_doubt_since"


def publish(job: ReleaseJob) -> None:
    """Publish an uploaded release: it moves to accepted, failed or uncertain, or back to uploading where the platform may have forgotten
    the upload, or it waits for its planned hour."""
    planned = job.release.planned_at
    if planned and not job.platform.capabilities.schedules and job.now() < planned:
        job.postpone(planned)
        return
    if job.uploaded_at is None or job.now() - job.uploaded_at > timedelta(seconds=FRESH_S):
        job.move(State.UPLOADING)
        return
    try:
        check_rules(job)
        check_files(job.release, job.hashed)
        token = job.session.token(TOKEN_S)
    except PlatformError as error:
        handle_error(job, error)
        return
    try:
        with job.context.ledger.lease(_account_key(job), holder=job.context.worker, at=job.now(), within_s=TURN_S):
            _publish_alone(job, token)
    except ReleaseLeased:
        job.postpone(job.later(BUSY_S))


def seconds_to_checks(job: ReleaseJob) -> float | None:
    """Seconds until an uploaded release that we publish at its hour is to be checked ahead of it; None when there is nothing to check."""
    planned = job.release.planned_at
    if planned is None or job.entry.state is not State.UPLOADED or job.platform.capabilities.schedules or job.now() >= planned:
        return None
    begins = planned - timedelta(seconds=AHEAD_S)
    if job.uploaded_at is not None and job.uploaded_at >= begins:
        return None
    return max(0.0, (begins - job.now()).total_seconds())


def check_ahead(job: ReleaseJob) -> None:
    """Send an uploaded release through its upload once more: whatever takes time is checked there, and a sheet, a file and a token that
    stay as they are cost nothing at the hour."""
    job.checked = False
    job.move(State.UPLOADING)


def _publish_alone(job: ReleaseJob, token: str) -> None:
    """Publish while holding the account's lease: two posts with the same words, made at once, could be taken for each other."""
    if _has_unsettled_twin(job):
        _wait_for_twin(job)
        return
    job.progress.set_notes(**{IN_DOUBT: None})
    if doubtful_intents(job):
        _publish_unless_found(job, token)
        return
    job.move(State.PUBLISH_INTENT)
    _call_platform(job, token)


def _call_platform(job: ReleaseJob, token: str) -> None:
    # No token is renewed from here on: whatever can fail without effect was done before.
    session = replace(job.session, token=lambda _at_least_s: token)
    try:
        answer = job.platform.publish(job.release, session, job.progress)
    except PlatformError as error:
        if error.had_no_effect:
            _end_attempt(job, error)
        else:
            _leave_in_doubt(job, error)
        return
    except BaseException as error:
        reason = M("The run broke off while it published ({error}).", error=type(error).__name__)
        job.move(State.UNCERTAIN, reason=reason, next_at=job.first_look())
        raise
    job.move(State.PUBLISH_SENT, post_id=answer.post_id, request_id=answer.request_id, answer=dict(answer.response))
    job.move(State.ACCEPTED, next_at=job.first_look())


def _leave_in_doubt(job: ReleaseJob, error: PlatformError) -> None:
    """Record an answer that does not prove that nothing happened; look-ups follow."""
    apply_account_error(job, error)
    # Where asking again harms nothing, what was a no for now is tried again once it is known that nothing is public.
    notes = {FOR_NOW: isinstance(error, RetryableError | OutcomeUnknown), UPLOAD_GONE: isinstance(error, UploadExpired)}
    job.progress.set_notes(**{name: noted or None for name, noted in notes.items()})
    wait_s = error.after_s if isinstance(error, RetryableError) else 0.0
    job.move(State.UNCERTAIN, error=error, next_at=max(job.first_look(), job.later(wait_s)))


def _end_attempt(job: ReleaseJob, error: PlatformError) -> None:
    """End an attempt that certainly had no effect; the next one starts later, with the bytes that the platform has."""
    if isinstance(error, Rejected | ActionRequired):
        mark_failed(job, error, answer={**error.response, SENT: False})
        return
    job.move(State.FAILED, error=error, answer={**error.response, SENT: False})
    apply_account_error(job, error)
    if isinstance(error, UploadExpired):
        job.progress.forget()
    if not attempts_left(job):
        return
    before = machine_attempts(job)
    job.checked, job.uploaded_at = False, None
    job.move(State.PREPARED, next_at=job.now() + job.context.retry_policy.delay(error, before, job.context.chance))


def _publish_unless_found(job: ReleaseJob, token: str) -> None:
    """Publish, unless a look-up finds the post of an earlier attempt; it is asked no earlier than the list would have to show it."""
    not_before = earliest_next_attempt(job)
    if not_before is not None and job.now() < not_before:
        job.postpone(not_before)
        return
    try:
        result = ask_platform(job, job.session)
        if result.state == "unknown":
            raise ActionRequired(
                M(
                    "Whether an earlier attempt came through cannot be told from here. Look on {platform} {account} before.",
                    **_account_values(job),
                )
            )
    except PlatformError as error:
        handle_error(job, error)
        return
    job.move(State.PUBLISH_INTENT)
    if result.state in ("live", "processing"):
        apply_result(job, result)
        return
    _call_platform(job, token)


def _has_unsettled_twin(job: ReleaseJob) -> bool:
    """Whether another release with the same words for this account may be public under a post id that is not known yet."""
    release = job.release
    others = job.context.ledger.releases(platform=release.platform, account=release.account, open_only=True)
    doubt = (State.PUBLISH_INTENT, State.PUBLISH_SENT, State.UNCERTAIN)
    return any(
        other.id != job.entry.id and other.state in doubt and not other.post_id and other.release.captions == release.captions
        for other in others
    )


def _wait_for_twin(job: ReleaseJob) -> None:
    noted = job.progress.get_note(IN_DOUBT)
    since = datetime.fromisoformat(noted) if noted else job.now()
    job.progress.set_notes(**{IN_DOUBT: since.isoformat()})
    if job.now() - since > timedelta(seconds=job.context.retry_policy.twin_s):
        job.progress.set_notes(**{IN_DOUBT: None})
        mark_failed(
            job, Rejected(M("Another post with the same words on {platform} {account} is not settled yet.", **_account_values(job)))
        )
    else:
        job.postpone(job.later(UNSETTLED_S))


def _account_values(job: ReleaseJob) -> dict[str, str]:
    return {"platform": job.release.platform, "account": job.release.account}


def _account_key(job: ReleaseJob) -> str:
    name = f"{job.release.platform}:{job.release.account}"
    return f"account-{hashlib.sha256(name.encode()).hexdigest()[:24]}"
