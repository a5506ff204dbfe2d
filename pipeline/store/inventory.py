"""Lists what is in a store: finished entries, files of tools, and what dead runs left."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.store.content import Store, seal_path

FOLDER_KINDS = ("models",)
"""Kinds whose entries are folders without a seal; the folder's modification time is its last use (`Store.use_folder`)."""
_ENTRY = re.compile(r"[0-9a-f]{32}\.\w+")
_FONTCONFIG = re.compile(r".+\.(?:TMP-\w+|NEW|LCK)")
"""Temporary files of fontconfig."""


@dataclass(frozen=True)
class StoreItem:
    """A file or folder in a kind's folder.

    bytes: with the seal and all content. used_ns: when an entry was last used, nanoseconds on the file system's clock.
    what: `other` is a tool's small file that running stories read, such as fontconfig's cache; it is kept.
    """

    kind: str
    path: Path
    bytes: int
    what: Literal["entry", "other", "leftover"]
    used_ns: int = 0


def list_items(store: Store) -> Iterator[StoreItem]:
    """Yield everything in a store except locks. What is deleted meanwhile is left out."""
    for folder in _folders(store.root):
        for path in _entries_of(folder):
            with suppress(OSError):
                item = _classify(folder.name, path)
                if item is not None:
                    yield item


def _folders(root: Path) -> list[Path]:
    return [path for path in _entries_of(root) if path.is_dir() and not path.name.startswith(".")]


def _classify(kind: str, path: Path) -> StoreItem | None:
    name, seal = path.name, seal_path(path)
    if name == ".lock":
        return None
    if ".part" in name:
        return StoreItem(kind, path, size_of(path), "leftover")
    if name.endswith(".seal"):
        return None if path.with_suffix("").exists() else StoreItem(kind, path, size_of(path), "leftover")
    if kind in FOLDER_KINDS and path.is_dir():
        return StoreItem(kind, path, size_of(path), "entry", path.stat().st_mtime_ns)
    if path.is_file() and seal.is_file():
        return StoreItem(kind, path, size_of(path) + size_of(seal), "entry", seal.stat().st_mtime_ns)
    if _ENTRY.fullmatch(name):  # never sealed, or its seal was lost, or a folder: it is made again whatever lies there
        return StoreItem(kind, path, size_of(path), "leftover")
    return StoreItem(kind, path, size_of(path), "other")


def unfinished_fontconfig_files(store: Store) -> list[Path]:
    """Files that fontconfig was writing in its cache."""
    return [path for path in _entries_of(store.root / "fonts" / "fontconfig") if _FONTCONFIG.fullmatch(path.name)]


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; 0 when it is gone."""
    if path.is_dir() and not path.is_symlink():
        return sum(size_of(inner) for inner in _entries_of(path))
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _entries_of(folder: Path) -> list[Path]:
    """Paths in a folder; none when it cannot be read."""
    try:
        return [folder / name for name in os.listdir(folder)]
    except OSError:
        return []
