"""The one call that publishes. Its intent is on the disk before it leaves, and whatever follows, it is not made a second time.

Only an answer that certainly means that nothing happened ends the attempt and begins the next one.
"""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.documents.message import M
from pipeline.network.errors import ActionRequired, OutcomeUnknown, PlatformError, Rejected, RetryableError, UploadExpired
from pipeline.publish.engine.lookup import look, take_in
from pipeline.publish.engine.preflight import check_files, check_rules
from pipeline.publish.engine.release_job import ReleaseJob
from pipeline.publish.engine.upload import asked_to_wait, broke_off, give_up, pause
from pipeline.publish.ledger import IN_FLIGHT, Leased, State, Who

TOKEN_S = 1800.0
"""The token must outlive the call, and the look-ups right after it."""
FRESH_S = 600.0
"""An upload that was finished longer ago is asked for again: platforms forget."""
BUSY_S, UNSETTLED_S = 5.0, 300.0
IN_DOUBT = "in_doubt_since"


def publish(job: ReleaseJob) -> None:
    """uploaded → accepted, failed or uncertain; or back to uploading, where the platform may have forgotten; or later, at its hour."""
    planned = job.release.planned_at
    if planned and not job.platform.capabilities.schedules and job.now() < planned:
        job.postpone(planned)
        return
    if job.uploaded_at is None or job.now() - job.uploaded_at > timedelta(seconds=FRESH_S):
        job.move(State.UPLOADING)
        return
    try:
        check_rules(job)
        check_files(job.release)
        token = job.line.token(TOKEN_S)
    except PlatformError as ending:
        broke_off(job, ending)
        return
    try:
        with job.means.ledger.lease(_account_key(job), holder=job.means.worker, at=job.now()):
            _alone(job, token)
    except Leased:
        job.postpone(job.later(BUSY_S))


def _alone(job: ReleaseJob, token: str) -> None:
    """One post at a time for an account: two with the same words could be taken for each other."""
    if _like_it_in_doubt(job):
        _wait_for_the_other(job)
        return
    job.memory.write(**{IN_DOUBT: None})
    if _was_called_failed(job):
        _unless_it_came(job, token)
        return
    job.move(State.PUBLISH_INTENT)
    _call(job, token)


def _call(job: ReleaseJob, token: str) -> None:
    # Nothing is fetched and nothing renewed any more: what can fail without effect has been done before.
    line = replace(job.line, token=lambda _at_least_s: token)
    try:
        posted = job.platform.publish(job.release, line, job.memory)
    except (RetryableError, UploadExpired) as ending:
        _nothing_happened(job, ending)
        return
    except (Rejected, ActionRequired) as ending:
        give_up(job, ending)
        return
    except OutcomeUnknown as ending:
        job.move(State.UNCERTAIN, ending=ending, next_at=job.first_look())
        return
    except BaseException as error:
        reason = M("The run broke off while it published ({error}).", error=type(error).__name__)
        job.move(State.UNCERTAIN, reason=reason, next_at=job.first_look())
        raise
    job.move(State.PUBLISH_SENT, post_id=posted.post_id, request_id=posted.request_id, answer=dict(posted.essence))
    job.move(State.ACCEPTED, next_at=job.first_look())


def _nothing_happened(job: ReleaseJob, ending: PlatformError) -> None:
    """The attempt is over; the next one begins, after a while, with the bytes that are there."""
    job.move(State.FAILED, ending=ending)
    asked_to_wait(job, ending)
    if isinstance(ending, UploadExpired):
        job.memory.forget()
    before = 0
    for move in reversed(job.history()):
        if move.after is State.PREPARED:
            if move.by.who is Who.PERSON:
                break
            before += 1
    if before + 1 >= job.means.retry_policy.attempts:
        return
    job.checked, job.uploaded_at = False, None
    job.move(State.PREPARED, next_at=job.now() + pause(job, ending, before))


def _was_called_failed(job: ReleaseJob) -> bool:
    """A look-up or a person, and not our own call, said once that nothing was public. A listing may have been late."""
    return any(move.after is State.FAILED and move.before in IN_FLIGHT and move.by.who is not Who.MACHINE for move in job.history())


def _unless_it_came(job: ReleaseJob, token: str) -> None:
    """Before the same is published again: an earlier attempt may have come through after all."""
    try:
        seen = look(job, job.line)
        if seen.state == "unknown":
            raise ActionRequired(
                M("Whether an earlier attempt came through cannot be told from here. Look on {platform} {account} before.", **_place(job))
            )
    except PlatformError as ending:
        broke_off(job, ending)
        return
    job.move(State.PUBLISH_INTENT)
    if seen.state in ("live", "processing"):
        take_in(job, seen)
        return
    _call(job, token)


def _like_it_in_doubt(job: ReleaseJob) -> bool:
    """Another post with the same words for this account of which nobody knows yet whether, and as what, it is public."""
    release = job.release
    others = job.means.ledger.releases(platform=release.platform, account=release.account, open_only=True)
    doubt = (State.PUBLISH_INTENT, State.PUBLISH_SENT, State.UNCERTAIN)
    return any(
        other.id != job.entry.id and other.state in doubt and not other.post_id and other.release.captions == release.captions
        for other in others
    )


def _wait_for_the_other(job: ReleaseJob) -> None:
    told = job.memory.note(IN_DOUBT)
    since = datetime.fromisoformat(told) if told else job.now()
    job.memory.write(**{IN_DOUBT: since.isoformat()})
    if job.now() - since > timedelta(seconds=job.means.retry_policy.late_s):
        job.memory.write(**{IN_DOUBT: None})
        give_up(job, Rejected(M("Another post with the same words on {platform} {account} is not settled yet.", **_place(job))))
    else:
        job.postpone(job.later(UNSETTLED_S))


def _place(job: ReleaseJob) -> dict[str, str]:
    return {"platform": job.release.platform, "account": job.release.account}


def _account_key(job: ReleaseJob) -> str:
    name = f"{job.release.platform}:{job.release.account}"
    return f"account-{hashlib.sha256(name.encode()).hexdigest()[:24]}"
