"""The report of a command about releases: a line each, and whether a person has to act."""

from dataclasses import dataclass, field

from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.errors import PersonNeeded
from pipeline.language import say
from pipeline.publish.destinations import place_label
from pipeline.publish.ledger import PUBLIC, RESUMABLE, Entry, state_name
from pipeline.publish.live_offers import lapse_words, promised_by
from pipeline.settings import minute_and_zone

VERDICT_MARKS = {"ok": "✓", "warn": "⚠", "block": "✗"}


@dataclass
class PublishReport:
    """What one command did: a line each, and whether a person has to act."""

    lines: list[str] = field(default_factory=list)
    person_needed: bool = False
    entries: list[Entry] = field(default_factory=list)
    """The releases that the lines are about, for scripts."""

    def tell(self, entry: Entry, language: str) -> None:
        """Add a line about a release."""
        self.lines.append(release_line(entry, language))
        self.entries.append(entry)

    @property
    def exit_code(self) -> int:
        """3 when something waits for a person, else 0."""
        return PersonNeeded.exit_code if self.person_needed else 0


def release_facts(entry: Entry) -> dict[str, str]:
    """A release for scripts: where it stands, and since when. Times are ISO 8601, empty where there is none."""
    release = entry.release
    return {
        "release": entry.id,
        "story": release.story,
        "platform": release.platform,
        "account": release.account,
        "state": entry.state.value,
        "since": entry.since.isoformat(),
        "planned_at": release.planned_at.isoformat() if release.planned_at else "",
        "price": f"{release.offer.price}/{release.offer.unit}".rstrip("/") if release.offer else "",
        "link": entry.link,
        "claimed_by": entry.claimed_by,
    }


def destination_of(release: Release) -> str:
    """Where a release goes, as --to writes it: the platform, and the account where it has one."""
    return f"{release.platform}:{release.account}" if release.account else release.platform


def goes_out(entry: Entry, person: str) -> Message:
    """What comes of a release that a person has approved, and when."""
    planned = entry.release.planned_at
    if planned is not None:
        return M("approved ({person}), goes out at {when}", person=person, when=minute_and_zone(planned))
    return M("approved ({person}): it goes out at once while FieldCut runs; else run fieldcut settle", person=person)


def release_line(entry: Entry, language: str) -> str:
    """One line about a release: its state, since when, and why; of what is public the price that it promises."""
    release = entry.release
    since = say(minute_and_zone(entry.since), language)
    place = place_label(release.platform, release.account, language)
    refused = M("refused, not sent ({person}: {reason})", **entry.reason.values) if entry.refused and entry.reason else None
    parts = [entry.id[:8], release.story, place, say(refused or state_name(entry.state), language), since]
    if release.planned_at is not None and entry.state in RESUMABLE:
        parts.append(say(M("goes out at {time}", time=minute_and_zone(release.planned_at)), language))
    parts += [say(entry.reason, language)] if entry.reason and not refused else []
    parts += [say(lapse_words(release.page.withdrawn), language)] if release.page and release.page.withdrawn else []
    promised = promised_by(release)
    if promised is not None and not promised.lapsed and entry.state in PUBLIC:
        parts.append(say(M("price: {price}", price=promised.price), language))
    parts += [entry.link] if entry.link else []
    return "  ".join(parts)
