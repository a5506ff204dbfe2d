"""`fieldcut publish`, `releases`, `settle`, `approve`: a finished story given to platforms, once and only once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline.actions.fit_to_limits import FittedVideos, make_fitting_videos, platform_of
from pipeline.actions.local_page import replaced_releases, was_published_by_make
from pipeline.actions.progress import RunProgress
from pipeline.actions.publishing_context import consents_of, open_workspace_ledger, publishing_context
from pipeline.actions.release_notifications import notify_releases
from pipeline.actions.rerender import last_job
from pipeline.commerce.claims import place_name
from pipeline.commerce.qr import qr_modules
from pipeline.documents.captions import CaptionSet
from pipeline.documents.claims import Claim
from pipeline.documents.clip import Clips
from pipeline.documents.consent import Consents
from pipeline.documents.message import M
from pipeline.documents.release import PageShown, Release
from pipeline.errors import PersonNeeded
from pipeline.language import say
from pipeline.publish.engine import EngineContext, deliver, first_touch, shown
from pipeline.publish.handoff import hand_over
from pipeline.publish.ledger import RESUMABLE, Actor, AlreadyReleased, Entry, State, state_name
from pipeline.settings import minute_and_zone
from pipeline.stages.release import Target, captions_of, claims_of, covers_for, page_of, release_of
from pipeline.workspace import StoryContext

VERDICT_MARKS = {"ok": "✓", "warn": "⚠", "block": "✗"}
CLAIMS = "claims"
"""The kind of override under which a ✗ is set aside."""
WELL = frozenset({State.LIVE, State.CONFIRMED, State.HANDED_OVER, State.CLAIMED, State.ACCEPTED, State.PROCESSING, State.UPLOADED})
"""A command that left a release here has done what it could."""


@dataclass
class PublishReport:
    """What came of one command: a line each, and whether a person has to act."""

    lines: list[str] = field(default_factory=list)
    person_needed: bool = False

    @property
    def exit_code(self) -> int:
        """3 when something waits for a person."""
        return PersonNeeded.exit_code if self.person_needed else 0


@dataclass(frozen=True)
class PublishRequest:
    """How a story is to be published. overrides: reasons by the id of the finding they set aside. insist: why the very same once more."""

    targets: tuple[Target, ...]
    planned_at: datetime | None
    by: Actor
    overrides: Mapping[str, str]
    insist: str = ""
    only_check: bool = False


@dataclass
class _Ready:
    """The releases of one command, checked."""

    done: PublishReport
    releases: list[tuple[Target, Release]]
    outbox: Path
    workspace: Path


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


def approve_story(story: str, workspace: Path, wish: PublishRequest, now: datetime, progress: RunProgress, language: str) -> PublishReport:
    """A person's yes to exactly the videos, words and offer that the targets would get now."""
    ready = _made_ready(story, workspace, wish, now, progress, language)
    if ready.done.person_needed:
        return ready.done
    with publishing_context(workspace) as means:
        for to, release in ready.releases:
            means.ledger.approvals.approve(story, shown(release), by=wish.by, at=now)
            ready.done.lines.append(say(M("Approved by {person}: {platform}", person=wish.by.name, platform=to.destination), language))
    return ready.done


def _made_ready(story: str, workspace: Path, wish: PublishRequest, now: datetime, progress: RunProgress, language: str) -> _Ready:
    # First, since nobody wants to hear after a render that the ledger cannot be used.
    with open_workspace_ledger(workspace) as ledger:
        consents = consents_of(ledger, story, StoryContext(last_job(story, workspace)).read("clips.json", Clips))
    made = make_fitting_videos(story, workspace, wish.targets, now, progress)
    done = PublishReport([say(told, language) for told in made.told])
    releases = _checked(made, wish, consents, language, done)
    return _Ready(done, releases, StoryContext(made.job).outbox, workspace)


def _checked(
    made: FittedVideos, wish: PublishRequest, consents: Consents, language: str, done: PublishReport
) -> list[tuple[Target, Release]]:
    """The releases, and in `done` a line for every finding on their words."""
    job, benches, files = made.job, made.benches, made.files
    releases: list[tuple[Target, Release]] = []
    told: set[str] = set()
    for to in wish.targets:
        wanted, platform = made.wanted[to], platform_of(to)
        words, page = captions_of(benches[wanted]), page_of(benches[wanted]) if platform.capabilities.own_page else None
        for claim in claims_of(benches[wanted], words, wish.planned_at or job.now, consents, page):
            done.person_needed |= claim.verdict == "block" and claim.id not in wish.overrides
            if claim.id not in told:
                told.add(claim.id)
                done.lines.append(_line(claim, language))
        releases.append((to, _release(benches[wanted], files[wanted], words, to, page, wish)))
    return releases


def _release(
    bench: StoryContext, files: Mapping[str, str], words: CaptionSet, to: Target, page: PageShown | None, wish: PublishRequest
) -> Release:
    capabilities = platform_of(to).capabilities
    # A page's player begins with a frame of the video itself.
    covers = () if capabilities.own_page else covers_for(bench, Path(files["video"]))
    return release_of(bench, files, covers, words, account=to.account, cart=capabilities.cart, planned_at=wish.planned_at, page=page)


def _line(claim: Claim, language: str) -> str:
    where, why = say(place_name(claim.place), language), say(claim.why, language)
    instead = f" → {say(claim.suggestion, language)}" if claim.suggestion else ""
    return f"{VERDICT_MARKS[claim.verdict]} {where} “{claim.words}”: {why}{instead}  [{claim.id}]"


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


def release_line(entry: Entry, language: str) -> str:
    """A release in one line: where it stands, since when, and why."""
    release = entry.release
    where = f"{release.platform}:{release.account}" if release.account else release.platform
    since = say(minute_and_zone(entry.since), language)
    parts = [entry.id[:8], release.story, where, say(state_name(entry.state), language), since]
    parts += [say(entry.reason, language)] if entry.reason else []
    parts += [entry.link] if entry.link else []
    return "  ".join(parts)
