"""Deletes what dead runs left: unfinished files, seals without a file, temporary folders."""

import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.store.content import Store, kind_lock
from pipeline.store.disk import is_part
from pipeline.store.inventory import list_items, size_of, unfinished_fontconfig_files

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def delete_leftovers(folder: Path, before: datetime, *, deep: bool = False) -> int:
    """Delete temporary files of atomic writing that were begun before a time. Returns how many.

    before: start of the oldest run that may be writing here (aware, on the clock of the files). deep: subfolders as well.
    """
    try:
        temporary_files = [path for path in (folder.rglob("*") if deep else folder.glob("*")) if is_part(path.name)]
    except OSError:
        return 0
    return sum(_delete_if_older(path, before) is not None for path in temporary_files)


def delete_store_leftovers(store: Store, before: datetime) -> tuple[int, int]:
    """Delete from a store what is no entry and was begun before a time. Returns the number of files and folders, and their bytes."""
    freed = [_delete_if_older(path, before) for path in unfinished_fontconfig_files(store)]
    for item in (item for item in list_items(store) if item.what == "leftover"):
        with suppress(OSError), kind_lock(item.path.parent):  # an entry may be adopted under this name just now
            freed.append(_delete_if_older(item.path, before))
    sizes = [size for size in freed if size is not None]
    return len(sizes), sum(sizes)


def _delete_if_older(path: Path, before: datetime) -> int | None:
    """Delete a path that was begun before a time. Returns its bytes; None when it was begun later or is gone already.

    The inode's change time counts, not the modification time, which a tool may copy from another file.
    """
    try:
        if path.lstat().st_ctime_ns // 1000 >= microseconds(before):
            return None
        size = size_of(path)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
        return size
    except OSError:
        return None


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970, exact: seconds as a float do not tell apart files made in quick succession."""
    return (moment - EPOCH) // timedelta(microseconds=1)
