"""Bringing the bytes over: repeated as often as it takes, and given up when it gets nowhere."""

from datetime import timedelta

from pipeline.documents.message import M
from pipeline.network.errors import ActionRequired, PlatformError, RateLimited, Rejected, RetryableError, TokenRejected, UploadExpired
from pipeline.publish.engine.preflight import check, check_files
from pipeline.publish.engine.release_job import ReleaseJob, account_name
from pipeline.publish.ledger import State

FRUITLESS, RESTARTS = "fruitless", "restarts"


def begin(job: ReleaseJob) -> None:
    """prepared → uploading, when everything that can be known says that it may go."""
    try:
        check(job)
    except PlatformError as ending:
        broke_off(job, ending)
        return
    job.asked_is_done()
    job.move(State.UPLOADING)


def upload(job: ReleaseJob) -> None:
    """uploading → uploaded, or uploading once more after a while, or failed."""
    job.memory.moved = False
    try:
        if not job.checked:
            check(job)
        job.platform.upload(job.release, job.line, job.memory)
        # A file that was changed meanwhile went over in two halves that do not belong together.
        check_files(job.release)
    except PlatformError as ending:
        broke_off(job, ending)
        return
    job.uploaded_at = job.now()
    job.memory.write(**{FRUITLESS: None, RESTARTS: None})
    job.move(State.UPLOADED)


def broke_off(job: ReleaseJob, ending: PlatformError) -> None:
    """Nothing is public, and nothing that publishes has left: what follows from how a call ended."""
    if isinstance(ending, Rejected | ActionRequired):
        give_up(job, ending)
        return
    asked_to_wait(job, ending)
    fruitless = 0 if job.memory.moved else int(job.memory.note(FRUITLESS) or 0)
    restarts = int(job.memory.note(RESTARTS) or 0) + isinstance(ending, UploadExpired)
    if isinstance(ending, UploadExpired):
        job.memory.forget()
    patience = job.means.retry_policy
    job.memory.write(**{FRUITLESS: fruitless + 1, RESTARTS: restarts or None})
    if fruitless + 1 >= patience.tries or restarts > patience.restarts:
        job.memory.write(**{FRUITLESS: None, RESTARTS: None})
        reason = M("It was tried {count} times in vain, and nothing is public: {reason}", count=fruitless + 1, reason=ending.message)
        job.move(State.FAILED, ending=ending, reason=reason)
        return
    job.checked = job.checked and not isinstance(ending, UploadExpired)
    job.move(State.UPLOADING, ending=ending, next_at=job.now() + pause(job, ending, fruitless))


def give_up(job: ReleaseJob, ending: PlatformError) -> None:
    """To failed; and if a person can change that, that person is asked."""
    job.move(State.FAILED, ending=ending)
    if isinstance(ending, ActionRequired):
        job.ask(ending.message)


def asked_to_wait(job: ReleaseJob, ending: PlatformError) -> None:
    """What an ending says beyond this release: a token that is no good, a platform that wants to be left alone."""
    name = account_name(job.release)
    if isinstance(ending, TokenRejected) and name:
        job.means.access.refused(name)
    if isinstance(ending, RateLimited) and ending.after_s > 0:
        job.means.ledger.quota.hold_off(job.release.platform, job.release.account, job.later(ending.after_s))


def pause(job: ReleaseJob, ending: PlatformError, fruitless: int) -> timedelta:
    """Twice as long each time, with jitter so that many workers do not come back at once, and never shorter than was asked for."""
    if isinstance(ending, TokenRejected) and not fruitless:
        return timedelta(0)
    patience = job.means.retry_policy
    longest = min(patience.longest_wait_s, patience.first_wait_s * 2 ** min(fruitless, 30))
    asked = ending.after_s if isinstance(ending, RetryableError) else 0.0
    return timedelta(seconds=asked + longest * (0.5 + 0.5 * job.means.chance()))
