"""The upload: all bytes brought to the platform, repeated within the retry policy and given up when it makes no progress."""

from typing import Any

from pipeline.documents.message import M
from pipeline.network.errors import ActionRequired, PlatformError, RateLimited, Rejected, TokenRejected, UploadExpired
from pipeline.publish.engine.approval import ApprovalMissing, wait_for_approval
from pipeline.publish.engine.preflight import check_files, check_release
from pipeline.publish.engine.release_job import ReleaseJob, account_name
from pipeline.publish.ledger import State

FRUITLESS, RESTARTS = "fruitless", "restarts"
TOKEN_S = 1800.0
"""Seconds that the token must still live: it must outlast the call and the look-ups right after it."""
FRESH_S = 600.0
"""An upload that was completed longer ago is checked again: platforms forget uploads."""


def begin_upload(job: ReleaseJob) -> None:
    """Move a release from prepared to uploading when it passes the preflight."""
    try:
        check_release(job)
    except PlatformError as error:
        handle_error(job, error)
        return
    job.close_tasks()
    job.move(State.UPLOADING)


def upload(job: ReleaseJob) -> None:
    """Upload a release: it moves to uploaded, stays uploading until a later try, or fails."""
    job.progress.advanced = False
    try:
        if not job.checked:
            check_release(job)
            _renew_token_for_hour(job)
        job.platform.upload(job.release, job.session, job.progress)
        # A file that was changed meanwhile went over in two halves that do not belong together.
        check_files(job.release, job.hashed)
    except PlatformError as error:
        handle_error(job, error)
        return
    job.uploaded_at = job.now()
    job.progress.set_notes(**{FRUITLESS: None, RESTARTS: None})
    job.move(State.UPLOADED)


def _renew_token_for_hour(job: ReleaseJob) -> None:
    """Renew a token that would have to be renewed at the planned hour, if that is near: it takes time."""
    planned = job.release.planned_at
    waits_s = (planned - job.now()).total_seconds() if planned and not job.platform.capabilities.schedules else 0.0
    if 0.0 < waits_s <= FRESH_S:
        job.session.token(TOKEN_S + waits_s)


def handle_error(job: ReleaseJob, error: PlatformError) -> None:
    """Move a release after a call that failed before anything was published: to failed, or to uploading with the time of the next try.

    One that only lacks a person's yes stays where it is.
    """
    if isinstance(error, ApprovalMissing):
        job.entry = wait_for_approval(job.entry, job.context)
        return
    if isinstance(error, Rejected | ActionRequired):
        mark_failed(job, error)
        return
    apply_account_error(job, error)
    fruitless = 0 if job.progress.advanced else int(job.progress.get_note(FRUITLESS) or 0)
    restarts = int(job.progress.get_note(RESTARTS) or 0) + isinstance(error, UploadExpired)
    if isinstance(error, UploadExpired):
        job.progress.forget()
    policy = job.context.retry_policy
    job.progress.set_notes(**{FRUITLESS: fruitless + 1, RESTARTS: restarts or None})
    if fruitless + 1 >= policy.tries or restarts > policy.restarts:
        job.progress.set_notes(**{FRUITLESS: None, RESTARTS: None})
        reason = M("It was tried {count} times in vain, and nothing is public: {reason}", count=fruitless + 1, reason=error.message)
        job.move(State.FAILED, error=error, reason=reason)
        return
    job.checked = job.checked and not isinstance(error, UploadExpired)
    job.move(State.UPLOADING, error=error, next_at=job.now() + policy.delay(error, fruitless, job.context.chance))


def mark_failed(job: ReleaseJob, error: PlatformError, **more: Any) -> None:
    """Move a release to failed; where a person can change that, open a task for them. more: as `Ledger.advance` takes it."""
    job.move(State.FAILED, error=error, **more)
    if isinstance(error, ActionRequired):
        job.open_task(error.message)


def apply_account_error(job: ReleaseJob, error: PlatformError) -> None:
    """Apply what an error says about the whole account: discard a rejected token, hold off where the platform asks to wait."""
    name = account_name(job.release)
    if isinstance(error, TokenRejected) and name:
        job.context.access.discard_token(name)
    if isinstance(error, RateLimited) and error.after_s > 0:
        job.context.ledger.quota.hold_off(job.release.platform, job.release.account, job.later(error.after_s))
