"""What is kept secret, one encrypted file for each account, in the workspace's `vault/`. The key is not there: see key.py."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from cryptography.fernet import Fernet, InvalidToken
from filelock import FileLock, Timeout
from pydantic import AwareDatetime, ConfigDict, ValidationError

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import M
from pipeline.errors import Fault
from pipeline.secrets.errors import LoginNeeded
from pipeline.secrets.key import PRIVATE, Key, open_key, user_folder
from pipeline.secrets.secret import Secret, unsealed
from pipeline.store.disk import disk_fault, error_reason, write_atomically

FOLDER = "vault"
LOCK_S = 180.0
"""Longer than a holder that goes on ever takes: all tries of a renewal at a platform that does not answer."""
_UNSAFE = re.compile(r"[^\w-]")
D = TypeVar("D", bound=Document)


class Grant(Frozen):
    """What a person has permitted, and the tokens for it. Times are aware, by this machine's clock."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    issuer: str
    """App and address that handed the tokens out: they are sent nowhere else."""
    access: Secret
    access_ends: AwareDatetime
    taken_at: AwareDatetime
    """When the access token was asked for."""
    refresh: Secret | None = None
    refresh_ends: AwareDatetime | None = None
    """What the platform said; None when it says nothing."""
    login_at: AwareDatetime
    user: str = ""
    """The platform's name for the person, where the answer has one."""
    scopes: tuple[str, ...] = ()
    asked_at: AwareDatetime | None = None
    """A renewal left then and its answer is not here: the refresh token may be used up."""
    over: str = ""
    """Why the platform renews no more: refused, lost. Nothing is asked of it again before a login."""


class Kept(Document):
    """All that is kept of one account."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    account: str
    app_secret: Secret | None = None
    grant: Grant | None = None


class _Sealed(Document):
    """The file: in the clear is only which key opens it."""

    key: str
    sealed: str


class Vault:
    """`open_vault()` gives one. Everything it holds is on the disk when a call returns."""

    def __init__(self, folder: Path, key: Key) -> None:
        self.folder = folder
        self._key = key
        self._fernet = key.cipher("vault")

    def cipher(self, purpose: str) -> Fernet:
        """A cipher for other files than these, the ledger's for one; what it seals is opened for the same purpose only."""
        return self._key.cipher(purpose)

    def read(self, account: str) -> Kept:
        """What is kept of an account, without waiting; nothing is kept of one that nobody logged in to.

        Raises LoginNeeded when the file cannot be opened with this machine's key, Fault when it cannot be read.
        """
        path = self._file(account)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return Kept(account=account)
        except OSError as error:
            raise Fault(M("{path} could not be read: {error}", path=str(path), error=error_reason(error))) from error
        kept = self._opened(content)
        # A file under another account's name would send one shop's posts to another's.
        if kept is None or kept.account != account:
            raise LoginNeeded(account, M("the saved login cannot be opened with this machine's key."))
        return kept

    def _opened(self, content: bytes) -> Kept | None:
        try:
            file = _Sealed.from_json(content)
            return Kept.from_json(self._fernet.decrypt(file.sealed)) if file.key == self._key.id else None
        except (InvalidToken, ValidationError, ValueError, TypeError):
            return None

    @contextmanager
    def held(self, account: str) -> Iterator[None]:
        """Nobody else changes this account while the block runs; whoever dies in it lets go. Raises Fault after `LOCK_S`, DiskFault."""
        path = self._file(account)
        lock = FileLock(path.with_name(path.name + ".lock"), timeout=LOCK_S, mode=PRIVATE, fallback_to_soft=False)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock.acquire()
        except Timeout:
            raise Fault(M("Another run holds {path} and does not go on. End it, then try again.", path=str(path))) from None
        except OSError as error:
            raise disk_fault(path, error) from error
        try:
            yield
        finally:
            lock.release()

    def write(self, kept: Kept) -> None:
        """Within `held`. Raises DiskFault."""
        sealed = _Sealed(key=self._key.id, sealed=self._fernet.encrypt(unsealed(kept)).decode())
        write_atomically(self._file(kept.account), sealed.model_dump_json(indent=2) + "\n", mode=PRIVATE)

    def app_secret(self, account: str) -> Secret:
        """The secret of the account's app, or whatever else was kept for this name. Raises LoginNeeded when there is none."""
        secret = self.read(account).app_secret
        if secret is None:
            raise LoginNeeded(account, M("its app secret is not known on this machine."))
        return secret

    def has_app_secret(self, account: str) -> bool:
        """Whether a login needs to ask for it."""
        try:
            return self.read(account).app_secret is not None
        except LoginNeeded:
            return False

    def keep_app_secret(self, account: str, secret: Secret) -> None:
        """Keep it, beside what is kept already. A file that cannot be opened is replaced."""
        with self.held(account):
            self.write(self.read_or_new(account).model_copy(update={"app_secret": secret}))

    def read_or_new(self, account: str) -> Kept:
        """For who is about to replace it: what cannot be opened counts as nothing."""
        try:
            return self.read(account)
        except LoginNeeded:
            return Kept(account=account)

    def forget(self, account: str) -> None:
        """Delete all that is kept of an account."""
        with self.held(account):
            try:
                self._file(account).unlink(missing_ok=True)
            except OSError as error:
                raise disk_fault(self._file(account), error) from error

    def _file(self, account: str) -> Path:
        # Two names must not meet in one file on a disk that does not know them apart.
        tail = hashlib.sha256(account.encode()).hexdigest()[:8]
        return self.folder / f"{_UNSAFE.sub('-', account)[:60]}.{tail}.json"


def open_vault(workspace: Path, *, home: Path | None = None) -> Vault:
    """The workspace's vault. home: where the user's key, or the note of it, lies.

    Raises PersonNeeded when the key cannot be had, DiskFault when the user's folder cannot be written.
    """
    return Vault(workspace / FOLDER, open_key(home or user_folder()))
