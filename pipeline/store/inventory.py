"""What lies in a store: finished entries, what is kept whatever happens, and what runs that died left."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.store.content import Store, seal_of

FOLDERS = ("models",)
"""Kinds whose entries are folders without a seal; the folder's own time is that of its last use (`Store.use_folder`)."""
_ENTRY = re.compile(r"[0-9a-f]{32}\.\w+")
_FONTCONFIG = re.compile(r".+\.(?:TMP-\w+|NEW|LCK)")
"""Where fontconfig writes before it renames."""


@dataclass(frozen=True)
class Item:
    """A file or folder in a kind's folder.

    bytes: with its seal and all that lies within. used_ns: when an entry was last used, nanoseconds of the file system's clock.
    An `other` belongs to a tool that runs read while they work, as fontconfig's cache, and is small: it stays.
    """

    kind: str
    path: Path
    bytes: int
    what: Literal["entry", "other", "leftover"]
    used_ns: int = 0


def items(store: Store) -> Iterator[Item]:
    """Everything in a store but its locks. What goes away during the look is left out."""
    for folder in _folders(store.root):
        for path in _listed(folder):
            with suppress(OSError):
                item = _item(folder.name, path)
                if item is not None:
                    yield item


def _folders(root: Path) -> list[Path]:
    return [path for path in _listed(root) if path.is_dir() and not path.name.startswith(".")]


def _item(kind: str, path: Path) -> Item | None:
    name, seal = path.name, seal_of(path)
    if name == ".lock":
        return None
    if ".part" in name:
        return Item(kind, path, size_of(path), "leftover")
    if name.endswith(".seal"):
        return None if path.with_suffix("").exists() else Item(kind, path, size_of(path), "leftover")
    if kind in FOLDERS and path.is_dir():
        return Item(kind, path, size_of(path), "entry", path.stat().st_mtime_ns)
    if path.is_file() and seal.is_file():
        return Item(kind, path, size_of(path) + size_of(seal), "entry", seal.stat().st_mtime_ns)
    if _ENTRY.fullmatch(name):  # never sealed, or its seal was lost, or a folder: it is made again whatever lies there
        return Item(kind, path, size_of(path), "leftover")
    return Item(kind, path, size_of(path), "other")


def unfinished_within(store: Store) -> list[Path]:
    """Files that fontconfig was writing in its cache."""
    return [path for path in _listed(store.root / "fonts" / "fontconfig") if _FONTCONFIG.fullmatch(path.name)]


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    if path.is_dir() and not path.is_symlink():
        return sum(size_of(inner) for inner in _listed(path))
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _listed(folder: Path) -> list[Path]:
    """What is there now; a folder that cannot be read has nothing for us."""
    try:
        return [folder / name for name in os.listdir(folder)]
    except OSError:
        return []
