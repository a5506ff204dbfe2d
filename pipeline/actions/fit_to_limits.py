"""The videos of one publishing command, each made so that its platform takes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline import publish as publish_room
from pipeline.actions.outcome import Outcome
from pipeline.actions.progress import RunProgress
from pipeline.actions.rerender import last_job, rerender_job
from pipeline.documents.job import Job, RenditionSpec
from pipeline.documents.message import M, Message
from pipeline.documents.plan import RenderPlan
from pipeline.documents.rendition import Rendition
from pipeline.errors import PersonNeeded, UserMistake
from pipeline.publish.accounts import load_accounts
from pipeline.publish.engine import cannot_fit, fit
from pipeline.publish.engine.preflight import beyond
from pipeline.publish.platforms.base import Limits, Platform
from pipeline.publish.platforms.registry import PLATFORMS
from pipeline.stages.release import Target, sound_bytes, video_of
from pipeline.stages.renditions import renditions
from pipeline.workspace import StoryContext

ROUNDS = 6
"""Of making it again: one for the shape, one or two for the length, two or three for the bytes."""


@dataclass
class FittedVideos:
    """The last job, its outcome, and which of its videos each target gets. told: what was made otherwise, and why."""

    job: Job
    outcome: Outcome
    wanted: Mapping[Target, RenditionSpec]
    told: list[Message] = field(default_factory=list)

    @property
    def files(self) -> Mapping[RenditionSpec, Mapping[str, str]]:
        """What was delivered of each video."""
        by_name = {video.name: video.files for video in self.outcome.videos}
        return {one: by_name[one.name] for one in self.job.renditions}

    @property
    def benches(self) -> Mapping[RenditionSpec, StoryContext]:
        """Where the documents of each video lie."""
        return dict(zip(self.job.renditions, renditions(StoryContext(self.job)), strict=True))


def make_fitting_videos(story: str, workspace: Path, targets: Sequence[Target], now: datetime, progress: RunProgress) -> FittedVideos:
    """Make a video for each target, and another one where the platform's limits ask for it; each is inspected as any other.

    Raises UserMistake for a target that nothing can be given to, and PersonNeeded where no video passes its inspection, or none can be
    made that the platform takes.
    """
    last = last_job(story, workspace)
    limits = {to: _limits(to, workspace) for to in targets}
    wanted = {to: RenditionSpec(destination=to.destination, width=last.width, height=last.height) for to in targets}
    reasons: dict[Target, Message] = {}
    for _ in range(ROUNDS):
        first = last.renditions[0]
        more = tuple(one for one in dict.fromkeys(wanted.values()) if one != first)
        job = last.model_copy(update={"more": more, "now": now})
        outcome = rerender_job(job, progress)
        if not outcome.passed:
            raise PersonNeeded(
                M("The video did not pass its inspection, so it was not published: {findings}", findings=tuple(outcome.failed))
            )
        made = FittedVideos(job, outcome, wanted)
        following = {to: _following(made, to, limits[to], reasons) for to in targets}
        if following == wanted:
            made.told = [
                M("{platform}: {why}; another one was made: {name}", platform=to.destination, why=why, name=wanted[to].name)
                for to, why in reasons.items()
            ]
            return made
        wanted = following
    raise cannot_fit(next(iter(reasons)).destination, tuple(reasons.values()))


def platform_of(to: Target) -> Platform:
    """Raises UserMistake where a program, or a person, has no way to post."""
    platform = PLATFORMS.get(to.destination)
    if platform is None:
        raise UserMistake(M("FieldCut does not publish to {platform} by itself.", platform=to.destination))
    if platform.capabilities.by_person and not to.by_hand:
        raise UserMistake(
            M("{platform} has no way in for a program: a person posts it. Use --to handoff:{platform}.", platform=to.destination)
        )
    if to.by_hand and not platform.capabilities.by_person:
        raise UserMistake(M("{platform} is not posted to by hand here. Use --to {platform}:ACCOUNT.", platform=to.destination))
    return platform


def _limits(to: Target, workspace: Path) -> Limits:
    platform = platform_of(to)
    return platform.limits(
        {} if to.by_hand or not to.account else load_accounts(workspace).find(f"{to.destination}:{to.account}").for_adapter
    )


def _following(made: FittedVideos, to: Target, limits: Limits, reasons: dict[Target, Message]) -> RenditionSpec:
    """What to make for a target next: the same when its platform takes it."""
    wanted = made.wanted[to]
    bench, path = made.benches[wanted], Path(made.files[wanted]["video"])
    video = video_of(path, bench.read("rendition.json", Rendition))
    problem = next(beyond(limits, video), None)
    if problem is None:
        return wanted
    reasons.setdefault(to, problem)
    destination = publish_room.load_destination(to.destination)
    crf = bench.read("plan.json", RenderPlan).picture.crf
    return fit(wanted, video, limits, destination, crf=crf, sound_bytes=sound_bytes(path))
