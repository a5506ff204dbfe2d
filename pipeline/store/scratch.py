"""Temporary folders, which are deleted even when the process that uses them is killed."""

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
    """Make a folder in the system's folder for temporary files, and delete it at the end.

    Its lock exists before it and after it. When the process is killed the lock is released, and the next process that makes such a
    folder deletes this one. Raises DiskFault when the disk refuses.
    """
    parent = Path(tempfile.gettempdir())
    _delete_abandoned(parent)
    folder = parent / f"{PREFIX}{uuid.uuid4().hex[:12]}"
    lock = FileLock(_lock_path(folder))
    try:
        lock.acquire()
        folder.mkdir(mode=0o700)
    except OSError as error:
        _delete_folder(folder)
        lock.release()
        _delete_lock(folder)
        raise disk_fault(folder, error) from error
    try:
        yield folder
    finally:
        _delete_folder(folder)
        lock.release()
        _delete_lock(folder)


def _lock_path(folder: Path) -> Path:
    return folder.with_name(folder.name + LOCK)


def _delete_folder(folder: Path) -> bool:
    """Delete a folder and its lock, which this process holds. Returns whether the lock went, too: Windows deletes no open file."""
    shutil.rmtree(folder, ignore_errors=True)
    return _delete_lock(folder)


def _delete_lock(folder: Path) -> bool:
    with suppress(OSError):
        _lock_path(folder).unlink()
        return True
    return False


def _delete_abandoned(parent: Path) -> None:
    """Delete folders that dead processes of this user left."""
    for path in parent.glob(f"{PREFIX}*{LOCK}"):
        with suppress(OSError):  # the time-out of a lock that is held is one
            if system.is_owned_by_user(path):
                folder = path.with_name(path.name.removesuffix(LOCK))
                with FileLock(path, timeout=0):
                    lock_deleted = _delete_folder(folder)
                if not lock_deleted:
                    _delete_lock(folder)
