"""What publishing from a workspace needs: its ledger, accounts, platforms and rules."""

import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.documents.clip import Clips
from pipeline.documents.consent import Consent, Consents
from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.documents.rendition import Inspection
from pipeline.errors import FieldCutError, UserMistake
from pipeline.network.clock import SystemClock
from pipeline.network.log_redaction import redact_network_logs
from pipeline.publish.accounts import Tokens, VaultAccountAccess, load_accounts
from pipeline.publish.engine import EngineContext, NoAccounts, PublishRules, approval_subject
from pipeline.publish.engine.retry_policy import RetryPolicy
from pipeline.publish.ledger import Actor, Ledger, Who, open_ledger
from pipeline.publish.platforms.registry import OWN_SHELF, platforms_of
from pipeline.secrets.cipher import Cipher
from pipeline.secrets.vault import open_vault
from pipeline.settings import read_settings, using_zone_of
from pipeline.store import load_document

if TYPE_CHECKING:
    from pipeline.actions.sheet_readings import SheetReadings


@contextmanager
def publishing_context(workspace: Path) -> Iterator[EngineContext]:
    """Open everything that publishing needs for as long as the block lasts.

    Raises UserMistake for settings that are wrong, Fault for a ledger that cannot be used; nothing was sent then.
    """
    redact_network_logs()
    settings = read_settings(workspace).publish
    vault = open_vault(workspace)
    tokens = Tokens(vault)
    with using_zone_of(workspace), open_ledger(settings.ledger_in(workspace), cipher=vault.cipher("ledger")) as ledger:
        rules = PublishRules(
            inspection=lambda release: inspection_of(workspace, release),
            approved=approval_subject if settings.approval else None,
            outdated=_SheetChanges(workspace),
            undeclared=lambda release: _undeclared_clips(workspace, release),
            dead_links=lambda release: _dead_links(release, ledger),
        )
        yield EngineContext(
            ledger=ledger,
            platforms=platforms_of(workspace),
            access=VaultAccountAccess(load_accounts(workspace), tokens),
            rules=rules,
            retry_policy=RetryPolicy(late_s=60.0 * settings.late_minutes),
        )


class _SheetChanges:
    """What the product sheet says otherwise than a release; a sheet that has not changed since it was asked last is not read again."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace

    def __call__(self, release: Release) -> tuple[Message, ...]:
        from pipeline.actions.sheet_offers import SheetOffers

        return SheetOffers(self._workspace, SystemClock().now(), self._readings).changes_since(release)

    @cached_property
    def _readings(self) -> "SheetReadings":
        from pipeline.actions.sheet_readings import SheetReadings  # the reader of sheets: not for commands that only look

        return SheetReadings()


def _undeclared_clips(workspace: Path, release: Release) -> tuple[str, ...]:
    from pipeline.actions.ai_declarations import undeclared_clips  # the stages

    return undeclared_clips(workspace, release)


def _dead_links(release: Release, ledger: Ledger) -> tuple[Message, ...]:
    from pipeline.actions.cart_links import dead_links  # the claims' rules

    return dead_links(release, ledger)


@contextmanager
def local_shelf_context(workspace: Path, now: datetime) -> Iterator[EngineContext]:
    """Open what publishing on the workspace's own shelf needs: no account, no key, no network.

    now: the time (aware) from which the context's clock goes on. Raises as `publishing_context` does.
    """
    settings = read_settings(workspace).publish
    rules = PublishRules(
        inspection=lambda release: inspection_of(workspace, release), approved=approval_subject if settings.approval else None
    )
    platforms = {OWN_SHELF: platforms_of(workspace)[OWN_SHELF]}
    with using_zone_of(workspace), open_ledger(settings.ledger_in(workspace), cipher=_LazyCipher(workspace)) as ledger:
        yield EngineContext(ledger=ledger, platforms=platforms, access=NoAccounts(), rules=rules, clock=_OffsetClock(now))


@contextmanager
def deciding_context(workspace: Path) -> Iterator[EngineContext]:
    """Open what a person's yes or no needs: ledger, rules, what accounts allow; no token, no network.

    Raises as `publishing_context` does.
    """
    settings = read_settings(workspace).publish
    rules = PublishRules(
        inspection=lambda release: inspection_of(workspace, release),
        approved=approval_subject if settings.approval else None,
        outdated=_SheetChanges(workspace),
        undeclared=lambda release: _undeclared_clips(workspace, release),
    )
    with using_zone_of(workspace), open_ledger(settings.ledger_in(workspace), cipher=_LazyCipher(workspace)) as ledger:
        yield EngineContext(
            ledger=ledger,
            platforms=platforms_of(workspace),
            access=_AccountSettings(workspace),
            rules=rules,
            retry_policy=RetryPolicy(late_s=60.0 * settings.late_minutes),
        )


class _AccountSettings(NoAccounts):
    """What is known of accounts without any of their secrets."""

    def __init__(self, workspace: Path) -> None:
        super().__init__()
        self._accounts = load_accounts(workspace)

    def settings(self, account: str) -> Mapping[str, Any]:
        """See AccountAccess."""
        return self._accounts.find(account).for_adapter


class _LazyCipher:
    """The ledger's cipher, which reads its key from the keyring only when something must be encrypted or decrypted."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace

    def encrypt(self, data: bytes, /) -> bytes:
        return self._cipher.encrypt(data)

    def decrypt(self, token: bytes, /) -> bytes:
        return self._cipher.decrypt(token)

    @cached_property
    def _cipher(self) -> Cipher:
        return open_vault(self._workspace).cipher("ledger")


class _OffsetClock(SystemClock):
    """A clock that started at a given time and goes on from there."""

    def __init__(self, now: datetime) -> None:
        self._offset = now - super().now()

    def now(self) -> datetime:
        """See Clock."""
        return super().now() + self._offset


def consents_of(ledger: Ledger, story: str, clips: Clips) -> Consents:
    """The ledger's consents about the people in a story's clips, withdrawn ones too."""
    by_sha256 = {clip.sha256: clip.id for clip in clips.clips}
    records = [record for record in ledger.consents.of(story, withdrawn=True) if not record.clip_sha256 or record.clip_sha256 in by_sha256]
    return Consents(
        consents=tuple(
            Consent(
                clip_id=by_sha256.get(record.clip_sha256, ""),
                shown=record.shown,
                agreed_by=record.given_by,
                evidence=record.evidence,
                recorded_by=record.by.name,
                recorded_at=record.at,
                withdrawn_at=record.withdrawn_at,
            )
            for record in records
        )
    )


def inspection_of(workspace: Path, release: Release) -> Inspection | None:
    """The inspection of exactly a release's file; None where there is none."""
    folder = workspace / "stories" / release.story
    # In the story's folder lies that of an earlier release, until the story is opened again.
    for path in chain([folder / "inspection.json"], folder.glob("renditions/*/inspection.json")):
        try:
            inspection = load_document(path, Inspection)
        except FieldCutError:
            continue
        if inspection.rendition_sha256 == release.video.sha256:
            return inspection
    return None


def person_at_keyboard(name: str | None) -> Actor:
    """The person at the keyboard: the name they gave, else their login name. Raises UserMistake when there is neither."""
    try:
        return Actor(who=Who.PERSON, name=(name or getpass.getuser()).strip())
    except (ValueError, KeyError, OSError) as error:
        raise UserMistake(M("Say who you are with --by.")) from error
