"""`fieldcut claim`, `posted` and `unclaim`: what a person who posts a hand-off pack by hand tells the ledger."""

from datetime import datetime
from pathlib import Path

from pipeline.actions.publish_report import PublishReport, release_line
from pipeline.actions.publishing_context import publishing_context
from pipeline.actions.releases import _found
from pipeline.language import say
from pipeline.publish.handoff import abandon, claim, confirm, give_back
from pipeline.publish.ledger import Actor


def claim_release(workspace: Path, release_id: str, by: Actor, now: datetime, language: str) -> PublishReport:
    """A person takes a hand-off pack upon themselves."""
    with publishing_context(workspace) as means:
        claimed = claim(means.ledger, _found(means.ledger, release_id).id, by.name, at=now)
    return PublishReport([release_line(claimed.entry, language), *(f"⚠ {say(warning, language)}" for warning in claimed.warnings)])


def record_posted(
    workspace: Path, release_id: str, by: Actor, now: datetime, link: str, screenshot: Path | None, language: str
) -> PublishReport:
    """A person has posted it and shows it."""
    with publishing_context(workspace) as means:
        entry = _found(means.ledger, release_id)
        folder = workspace / "stories" / entry.release.story
        after = confirm(means.ledger, entry.id, by.name, at=now, story_folder=folder, link=link, screenshot=screenshot)
    return PublishReport([release_line(after, language)])


def record_not_posted(
    workspace: Path, release_id: str, by: Actor, now: datetime, reason: str, for_another: bool, language: str
) -> PublishReport:
    """A person gives a pack back for another, or says that it is not posted at all."""
    with publishing_context(workspace) as means:
        entry = _found(means.ledger, release_id)
        leave = give_back if for_another else abandon
        after = leave(means.ledger, entry.id, by.name, at=now, reason=reason)
    return PublishReport([release_line(after, language)])
