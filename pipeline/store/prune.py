"""Measures the store, and makes it smaller without deleting what a running story uses."""

import shutil
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from pipeline import system
from pipeline.documents.base import Frozen
from pipeline.store.content import Store, kind_lock, seal_path
from pipeline.store.inventory import StoreItem, list_items
from pipeline.store.leftovers import delete_store_leftovers, microseconds

CLOCK_TOLERANCE = timedelta(seconds=2)
"""How far a file's time may be behind the clock: a tick of the kernel, or two seconds on a FAT memory card."""
LEFTOVERS = "leftovers"
"""What dead runs left, counted as a kind of its own."""


class KindUsage(Frozen):
    """Usage of one kind: number of entries or files, their bytes, oldest and newest use (aware; None without entries)."""

    kind: str
    files: int
    bytes: int
    oldest_use: datetime | None
    newest_use: datetime | None


class PruneResult(Frozen):
    """What was deleted: number, bytes, bytes by kind. spared: entries that were due, but that a run may be using."""

    files: int
    bytes: int
    spared: int
    by_kind: Mapping[str, int]


def store_usage(store: Store) -> tuple[KindUsage, ...]:
    """Measure the store by kind, the largest first."""
    kinds: dict[str, list[StoreItem]] = {}
    for item in list_items(store):
        kinds.setdefault(LEFTOVERS if item.what == "leftover" else item.kind, []).append(item)
    usages = []
    for kind, kind_items in kinds.items():
        use_times = [datetime.fromtimestamp(item.used_ns / 1e9, UTC) for item in kind_items if item.what == "entry"]
        size = sum(item.bytes for item in kind_items)
        usages.append(
            KindUsage(
                kind=kind,
                files=len(kind_items),
                bytes=size,
                oldest_use=min(use_times, default=None),
                newest_use=max(use_times, default=None),
            )
        )
    return tuple(sorted(usages, key=lambda kind: (-kind.bytes, kind.kind)))


def prune(store: Store, *, older_than: timedelta | None, to_bytes: int | None, busy_since: datetime | None, now: datetime) -> PruneResult:
    """Delete old entries, then the least recently used ones until the store is small enough, and all leftovers.

    older_than: time since the last use after which an entry is deleted; None for no limit. to_bytes: largest size of the store; None for
    no limit. busy_since: start of the oldest run that may be using the store (aware); None without one. now: read before `busy_since`, so
    that a run which began in between counts as well.
    What was used or begun since `busy_since`, or since `now`, stays. The kind's lock protects the moment in which a run finds an entry:
    if the run came first, its use is seen here and the entry stays; if it comes later, it finds nothing and makes the entry again.
    """
    limit = min(now - CLOCK_TOLERANCE, busy_since or now)
    count, size = delete_store_leftovers(store, limit)
    deleted, by_kind = count, {LEFTOVERS: size} if count else {}
    remaining = list(list_items(store))
    entries = sorted((item for item in remaining if item.what == "entry"), key=lambda item: item.used_ns)
    total, spared = sum(item.bytes for item in remaining), 0
    for item in entries:
        used_us = item.used_ns // 1000
        expired = older_than is not None and microseconds(now) - used_us > older_than // timedelta(microseconds=1)
        if not expired and (to_bytes is None or total <= to_bytes):
            continue
        if used_us >= microseconds(limit) or not _delete(item):
            spared += 1
            continue
        deleted, total = deleted + 1, total - item.bytes
        by_kind[item.kind] = by_kind.get(item.kind, 0) + item.bytes
    return PruneResult(files=deleted, bytes=sum(by_kind.values()), spared=spared, by_kind=by_kind)


def _delete(item: StoreItem) -> bool:
    """Delete an entry unless it was used since it was listed. Returns whether it was deleted."""
    noted_on = item.path if item.path.is_dir() else seal_path(item.path)
    try:
        with kind_lock(item.path.parent):
            if noted_on.stat().st_mtime_ns != item.used_ns:
                return False
            if item.path.is_dir():
                trash = item.path.with_name(f".{item.path.name}.{uuid.uuid4().hex[:8]}.part")
                system.replace(item.path, trash)  # gone at once and as a whole; the rest may take its time
            else:
                noted_on.unlink()
                item.path.unlink()
                return True
        shutil.rmtree(trash, ignore_errors=True)
        return True
    except OSError:
        return False
