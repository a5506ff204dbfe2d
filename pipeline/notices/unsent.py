"""Unsent notices: one small file each, so that none is lost with the process that wrote it."""

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

MAX_AGE = timedelta(days=1)
"""A notice that could not be sent for longer than this is dropped: it is no news any more."""
MAX_WAITING = 500
"""Notices that may wait for one channel; the oldest beyond that are dropped."""
_NAME = re.compile(r"\d{20}-[0-9a-f]{16}\.json")


class UnsentNotices:
    """The unsent notices of one channel, the oldest first. folder: the one of all channels."""

    def __init__(self, folder: Path, channel: str) -> None:
        # Names of channels that differ in case only are one folder on some disks.
        self.folder = folder / f"{re.sub(r'[^a-z0-9]+', '-', channel.lower())}-{hashlib.sha256(channel.encode()).hexdigest()[:8]}"

    def put(self, notice: Notice) -> None:
        """Store a notice; an equal one is stored once. Raises DiskFault."""
        save_document(self.folder / f"{int(notice.at.timestamp() * 1_000_000):020d}-{notice.id}.json", notice)

    def read(self, now: datetime) -> tuple[list[tuple[Path, Notice]], int]:
        """Return the unsent notices with their files, and how many were dropped: too old, too many, or unreadable."""
        unsent: list[tuple[Path, Notice]] = []
        dropped = 0
        paths = sorted(path for path in self.folder.glob("*.json") if _NAME.fullmatch(path.name))
        for position, path in enumerate(paths):
            try:
                notice = load_document(path, Notice)
            except (FieldCutError, OSError):
                notice = None
            if notice is None or now - notice.at > MAX_AGE or len(paths) - position > MAX_WAITING:
                self.drop(path)
                dropped += 1
            else:
                unsent.append((path, notice))
        return unsent, dropped

    def drop(self, path: Path) -> None:
        """Delete a notice that was sent or is given up."""
        with suppress(OSError):
            path.unlink(missing_ok=True)

    @contextmanager
    def exclusive(self) -> Iterator[bool]:
        """Try to become the one process that sends for this channel, and yield whether it is; it also sends what others add meanwhile."""
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
