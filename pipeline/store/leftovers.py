"""What runs that died left lying: half-made files, seals of nothing, folders for a moment."""

import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.store.content import Store, kind_lock
from pipeline.store.disk import is_part
from pipeline.store.inventory import items, size_of, unfinished_within

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def sweep(folder: Path, before: datetime, *, deep: bool = False) -> int:
    """Delete the temporary files of `write_atomically` and its like that were begun before a time; returns how many.

    before: when the oldest run that may be writing here began (aware, on the clock of the files). deep: in the folders within, too.
    """
    try:
        parts = [path for path in (folder.rglob("*") if deep else folder.glob("*")) if is_part(path.name)]
    except OSError:
        return 0
    return sum(_drop(path, before) is not None for path in parts)


def sweep_store(store: Store, before: datetime) -> tuple[int, int]:
    """Delete from a store what is no entry and was begun before a time; returns how many files and folders, and their bytes."""
    freed = [_drop(path, before) for path in unfinished_within(store)]
    for item in (item for item in items(store) if item.what == "leftover"):
        with suppress(OSError), kind_lock(item.path.parent):  # an entry may be adopted under this name just now
            freed.append(_drop(item.path, before))
    sizes = [size for size in freed if size is not None]
    return len(sizes), sum(sizes)


def _drop(path: Path, before: datetime) -> int | None:
    """The bytes that went; None when it was begun later, or has gone already.

    Begun is told by the inode, not by the time of the content, which a tool may bring along from elsewhere.
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
    """Since 1970, exactly: a float of seconds no longer tells a file from one made in the same tick."""
    return (moment - EPOCH) // timedelta(microseconds=1)
