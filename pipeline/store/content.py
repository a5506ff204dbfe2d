"""The content-addressed store: results under the hash of everything that they depend on."""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock
from pydantic import BaseModel

from pipeline import system
from pipeline.documents.message import Message
from pipeline.store.disk import disk_fault, is_full

LOCK_TIMEOUT_S = 60.0
"""How long to wait for a kind's lock, which is held only while a file is renamed or a large one hashed."""


def content_key(**parts: Any) -> str:
    """Hash the inputs of a result to its key, 32 hex digits. Documents, paths, numbers and nested lists are allowed.

    Pass content hashes, parameters and the version of the step; never a path where its content is meant.
    """
    canonical = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=_plain)
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else str(value)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Store:
    """A folder of results, `<kind>/<key><suffix>`, each with a seal: a file that holds the hash of its bytes.

    An entry whose seal is missing or does not fit counts as missing and is made again. Deleting the folder loses time, never work.
    The seal's modification time is the entry's last use. Each `Store` object notes a use once: make a new one for each run.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.trouble: Message | None = None
        """What keeps the store from sharing with other machines, where it should; a run goes on without."""
        self._verified: dict[Path, tuple[int, ...]] = {}
        self._used: set[Path] = set()

    def find(self, kind: str, key: str, suffix: str) -> Path | None:
        """The entry's file, or None when it is missing or broken. Counts as a use."""
        path = self.root / kind / f"{key}{suffix}"
        return path if self.holds(path) else None

    def has(self, kind: str, key: str, suffix: str) -> bool:
        """Whether an entry need not be made. Counts as a use."""
        return self.find(kind, key, suffix) is not None

    def holds(self, path: Path) -> bool:
        """Whether a path is an entry of this store that exists and is whole. Counts as a use."""
        if not self._whole(path):
            return False
        if path not in self._used:
            if not self._note_use(path, seal_path(path)):
                return False
            self._used.add(path)
        return True

    def _whole(self, path: Path) -> bool:
        try:
            signature = stat_signature(path)
            if self._verified.get(path) != signature:
                if seal_path(path).read_text(encoding="ascii").split() != [str(signature[0]), file_sha256(path)]:
                    return False
                self._verified[path] = signature
            return True
        except (OSError, ValueError):
            return False

    def use_folder(self, folder: Path) -> bool:
        """Note the use of a folder entry, which has no seal (a model). Returns False when it does not exist."""
        return self._note_use(folder, folder)

    def _note_use(self, path: Path, noted_on: Path) -> bool:
        """Note a use under the lock that `prune` deletes under: either `prune` sees the use, or the entry is gone and this is False."""
        try:
            with kind_lock(path.parent):
                os.utime(noted_on)
                return path.exists()
        except FileNotFoundError:
            return False
        except OSError:  # a store that cannot be written is not pruned either
            return path.exists()

    def make(self, kind: str, key: str, suffix: str, write: Callable[[Path], None]) -> Path:
        """Return the entry's file; when there is none, call `write` with a temporary path and store the result.

        Raises what `write` raises, and DiskFault when the disk refuses.
        """
        existing = self.find(kind, key, suffix)
        if existing is not None:
            return existing
        part = self.part(kind, key, suffix)
        try:
            write(part)
            return self.adopt(kind, key, suffix, part)
        except OSError as error:
            if is_full(part, error) or error.filename == str(part):
                raise disk_fault(part, error) from error
            raise
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def part(self, kind: str, key: str, suffix: str) -> Path:
        """A new temporary path beside the entry, with the entry's suffix so that tools know the format. Raises DiskFault."""
        folder = self.root / kind
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_fault(folder, error) from error
        return folder / f"{key}.{uuid.uuid4().hex[:8]}.part{suffix}"

    def adopt(self, kind: str, key: str, suffix: str, part: Path) -> Path:
        """Seal a finished temporary file and move it to its final name. Raises DiskFault when the disk refuses.

        When two processes make one entry the first wins: the second's bytes may differ, and the seal fits only one of them.
        """
        path = self.root / kind / f"{key}{suffix}"
        seal_part = part.with_name(part.name + ".seal")
        try:
            system.sync(part)
            seal_part.write_text(f"{part.stat().st_size} {file_sha256(part)}", encoding="ascii")
            with kind_lock(path.parent):
                if not self._whole(path):
                    # The seal goes first: a run that dies between the two leaves a seal of nothing, or one that does not fit what is
                    # there, and never a file that looks finished and has no seal. The folder is not flushed: what a power cut takes
                    # back is an entry that is missing or does not fit its seal, so it is made again.
                    for source, target in ((seal_part, seal_path(path)), (part, path)):
                        _clear_folder(target)
                        system.replace(source, target)
                    self._verified[path] = stat_signature(path)
                else:
                    os.utime(seal_path(path))
                self._used.add(path)
        except OSError as error:
            raise disk_fault(path, error) from error
        finally:
            for leftover in (seal_part, part):
                with suppress(OSError):
                    leftover.unlink(missing_ok=True)
        return path


def seal_path(path: Path) -> Path:
    """Path of an entry's seal."""
    return path.with_name(path.name + ".seal")


def kind_lock(folder: Path) -> FileLock:
    """The lock of a kind's folder, held while a use is noted or an entry adopted or deleted; released when its process ends."""
    return FileLock(folder / ".lock", timeout=LOCK_TIMEOUT_S, poll_interval=0.005)


def stat_signature(path: Path) -> tuple[int, ...]:
    """Size, times and inode of a file: what changes with its content, without reading it. The size comes first."""
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


def _clear_folder(path: Path) -> None:
    """Delete a folder that stands in the way of an entry's file."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
