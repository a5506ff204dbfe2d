"""Delivery: one release driven from its present state to its end, or to where it must wait."""

from datetime import datetime, timedelta

from pipeline.documents.release import Release
from pipeline.publish.engine.context import EngineContext
from pipeline.publish.engine.lookup import look_up
from pipeline.publish.engine.publish import check_ahead, publish, seconds_to_checks
from pipeline.publish.engine.release_job import ReleaseJob, open_job
from pipeline.publish.engine.upload import begin_upload, upload
from pipeline.publish.ledger import IN_FLIGHT, RESUMABLE, StaleEntry, State
from pipeline.publish.platforms.base import Capabilities

LEAD_S, BYTES_PER_S = 900.0, 250_000
"""A post that we publish at its hour is uploaded that much earlier, and earlier still by what a village's line may need for its bytes."""


def deliver(release_id: str, context: EngineContext) -> State:
    """Drive a prepared release to live, failed or uncertain, and return the state it was left in.

    The same call resumes what an earlier run left. It waits `RetryPolicy.stay_s` seconds in all; a longer wait is recorded in the ledger
    as the release's next time, and `Ledger.due` returns it then. A release that cannot be published ends as failed, with its reason in
    the ledger, and not as an exception. Raises ReleaseLeased when another worker has the release, UserMistake for an unknown platform or
    account, and whatever the ledger raises when it cannot be written: the last state on disk is always enough to go on from.
    """
    with context.ledger.lease(release_id, holder=context.worker, at=context.clock.now()):
        job = open_job(context.ledger.get(release_id), context)
        if job.platform.capabilities.by_person:
            raise ValueError(f"{job.platform.name} is posted to by a person: the release is handed over, not delivered")
        left_s = context.retry_policy.stay_s
        try:
            while job.entry.state in RESUMABLE | IN_FLIGHT:
                waits_s, checks_s = _wait_s(job), seconds_to_checks(job)
                if waits_s is None or waits_s > left_s:
                    break
                if waits_s > 0 and checks_s == 0:
                    check_ahead(job)
                    continue
                if waits_s > 0:
                    waits_s = min(waits_s, checks_s or waits_s)
                    left_s -= waits_s
                    context.clock.wait(waits_s)
                    continue
                step(job)
        except StaleEntry as taken:  # a person settled it meanwhile
            return taken.entry.state
        return job.entry.state


def step(job: ReleaseJob) -> None:
    """Take the one step that the release's state asks for. Afterwards it has moved, or waits for a later time."""
    match job.entry.state:
        case State.PREPARED:
            begin_upload(job)
        case State.UPLOADING:
            upload(job)
        case State.UPLOADED:
            publish(job)
        case _:
            look_up(job)


def first_attempt_at(release: Release, capabilities: Capabilities) -> datetime | None:
    """Return when a worker should first take up a release (`next_at` of `Ledger.prepare`), aware; None for at once.

    A platform that schedules posts itself gets the release at once. Otherwise the upload begins ahead of the planned hour.
    """
    if release.planned_at is None or capabilities.schedules:
        return None
    return release.planned_at - timedelta(seconds=LEAD_S + release.video.size_bytes / BYTES_PER_S)


def _wait_s(job: ReleaseJob) -> float | None:
    """Seconds until the release may be taken up; None when only a person can go on."""
    entry = job.entry
    if entry.next_at is None:
        return None if entry.state is State.UNCERTAIN else 0.0
    kept_there = job.platform.capabilities.schedules and entry.state is State.PREPARED and entry.next_at == job.release.planned_at
    return 0.0 if kept_there else max(0.0, (entry.next_at - job.now()).total_seconds())
