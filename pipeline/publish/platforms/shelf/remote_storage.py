"""A shelf in a store that fsspec knows. Stores write an object whole or not at all, so that a page is the old one or the new one."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from pipeline.documents.message import M
from pipeline.network.errors import ActionRequired, RetryableError
from pipeline.publish.platforms.base import UploadProgress
from pipeline.publish.platforms.shelf.entry import PAGE
from pipeline.publish.platforms.shelf.storage import Medium


class Remote:
    """fs: the file system. root: bucket and prefix, as `fs` writes them. name: the address, for sentences."""

    def __init__(self, fs: Any, root: str, name: str) -> None:
        self.fs, self.root, self.name = fs, root.rstrip("/"), name

    def has(self, name: str, medium: Medium) -> bool:
        """See Place. The name holds the hash of the content, and an object is whole: its size is looked at all the same."""
        with self._told():
            try:
                return int(self.fs.info(self._at(name))["size"]) == medium.size_bytes
            except FileNotFoundError:
                return False

    def send(self, name: str, medium: Medium, memory: UploadProgress, still_ours: Callable[[], None]) -> None:
        """See Place. In one piece."""
        del memory
        still_ours()
        content = medium.source if isinstance(medium.source, bytes) else Path(medium.source).read_bytes()
        with self._told():
            self.fs.pipe_file(self._at(name), content)

    def put(self, name: str, text: str) -> None:
        """See Place."""
        with self._told():
            self.fs.pipe_file(self._at(name), text.encode())

    def read(self, name: str) -> str | None:
        """See Place."""
        with self._told():
            try:
                content: bytes = self.fs.cat_file(self._at(name))
            except FileNotFoundError:
                return None
        return content.decode("utf-8", "replace")

    def pages(self) -> Mapping[str, str]:
        """See Place. Where a store names no version of an object, every page is read."""
        found = self._listed("")
        return {name.removesuffix(f"/{PAGE}"): str(facts.get("ETag") or "").strip('"') for name, facts in found.items() if _is_page(name)}

    def files(self, folder: str) -> Collection[str]:
        """See Place."""
        return tuple(name.removeprefix(f"{folder}/") for name in self._listed(f"{folder}/"))

    def drop(self, names: Collection[str]) -> None:
        """See Place."""
        for name in names:
            with suppress(Exception):  # a file too many harms nobody, and the next page of the story tries again
                self.fs.rm_file(self._at(name))

    def alone(self) -> AbstractContextManager[None]:
        """See Place. No store has a lock for everybody."""
        return nullcontext()

    def _at(self, name: str) -> str:
        return f"{self.root}/{name}"

    def _listed(self, under: str) -> dict[str, Mapping[str, Any]]:
        with self._told():
            try:
                found: Mapping[str, Mapping[str, Any]] = self.fs.find(self._at(under), detail=True)
            except FileNotFoundError:
                return {}
        # Some file systems write a slash before the bucket, some do not.
        start = self.root.lstrip("/") + "/"
        return {path.lstrip("/").removeprefix(start): facts for path, facts in found.items()}

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What a store says, as an ending. FileNotFoundError is the caller's."""
        try:
            yield
        except (FileNotFoundError, RetryableError, ActionRequired):
            raise
        except PermissionError:
            raise ActionRequired(M("The store does not let us in at {place}. Look at its keys and rights.", place=self.name)) from None
        except Exception as error:  # every store has errors of its own; their texts may hold whole requests
            raise RetryableError(M("The store did not answer as it should ({error}).", error=type(error).__name__), 0.0) from None


def _is_page(name: str) -> bool:
    return name.count("/") == 1 and name.endswith(f"/{PAGE}")
