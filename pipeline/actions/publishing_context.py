"""What publishing from a workspace works with: its ledger, accounts, platforms and rules."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path

from pipeline.documents.clip import Clips
from pipeline.documents.consent import Consent, Consents
from pipeline.documents.message import M
from pipeline.documents.release import Release
from pipeline.documents.rendition import Inspection
from pipeline.errors import FieldCutError, UserMistake
from pipeline.network.clock import SystemClock
from pipeline.publish.accounts import Tokens, load_accounts, open_vault, redact_network_logs
from pipeline.publish.engine import AccountAccess, EngineContext, NoAccounts, PublishRules, shown
from pipeline.publish.ledger import Actor, Ledger, Who, open_ledger
from pipeline.publish.platforms.registry import OWN_SHELF, platforms_of
from pipeline.secrets.cipher import Cipher
from pipeline.settings import read_settings, zone_of
from pipeline.store import load


@contextmanager
def publishing_context(workspace: Path) -> Iterator[EngineContext]:
    """Everything to publish with, for as long as the block lasts. Raises UserMistake for settings that are wrong, Fault for a ledger
    that cannot be used; nothing was sent then."""
    redact_network_logs()
    settings = read_settings(workspace).publish
    vault = open_vault(workspace)
    tokens = Tokens(vault)
    rules = PublishRules(inspection=lambda release: inspection_of(workspace, release), approved=shown if settings.approval else None)
    with zone_of(workspace), open_ledger(settings.ledger or workspace / "ledger.db", cipher=vault.cipher("ledger")) as ledger:
        yield EngineContext(
            ledger=ledger, platforms=platforms_of(workspace), access=AccountAccess(load_accounts(workspace), tokens), rules=rules
        )


@contextmanager
def local_shelf_context(workspace: Path, now: datetime) -> Iterator[EngineContext]:
    """The same for the workspace's own shelf: no account, no key, no network. now: what the clock says at this moment, aware."""
    settings = read_settings(workspace).publish
    rules = PublishRules(inspection=lambda release: inspection_of(workspace, release), approved=shown if settings.approval else None)
    platforms = {OWN_SHELF: platforms_of(workspace)[OWN_SHELF]}
    with zone_of(workspace), open_ledger(settings.ledger or workspace / "ledger.db", cipher=_WhenNeeded(workspace)) as ledger:
        yield EngineContext(ledger=ledger, platforms=platforms, access=NoAccounts(), rules=rules, clock=_ClockFrom(now))


class _WhenNeeded:
    """The ledger's cipher, whose key is asked of the keyring only when something must be sealed or opened."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace

    def encrypt(self, data: bytes, /) -> bytes:
        return self._cipher.encrypt(data)

    def decrypt(self, token: bytes, /) -> bytes:
        return self._cipher.decrypt(token)

    @cached_property
    def _cipher(self) -> Cipher:
        return open_vault(self._workspace).cipher("ledger")


class _ClockFrom(SystemClock):
    """The clock that a run was given, which goes on from there."""

    def __init__(self, now: datetime) -> None:
        self._ahead = now - super().now()

    def now(self) -> datetime:
        """See Clock."""
        return super().now() + self._ahead


@contextmanager
def open_workspace_ledger(workspace: Path) -> Iterator[Ledger]:
    """The workspace's ledger without anything to publish with: no account, no key. Raises as `publishing_context` does."""
    with zone_of(workspace), open_ledger(read_settings(workspace).publish.ledger or workspace / "ledger.db") as ledger:
        yield ledger


def consents_of(ledger: Ledger, story: str, clips: Clips) -> Consents:
    """What the ledger knows of the people in a story's clips."""
    by_sha256 = {clip.sha256: clip.id for clip in clips.clips}
    kept = [one for one in ledger.consents.of(story, withdrawn=True) if not one.clip_sha256 or one.clip_sha256 in by_sha256]
    return Consents(
        consents=tuple(
            Consent(
                clip_id=by_sha256.get(one.clip_sha256, ""),
                shown=one.shown,
                agreed_by=one.given_by,
                evidence=one.evidence,
                recorded_by=one.by.name,
                recorded_at=one.at,
                withdrawn_at=one.withdrawn_at,
            )
            for one in kept
        )
    )


def inspection_of(workspace: Path, release: Release) -> Inspection | None:
    """The inspection of exactly a release's file; None where there is none."""
    folder = workspace / "stories" / release.story
    for path in (folder / "inspection.json", *folder.glob("renditions/*/inspection.json")):
        try:
            found = load(path, Inspection)
        except FieldCutError:
            continue
        if found.rendition_sha256 == release.video.sha256:
            return found
    return None


def person_at_keyboard(name: str | None) -> Actor:
    """Who is at the keyboard: as they say, else as they are logged in."""
    try:
        return Actor(who=Who.PERSON, name=(name or getpass.getuser()).strip())
    except (ValueError, KeyError, OSError) as error:
        raise UserMistake(M("Say who you are with --by.")) from error
