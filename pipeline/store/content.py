"""Results under the hash of everything that made them."""

import hashlib
import json
import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock
from pydantic import BaseModel

from pipeline.store.disk import FULL, disk_fault


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
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._verified: dict[Path, tuple[int, int]] = {}

    def find(self, kind: str, key: str, suffix: str) -> Path | None:
        """The entry's file, when it is there and whole."""
        path = self.root / kind / f"{key}{suffix}"
        seal = self._seal(path)
        try:
            stat = path.stat()
            mark = (stat.st_mtime_ns, stat.st_size)
            if self._verified.get(path) != mark:
                if seal.read_text().split() != [str(stat.st_size), file_sha256(path)]:
                    return None
                self._verified[path] = mark
            return path
        except OSError:
            return None

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
            if error.errno in FULL or error.filename == str(part):
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
        """Seal a finished temporary file and give it its final name. Raises Fault when the disk refuses.

        Of two makers of one entry the first wins: the second's bytes may differ, and a seal holds for one of them.
        """
        path = self.root / kind / f"{key}{suffix}"
        seal_part = part.with_name(part.name + ".seal")
        try:
            with part.open("rb") as file:
                os.fsync(file.fileno())
            seal_part.write_text(f"{part.stat().st_size} {file_sha256(part)}")
            with FileLock(path.parent / ".lock"):
                if self.find(kind, key, suffix) is None:
                    part.replace(path)
                    seal_part.replace(self._seal(path))
        except OSError as error:
            raise disk_fault(path, error) from error
        finally:
            with suppress(OSError):
                seal_part.unlink(missing_ok=True)
        return path

    @staticmethod
    def _seal(path: Path) -> Path:
        return path.with_name(path.name + ".seal")
