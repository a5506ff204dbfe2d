"""Files that last, names that every system takes, and the user's own folder."""

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
"""Windows' ERROR_ACCESS_DENIED, and ERROR_SHARING_VIOLATION and _LOCK_VIOLATION: another program has the file open. To a rename over such
a file it says either."""
HELD_S = 2.0
"""A virus scanner lets go of a new file within a second."""


class FileHeld(PermissionError):
    """Another program has the file open and did not let go of it in time."""


def is_held(error: OSError) -> bool:
    """Whether an error says that another program has the file open."""
    return isinstance(error, FileHeld) or getattr(error, "winerror", None) in SHARING


def sync(path: Path) -> None:
    """Flush a finished file to the disk. Opened for writing, because Windows flushes no other."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Flush a folder's names to the disk; where a folder cannot be opened or flushed, that is as safe as it gets."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def replace(source: Path, target: Path) -> None:
    """Rename a file or folder over what is there, and wait a little where another program still has it open.

    Raises FileHeld when that program does not let go of it, OSError as `os.replace` does.
    """
    until, pause_s = time.monotonic() + HELD_S, 0.01
    while True:
        try:
            os.replace(source, target)
            return
        except PermissionError as error:
            if getattr(error, "winerror", None) not in (DENIED, *SHARING):
                raise
            if time.monotonic() > until:
                raise FileHeld(errno.EACCES, "in use", str(target)) from error
        time.sleep(pause_s)
        pause_s = min(0.2, 2 * pause_s)


def is_mine(path: Path) -> bool:
    """Whether a file belongs to this user, where files belong to users."""
    return sys.platform == "win32" or not hasattr(os, "getuid") or path.lstat().st_uid == os.getuid()


LONGEST = 40
"""Characters of a name."""
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])")


def file_name(text: str, *, most_bytes: int = 90) -> str:
    """A name for a file or folder, fit for every system, from words a person wrote; empty when nothing of them can stand in one.

    Letters, digits, `_` and `-` stay; all else becomes `-`, and so the dots, spaces and percent signs that Windows, ffmpeg and shells read
    in their own way. What is longer than LONGEST characters or `most_bytes` in UTF-8 is cut and gets a hash: a story's and a leader's name
    stand in one file's name, which takes 255 bytes on Linux, below folders that together take 260 characters on Windows. A name that
    Windows keeps for a device gets a `_`.
    """
    plain = re.sub(r"[^\w\-]+", "-", normalize("NFC", text)).strip("-")
    if len(plain) > LONGEST or len(plain.encode()) > most_bytes:
        tail = f"-{hashlib.sha256(plain.encode()).hexdigest()[:8]}"
        kept = plain[: LONGEST - len(tail)].encode()[: most_bytes - len(tail)].decode(errors="ignore")
        plain = kept.rstrip("-_") + tail
    return f"{plain}_" if _RESERVED.fullmatch(plain) else plain


def user_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The user's own folder of FieldCut: FIELDCUT_HOME, else `fieldcut` where the system keeps a user's settings.

    On Linux that is XDG_CONFIG_HOME or ~/.config; where an earlier release put it there on another system, it stays.
    """
    if environment.get("FIELDCUT_HOME"):
        return Path(environment["FIELDCUT_HOME"]).expanduser()
    config = environment.get("XDG_CONFIG_HOME", "")
    plain = (Path(config) if os.path.isabs(config) else Path.home() / ".config") / "fieldcut"
    return plain if sys.platform == "linux" or plain.is_dir() else platformdirs.user_config_path("fieldcut", appauthor=False)
