"""What a story would post now: a video for each target that its platform takes, and the words, checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline.actions.cart_links import check_cart_links, check_links, planned_link
from pipeline.actions.fit_to_limits import FittedVideos, make_fitting_videos, planned_job, platform_of
from pipeline.actions.make import run_stages
from pipeline.actions.progress import RunProgress
from pipeline.actions.publish_report import VERDICT_MARKS, PublishReport
from pipeline.actions.publishing_context import consents_of
from pipeline.actions.rerender import last_job
from pipeline.actions.spoken_prices import confirm_overruled, override_of
from pipeline.actions.workspace_ledger import open_workspace_ledger
from pipeline.commerce.claims import place_name
from pipeline.documents.captions import CaptionSet
from pipeline.documents.claims import Claim
from pipeline.documents.clip import Clips
from pipeline.documents.consent import Consents
from pipeline.documents.job import Job, RenditionSpec
from pipeline.documents.message import M
from pipeline.documents.release import PageShown, Release
from pipeline.language import say
from pipeline.publish.ledger import Actor
from pipeline.stages.release import Target, captions_of, card_link, claims_of, covers_for, page_of, release_of
from pipeline.stages.renditions import renditions
from pipeline.workspace import StoryContext

CHECKED_STAGES = ("catalog", "commerce", "edit", "brand", "subtitles")
"""What gives the words of a post; what comes after them makes the video."""
SHOWN_DIGITS = 8
"""Of a finding's id, enough to name it by: --overrule ID=REASON."""


@dataclass(frozen=True)
class PublishRequest:
    """How a story is to be published.

    overrides: reasons by the beginning of the id of the finding that they overrule. insist: why the same post, or one of the same story,
    is made again; empty when it is not. replace: it takes the place of the live posts of the same story on that account.
    """

    targets: tuple[Target, ...]
    planned_at: datetime | None
    by: Actor
    overrides: Mapping[str, str]
    insist: str = ""
    only_check: bool = False
    replace: bool = False


@dataclass
class PreparedReleases:
    """The releases of one command, and in `report` a line for every finding on their words. blocked: those that stop it."""

    report: PublishReport
    releases: list[tuple[Target, Release]]
    outbox: Path
    workspace: Path
    blocked: list[Claim] = field(default_factory=list)
    overruled: dict[str, str] = field(default_factory=dict)
    """Reasons by the whole id of the finding."""


def prepare_releases(
    story: str, workspace: Path, request: PublishRequest, now: datetime, progress: RunProgress, language: str
) -> PreparedReleases:
    """Make the videos that the targets need and check their words. Raises UserMistake and PersonNeeded; nothing is sent."""
    # The ledger first, since nobody wants to hear after a render that it cannot be used.
    with open_workspace_ledger(workspace) as ledger:
        context = StoryContext(last_job(story, workspace))
        consents = consents_of(ledger, story, context.read("clips.json", Clips))
        confirm_overruled(ledger, context, request.overrides, request.by, now)
    report = PublishReport()
    if request.only_check:
        job = planned_job(story, workspace, request.targets, now)
        prepared = PreparedReleases(report, [], StoryContext(job).outbox, workspace)
        _check_planned(_contexts_without_video(job, progress), request, consents, language, prepared)
        return prepared
    fitted = make_fitting_videos(story, workspace, request.targets, now, progress)
    report.lines += [say(change, language) for change in fitted.changes]
    prepared = PreparedReleases(report, [], StoryContext(fitted.job).outbox, workspace)
    _check_words(fitted, request, consents, language, prepared)
    return prepared


def _contexts_without_video(job: Job, progress: RunProgress) -> Mapping[RenditionSpec, StoryContext]:
    """The documents of every video of a job as they would be made now, up to the subtitles; no video is rendered."""
    context = StoryContext(job)
    context.open()
    run_stages(context, CHECKED_STAGES, progress)
    return dict(zip(job.renditions, renditions(context), strict=True))


def _check_planned(
    contexts: Mapping[RenditionSpec, StoryContext], request: PublishRequest, consents: Consents, language: str, prepared: PreparedReleases
) -> None:
    """Put in a line for every finding on the words that would be posted, and on the links that they would send buyers to."""
    reported: set[str] = set()
    links: list[str] = []
    by_place = {(spec.destination, spec.width, spec.height): context for spec, context in contexts.items()}
    first = next(iter(contexts))
    for target in request.targets:
        size = (target.width or first.width, target.height or first.height)
        context = by_place[target.destination, *size]
        words, _ = _checked_words(context, target, request, consents, language, prepared, reported)
        links.append(planned_link(card_link(context), platform_of(target).capabilities.cart, words.captions.text, target.destination))
    _note_claims(check_links(links), request, language, prepared, reported)


def _check_words(fitted: FittedVideos, request: PublishRequest, consents: Consents, language: str, prepared: PreparedReleases) -> None:
    """Put in the releases, and a line for every finding on their words."""
    contexts, files = fitted.contexts, fitted.files
    reported: set[str] = set()
    for target in request.targets:
        spec = fitted.specs[target]
        words, page = _checked_words(contexts[spec], target, request, consents, language, prepared, reported)
        prepared.releases.append((target, _build_release(contexts[spec], files[spec], words, target, page, request)))
    _note_claims(check_cart_links([release for _, release in prepared.releases]), request, language, prepared, reported)


def _checked_words(
    context: StoryContext,
    target: Target,
    request: PublishRequest,
    consents: Consents,
    language: str,
    prepared: PreparedReleases,
    reported: set[str],
) -> tuple[CaptionSet, PageShown | None]:
    """The words of a target's post, and its page where it is one of our own; a line is put in for every finding on them."""
    words, page = captions_of(context), page_of(context) if platform_of(target).capabilities.own_page else None
    found = claims_of(context, words, request.planned_at or context.job.now, consents, page)
    _note_claims(found, request, language, prepared, reported)
    return words, page


def _note_claims(claims: Sequence[Claim], request: PublishRequest, language: str, prepared: PreparedReleases, reported: set[str]) -> None:
    """Put in a line for every finding, and those that stop the command. reported: ids of findings that have a line already."""
    for claim in claims:
        reason = override_of(claim.id, request.overrides)
        if reason:
            prepared.overruled[claim.id] = reason
        elif claim.verdict == "block":
            prepared.report.person_needed = True
            prepared.blocked.append(claim)
        if claim.id not in reported:
            reported.add(claim.id)
            prepared.report.lines.append(claim_line(claim, language))


def _build_release(
    context: StoryContext, files: Mapping[str, str], words: CaptionSet, target: Target, page: PageShown | None, request: PublishRequest
) -> Release:
    capabilities = platform_of(target).capabilities
    # A page's player begins with a frame of the video itself.
    covers = () if capabilities.own_page else covers_for(context, Path(files["video"]))
    return release_of(
        context, files, covers, words, account=target.account, cart=capabilities.cart, planned_at=request.planned_at, page=page
    )


def claim_line(claim: Claim, language: str) -> str:
    """One line about a finding: its verdict, where and on which words, why, what would do instead; of what stops a post how to name it."""
    if claim.words:
        line = M("{place} “{words}”: {why}", place=place_name(claim.place), words=claim.words, why=claim.why)
    else:
        line = M("{place}: {why}", place=place_name(claim.place), why=claim.why)
    suggestion = f" → {say(claim.suggestion, language)}" if claim.suggestion else ""
    name = f"  [{claim.id[:SHOWN_DIGITS]}]" if claim.verdict == "block" else ""
    return f"{VERDICT_MARKS[claim.verdict]} {say(line, language)}{suggestion}{name}"
