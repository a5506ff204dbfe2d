"""Results under the hash of everything that made them."""

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
from pipeline.store.disk import disk_fault, is_full

LOCK_S = 60.0
"""Nobody who goes on holds the lock of a kind for longer than it takes to rename a file or to hash a large one."""


def content_key(**parts: Any) -> str:
    """32 hex digits that name a result by its inputs; documents, paths, numbers and nested lists are all fine.

    Give it content hashes, parameters, and the version of the step; never a path where its content is meant.
    """
    canonical = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=_plain)
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else str(value)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Store:
    """A folder of made files, `<kind>/<key><suffix>`, each sealed with the hash of its bytes.

    An entry whose seal is missing or broken does not exist: it is made again. Deleting the folder loses time, never work.
    The time of the seal says when the entry was last used. A use is noted once by each store: take a new one for each run.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._verified: dict[Path, tuple[int, ...]] = {}
        self._used: set[Path] = set()

    def find(self, kind: str, key: str, suffix: str) -> Path | None:
        """The entry's file, when it is there and whole; from now on it counts as used."""
        path = self.root / kind / f"{key}{suffix}"
        return path if self.holds(path) else None

    def holds(self, path: Path) -> bool:
        """Whether a path is an entry of this store, there and whole; from now on it counts as used."""
        if not self._whole(path):
            return False
        if path not in self._used:
            if not self._note_use(path, seal_of(path)):
                return False
            self._used.add(path)
        return True

    def _whole(self, path: Path) -> bool:
        try:
            mark = stat_signature(path)
            if self._verified.get(path) != mark:
                if seal_of(path).read_text(encoding="ascii").split() != [str(mark[0]), file_sha256(path)]:
                    return False
                self._verified[path] = mark
            return True
        except (OSError, ValueError):
            return False

    def use_folder(self, folder: Path) -> bool:
        """Note the use of a folder that lies in the store as an entry without a seal (a model); False when it is not there."""
        return self._note_use(folder, folder)

    def _note_use(self, path: Path, noted_on: Path) -> bool:
        """Under the lock that `prune` deletes under: either it sees the use, or the entry is gone here and this is False."""
        try:
            with kind_lock(path.parent):
                os.utime(noted_on)
                return path.exists()
        except FileNotFoundError:
            return False
        except OSError:  # a store that cannot be written is not pruned either
            return path.exists()

    def make(self, kind: str, key: str, suffix: str, write: Callable[[Path], None]) -> Path:
        """The entry's file; `write` is called with a temporary path when there is none.

        What `write` raises passes through; a disk that refuses is a Fault.
        """
        found = self.find(kind, key, suffix)
        if found is not None:
            return found
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
        """A fresh temporary path beside the entry, with the entry's suffix so that tools know the format."""
        folder = self.root / kind
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_fault(folder, error) from error
        return folder / f"{key}.{uuid.uuid4().hex[:8]}.part{suffix}"

    def adopt(self, kind: str, key: str, suffix: str, part: Path) -> Path:
        """Seal a finished temporary file and give it its final name; it is gone afterwards. Raises Fault when the disk refuses.

        Of two makers of one entry the first wins: the second's bytes may differ, and a seal holds for one of them.
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
                    for new, place in ((seal_part, seal_of(path)), (part, path)):
                        _clear(place)
                        system.replace(new, place)
                    self._verified[path] = stat_signature(path)
                else:
                    os.utime(seal_of(path))
                self._used.add(path)
        except OSError as error:
            raise disk_fault(path, error) from error
        finally:
            for left in (seal_part, part):
                with suppress(OSError):
                    left.unlink(missing_ok=True)
        return path


def seal_of(path: Path) -> Path:
    """Where the seal of an entry lies."""
    return path.with_name(path.name + ".seal")


def kind_lock(folder: Path) -> FileLock:
    """Held for a moment by who notes a use, adopts or deletes in a kind's folder; it goes with the process that holds it."""
    return FileLock(folder / ".lock", timeout=LOCK_S, poll_interval=0.005)


def stat_signature(path: Path) -> tuple[int, ...]:
    """What changes with a file's content as far as a look from outside can tell; the size first."""
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


def _clear(place: Path) -> None:
    """A folder under an entry's name is nobody's work, and no file can take its place."""
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
