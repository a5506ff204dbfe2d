"""The overview: always derived from the pages that are there, so that of many who write it none can lose another's story.

Stores have no lock. Whoever has written the overview lists the pages again and reads it back, until what stands there is what the pages
say. The last of several who write at once lists after its own writing, and therefore sees every page that was put down before it.
"""

from collections.abc import Mapping

from pydantic import ValidationError

from pipeline.documents.message import M
from pipeline.network.errors import RetryableError
from pipeline.publish.platforms.shelf.entry import PAGE, ShelfEntry
from pipeline.publish.platforms.shelf.pages import entry_in, index_in, overview_page
from pipeline.publish.platforms.shelf.storage import ShelfStorage

MAX_ROUNDS = 12
"""Rounds of writing and checking: enough for more concurrent writers than a shelf ever has."""
RETRY_S = 30.0
Index = dict[str, tuple[str, ShelfEntry]]
"""Mark of the page and its entry, by folder."""


def refresh(storage: ShelfStorage) -> None:
    """Write the overview if it is not what the pages say; nothing is written when it is. Raises what `ShelfStorage` raises."""
    for _ in range(MAX_ROUNDS):
        with storage.lock():
            # Listed before it is read: a page that is put down in between is seen by whoever put it there.
            marks, text = storage.pages(), storage.read(PAGE)
            written = index_in(text) if text else None
            expected = _index(storage, marks, written or {})
            if written is not None and written == expected:
                return
            storage.put(PAGE, overview_page({folder: expected[folder] for folder in _newest_first(expected)}))
    raise RetryableError(M("Others keep changing the overview of {place}.", place=storage.name), RETRY_S)


def overview_has(storage: ShelfStorage, folder: str, release: str | None) -> bool:
    """Whether the overview lists the page of this release for a story's folder. release: None for no page."""
    text = storage.read(PAGE)
    written = (index_in(text) or {}) if text else {}
    return (written[folder][1].release if folder in written else None) == release


def shelf_entries(storage: ShelfStorage) -> list[ShelfEntry]:
    """Every story on the shelf, the newest first. A page that cannot be read stays where it is but is not listed."""
    index = _index(storage, storage.pages(), {})
    return [index[folder][1] for folder in _newest_first(index)]


def _index(storage: ShelfStorage, marks: Mapping[str, str], known: Index) -> Index:
    """What the pages say; one whose mark is known is not read again."""
    index: Index = {}
    for folder, mark in marks.items():
        if mark and folder in known and known[folder][0] == mark:
            index[folder] = known[folder]
            continue
        try:
            entry = entry_in(storage.read(f"{folder}/{PAGE}") or "")
        except (ValidationError, ValueError):  # a neighbour that was damaged must not keep this story off the shelf
            continue
        if entry is not None and entry.folder == folder:
            index[folder] = mark, entry.tile
    return index


def _newest_first(index: Index) -> list[str]:
    return sorted(index, key=lambda folder: (-index[folder][1].published_at.timestamp(), folder))
