"""The key that encrypts every secret: in the system keyring where there is one, else in a file that only the user can read.

Where the first key was put is noted and stays: a keyring that happens to be locked must not lead to a second key, which could decrypt
nothing of what exists.
"""

import base64
import hashlib
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Literal

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from filelock import FileLock, Timeout
from pydantic import ValidationError

from pipeline.documents.base import Document
from pipeline.documents.message import M
from pipeline.errors import Fault, PersonNeeded
from pipeline.secrets.secret import Secret
from pipeline.store.disk import disk_fault, error_reason, write_atomically
from pipeline.system import user_folder as user_folder

NOTE, KEY_FILE = "key.json", "vault.key"
KEYRING_S = 8.0
"""Time-out for the keyring: an unlocked one answers in a fraction of a second, one that opens a window waits for a person."""
LENGTH = 44
"""Characters of 32 bytes in base 64."""
PRIVATE = 0o600


class KeyNote(Document):
    """Where the key is, and its id; never the key itself."""

    id: str
    place: Literal["keyring", "file"]


class Key:
    """A key whose value is never printed. id: safe to write down."""

    def __init__(self, value: Secret) -> None:
        self._value = value
        self.id = _id(value)

    def cipher(self, purpose: str) -> Fernet:
        """Return a cipher with a key derived for one purpose (HKDF, RFC 5869): another purpose's cipher cannot decrypt its output."""
        derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"fieldcut {purpose}".encode())
        return Fernet(base64.urlsafe_b64encode(derivation.derive(self._value.get_secret_value().encode())))


def open_key(home: Path) -> Key:
    """Open the user's key; the first call makes one.

    home: `user_folder()`. Raises PersonNeeded when the key exists but cannot be used (the keyring is locked, others may read the file)
    or was deleted, DiskFault when the folder cannot be written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Two processes at their first start must not make two keys. A soft lock would outlive its holder.
        with FileLock(home / "key.lock", timeout=4 * KEYRING_S, mode=PRIVATE, fallback_to_soft=False):
            note = _note(home)
            return _noted_key(home, note) if note else _find_or_make_key(home)
    except Timeout:
        raise Fault(M("Another run holds {path} and does not go on. End it, then try again.", path=str(home / "key.lock"))) from None
    except OSError as error:
        raise disk_fault(home / NOTE, error) from error


def _note(home: Path) -> KeyNote | None:
    try:
        return KeyNote.from_json((home / NOTE).read_bytes())
    except FileNotFoundError:
        return None
    except (ValidationError, ValueError, TypeError):
        raise PersonNeeded(
            M("{path} is damaged. Put it back from a backup, or delete it and log in to every account again.", path=str(home / NOTE))
        ) from None


def _noted_key(home: Path, note: KeyNote) -> Key:
    value = _from_file(home / KEY_FILE) if note.place == "file" else _from_keyring()
    if value is None or _id(value) != note.id:
        raise PersonNeeded(
            M(
                "The key that opens the saved logins is gone from {place}. Put it back, or delete {path} and log in to every account "
                "again: fieldcut login",
                place=str(home / KEY_FILE) if note.place == "file" else M("the system keyring"),
                path=str(home / NOTE),
            )
        )
    return Key(value)


def _find_or_make_key(home: Path) -> Key:
    """Find a key whose note was lost or never written, since it may have encrypted something; make one where there is none."""
    answer = ask_keyring("get")
    place: Literal["keyring", "file"] = "keyring" if answer.state == "ok" else "file"
    value = _from_file(home / KEY_FILE)
    if value is not None:
        place = "file"
    elif answer.value is not None:
        value = answer.value
    else:
        value = Secret(base64.urlsafe_b64encode(os.urandom(32)).decode())
        if place == "keyring" and ask_keyring("set", value).value != value:
            place = "file"
        if place == "file":
            write_atomically(home / KEY_FILE, value.get_secret_value() + "\n", mode=PRIVATE)
    note = KeyNote(id=_id(value), place=place)
    write_atomically(home / NOTE, note.model_dump_json(indent=2) + "\n", mode=PRIVATE)
    return Key(value)


def _from_file(path: Path) -> Secret | None:
    """Read the key file; None when there is none. Raises PersonNeeded when others may read it."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if sys.platform != "win32":
                _check_private(path, status)
            value = Secret(file.read(4096).decode("ascii", "replace").strip())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PersonNeeded(M("{path} could not be read: {error}", path=str(path), error=error_reason(error))) from error
    if len(value.get_secret_value()) < LENGTH:
        raise PersonNeeded(
            M("{path} is damaged. Put it back from a backup, or delete it and log in to every account again.", path=str(path))
        )
    return value


def _check_private(path: Path, status: os.stat_result) -> None:
    if sys.platform != "win32" and status.st_uid not in (os.geteuid(), 0):
        raise PersonNeeded(
            M("{path} belongs to another user of this machine and is not used. Delete it, or have it given back to you.", path=str(path))
        )
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise PersonNeeded(
            M(
                "{path} may be read by others ({mode}) and is not used. Run: chmod 600 {quoted}",
                path=str(path),
                mode=f"{stat.S_IMODE(status.st_mode):03o}",
                quoted="'" + str(path).replace("'", "'\\''") + "'",
            )
        )


def _from_keyring() -> Secret | None:
    answer = ask_keyring("get")
    if answer.state != "ok":
        raise PersonNeeded(
            M(
                "The saved logins are locked: their key is in the system keyring, which cannot be opened now. Log in to the desktop, "
                "unlock the keyring, and run the same command again."
            )
        )
    return answer.value


class KeyringAnswer:
    """An answer of the system keyring.

    state: ok, locked, none (no keyring can be used), silent (no answer in time). value: None when the keyring holds no key.
    """

    def __init__(self, state: str, value: Secret | None = None) -> None:
        self.state = state
        self.value = value


def ask_keyring(verb: Literal["get", "set"], value: Secret | None = None, *, within_s: float = KEYRING_S) -> KeyringAnswer:
    """Ask the system keyring in a child process, for at most `within_s` seconds: it may open a window that nobody sees."""
    child = Path(__file__).with_name("keyring_child.py")
    # -P: the child's folder has files whose names other libraries look for.
    command = [sys.executable, "-P", str(child), verb]
    try:
        done = subprocess.run(
            command, input=value.get_secret_value() if value else "", capture_output=True, encoding="utf-8", timeout=within_s, check=False
        )
        return _parse_answer(done.stdout)
    except subprocess.TimeoutExpired:
        return KeyringAnswer("silent")
    except OSError:
        return KeyringAnswer("none")


def _parse_answer(line: str) -> KeyringAnswer:
    try:
        answer = json.loads(line)
        return KeyringAnswer(answer["state"], Secret(answer["value"]) if answer.get("value") else None)
    except (ValueError, LookupError, TypeError):
        return KeyringAnswer("none")


def _id(value: Secret) -> str:
    return hashlib.sha256(b"fieldcut key id " + value.get_secret_value().encode()).hexdigest()[:16]
