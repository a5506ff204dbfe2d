"""`fieldcut claim`, `posted` and `unclaim`: what a person who posts a hand-off pack by hand tells the ledger."""

from datetime import datetime
from pathlib import Path

from pipeline.actions.publish_report import PublishReport
from pipeline.actions.publishing_context import publishing_context
from pipeline.actions.releases import find_release
from pipeline.language import say
from pipeline.publish.handoff import abandon, claim, confirm, give_back
from pipeline.publish.ledger import Actor


def claim_release(workspace: Path, release_id: str, by: Actor, now: datetime, language: str) -> PublishReport:
    """Note that a person will post a hand-off pack."""
    with publishing_context(workspace) as engine:
        claimed = claim(engine.ledger, find_release(engine.ledger, release_id).id, by.name, at=now)
    report = PublishReport()
    report.tell(claimed.entry, language)
    report.lines += [f"⚠ {say(warning, language)}" for warning in claimed.warnings]
    return report


def record_posted(
    workspace: Path, release_id: str, by: Actor, now: datetime, link: str, screenshot: Path | None, language: str
) -> PublishReport:
    """Record that a person has posted a pack, with a link or a screenshot as proof."""
    with publishing_context(workspace) as engine:
        entry = find_release(engine.ledger, release_id)
        folder = workspace / "stories" / entry.release.story
        posted = confirm(engine.ledger, entry.id, by.name, at=now, story_folder=folder, link=link, screenshot=screenshot)
    report = PublishReport()
    report.tell(posted, language)
    return report


def record_not_posted(
    workspace: Path, release_id: str, by: Actor, now: datetime, reason: str, for_another: bool, language: str
) -> PublishReport:
    """Record that a person will not post a pack. for_another: somebody else shall; otherwise nobody does."""
    with publishing_context(workspace) as engine:
        entry = find_release(engine.ledger, release_id)
        give_up = give_back if for_another else abandon
        released = give_up(engine.ledger, entry.id, by.name, at=now, reason=reason)
    report = PublishReport()
    report.tell(released, language)
    return report
