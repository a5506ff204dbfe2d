"""Manual posting: a person claims a pack, proves that its post is public, gives it back, or abandons it.

Every call is one move in the ledger, from the step that was read: of two people who claim a release at the same moment one gets it, and
the other learns who.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.errors import PersonNeeded, UserMistake
from pipeline.publish.handoff.form import load_form
from pipeline.publish.handoff.links import posted_link
from pipeline.publish.ledger import PUBLIC, Actor, Entry, Ledger, StaleEntry, State, Who, state_name
from pipeline.settings import minute_and_zone
from pipeline.store import copy_atomically, file_sha256

MOST_BYTES = 30 * 1000 * 1000
"""Of a screenshot: whole screens of large phones, as PNG, have a few megabytes."""
_KINDS = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}


class AlreadyClaimed(PersonNeeded):
    """Another person has claimed the release. entry: its present state."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(
            M(
                "{person} has claimed {story} on {platform} since {when}. Do not post it; ask them first.",
                person=entry.claimed_by,
                story=entry.release.story,
                platform=entry.release.platform,
                when=minute_and_zone(entry.since),
            )
        )
        self.entry = entry


@dataclass(frozen=True)
class PostingClaim:
    """A release that one person has claimed. warnings: what that person should know before posting."""

    entry: Entry
    warnings: tuple[Message, ...] = ()


def claim(ledger: Ledger, release_id: str, person: str, *, at: datetime) -> PostingClaim:
    """Claim a release that waits for a person; claiming it again changes nothing.

    Raises AlreadyClaimed, with the first one's name, when somebody has it; UserMistake when it does not wait for a person, or the offer
    it shows has ended by `at`, or has not begun.
    """
    by = _person(person)
    entry = ledger.get(release_id)
    if entry.state is State.CLAIMED and _is_same_person(entry.claimed_by, by):
        return PostingClaim(entry, _warnings(ledger, entry))
    if entry.state is State.CLAIMED:
        raise AlreadyClaimed(entry)
    _check_state(entry, State.HANDED_OVER)
    offer = entry.release.offer
    if offer and offer.offer_ends and offer.offer_ends <= at:
        when = minute_and_zone(offer.offer_ends)
        raise UserMistake(M("The offer of {name} ended on {when}. Do not post it.", name=offer.name, when=when))
    if offer and offer.offer_begins and offer.offer_begins > at:
        when = minute_and_zone(offer.offer_begins)
        raise UserMistake(M("The offer of {name} begins on {when}. Post it from then on.", name=offer.name, when=when))
    try:
        entry = ledger.advance(entry, State.CLAIMED, by=by, at=at)
    except StaleEntry as taken:
        if taken.entry.state is State.CLAIMED and not _is_same_person(taken.entry.claimed_by, by):
            raise AlreadyClaimed(taken.entry) from None
        if taken.entry.state is not State.CLAIMED:
            raise
        entry = taken.entry
    return PostingClaim(entry, _warnings(ledger, entry))


def confirm(
    ledger: Ledger, release_id: str, person: str, *, at: datetime, story_folder: Path, link: str = "", screenshot: Path | None = None
) -> Entry:
    """Record that a post is public, with a person's proof; anybody who has the proof may give it.

    link: https, to a post of that platform; the whole sentence that an app copies will do. screenshot: JPEG, PNG or WebP; it is copied
    into `story_folder`/evidence under its SHA-256, and the original stays untouched. story_folder: where the story's documents lie.
    Raises UserMistake for a proof that is none, and for a release that nobody has claimed; DiskFault when the copy cannot be written.
    """
    by = _person(person)
    entry = ledger.get(release_id)
    _check_state(entry, State.CLAIMED)
    if not link.strip() and screenshot is None:
        raise UserMistake(M("Give the link of the post, or a screenshot of it."))
    proof = posted_link(link, load_form(entry.release.platform)) if link.strip() else ""
    evidence = _keep_screenshot(screenshot, story_folder / "evidence", entry.release) if screenshot else None
    return ledger.advance(entry, State.CONFIRMED, by=by, at=at, link=proof, evidence=str(evidence or ""))


