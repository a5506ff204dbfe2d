"""Where several machines keep what they share: a folder that all of them see, or a bucket of any store that fsspec knows.

Names are `folder/file`. A file is there whole or not at all; who reads it holds it against a hash all the same.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote, urlsplit

from pipeline.documents.message import M, Message
from pipeline.errors import Fault, FieldCutError, UserMistake
from pipeline.store.disk import copy_atomically, disk_fault, error_reason, is_full, is_part, write_atomically

T = TypeVar("T")
ANSWER_S = 30.0
"""How long a bucket may take to answer a call."""


class SharedStoreUnreachable(Fault):
    """The folder is not mounted, the bucket does not answer, or one of them is full."""


class SharedFiles(Protocol):
    """One shared place. Every call raises SharedStoreUnreachable when the place does not do as it should."""

    where: str
    """Its address for messages, without keys."""

    def has(self, name: str) -> bool:
        """Whether a file is there."""

    def read(self, name: str) -> bytes | None:
        """The content of a small file; None when it is not there."""

    def get(self, name: str, target: Path) -> bool:
        """Copy a file to a local path. Returns whether it is there."""

    def put(self, name: str, source: Path) -> None:
        """Copy a local file there, over what has the name."""

    def write(self, name: str, content: bytes) -> None:
        """Put a small file there."""

    def names(self, folder: str) -> Mapping[str, datetime]:
        """The files of a folder with the times at which they were written (aware); none when there is no such folder."""

    def drop(self, name: str) -> None:
        """Delete a file; it may be gone already."""


class SharedFolder:
    """A folder on a share or a disk that all machines mount. Raises SharedStoreUnreachable where it is not there: it is never made, because
    an empty folder in the place of a share that is not mounted would fill this machine's disk."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.where = folder, str(folder)
        self._require_folder()

    def has(self, name: str) -> bool:
        """See SharedFiles."""
        return self._tried(lambda: (self.folder / name).is_file())

    def read(self, name: str) -> bytes | None:
        """See SharedFiles."""
        try:
            return self._tried((self.folder / name).read_bytes)
        except FileNotFoundError:
            return None

    def get(self, name: str, target: Path) -> bool:
        """See SharedFiles."""
        if not self.has(name):
            return False
        try:
            shutil.copyfile(self.folder / name, target)
        except OSError as error:
            if is_full(target, error) or error.filename == str(target):
                raise disk_fault(target, error) from error
            if isinstance(error, FileNotFoundError):
                return False
            raise self._unreachable(error_reason(error)) from error
        return True

    def put(self, name: str, source: Path) -> None:
        """See SharedFiles."""
        self._require_folder()
        self._tried(lambda: copy_atomically(source, self.folder / name))

    def write(self, name: str, content: bytes) -> None:
        """See SharedFiles."""
        self._require_folder()
        self._tried(lambda: write_atomically(self.folder / name, content))

    def names(self, folder: str) -> Mapping[str, datetime]:
        """See SharedFiles."""
        found: dict[str, datetime] = {}
        with suppress(FileNotFoundError):
            for path in self._tried(lambda: list((self.folder / folder).iterdir())):
                with suppress(FileNotFoundError):
                    if not is_part(path.name):
                        found[f"{folder}/{path.name}"] = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return found

    def drop(self, name: str) -> None:
        """See SharedFiles."""
        self._tried(lambda: (self.folder / name).unlink(missing_ok=True))

    def _require_folder(self) -> None:
        if not self.folder.is_dir():
            raise SharedStoreUnreachable(M("The shared store {place} is not there. Make the folder, or mount the share.", place=self.where))

    def _tried(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except FileNotFoundError:
            raise
        except FieldCutError as error:
            raise self._unreachable(error.message) from error
        except OSError as error:
            raise self._unreachable(error_reason(error)) from error

    def _unreachable(self, reason: Message | str) -> SharedStoreUnreachable:
        return SharedStoreUnreachable(M("The shared store {place} cannot be used: {reason}", place=self.where, reason=reason))


class SharedBucket:
    """A bucket, or a folder in one. fs: its fsspec file system. root: as `fs` writes it. where: its address."""

    def __init__(self, fs: Any, root: str, where: str) -> None:
        self._fs, self._root, self.where = fs, root.rstrip("/"), where

    def has(self, name: str) -> bool:
        """See SharedFiles."""
        with self._translating_errors():
            return bool(self._fs.isfile(self._at(name)))

    def read(self, name: str) -> bytes | None:
        """See SharedFiles."""
        with self._translating_errors():
            try:
                return bytes(self._fs.cat_file(self._at(name)))
            except FileNotFoundError:
                return None

    def get(self, name: str, target: Path) -> bool:
        """See SharedFiles."""
        with self._translating_errors():
            try:
                self._fs.get_file(self._at(name), str(target))
            except FileNotFoundError:
                return False
            return True

    def put(self, name: str, source: Path) -> None:
        """See SharedFiles."""
        with self._translating_errors():
            self._fs.put_file(str(source), self._at(name))

    def write(self, name: str, content: bytes) -> None:
        """See SharedFiles."""
        with self._translating_errors():
            self._fs.pipe_file(self._at(name), content)

    def names(self, folder: str) -> Mapping[str, datetime]:
        """See SharedFiles."""
        with self._translating_errors():
            try:
                listed = self._fs.find(self._at(folder), detail=True)
            except FileNotFoundError:
                return {}
        start = self._root.lstrip("/") + "/"
        return {path.lstrip("/").removeprefix(start): _written_at(facts) for path, facts in listed.items()}

    def drop(self, name: str) -> None:
        """See SharedFiles."""
        with self._translating_errors(), suppress(FileNotFoundError):
            self._fs.rm_file(self._at(name))

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _translating_errors(self) -> Iterator[None]:
        """Translate whatever the store raises: each has errors of its own, and their texts may hold whole requests."""
        try:
            yield
        except (FileNotFoundError, FieldCutError):
            raise
        except Exception:
            raise SharedStoreUnreachable(
                M(
                    "The shared store {place} does not answer. Look whether it runs, and whether this computer is on the network.",
                    place=self.where,
                )
            ) from None


def _written_at(facts: Mapping[str, Any]) -> datetime:
    found = next((facts[name] for name in ("LastModified", "mtime", "created") if facts.get(name)), None)
    if isinstance(found, datetime):
        return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return datetime.fromtimestamp(float(found), UTC) if found is not None else datetime.now(UTC)


_EXAMPLE = M("Write /mnt/share/fieldcut, or s3://BUCKET/FOLDER.")


def open_shared_files(address: str, endpoint_url: str = "", region: str = "") -> SharedFiles:
    """Open a shared place by its address: a folder's path, file:///folder, or s3://bucket/folder and what else fsspec knows.

    The keys of a bucket are those of the environment, or of the store's own files. endpoint_url, region: of a bucket that is not Amazon's.
    Raises UserMistake for an address that is none, and for a store whose package is not installed, SharedStoreUnreachable for a folder that
    is not there.
    """
    scheme, _, _ = address.partition("://")
    if scheme == address or scheme == "file":
        folder = Path(unquote(urlsplit(address).path)) if scheme == "file" else Path(address).expanduser()
        if not folder.is_absolute():
            raise UserMistake(M("The shared store {place} is no whole path. {example}", place=address, example=_EXAMPLE))
        return SharedFolder(folder)
    where = _without_login(address)
    import fsspec
    from fsspec.registry import known_implementations, registry

    if scheme not in known_implementations and scheme not in registry:
        raise UserMistake(M("The shared store {place} is of no known kind. {example}", place=where, example=_EXAMPLE))
    package = str(known_implementations.get(scheme, {}).get("class", "fsspec")).partition(".")[0]
    if find_spec(package) is None:
        raise UserMistake(M("{scheme}:// needs the package {package}. Install it: pip install {package}", scheme=scheme, package=package))
    options = _bucket_options(endpoint_url, region) if scheme == "s3" else {}
    return SharedBucket(fsspec.filesystem(scheme, **options), fsspec.core.strip_protocol(address), where)


def _without_login(address: str) -> str:
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _bucket_options(endpoint_url: str, region: str) -> dict[str, Any]:
    """How S3 is called: the checksums that it added in 2025 are left off, because other stores refuse them; a hash is beside each file."""
    client: dict[str, Any] = {"region_name": region} if region else {}
    if endpoint_url.startswith("http:"):
        client["verify"] = False  # without TLS no certificate needs to be read
    config = {
        "connect_timeout": ANSWER_S,
        "read_timeout": ANSWER_S,
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
    }
    return {
        "endpoint_url": endpoint_url or None,
        "client_kwargs": client,
        "config_kwargs": config,
        "use_listings_cache": False,
        "skip_instance_cache": True,
    }
