"""Handing over: from a prepared release to a pack that waits for a person."""

from pathlib import Path

from pipeline.errors import Fault
from pipeline.network.errors import PlatformError
from pipeline.publish.engine import ApprovalMissing, EngineContext, wait_for_approval
from pipeline.publish.engine.preflight import check_files, check_rules
from pipeline.publish.engine.release_job import post_by_hand
from pipeline.publish.engine.upload import mark_failed
from pipeline.publish.handoff.form import load_form
from pipeline.publish.handoff.pack import DrawQr, Pack, make_pack
from pipeline.publish.ledger import State

_WAITING = frozenset({State.HANDED_OVER, State.CLAIMED})


def hand_over(release_id: str, context: EngineContext, outbox: Path, *, draw_qr: DrawQr, language: str = "zh") -> Pack | None:
    """Check a release as the engine checks any other, make its pack, and record in the ledger that it waits for a person.

    outbox: the story's. draw_qr, language: see `make_pack`. While the release waits or is claimed, the same call writes the same pack
    again and changes nothing else. Returns None when there is nothing to post: a release that fails the check moves to failed, with its
    reason in the ledger and a task where a person can change that; one that lacks a person's yes waits for it; a finished one stays.
    Raises ReleaseLeased when another worker has it, UserMistake for a platform that nobody posts to by hand, Fault and DiskFault when the
    pack cannot be made: the release's state then does not change.
    """
    with context.ledger.lease(release_id, holder=context.worker, at=context.clock.now()):
        entry = context.ledger.get(release_id)
        platform = context.platforms.get(load_form(entry.release.platform).name)
        if platform is None or not platform.capabilities.by_person:
            raise ValueError(f"{entry.release.platform} is not among the worker's platforms as one that a person posts to")
        job = post_by_hand(entry, platform, context)
        if entry.state is State.PREPARED:
            try:
                check_rules(job)
                check_files(entry.release)
            except ApprovalMissing:
                wait_for_approval(entry, context)
                return None
            except PlatformError as ending:
                mark_failed(job, ending)
                return None
            # Before the state says so: a release that waits for a person always has its pack.
            pack = make_pack(entry.release, outbox, draw_qr=draw_qr, language=language)
            job.close_tasks()
            job.move(State.HANDED_OVER)
            return pack
        if entry.state not in _WAITING:
            return None
        try:
            check_files(entry.release)
        except PlatformError as ending:
            raise Fault(ending.message) from None
        return make_pack(entry.release, outbox, draw_qr=draw_qr, language=language)
