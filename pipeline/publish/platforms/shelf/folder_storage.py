"""A shelf in a folder of this machine, for any browser or web server: every file whole or not there, flushed to the disk."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

from pipeline.documents.message import M
from pipeline.errors import DiskFault
from pipeline.network.errors import ActionRequired
from pipeline.publish.platforms.base import UploadProgress
from pipeline.publish.platforms.shelf.entry import PAGE
from pipeline.publish.platforms.shelf.storage import Medium
from pipeline.store import copy_atomically, file_sha256, write_atomically
from pipeline.store.disk import disk_fault, error_reason


class Folder:
    """`Folder(workspace / "shelf")`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = str(folder)

    def has(self, name: str, medium: Medium) -> bool:
        """See Place."""
        path = self.folder / name
        try:
            return path.is_file() and path.stat().st_size == medium.size_bytes and file_sha256(path) == medium.sha256
        except OSError:
            return False

    def send(self, name: str, medium: Medium, memory: UploadProgress, still_ours: Callable[[], None]) -> None:
        """See Place."""
        del memory, still_ours
        with self._told():
            if isinstance(medium.source, Path):
                copy_atomically(medium.source, self.folder / name)
            else:
                write_atomically(self.folder / name, medium.source)

    def put(self, name: str, text: str) -> None:
        """See Place."""
        with self._told():
            write_atomically(self.folder / name, text)

    def read(self, name: str) -> str | None:
        """See Place."""
        path = self.folder / name
        try:
            return path.read_bytes().decode("utf-8", "replace")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise ActionRequired(M("{path} could not be read: {error}", path=str(path), error=error_reason(error))) from error

    def pages(self) -> Mapping[str, str]:
        """See Place. Reading them all costs little here."""
        return {page.parent.name: "" for page in self.folder.glob(f"*/{PAGE}")}

    def files(self, folder: str) -> Collection[str]:
        """See Place."""
        with suppress(OSError):
            return tuple(file.name for file in (self.folder / folder).iterdir() if file.is_file())
        return ()

    def drop(self, names: Collection[str]) -> None:
        """See Place."""
        for name in names:
            with suppress(OSError):
                (self.folder / name).unlink(missing_ok=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """See Place."""
        with self._told():
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                lock = FileLock(self.folder / ".lock")
                lock.acquire()
            except OSError as error:
                raise disk_fault(self.folder, error) from error
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """A disk that refuses has written nothing: every file gets its name when it is whole."""
        try:
            yield
        except DiskFault as fault:
            raise ActionRequired(fault.message) from fault
