"""What a story would post now: a video for each target that its platform takes, and the words, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.actions.fit_to_limits import FittedVideos, make_fitting_videos, platform_of
from pipeline.actions.progress import RunProgress
from pipeline.actions.publish_report import VERDICT_MARKS, PublishReport
from pipeline.actions.publishing_context import consents_of, open_workspace_ledger
from pipeline.actions.rerender import last_job
from pipeline.commerce.claims import place_name
from pipeline.documents.captions import CaptionSet
from pipeline.documents.claims import Claim
from pipeline.documents.clip import Clips
from pipeline.documents.consent import Consents
from pipeline.documents.release import PageShown, Release
from pipeline.language import say
from pipeline.publish.ledger import Actor
from pipeline.stages.release import Target, captions_of, claims_of, covers_for, page_of, release_of
from pipeline.workspace import StoryContext


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
