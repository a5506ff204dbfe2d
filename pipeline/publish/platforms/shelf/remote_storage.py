"""A shelf's storage in any store that fsspec knows. Stores write an object whole or not at all, so a page is the old or the new one."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from pipeline.documents.message import M
from pipeline.network.broken_connection import why_no_answer
from pipeline.network.errors import ActionRequired, RetryableError
from pipeline.publish.platforms.base import UploadProgress
from pipeline.publish.platforms.shelf.entry import PAGE
from pipeline.publish.platforms.shelf.storage import MediaFile


class RemoteStorage:
    """A store. fs: its fsspec file system. root: bucket and prefix, as `fs` writes them. name: the address, for messages."""

    def __init__(self, fs: Any, root: str, name: str) -> None:
        self.fs, self.root, self.name = fs, root.rstrip("/"), name

    def has(self, name: str, file: MediaFile) -> bool:
        """See ShelfStorage. The name holds the hash of the content, and an object is whole: its size is looked at all the same."""
        with self._translating_errors():
            try:
                return int(self.fs.info(self._at(name))["size"]) == file.size_bytes
            except FileNotFoundError:
                return False

    def send(self, name: str, file: MediaFile, progress: UploadProgress, check_lease: Callable[[], None]) -> None:
        """See ShelfStorage. In one piece."""
        del progress
        check_lease()
        content = file.source if isinstance(file.source, bytes) else Path(file.source).read_bytes()
        with self._translating_errors():
            self.fs.pipe_file(self._at(name), content)

    def put(self, name: str, text: str) -> None:
        """See ShelfStorage."""
        with self._translating_errors():
            self.fs.pipe_file(self._at(name), text.encode())

    def read(self, name: str) -> str | None:
        """See ShelfStorage."""
        with self._translating_errors():
            try:
                content: bytes = self.fs.cat_file(self._at(name))
            except FileNotFoundError:
                return None
        return content.decode("utf-8", "replace")

    def pages(self) -> Mapping[str, str]:
        """See ShelfStorage. Where a store names no version of an object, every page is read."""
        objects = self._listed("")
        return {name.removesuffix(f"/{PAGE}"): str(facts.get("ETag") or "").strip('"') for name, facts in objects.items() if _is_page(name)}

    def files(self, folder: str) -> Collection[str]:
        """See ShelfStorage."""
        return tuple(name.removeprefix(f"{folder}/") for name in self._listed(f"{folder}/"))

    def remove(self, name: str) -> None:
        """See ShelfStorage."""
        with self._translating_errors():
            try:
                self.fs.rm_file(self._at(name))
            except FileNotFoundError:
                return

    def drop(self, names: Collection[str]) -> None:
        """See ShelfStorage."""
        for name in names:
            with suppress(Exception):  # a file too many harms nobody, and the next page of the story tries again
                self.fs.rm_file(self._at(name))

    def lock(self) -> AbstractContextManager[None]:
        """See ShelfStorage. No store has a lock for everybody."""
        return nullcontext()

    def _at(self, name: str) -> str:
        return f"{self.root}/{name}"

    def _listed(self, under: str) -> dict[str, Mapping[str, Any]]:
        with self._translating_errors():
            try:
                objects: Mapping[str, Mapping[str, Any]] = self.fs.find(self._at(under), detail=True)
            except FileNotFoundError:
                return {}
        # Some file systems write a slash before the bucket, some do not.
        start = self.root.lstrip("/") + "/"
        return {path.lstrip("/").removeprefix(start): facts for path, facts in objects.items()}

    @contextmanager
    def _translating_errors(self) -> Iterator[None]:
        """Translate the store's errors into a platform's. FileNotFoundError is left to the caller."""
        try:
            yield
        except (FileNotFoundError, RetryableError, ActionRequired):
            raise
        except PermissionError:
            raise ActionRequired(M("The store does not let us in at {place}. Look at its keys and rights.", place=self.name)) from None
        except Exception as error:  # every store has errors of its own; their texts may hold whole requests
            raise RetryableError(M("The store cannot be reached: {why}.", why=why_no_answer(error)), 0.0) from None


def _is_page(name: str) -> bool:
    return name.count("/") == 1 and name.endswith(f"/{PAGE}")
