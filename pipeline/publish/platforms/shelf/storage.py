"""Where a shelf lies: what is asked of a folder, a bucket or any other store."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pipeline.publish.platforms.base import UploadProgress


@dataclass(frozen=True)
class Medium:
    """A file that a page shows, under a name that carries the hash of its content. source: where it is, or what it holds."""

    name: str
    source: Path | bytes = field(repr=False)
    sha256: str
    size_bytes: int


def medium(kind: str, suffix: str, content: bytes) -> Medium:
    """One that was made here."""
    sha256 = hashlib.sha256(content).hexdigest()
    return Medium(f"{kind}-{sha256[:12]}{suffix}", content, sha256, len(content))


class ShelfStorage(Protocol):
    """A shelf's files, by names with slashes, relative to it.

    What cannot be done is raised as an ending: TryLater where it may go better in a while, PersonMustAct where somebody must act first.
    """

    name: str
    """For sentences: a path or an address."""

    def has(self, name: str, medium: Medium) -> bool:
        """Whether a file of that name is there, whole, with this content."""

    def send(self, name: str, medium: Medium, memory: UploadProgress, still_ours: Callable[[], None]) -> None:
        """Bring a medium over: whole or not there. Goes on where an earlier call broke. still_ours: called between parts."""

    def put(self, name: str, text: str) -> None:
        """Write a page, or put it in the place of the old one, at once. After TryLater it may have been written or not."""

    def read(self, name: str) -> str | None:
        """A page; None when there is none."""

    def pages(self) -> Mapping[str, str]:
        """The folders that have a page, each with a mark that changes with the page; an empty one tells nothing."""

    def files(self, folder: str) -> Collection[str]:
        """The names of what lies in a story's folder, relative to the folder."""

    def drop(self, names: Collection[str]) -> None:
        """Delete files. What cannot be deleted stays."""

    def alone(self) -> AbstractContextManager[None]:
        """Nobody else writes the overview while the block runs, where a place can see to that."""
