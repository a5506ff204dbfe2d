"""Folders for a moment, which go with the process that uses them even when it is killed."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

from pipeline import system
from pipeline.store.disk import disk_fault

PREFIX = "fieldcut-scratch-"
LOCK = ".lock"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A new folder in the system's place for temporary files; it goes at the end.

    Its lock is there before it and after it. When the process is killed, the lock dies with it, and whoever makes the next such folder
    deletes what was left. Raises DiskFault when the disk refuses.
    """
    home = Path(tempfile.gettempdir())
    _sweep(home)
    folder = home / f"{PREFIX}{uuid.uuid4().hex[:12]}"
    lock = FileLock(_lock_of(folder))
    try:
        lock.acquire()
        folder.mkdir(mode=0o700)
    except OSError as error:
        _remove(folder)
        lock.release()
        _delete_lock(folder)
        raise disk_fault(folder, error) from error
    try:
        yield folder
    finally:
        _remove(folder)
        lock.release()
        _delete_lock(folder)


def _lock_of(folder: Path) -> Path:
    return folder.with_name(folder.name + LOCK)


def _remove(folder: Path) -> bool:
    """Delete a folder and its lock, which this process holds; whether the lock went as well: Windows deletes no file that is open."""
    shutil.rmtree(folder, ignore_errors=True)
    return _delete_lock(folder)


def _delete_lock(folder: Path) -> bool:
    with suppress(OSError):
        _lock_of(folder).unlink()
        return True
    return False


def _sweep(home: Path) -> None:
    """Delete what processes of this user left that are gone."""
    for path in home.glob(f"{PREFIX}*{LOCK}"):
        with suppress(OSError):  # the time-out of a lock that is held is one
            if system.is_mine(path):
                folder = path.with_name(path.name.removesuffix(LOCK))
                with FileLock(path, timeout=0):
                    gone = _remove(folder)
                if not gone:
                    _delete_lock(folder)
