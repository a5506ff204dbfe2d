"""`fieldcut publish`: a finished story given to platforms, once and only once."""

from datetime import datetime
from pathlib import Path

from pipeline.actions.local_page import replaced_releases, was_published_by_make
from pipeline.actions.prepare_releases import PublishRequest, _made_ready, _Ready
from pipeline.actions.progress import RunProgress
from pipeline.actions.publish_report import PublishReport, release_line
from pipeline.actions.publishing_context import publishing_context
from pipeline.actions.release_notifications import notify_releases
from pipeline.commerce.qr import qr_modules
from pipeline.documents.release import Release
from pipeline.language import say
from pipeline.publish.engine import EngineContext, deliver, first_touch
from pipeline.publish.handoff import hand_over
from pipeline.publish.ledger import RESUMABLE, AlreadyReleased, State
from pipeline.stages.release import Target

CLAIMS = "claims"
"""The kind of override under which a ✗ is set aside."""
WELL = frozenset({State.LIVE, State.CONFIRMED, State.HANDED_OVER, State.CLAIMED, State.ACCEPTED, State.PROCESSING, State.UPLOADED})
"""A command that left a release here has done what it could."""


def publish_story(story: str, workspace: Path, wish: PublishRequest, now: datetime, progress: RunProgress, language: str) -> PublishReport:
    """Make what the targets need, check its words, and hand each release over or drive it as far as it goes.

    Nothing is sent to anybody while one finding on the words is open. Raises UserMistake and PersonNeeded before anything is sent.
    """
    ready = _made_ready(story, workspace, wish, now, progress, language)
    if ready.done.person_needed or wish.only_check:
        return ready.done
    with publishing_context(workspace) as means:
        for to, release in ready.releases:
            _give(release, to, wish, means, ready, now, language)
    return ready.done


def _give(release: Release, to: Target, wish: PublishRequest, means: EngineContext, ready: _Ready, now: datetime, language: str) -> None:
    done, capabilities = ready.done, means.platforms[release.platform].capabilities
    next_at = None if to.by_hand else first_touch(release, capabilities)
    try:
        entry = means.ledger.prepare(release, by=wish.by, at=now, again=wish.insist, next_at=next_at)
    except AlreadyReleased as already:
        if already.entry.state not in RESUMABLE | {State.HANDED_OVER, State.CLAIMED}:
            if was_published_by_make(already.entry, means):
                done.lines.append(release_line(already.entry, language))
                return
            done.lines.append(say(already.message, language))
            done.person_needed = True
            return
        entry = already.entry
    for claim_id, reason in wish.overrides.items():
        means.ledger.overrides.keep(CLAIMS, release.story, reason, by=wish.by, at=now, release_id=entry.id, subject=claim_id)
    if to.by_hand:
        pack = hand_over(entry.id, means, ready.outbox, draw_qr=qr_modules, language=language)
        done.lines += [str(pack.folder / "index.html")] if pack is not None else []
    else:
        deliver(entry.id, means)
    after = means.ledger.get(entry.id)
    done.lines.append(release_line(after, language))
    done.lines += [release_line(other, language) for other in replaced_releases(after, means)]
    if after.step != entry.step:
        done.lines += [f"⚠ {say(warning, language)}" for warning in notify_releases(ready.workspace, means, [after])]
    done.person_needed |= after.state not in WELL | RESUMABLE
