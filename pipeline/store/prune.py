"""How large the store is, and making it smaller without taking anything from under a run."""

import shutil
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from pipeline import system
from pipeline.documents.base import Frozen
from pipeline.store.content import Store, kind_lock, seal_of
from pipeline.store.inventory import Item, items
from pipeline.store.leftovers import microseconds, sweep_store

CLOCKS_APART = timedelta(seconds=2)
"""A file's time may be behind the clock: by a tick of the kernel, by two seconds where a memory card is the disk."""
LEFTOVERS = "leftovers"
"""What runs that died left lying, as a kind of its own."""


class Usage(Frozen):
    """One kind in the store: how many entries or files, their bytes, and when an entry was used (aware; None without entries)."""

    kind: str
    files: int
    bytes: int
    oldest_use: datetime | None
    newest_use: datetime | None


class Pruned(Frozen):
    """What went: how many, their bytes, the bytes by kind. spared: entries that were to go, but that a run may be using."""

    files: int
    bytes: int
    spared: int
    by_kind: Mapping[str, int]


def usage(store: Store) -> tuple[Usage, ...]:
    """What the store holds, the largest kind first."""
    kinds: dict[str, list[Item]] = {}
    for item in items(store):
        kinds.setdefault(LEFTOVERS if item.what == "leftover" else item.kind, []).append(item)
    found = []
    for kind, held in kinds.items():
        uses = [datetime.fromtimestamp(item.used_ns / 1e9, UTC) for item in held if item.what == "entry"]
        size = sum(item.bytes for item in held)
        found.append(Usage(kind=kind, files=len(held), bytes=size, oldest_use=min(uses, default=None), newest_use=max(uses, default=None)))
    return tuple(sorted(found, key=lambda kind: (-kind.bytes, kind.kind)))


def prune(store: Store, *, older_than: timedelta | None, to_bytes: int | None, busy_since: datetime | None, now: datetime) -> Pruned:
    """Delete what was not used for a time, then what was used least recently until the store is small enough, and all leftovers.

    older_than: since the last use; None keeps what is old. to_bytes: how large the store may be; None is any size.
    busy_since: when the oldest run that may be using the store began (aware); None when there is none. now: taken before that was asked,
    so that a run which began in between counts as well.
    What was used or begun since `busy_since`, or since `now`, stays. The one lock protects the moment in which a run finds an entry:
    if it came first, the entry's use is seen here and it stays; if it comes later, it finds nothing and makes the entry again.
    """
    limit = min(now - CLOCKS_APART, busy_since or now)
    count, size = sweep_store(store, limit)
    gone, by_kind = count, {LEFTOVERS: size} if count else {}
    held = list(items(store))
    entries = sorted((item for item in held if item.what == "entry"), key=lambda item: item.used_ns)
    total, spared = sum(item.bytes for item in held), 0
    for item in entries:
        used = item.used_ns // 1000
        old = older_than is not None and microseconds(now) - used > older_than // timedelta(microseconds=1)
        if not old and (to_bytes is None or total <= to_bytes):
            continue
        if used >= microseconds(limit) or not _delete(item):
            spared += 1
            continue
        gone, total = gone + 1, total - item.bytes
        by_kind[item.kind] = by_kind.get(item.kind, 0) + item.bytes
    return Pruned(files=gone, bytes=sum(by_kind.values()), spared=spared, by_kind=by_kind)


def _delete(item: Item) -> bool:
    """Whether the entry went; it stays when it was used since it was looked at."""
    noted_on = item.path if item.path.is_dir() else seal_of(item.path)
    try:
        with kind_lock(item.path.parent):
            if noted_on.stat().st_mtime_ns != item.used_ns:
                return False
            if item.path.is_dir():
                going = item.path.with_name(f".{item.path.name}.{uuid.uuid4().hex[:8]}.part")
                system.replace(item.path, going)  # gone at once and as a whole; the rest may take its time
            else:
                noted_on.unlink()
                item.path.unlink()
                return True
        shutil.rmtree(going, ignore_errors=True)
        return True
    except OSError:
        return False
