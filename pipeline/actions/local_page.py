"""After `fieldcut make`: the page of the story's own video on the workspace's shelf, by the same way as every other post.

A shelf in one's own folder is where a volunteer looks at what was made, so nobody is asked to publish there first; where the workspace
asks for approvals, a person must. What cannot stand there takes nothing away from the video: the reason is told with it.
"""

from datetime import datetime
from urllib.parse import unquote, urlsplit

from pipeline.actions.outcome import Outcome
from pipeline.actions.publishing_context import consents_of, local_shelf_context, open_workspace_ledger
from pipeline.documents.claims import Claim
from pipeline.documents.clip import Clips
from pipeline.documents.job import RenditionSpec
from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.errors import PersonNeeded, UserMistake
from pipeline.publish.engine import EngineContext, deliver, work_on
from pipeline.publish.ledger import IN_FLIGHT, PUBLIC, RESUMABLE, Actor, AlreadyReleased, Entry, State, Who
from pipeline.publish.platforms.registry import OWN_SHELF
from pipeline.settings import read_settings
from pipeline.stages.release import captions_of, claims_of, page_of, release_of
from pipeline.stages.renditions import renditions
from pipeline.workspace import StoryContext


def publish_local_page(bench: StoryContext, outcome: Outcome) -> None:
    """Put the page of the first video made for the shelf there, and note in `outcome` where it is, or why it is not there.

    Does nothing where no such video was made or it did not pass. Raises PersonNeeded when the page cannot be put there before somebody
    has acted, as with a full disk; DiskFault and Fault when the ledger cannot be written.
    """
    found = _own_video(bench, outcome)
    if found is None:
        return
    at, wanted = found
    if read_settings(bench.root).publish.approval:
        outcome.warnings.append(
            _not_there(bench, M("somebody must approve it first (fieldcut approve {story} --to shelf)", story=bench.job.story))
        )
        return
    try:
        release, blocked = _release(dict(zip(bench.job.renditions, renditions(bench), strict=True))[wanted], outcome.videos[at].files)
    except UserMistake as mistake:
        outcome.warnings.append(_not_there(bench, mistake.message))
        return
    if blocked:
        outcome.warnings.append(
            _not_there(bench, M("its words may not stand there: {claims}", claims=tuple(claim.why for claim in blocked)))
        )
        return
    with local_shelf_context(bench.root, bench.job.now) as means:
        entry = _given(release, means, bench.job.now)
        replaced_releases(entry, means)
    if entry.state in PUBLIC:
        page = unquote(urlsplit(entry.link).path)
        outcome.files["page"] = outcome.videos[at].files["page"] = page
    elif entry.state is State.FAILED:
        raise PersonNeeded(entry.reason or _not_there(bench, M("nobody knows why")))
    else:
        again = M("it was there once and was taken off or replaced. To put it back: fieldcut publish {story} --to shelf --insist REASON",
                  story=bench.job.story)  # fmt: skip
        outcome.warnings.append(_not_there(bench, again if entry.state is State.REMOVED else entry.reason or M("it is still on its way")))


def replaced_releases(entry: Entry, means: EngineContext) -> tuple[Entry, ...]:
    """Earlier releases of the story that this one has taken the place of, where a place has one page for a story."""
    if entry.state not in PUBLIC or not means.platforms[entry.release.platform].capabilities.own_page:
        return ()
    same = means.ledger.releases(story=entry.release.story, platform=entry.release.platform, account=entry.release.account)
    looked_at = (work_on(other, means) for other in same if other.id != entry.id and other.state in PUBLIC)
    return tuple(other for other in looked_at if other is not None)


def was_published_by_make(entry: Entry, means: EngineContext) -> bool:
    """Whether a release is on the shelf because it was made, so that a person who asks for that has what was asked for."""
    return entry.state in PUBLIC and means.ledger.history(entry.id)[0].by.who is Who.MACHINE


def _own_video(bench: StoryContext, outcome: Outcome) -> tuple[int, RenditionSpec] | None:
    if not outcome.passed:
        return None
    wanted = [(at, one) for at, one in enumerate(bench.job.renditions) if one.destination == OWN_SHELF and one.leader is None]
    return wanted[0] if wanted else None


def _release(bench: StoryContext, files: dict[str, str]) -> tuple[Release, list[Claim]]:
    """The release, and what of its words may not go out."""
    words, page = captions_of(bench), page_of(bench)
    with open_workspace_ledger(bench.root) as ledger:
        consents = consents_of(ledger, bench.job.story, bench.read("clips.json", Clips))
    blocked = [claim for claim in claims_of(bench, words, bench.job.now, consents, page) if claim.verdict == "block"]
    return release_of(bench, files, (), words, account="", cart="url", planned_at=None, page=page), blocked


def _given(release: Release, means: EngineContext, now: datetime) -> Entry:
    by = Actor(who=Who.MACHINE, name=means.worker)
    try:
        entry = means.ledger.prepare(release, by=by, at=now)
    except AlreadyReleased as already:
        entry = already.entry
    if entry.state in RESUMABLE | IN_FLIGHT:
        deliver(entry.id, means)
    elif entry.state in PUBLIC:
        work_on(entry, means)
    return means.ledger.get(entry.id)


def _not_there(bench: StoryContext, why: Message) -> Message:
    return M("{story} is not on the shelf: {why}", story=bench.job.story, why=why)
