"""Durable files, file names that every system accepts, and the user's own folder."""

import errno
import hashlib
import os
import re
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from unicodedata import normalize

import platformdirs

DENIED, SHARING = 5, (32, 33)
"""Windows' ERROR_ACCESS_DENIED, and ERROR_SHARING_VIOLATION and _LOCK_VIOLATION: another program has the file open. A rename over such a
file gives either."""
FILE_IN_USE_WAIT_S = 2.0
"""How long to wait for a file in use: a virus scanner closes a new file within a second."""


class FileInUse(PermissionError):
    """Another program has the file open and did not close it in time."""


def is_file_in_use(error: OSError) -> bool:
    """Whether an error says that another program has the file open."""
    return isinstance(error, FileInUse) or getattr(error, "winerror", None) in SHARING


def sync(path: Path) -> None:
    """Flush a finished file to the disk. It is opened for writing, because Windows flushes no other."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Flush a folder's names to the disk, where the system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def replace(source: Path, target: Path) -> None:
    """Rename a file or folder over an existing one, and wait a moment if another program has that open.

    Raises FileInUse when that program does not close it, OSError as `os.replace` does.
    """
    deadline, pause_s = time.monotonic() + FILE_IN_USE_WAIT_S, 0.01
    while True:
        try:
            os.replace(source, target)
            return
        except PermissionError as error:
            if getattr(error, "winerror", None) not in (DENIED, *SHARING):
                raise
            if time.monotonic() > deadline:
                raise FileInUse(errno.EACCES, "in use", str(target)) from error
        time.sleep(pause_s)
        pause_s = min(0.2, 2 * pause_s)


def is_owned_by_user(path: Path) -> bool:
    """Whether a file belongs to this user; always True on systems where files have no owner."""
    return sys.platform == "win32" or not hasattr(os, "getuid") or path.lstat().st_uid == os.getuid()


def make_private(path: Path) -> None:
    """Let nobody but its owner read a file or a folder, where the system knows such rights and the file is ours."""
    with suppress(OSError):
        path.chmod(0o700 if path.is_dir() else 0o600)


LONGEST_NAME = 40
"""Most characters of a file name."""
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])")


def file_name(text: str, *, most_bytes: int = 90) -> str:
    """Make a file or folder name that every system accepts from text that a person wrote; empty when nothing of it can be used.

    Letters, digits, `_` and `-` stay; all else becomes `-`, including the dots, spaces and percent signs that Windows, ffmpeg and shells
    interpret in their own way. What is longer than `LONGEST_NAME` characters or `most_bytes` in UTF-8 is cut and gets a hash: a story's
    and a leader's name stand in one file's name, which takes 255 bytes on Linux, below folders that together take 260 characters on
    Windows. A name that Windows keeps for a device gets a `_`.
    """
    name = re.sub(r"[^\w\-]+", "-", normalize("NFC", text)).strip("-")
    if len(name) > LONGEST_NAME or len(name.encode()) > most_bytes:
        suffix = f"-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
        beginning = name[: LONGEST_NAME - len(suffix)].encode()[: most_bytes - len(suffix)].decode(errors="ignore")
        name = beginning.rstrip("-_") + suffix
    return f"{name}_" if _RESERVED.fullmatch(name) else name


def user_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The user's own folder of FieldCut: FIELDCUT_HOME, else `fieldcut` in the system's folder for a user's settings.

    On Linux that is XDG_CONFIG_HOME or ~/.config; a folder that an earlier release made there on another system is still used.
    """
    if environment.get("FIELDCUT_HOME"):
        return Path(environment["FIELDCUT_HOME"]).expanduser()
    config = environment.get("XDG_CONFIG_HOME", "")
    plain = (Path(config) if os.path.isabs(config) else Path.home() / ".config") / "fieldcut"
    return plain if sys.platform == "linux" or plain.is_dir() else platformdirs.user_config_path("fieldcut", appauthor=False)
