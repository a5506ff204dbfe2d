"""A store that shares its costly entries with other machines: what one of them has made, none makes again.

Every machine keeps a store of its own on its own disk. What is found there is used; what is not is looked for in the shared place, fetched,
and held against its seal; what is made is put into both. Files that only travel (clips, layers) lie in the shared place under the hash
of their bytes, and each machine fetches a file once.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from pipeline.documents.message import M
from pipeline.errors import Fault
from pipeline.store.content import Store, file_sha256, seal_path
from pipeline.store.shared_files import SharedFiles, SharedStoreUnreachable

T = TypeVar("T")
SHARED_KINDS = frozenset({"analyses", "chunks"})
"""What takes long to make and is small beside the clips that it is made from."""
TRAVELLING, BATCHES = "files", "batches"
"""The kind of files that only travel; the folder of the shared place in which batches of work lie."""


class SharedStore(Store):
    """A store on this machine's disk, and what other machines have put into the shared place.

    strict: this machine works for others: a shared place that is not there is an error. Else it goes on alone, and `trouble` says why.
    """

    def __init__(self, root: Path, shared: SharedFiles, *, strict: bool = False) -> None:
        super().__init__(root)
        self.shared, self.strict = shared, strict

    def find(self, kind: str, key: str, suffix: str) -> Path | None:
        """See Store; an entry of the shared place is fetched first. Raises SharedStoreUnreachable when `strict`."""
        path = super().find(kind, key, suffix)
        if path is None and kind in SHARED_KINDS and self._alone_on_trouble(lambda: self._fetch(kind, key, suffix)):
            path = super().find(kind, key, suffix)
        return path

    def has(self, kind: str, key: str, suffix: str) -> bool:
        """See Store; who works for others need not fetch what is only not to be made again."""
        if not (self.strict and kind in SHARED_KINDS):
            return super().has(kind, key, suffix)
        return Store.find(self, kind, key, suffix) is not None or self.shared.has(f"{kind}/{key}{suffix}.seal")

    def adopt(self, kind: str, key: str, suffix: str, part: Path) -> Path:
        """See Store; the entry is put into the shared place as well. Raises SharedStoreUnreachable when `strict`."""
        path = super().adopt(kind, key, suffix, part)
        if kind in SHARED_KINDS:
            self._alone_on_trouble(lambda: self._share(kind, path))
        return path

    def send_file(self, path: Path, sha256: str) -> None:
        """Put a file that other machines need into the shared place, once. Raises SharedStoreUnreachable."""
        name = travelling_name(path, sha256)
        if not self.shared.has(name):
            self.shared.put(name, path)

    def fetch_file(self, name: str, sha256: str) -> Path:
        """The local copy of a file that another machine has sent. name: as `travelling_name` gives it.

        Raises SharedStoreUnreachable when it is not there, Fault when it is another file than it was.
        """

        def write(part: Path) -> None:
            if not self.shared.get(name, part):
                raise SharedStoreUnreachable(M("{file} is not in the shared store {place}.", file=name, place=self.shared.where))
            if file_sha256(part) != sha256:
                self.shared.drop(name)
                raise Fault(M("{file} in the shared store {place} was damaged; it is sent again.", file=name, place=self.shared.where))

        return self.make(TRAVELLING, sha256, Path(name).suffix, write)

    def _fetch(self, kind: str, key: str, suffix: str) -> bool:
        """Copy an entry and its seal from the shared place, when both are there and fit."""
        name = f"{kind}/{key}{suffix}"
        seal = self.shared.read(f"{name}.seal")
        if seal is None:
            return False
        part = self.part(kind, key, suffix)
        try:
            if not self.shared.get(name, part) or seal.decode("ascii", "replace").split() != [str(part.stat().st_size), file_sha256(part)]:
                return False
            super().adopt(kind, key, suffix, part)
            return True
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def _share(self, kind: str, path: Path) -> None:
        """Put an entry into the shared place, its seal last: where there is a seal, there was a whole entry."""
        self.shared.put(f"{kind}/{path.name}", path)
        self.shared.write(f"{kind}/{path.name}.seal", seal_path(path).read_bytes())

    def _alone_on_trouble(self, work: Callable[[], T]) -> T | None:
        if self.trouble is not None:
            return None
        try:
            return work()
        except SharedStoreUnreachable as error:
            if self.strict:
                raise
            self.trouble = error.message
            return None


def prune_shared(shared: SharedFiles, older_than: timedelta, now: datetime) -> int:
    """Delete from the shared place what was put there so long ago; returns how many files. now: aware.

    What somebody still wants is made or sent once more. Raises SharedStoreUnreachable.
    """
    old = [
        name
        for folder in (*sorted(SHARED_KINDS), TRAVELLING, BATCHES)
        for name, at in shared.names(folder).items()
        if now - at > older_than
    ]
    for name in old:
        shared.drop(name)
    return len(old)


def travelling_name(path: Path, sha256: str) -> str:
    """The name in the shared place of a file that travels: its bytes' hash, with its suffix so that tools know the format."""
    return f"{TRAVELLING}/{sha256}{path.suffix}"