def give_back(ledger: Ledger, release_id: str, person: str, *, at: datetime, reason: str = "") -> Entry:
    """Return a claimed release to those that wait, for somebody else to claim.

    Its claimer needs no reason. Anybody else does, since the claimer may be posting it at this moment. Raises UserMistake without one.
    """
    by = _person(person)
    entry = ledger.get(release_id)
    _check_state(entry, State.CLAIMED)
    if not _is_same_person(entry.claimed_by, by) and not reason.strip():
        raise UserMistake(
            M("{person} has claimed it. Ask them; if you take it from them, say why.", person=entry.claimed_by)
        )  # fmt: skip
    said = M("{person} gave it back: {reason}", person=by.name, reason=reason.strip() or "–")
    return ledger.advance(entry, State.HANDED_OVER, by=by, at=at, reason=said)


def abandon(ledger: Ledger, release_id: str, person: str, *, at: datetime, reason: str) -> Entry:
    """Record that a release was not posted and will not be; only then can the same be prepared again.

    Only its claimer can abandon a claimed release, since nobody else knows whether it was posted. Raises AlreadyClaimed for anybody
    else, UserMistake without a reason, or for a release that does not wait for a person.
    """
    by = _person(person)
    if not reason.strip():
        raise UserMistake(M("Say why it is not posted."))
    entry = ledger.get(release_id)
    if entry.state is State.CLAIMED and not _is_same_person(entry.claimed_by, by):
        raise AlreadyClaimed(entry)
    _check_state(entry, State.HANDED_OVER, State.CLAIMED)
    said = M("{person} says that it was not posted: {reason}", person=by.name, reason=reason.strip())
    try:
        return ledger.advance(entry, State.ABANDONED, by=by, at=at, reason=said)
    except StaleEntry as taken:
        if taken.entry.state is State.CLAIMED:
            raise AlreadyClaimed(taken.entry) from None
        raise


def _person(name: str) -> Actor:
    named = " ".join(name.split())
    if not named:
        raise UserMistake(M("Say who you are."))
    return Actor(who=Who.PERSON, name=named)


def _is_same_person(name: str, by: Actor) -> bool:
    return name.casefold() == by.name.casefold()


def _check_state(entry: Entry, *states: State) -> None:
    if entry.state is State.HANDED_OVER and entry.state not in states:
        raise UserMistake(M("Nobody has claimed it yet. First: fieldcut claim {release}", release=entry.id[:8]))
    if entry.state not in states:
        raise UserMistake(
            M(
                "{story} on {platform} is “{state}”, so this cannot be done with it.",
                story=entry.release.story,
                platform=entry.release.platform,
                state=state_name(entry.state),
            )
        )


def _warnings(ledger: Ledger, entry: Entry) -> tuple[Message, ...]:
    """Other posts of this very file for this account: the words differ, but viewers see the same video twice."""
    open_or_public = PUBLIC | {State.HANDED_OVER, State.CLAIMED, State.UNCERTAIN}
    return tuple(
        M(
            "The very same video was given to {platform} {account} before with other words, and is {state}. "
            "Post it again only if that is meant.",
            platform=other.release.platform,
            account=other.release.account,
            state=state_name(other.state),
        )
        for other in ledger.same_video(entry.release)
        if other.id != entry.id and other.state in open_or_public
    )


def _keep_screenshot(screenshot: Path, folder: Path, release: Release) -> Path:
    """A copy whose name tells whether it was changed since."""
    try:
        if screenshot.stat().st_size > MOST_BYTES:
            raise UserMistake(M("{path} is too large for a screenshot.", path=str(screenshot)))
        with Image.open(screenshot) as picture:
            suffix = _KINDS.get(picture.format or "")
            picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        suffix = None
    if suffix is None:
        raise UserMistake(M("{path} is no picture that can be opened. Give a screenshot as JPG or PNG.", path=str(screenshot)))
    target = folder / f"{release.platform}-{release.id}-{file_sha256(screenshot)}{suffix}"
    copy_atomically(screenshot, target)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    if digest not in target.name:
        target.unlink()
        raise UserMistake(M("{path} changed while it was copied. Try again.", path=str(screenshot)))
    return target
