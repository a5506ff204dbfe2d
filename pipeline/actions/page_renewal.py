"""A page made anew by the sheet, the way `publish` makes it, when what it promises has changed."""

from collections.abc import Callable
from pathlib import Path

from pipeline.actions.prepare_releases import PublishRequest, prepare_releases
from pipeline.actions.progress import RunProgress
from pipeline.documents.message import M
from pipeline.documents.release import Release
from pipeline.errors import PersonNeeded
from pipeline.publish.engine import EngineContext
from pipeline.publish.ledger import Actor, Entry, Who
from pipeline.publish.ledger.overrides import CLAIM_OVERRIDE
from pipeline.stages.release import Target


def page_renewal(workspace: Path, engine: EngineContext, progress: RunProgress, language: str) -> Callable[[Entry], Release]:
    """Return what makes the next release of a page; it raises PersonNeeded and UserMistake where somebody must act first."""

    def render(entry: Entry) -> Release:
        release, by = entry.release, Actor(who=Who.MACHINE, name=engine.worker)
        target = Target(destination=release.platform, account=release.account)
        request = PublishRequest((target,), None, by, _overrides_there(release, engine))
        prepared = prepare_releases(release.story, workspace, request, engine.clock.now(), progress, language)
        if prepared.blocked:
            raise PersonNeeded(M("its words may not stand there: {claims}", claims=tuple(claim.why for claim in prepared.blocked)))
        [(_, renewed)] = prepared.releases
        return renewed

    return render


def _overrides_there(release: Release, engine: EngineContext) -> dict[str, str]:
    """What a person overruled in the words of this story at this place: the same words need no second answer."""
    there = {other.id for other in engine.ledger.releases(story=release.story, platform=release.platform, account=release.account)}
    overrides = engine.ledger.overrides.of(release.story, kind=CLAIM_OVERRIDE)
    return {override.subject: override.reason for override in overrides if override.release_id in there}
