"""The vault: one encrypted file for each account in the workspace's `vault/`. The key lies elsewhere: see key.py."""

import base64
import hashlib
import os
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
from pipeline.secrets.secret import Secret, plaintext_json
from pipeline.store.disk import disk_fault, error_reason, write_atomically

FOLDER = "vault"
LOCK_S = 180.0
"""Longer than any live holder keeps the lock: all tries of a renewal at a platform that does not answer."""
_UNSAFE = re.compile(r"[^\w-]")
D = TypeVar("D", bound=Document)


class Grant(Frozen):
    """A permission that a person gave, with its tokens (OAuth). Times are aware, by this machine's clock."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    issuer: str
    """App and address that issued the tokens: they are sent nowhere else."""
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
    """When a renewal was sent whose answer has not arrived: the refresh token may be used up."""
    over: str = ""
    """Why the platform renews no more: refused, lost. No renewal is sent before the next login."""


class AccountSecrets(Document):
    """All secrets of one account."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    account: str
    app_secret: Secret | None = None
    grant: Grant | None = None


class _SealedFile(Document):
    """The file on disk: only the key's id is in plain text."""

    key: str
    sealed: str


class Vault:
    """A workspace's secrets by account, as `open_vault()` returns it. Everything written is on disk when a call returns."""

    def __init__(self, folder: Path, key: Key) -> None:
        self.folder = folder
        self._key = key
        self._fernet = key.cipher("vault")

    def cipher(self, purpose: str) -> Fernet:
        """Return a cipher for other data, such as the ledger's; only the same purpose's cipher decrypts it."""
        return self._key.cipher(purpose)

    def read(self, account: str) -> AccountSecrets:
        """Return an account's secrets without waiting; an empty record for an account that nobody logged in to.

        Raises LoginNeeded when the file cannot be opened with this machine's key, Fault when it cannot be read.
        """
        path = self._file(account)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return AccountSecrets(account=account)
        except OSError as error:
            raise Fault(M("{path} could not be read: {error}", path=str(path), error=error_reason(error))) from error
        stored = self._decrypted(content)
        # A file under another account's name would send one shop's posts to another's.
        if stored is None or stored.account != account:
            raise LoginNeeded(account, M("the saved login cannot be opened with this machine's key."))
        return stored

    def _decrypted(self, content: bytes) -> AccountSecrets | None:
        try:
            file = _SealedFile.from_json(content)
            return AccountSecrets.from_json(self._fernet.decrypt(file.sealed)) if file.key == self._key.id else None
        except (InvalidToken, ValidationError, ValueError, TypeError):
            return None

    @contextmanager
    def lock(self, account: str) -> Iterator[None]:
        """Lock an account while the block runs; the lock ends with its process. Raises Fault after `LOCK_S`, DiskFault."""
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

    def write(self, stored: AccountSecrets) -> None:
        """Write an account's secrets; call it inside `lock`. Raises DiskFault."""
        sealed = _SealedFile(key=self._key.id, sealed=self._fernet.encrypt(plaintext_json(stored)).decode())
        write_atomically(self._file(stored.account), sealed.model_dump_json(indent=2) + "\n", mode=PRIVATE)

    def app_secret(self, account: str) -> Secret:
        """Return the secret of the account's app, or what else was stored under this name. Raises LoginNeeded when there is none."""
        secret = self.read(account).app_secret
        if secret is None:
            raise LoginNeeded(account, M("its app secret is not known on this machine."))
        return secret

    def own_secret(self, name: str) -> Secret:
        """Return a random secret of this workspace, 256 bits in base 64, made when it is first asked for; `forget` makes the next one new.

        One that this machine's key cannot decrypt is replaced.
        """
        if not self.has_app_secret(name):
            with self.lock(name):
                if self.read_or_new(name).app_secret is None:
                    value = Secret(base64.urlsafe_b64encode(os.urandom(32)).decode())
                    self.write(AccountSecrets(account=name, app_secret=value))
        return self.app_secret(name)

    def has_app_secret(self, account: str) -> bool:
        """Whether the app's secret is stored, so that a login need not ask for it."""
        try:
            return self.read(account).app_secret is not None
        except LoginNeeded:
            return False

    def keep_app_secret(self, account: str, secret: Secret) -> None:
        """Store the app's secret beside what is stored already. A file that cannot be decrypted is replaced."""
        with self.lock(account):
            self.write(self.read_or_new(account).model_copy(update={"app_secret": secret}))

    def read_or_new(self, account: str) -> AccountSecrets:
        """Return an account's secrets, and an empty record where they cannot be decrypted: for a caller who is about to replace them."""
        try:
            return self.read(account)
        except LoginNeeded:
            return AccountSecrets(account=account)

    def forget(self, account: str) -> None:
        """Delete all secrets of an account."""
        with self.lock(account):
            try:
                self._file(account).unlink(missing_ok=True)
            except OSError as error:
                raise disk_fault(self._file(account), error) from error

    def _file(self, account: str) -> Path:
        # Two names must not meet in one file on a disk that does not know them apart.
        tail = hashlib.sha256(account.encode()).hexdigest()[:8]
        return self.folder / f"{_UNSAFE.sub('-', account)[:60]}.{tail}.json"


def open_vault(workspace: Path, *, home: Path | None = None) -> Vault:
    """Open the workspace's vault. home: the folder of the user's key, or of the note where it is.

    Raises PersonNeeded when the key cannot be used, DiskFault when the user's folder cannot be written.
    """
    return Vault(workspace / FOLDER, open_key(home or user_folder()))
