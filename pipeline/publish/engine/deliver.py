"""One release, driven from where it stands to its end, or to where it must wait."""

from datetime import datetime, timedelta

from pipeline.documents.release import Release
from pipeline.publish.engine.context import EngineContext
from pipeline.publish.engine.lookup import look_up
from pipeline.publish.engine.publish import publish
from pipeline.publish.engine.release_job import ReleaseJob, open_job
from pipeline.publish.engine.upload import begin, upload
from pipeline.publish.ledger import IN_FLIGHT, RESUMABLE, State, Taken
from pipeline.publish.platforms.base import Capabilities

AHEAD_S, BYTES_A_S = 900.0, 250_000
"""A post for our own clock is brought over so long before its hour, and as much longer as a village line may need for it."""


def deliver(release_id: str, means: EngineContext) -> State:
    """Drive a prepared release to live, failed or uncertain; the state it was left in.

    Going on where an earlier run stopped is the same call. It waits `Patience.stay_s` in all; what takes longer is left with its next hour
    in the ledger, and comes back from `Ledger.due`. What cannot be published ends as failed, with its reason in the ledger, and not as an
    exception. Raises Leased when another worker has the release, UserMistake for a platform or an account that is not known here, and
    whatever the ledger raises when it cannot be written: the release then stands as it was written last, which is always enough to go on.
    """
    with means.ledger.lease(release_id, holder=means.worker, at=means.clock.now()):
        job = open_job(means.ledger.get(release_id), means)
        if job.platform.capabilities.by_person:
            raise ValueError(f"{job.platform.name} is posted to by a person: the release is handed over, not delivered")
        left_s = means.retry_policy.stay_s
        try:
            while job.entry.state in RESUMABLE | IN_FLIGHT:
                waits_s = _waits_s(job)
                if waits_s is None or waits_s > left_s:
                    break
                if waits_s > 0:
                    left_s -= waits_s
                    means.clock.wait(waits_s)
                    continue
                step(job)
        except Taken as taken:  # a person settled it meanwhile
            return taken.entry.state
        return job.entry.state


def step(job: ReleaseJob) -> None:
    """What the state asks for, once. Afterwards the release has moved or waits for a later time."""
    match job.entry.state:
        case State.PREPARED:
            begin(job)
        case State.UPLOADING:
            upload(job)
        case State.UPLOADED:
            publish(job)
        case _:
            look_up(job)


def first_touch(release: Release, capabilities: Capabilities) -> datetime | None:
    """When a worker should first take up a release (`next_at` of `Ledger.prepare`); None for at once.

    A platform that keeps a post until its hour gets it at once. Otherwise the bytes go over ahead, so that the hour is met.
    """
    if release.planned_at is None or capabilities.schedules:
        return None
    return release.planned_at - timedelta(seconds=AHEAD_S + release.video.size_bytes / BYTES_A_S)


def _waits_s(job: ReleaseJob) -> float | None:
    """Seconds until it may be touched; None when only a person can go on."""
    entry = job.entry
    if entry.next_at is None:
        return None if entry.state is State.UNCERTAIN else 0.0
    kept_there = job.platform.capabilities.schedules and entry.state is State.PREPARED and entry.next_at == job.release.planned_at
    return 0.0 if kept_there else max(0.0, (entry.next_at - job.now()).total_seconds())
