"""`fieldcut cache`: what the content store takes on disk, and removing entries from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.settings import read_settings
from pipeline.store import Store
from pipeline.store.prune import KindUsage, PruneResult, prune, store_usage
from pipeline.store.story_lock import running_since
from pipeline.store.user_store import user_store

GB = 1_000_000_000
USER_MODELS = "user_models"
"""The kind of entry under which the report lists models that all workspaces of a user share."""
MODEL_LOAD_GRACE = timedelta(hours=1)
"""Shared models used within this time are spared: runs of other workspaces are not known here, and each loads its model soon after it has
noted that it uses it."""


@dataclass(frozen=True)
class CacheReport:
    """What the cache takes now, by kind of entry. removed: None when only the sizes were asked for."""

    kinds: tuple[KindUsage, ...]
    removed: PruneResult | None

    @property
    def size(self) -> int:
        """Bytes of all entries."""
        return sum(kind.bytes for kind in self.kinds)


def shrink_cache(workspace: Path, days: float | None, keep_gb: float | None, now: datetime) -> CacheReport:
    """Remove what was not used for `days`, then the longest unused until `keep_gb` gigabytes are left; with neither, only look.

    Raises UserMistake for a folder that is no workspace and for negative numbers.
    """
    if not (workspace / "cache").is_dir():
        raise UserMistake(M("There is no cache in {path}. Name the workspace with --workspace.", path=str(workspace)))
    if (days is not None and days < 0) or (keep_gb is not None and keep_gb < 0):
        raise UserMistake(M("--older-than and --keep take numbers from 0 up."))
    store, shared = Store(workspace / "cache"), user_store()
    removed: PruneResult | None = None
    if days is not None or keep_gb is not None:
        removed = prune(
            store,
            older_than=None if days is None else timedelta(days=days),
            to_bytes=None if keep_gb is None else round(keep_gb * GB),
            busy_since=running_since(workspace),
            now=now,
        )
        if days is not None:
            removed = _combined(
                removed, prune(shared, older_than=timedelta(days=days), to_bytes=None, busy_since=now - MODEL_LOAD_GRACE, now=now)
            )
    models = (kind.model_copy(update={"kind": USER_MODELS}) for kind in store_usage(shared) if kind.kind == "models")
    return CacheReport((*store_usage(store), *models), removed)


def shrink_shared(workspace: Path, now: datetime) -> int:
    """Delete from the place that a workspace shares with other machines what was put there long ago. Returns how many files.

    Nothing where there is no such place, or where it is not there now; the next night tries again. Raises UserMistake for a [store] in
    fieldcut.toml that is wrong.
    """
    settings = read_settings(workspace).store
    if not settings.shared:
        return 0
    from pipeline.store.shared import prune_shared
    from pipeline.store.shared_files import SharedStoreUnreachable, open_shared_files

    try:
        place = open_shared_files(settings.shared, settings.endpoint_url, settings.region)
        return prune_shared(place, timedelta(days=settings.keep_days), now)
    except SharedStoreUnreachable:
        return 0


def _combined(workspace: PruneResult, shared: PruneResult) -> PruneResult:
    """Sum what was removed from the workspace's store and from the one that all workspaces share."""
    by_kind = {**workspace.by_kind, **({USER_MODELS: shared.bytes} if shared.files else {})}
    return PruneResult(
        files=workspace.files + shared.files,
        bytes=workspace.bytes + shared.bytes,
        spared=workspace.spared + shared.spared,
        by_kind=by_kind,
    )
