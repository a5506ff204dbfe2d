"""The report of a command about releases: a line each, and whether a person has to act."""

from dataclasses import dataclass, field

from pipeline.documents.release import Release
from pipeline.errors import PersonNeeded
from pipeline.language import say
from pipeline.publish.ledger import Entry, state_name
from pipeline.publish.live_offers import lapse_words
from pipeline.settings import minute_and_zone

VERDICT_MARKS = {"ok": "✓", "warn": "⚠", "block": "✗"}


@dataclass
class PublishReport:
    """What one command did: a line each, and whether a person has to act."""

    lines: list[str] = field(default_factory=list)
    person_needed: bool = False

    @property
    def exit_code(self) -> int:
        """3 when something waits for a person, else 0."""
        return PersonNeeded.exit_code if self.person_needed else 0


def destination_of(release: Release) -> str:
    """Where a release goes, as --to writes it: the platform, and the account where it has one."""
    return f"{release.platform}:{release.account}" if release.account else release.platform


def release_line(entry: Entry, language: str) -> str:
    """One line about a release: its state, since when, and why."""
    release = entry.release
    since = say(minute_and_zone(entry.since), language)
    parts = [entry.id[:8], release.story, destination_of(release), say(state_name(entry.state), language), since]
    parts += [say(entry.reason, language)] if entry.reason else []
    parts += [say(lapse_words(release.page.withdrawn), language)] if release.page and release.page.withdrawn else []
    parts += [entry.link] if entry.link else []
    return "  ".join(parts)
