"""Notices that have not been sent yet: one small file each, so that none is lost with the process that had something to say."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import FieldCutError
from pipeline.notices.notice import Notice
from pipeline.store import load_document, save_document

OLDEST = timedelta(days=1)
"""A notice that could not be sent for so long is no news any more."""
MOST = 500
"""That wait for one channel: more were lost on nobody who reads them."""
_NAME = re.compile(r"\d{20}-[0-9a-f]{16}\.json")


class Waiting:
    """What waits for one channel, the oldest first. folder: all channels'."""

    def __init__(self, folder: Path, channel: str) -> None:
        # Names of channels that differ in case only are one folder on some disks.
        self.folder = folder / f"{re.sub(r'[^a-z0-9]+', '-', channel.lower())}-{hashlib.sha256(channel.encode()).hexdigest()[:8]}"

    def put(self, notice: Notice) -> None:
        """Keep it; the same one waits once. Raises DiskFault."""
        save_document(self.folder / f"{int(notice.at.timestamp() * 1_000_000):020d}-{notice.id}.json", notice)

    def read(self, now: datetime) -> tuple[list[tuple[Path, Notice]], int]:
        """What waits, and how many were given up because they were too old, too many, or no longer to be read."""
        kept: list[tuple[Path, Notice]] = []
        given_up = 0
        paths = sorted(path for path in self.folder.glob("*.json") if _NAME.fullmatch(path.name))
        for place, path in enumerate(paths):
            try:
                notice = load_document(path, Notice)
            except (FieldCutError, OSError):
                notice = None
            if notice is None or now - notice.at > OLDEST or len(paths) - place > MOST:
                self.drop(path)
                given_up += 1
            else:
                kept.append((path, notice))
        return kept, given_up

    def drop(self, path: Path) -> None:
        """It was sent, or is not worth it any more."""
        with suppress(OSError):
            path.unlink(missing_ok=True)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether this process may send from here: one at a time may, and what others put here meanwhile it sends as well."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / ".lock", timeout=0, fallback_to_soft=False)
        try:
            lock.acquire()
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()
