"""The storage of a shelf: the protocol that a folder, a bucket or any other store fulfils."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pipeline.publish.platforms.base import UploadProgress


@dataclass(frozen=True)
class MediaFile:
    """A file that a page shows, under a name that carries the hash of its content. source: its path, or its content."""

    name: str
    source: Path | bytes = field(repr=False)
    sha256: str
    size_bytes: int


def generated_file(kind: str, suffix: str, content: bytes) -> MediaFile:
    """Make a media file from content that was generated here. kind: cover, photo or video; suffix: .jpg for example."""
    sha256 = hashlib.sha256(content).hexdigest()
    return MediaFile(f"{kind}-{sha256[:12]}{suffix}", content, sha256, len(content))


class ShelfStorage(Protocol):
    """A shelf's files, by names with slashes, relative to it.

    Raises RetryableError where a later try may succeed, ActionRequired where a person must act first.
    """

    name: str
    """For sentences: a path or an address."""

    def has(self, name: str, generated_file: MediaFile) -> bool:
        """Whether the storage has a file of that name, whole, with this content."""

    def send(self, name: str, generated_file: MediaFile, progress: UploadProgress, check_lease: Callable[[], None]) -> None:
        """Upload a media file, whole or not at all; resumes where an earlier call broke. check_lease: called between parts."""

    def put(self, name: str, text: str) -> None:
        """Write a page, or replace the old one, in one step. After RetryableError it may or may not have been written."""

    def read(self, name: str) -> str | None:
        """Return a page's text; None when there is none."""

    def pages(self) -> Mapping[str, str]:
        """Return the folders that have a page, each with a mark that changes with the page; an empty mark tells nothing."""

    def files(self, folder: str) -> Collection[str]:
        """Return the names of the files in a story's folder, relative to it."""

    def remove(self, name: str) -> None:
        """Delete a page; one that is not there is deleted. Unlike `drop` it raises where the page may still be there."""

    def drop(self, names: Collection[str]) -> None:
        """Delete files; one that cannot be deleted stays."""

    def lock(self) -> AbstractContextManager[None]:
        """Keep others from writing the overview while the block runs, where the storage has locks."""
