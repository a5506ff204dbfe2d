"""The videos of one publishing command, each made so that it keeps its platform's limits."""

from collections.abc import Iterable, Mapping, Sequence
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
from pipeline.publish.engine.preflight import limit_problems
from pipeline.publish.platforms.base import Limits, Platform
from pipeline.publish.platforms.registry import PLATFORMS
from pipeline.stages.release import Target, sound_bytes, video_of
from pipeline.stages.renditions import renditions
from pipeline.workspace import StoryContext

MAX_ROUNDS = 6
"""Renders of one command at most: one for the shape, one or two for the length, two or three for the bytes."""


@dataclass
class FittedVideos:
    """The last job, its outcome, and the spec of the video that each target gets. changes: what had to be made differently, and why."""

    job: Job
    outcome: Outcome
    specs: Mapping[Target, RenditionSpec]
    changes: list[Message] = field(default_factory=list)

    @property
    def files(self) -> Mapping[RenditionSpec, Mapping[str, str]]:
        """The delivered files of each video, by kind."""
        by_name = {video.name: video.files for video in self.outcome.videos}
        return {spec: by_name[spec.name] for spec in self.job.renditions}

    @property
    def contexts(self) -> Mapping[RenditionSpec, StoryContext]:
        """The context with the documents of each video."""
        return dict(zip(self.job.renditions, renditions(StoryContext(self.job)), strict=True))


def make_fitting_videos(story: str, workspace: Path, targets: Sequence[Target], now: datetime, progress: RunProgress) -> FittedVideos:
    """Make a video for each target, and another one where the platform's limits ask for it; each is inspected like any other.

    Raises UserMistake for a target that cannot be published to, and PersonNeeded where a video fails its inspection, or none can be
    made that keeps the platform's limits.
    """
    last = last_job(story, workspace)
    limits = {target: _limits(target, workspace) for target in targets}
    specs = {target: _first_spec(target, last) for target in targets}
    reasons: dict[Target, Message] = {}
    for _ in range(MAX_ROUNDS):
        job = _job_with(last, specs.values(), now)
        outcome = rerender_job(job, progress)
        if not outcome.passed:
            raise PersonNeeded(
                M("The video did not pass its inspection, so it was not published: {findings}", findings=tuple(outcome.failed))
            )
        fitted = FittedVideos(job, outcome, specs)
        next_specs = {target: _next_spec(fitted, target, limits[target], reasons) for target in targets}
        if next_specs == specs:
            fitted.changes = [
                M("{platform}: {why}; another one was made: {name}", platform=target.destination, why=why, name=specs[target].name)
                for target, why in reasons.items()
            ]
            return fitted
        specs = next_specs
    raise cannot_fit(next(iter(reasons)).destination, tuple(reasons.values()))


def planned_job(story: str, workspace: Path, targets: Sequence[Target], now: datetime) -> Job:
    """The job of a story with a video for each target. Raises UserMistake for a target that cannot be published to."""
    last = last_job(story, workspace)
    for target in targets:
        _limits(target, workspace)
    return _job_with(last, [_first_spec(target, last) for target in targets], now)


def _job_with(last: Job, specs: Iterable[RenditionSpec], now: datetime) -> Job:
    more = tuple(spec for spec in dict.fromkeys(specs) if spec != last.renditions[0])
    return last.model_copy(update={"more": more, "now": now})


def _first_spec(target: Target, last: Job) -> RenditionSpec:
    return RenditionSpec(destination=target.destination, width=target.width or last.width, height=target.height or last.height)


def platform_of(target: Target) -> Platform:
    """The platform of a target. Raises UserMistake where neither a program nor a person can post there that way."""
    platform = PLATFORMS.get(target.destination)
    if platform is None:
        raise UserMistake(M("FieldCut does not publish to {platform} by itself.", platform=target.destination))
    if platform.capabilities.by_person and not target.by_hand:
        raise UserMistake(
            M(
                "{platform} has no way in for a program: a person posts it. Use --to handoff:{name}.",
                platform=target.destination,
                name=target.destination,
            )
        )
    if target.by_hand and not platform.capabilities.by_person:
        name = target.destination
        raise UserMistake(M("{platform} is not posted to by hand here. Use --to {name}:ACCOUNT.", platform=name, name=name))
    return platform


def _limits(target: Target, workspace: Path) -> Limits:
    platform = platform_of(target)
    return platform.limits(
        {} if target.by_hand or not target.account else load_accounts(workspace).find(f"{target.destination}:{target.account}").for_adapter
    )


def _next_spec(fitted: FittedVideos, target: Target, limits: Limits, reasons: dict[Target, Message]) -> RenditionSpec:
    """The video to make for a target next: the same spec when it keeps the platform's limits.

    reasons: gets, for each target whose video does not, the first limit that it broke.
    """
    spec = fitted.specs[target]
    context, path = fitted.contexts[spec], Path(fitted.files[spec]["video"])
    video = video_of(path, context.read("rendition.json", Rendition))
    problem = next(limit_problems(limits, video), None)
    if problem is None:
        return spec
    reasons.setdefault(target, problem)
    destination = publish_room.load_destination(target.destination)
    crf = context.read("plan.json", RenderPlan).picture.crf
    return fit(spec, video, limits, destination, crf=crf, sound_bytes=sound_bytes(path))
