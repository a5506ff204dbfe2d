"""A shelf's storage in a folder of this machine: every file is written whole or not at all, and flushed to disk."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

from pipeline.documents.message import M
from pipeline.errors import DiskFault
from pipeline.network.errors import ActionRequired
from pipeline.publish.platforms.base import UploadProgress
from pipeline.publish.platforms.shelf.entry import PAGE
from pipeline.publish.platforms.shelf.storage import MediaFile
from pipeline.store import copy_atomically, file_sha256, write_atomically
from pipeline.store.disk import disk_fault, error_reason


class FolderStorage:
    """A folder: `FolderStorage(workspace / "shelf")`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = str(folder)

    def has(self, name: str, file: MediaFile) -> bool:
        """See ShelfStorage."""
        path = self.folder / name
        try:
            return path.is_file() and path.stat().st_size == file.size_bytes and file_sha256(path) == file.sha256
        except OSError:
            return False

    def send(self, name: str, file: MediaFile, progress: UploadProgress, check_lease: Callable[[], None]) -> None:
        """See ShelfStorage."""
        del progress, check_lease
        with self._translating_errors():
            if isinstance(file.source, Path):
                copy_atomically(file.source, self.folder / name)
            else:
                write_atomically(self.folder / name, file.source)

    def put(self, name: str, text: str) -> None:
        """See ShelfStorage."""
        with self._translating_errors():
            write_atomically(self.folder / name, text)

    def read(self, name: str) -> str | None:
        """See ShelfStorage."""
        path = self.folder / name
        try:
            return path.read_bytes().decode("utf-8", "replace")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise ActionRequired(M("{path} could not be read: {error}", path=str(path), error=error_reason(error))) from error

    def pages(self) -> Mapping[str, str]:
        """See ShelfStorage. Reading them all costs little here."""
        return {page.parent.name: "" for page in self.folder.glob(f"*/{PAGE}")}

    def files(self, folder: str) -> Collection[str]:
        """See ShelfStorage."""
        with suppress(OSError):
            return tuple(file.name for file in (self.folder / folder).iterdir() if file.is_file())
        return ()

    def remove(self, name: str) -> None:
        """See ShelfStorage."""
        path = self.folder / name
        try:
            path.unlink(missing_ok=True)
        except NotADirectoryError:
            return
        except OSError as error:
            raise ActionRequired(M("{path} could not be deleted: {error}", path=str(path), error=error_reason(error))) from error
        self._drop_folder(path.parent)

    def drop(self, names: Collection[str]) -> None:
        """See ShelfStorage. A story's folder that is empty goes as well."""
        for name in names:
            with suppress(OSError):
                (self.folder / name).unlink(missing_ok=True)
        for folder in {(self.folder / name).parent for name in names}:
            self._drop_folder(folder)

    def _drop_folder(self, folder: Path) -> None:
        if folder != self.folder:
            with suppress(OSError):  # there is something in it, or it is gone
                folder.rmdir()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """See ShelfStorage."""
        with self._translating_errors():
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
    def _translating_errors(self) -> Iterator[None]:
        """Raise a disk's fault as ActionRequired: nothing was written, since a file gets its name only when it is whole."""
        try:
            yield
        except DiskFault as fault:
            raise ActionRequired(fault.message) from fault
