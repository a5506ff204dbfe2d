"""A story once a feed account: releases of the same account that followers would take for the same, and that stand in the way."""

from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.publish.destinations import destination_names, load_destination
from pipeline.publish.kinship import kinship
from pipeline.publish.ledger import IN_FLIGHT, PUBLIC, REPOST, RESUMABLE, Entry, Ledger, State, state_name

STANDING = PUBLIC | IN_FLIGHT | RESUMABLE | {State.HANDED_OVER, State.CLAIMED}
"""Live, uncertain, or on its way there."""


def is_feed(platform: str) -> bool:
    """Whether followers see every post of an account there; groups, posters and a shelf show one film per group leader."""
    return platform not in destination_names() or load_destination(platform).feed


def standing_kin(release: Release, ledger: Ledger) -> list[Entry]:
    """Return the other releases for the same feed account that are kin and stand, the oldest first."""
    if not is_feed(release.platform):
        return []
    others = ledger.releases(platform=release.platform, account=release.account)
    return [other for other in others if other.id != release.id and other.state in STANDING and kinship(release, other.release)]


def kin_in_the_way(entry: Entry, ledger: Ledger) -> list[Entry]:
    """Return the kin that keep a release from going on: those that came first, and those that are further. A person who gave a reason,
    or who has it replace them, has settled that."""
    release = entry.release
    if any(override.release_id == release.id for override in ledger.overrides.of(release.story, kind=REPOST)):
        return []
    kin = [other for other in standing_kin(release, ledger) if other.id not in release.replaces]
    return [other for other in kin if other.state not in RESUMABLE or (other.created_at, other.id) < (entry.created_at, entry.id)]


def kin_message(release: Release, kin: Entry) -> Message:
    """Say which earlier post stands in the way, and what a person can do."""
    return M(
        "{story} was given to {platform} {account} before ({release}) and is {state}. A story is posted there once: say why it is posted "
        "again (--insist REASON), or have it take the place of a live one (--replace).",
        story=kin.release.story,
        platform=release.platform,
        account=release.account,
        release=kin.id[:8],
        state=state_name(kin.state),
    )
