"""After `fieldcut make`: the page of the story's own video on the workspace's shelf, published the same way as every other post.

A volunteer looks at new videos on the shelf in the workspace, so `make` publishes there without being asked; where the workspace
requires approval, the page waits in the ledger for a person's yes. A video whose page cannot be published is still delivered, with the
reason as a warning.
"""

from contextlib import suppress
from datetime import datetime
from urllib.parse import unquote, urlsplit

from pipeline.actions.close_faces import unseen_face_warnings
from pipeline.actions.live_offers import withdraw_page
from pipeline.actions.outcome import Outcome
from pipeline.actions.publishing_context import consents_of, local_shelf_context
from pipeline.actions.workspace_ledger import open_workspace_ledger
from pipeline.commerce.claims import UNSEEN
from pipeline.documents.claims import Claim
from pipeline.documents.clip import Clips
from pipeline.documents.job import RenditionSpec
from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.errors import PersonNeeded, UserMistake
from pipeline.publish.engine import EngineContext, deliver, lacks_approval, look_up_replaced, taken_down_by_person, work_on
from pipeline.publish.ledger import (
    IN_FLIGHT,
    PUBLIC,
    RESUMABLE,
    Actor,
    AlreadyReleased,
    Entry,
    ReleaseLeased,
    StaleEntry,
    State,
    Who,
)
from pipeline.publish.ledger.tasks import DECIDE
from pipeline.publish.platforms.registry import OWN_SHELF
from pipeline.stages.release import captions_of, claims_of, page_of, release_of
from pipeline.stages.renditions import renditions
from pipeline.workspace import StoryContext


def publish_local_page(context: StoryContext, outcome: Outcome) -> None:
    """Publish the page of the first video made for the shelf, and note in `outcome` where it is, or why there is none.

    Close faces that nobody has looked at are named there, whatever the videos are made for. No page is published where no such video was
    made or it did not pass. Raises PersonNeeded when somebody must act before the page can be published, as with a full disk; DiskFault
    and Fault when the ledger cannot be written.
    """
    if outcome.videos:
        outcome.warnings += unseen_face_warnings(context)
    shelf_video = _shelf_video(context, outcome)
    if shelf_video is None:
        return
    index, spec = shelf_video
    try:
        release, blocked = _build_release(
            dict(zip(context.job.renditions, renditions(context), strict=True))[spec], outcome.videos[index].files
        )
    except UserMistake as mistake:
        outcome.warnings.append(_not_on_shelf(context, mistake.message))
        withdraw_page(context, mistake.message)
        return
    if blocked:
        words = tuple(claim.why for claim in blocked if claim.rule != UNSEEN)
        why = M("its words may not stand there: {claims}", claims=words) if words else M("somebody must look at its close faces first")
        outcome.warnings.append(_not_on_shelf(context, why))
        withdraw_page(context, why)
        return
    with local_shelf_context(context.root, context.job.now) as engine:
        pages = engine.ledger.releases(story=release.story, platform=release.platform, account=release.account)
        if (down := taken_down_by_person(pages)) is not None:
            outcome.warnings.append(_not_on_shelf(context, _taken_down(down)))
            return
        entry = _deliver_release(release, engine, context.job.now)
        look_up_replaced(entry, engine)
        waits = entry.state in RESUMABLE and lacks_approval(entry.release, engine)
    if waits:
        why = M("somebody must approve it first: fieldcut approve {release}", release=entry.id[:8])
        outcome.warnings.append(_not_on_shelf(context, why))
        withdraw_page(context, why)
    elif entry.state in PUBLIC:
        page = unquote(urlsplit(entry.link).path)
        outcome.files["page"] = outcome.videos[index].files["page"] = page
    elif entry.state is State.FAILED:
        raise PersonNeeded(entry.reason or _not_on_shelf(context, M("nobody knows why")))
    else:
        removed = M("it was there once and was taken off or replaced. To put it back: fieldcut publish {story} --to shelf --insist REASON",
                  story=context.job.story)  # fmt: skip
        outcome.warnings.append(
            _not_on_shelf(context, removed if entry.state is State.REMOVED else entry.reason or M("it is still on its way"))
        )


def _shelf_video(context: StoryContext, outcome: Outcome) -> tuple[int, RenditionSpec] | None:
    if not outcome.passed:
        return None
    shelf_videos = [
        (index, spec) for index, spec in enumerate(context.job.renditions) if spec.destination == OWN_SHELF and spec.leader is None
    ]
    return shelf_videos[0] if shelf_videos else None


def _build_release(context: StoryContext, files: dict[str, str]) -> tuple[Release, list[Claim]]:
    """The release, and the claims in its words that block it."""
    words, page = captions_of(context), page_of(context)
    with open_workspace_ledger(context.root) as ledger:
        consents = consents_of(ledger, context.job.story, context.read("clips.json", Clips))
    blocked = [claim for claim in claims_of(context, words, context.job.now, consents, page) if claim.verdict == "block"]
    return release_of(context, files, (), words, account="", cart="url", planned_at=None, page=page), blocked


def _deliver_release(release: Release, engine: EngineContext, now: datetime) -> Entry:
    by = Actor(who=Who.MACHINE, name=engine.worker)
    superseded = _end_superseded(release, engine, by, now)
    try:
        entry = engine.ledger.prepare(release, by=by, at=now)
    except AlreadyReleased as error:
        entry = error.entry
    for task in engine.ledger.tasks.all():
        if task.release_id in superseded and task.kind == DECIDE:  # with the newer one it is decided
            engine.ledger.tasks.close(task.id, by=by, at=now, note=entry.id)
    if entry.state in RESUMABLE | IN_FLIGHT:
        deliver(entry.id, engine)
    elif entry.state in PUBLIC:
        work_on(entry, engine)
    return engine.ledger.get(entry.id)


def _end_superseded(release: Release, engine: EngineContext, by: Actor, now: datetime) -> set[str]:
    """End the earlier releases of the same page that still wait for a yes: nobody need look at them any more. Returns their ids."""
    ended = set()
    for other in engine.ledger.releases(story=release.story, platform=release.platform, account=release.account, open_only=True):
        same = (other.release.video.sha256, other.release.captions_sha256) == (release.video.sha256, release.captions_sha256)
        if other.state is State.PREPARED and not same and lacks_approval(other.release, engine):
            reason = M("A newer video took its place before anybody had said yes.")
            with suppress(ReleaseLeased, StaleEntry), engine.ledger.lease(other.id, holder=engine.worker, at=now):
                engine.ledger.advance(other, State.FAILED, by=by, at=now, reason=reason)
                ended.add(other.id)
    return ended


def _taken_down(entry: Entry) -> Message:
    return M(
        "{person} has taken it down. To put it back: fieldcut publish {story} --to shelf --insist REASON",
        person=entry.by.name,
        story=entry.release.story,
    )


def _not_on_shelf(context: StoryContext, why: Message) -> Message:
    return M("{story} is not on the shelf: {why}", story=context.job.story, why=why)
