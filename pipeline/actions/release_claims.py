"""What the claims check found in the words of one release, for whoever is asked about it."""

from pathlib import Path

from pipeline.actions.prepare_releases import claim_line
from pipeline.actions.publishing_context import consents_of
from pipeline.actions.rerender import last_job
from pipeline.documents.captions import CaptionSet
from pipeline.documents.claims import Claim
from pipeline.documents.clip import Clips
from pipeline.documents.message import M
from pipeline.documents.release import Release
from pipeline.documents.rendition import Inspection
from pipeline.errors import FieldCutError
from pipeline.language import say
from pipeline.publish.ledger import Ledger
from pipeline.publish.ledger.overrides import CLAIM_OVERRIDE
from pipeline.stages.release import claims_of
from pipeline.stages.renditions import renditions
from pipeline.workspace import StoryContext


def release_claims(release: Release, ledger: Ledger, workspace: Path) -> list[Claim] | None:
    """The findings in a release's words. None when they cannot be told: the story's documents are of another video."""
    try:
        context = _context_of(release, workspace)
        if context is None:
            return None
        consents = consents_of(ledger, release.story, context.read("clips.json", Clips))
        words = CaptionSet(destination=release.platform, captions=release.captions)
        return list(claims_of(context, words, release.planned_at or context.job.now, consents, release.page))
    except FieldCutError:
        return None


def claim_lines(release: Release, ledger: Ledger, workspace: Path, language: str) -> tuple[str, ...] | None:
    """A line for each finding, with who overruled it and why. None as `release_claims`."""
    found = release_claims(release, ledger, workspace)
    if found is None:
        return None
    overruled = {given.subject: given for given in ledger.overrides.of(release.story, kind=CLAIM_OVERRIDE)}
    lines = []
    for claim in found:
        given = next((one for subject, one in overruled.items() if subject and claim.id.startswith(subject)), None)
        because = f"  {say(M('({person}: {reason})', person=given.by.name, reason=given.reason), language)}" if given is not None else ""
        lines.append(claim_line(claim, language) + because)
    return tuple(dict.fromkeys(lines))


def _context_of(release: Release, workspace: Path) -> StoryContext | None:
    """The documents of the very video that the release has; None when it was made anew since."""
    for context in renditions(StoryContext(last_job(release.story, workspace))):
        if context.read("inspection.json", Inspection).rendition_sha256 == release.video.sha256:
            return context
    return None
