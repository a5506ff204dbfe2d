"""A shelf's storage in a bucket of an S3-compatible store, by s3fs: media are cached for ever, pages never, long uploads resume.

Every request is sent once: the engine repeats it, since it knows what may be repeated. The checksums that S3 added in 2025 are left off,
because other stores refuse them; Content-MD5, which all know, protects the bytes instead.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.documents.message import M, Message
from pipeline.network.broken_connection import why_no_answer
from pipeline.network.errors import ActionRequired, PlatformError, RateLimited, RetryableError
from pipeline.publish.platforms.answer_table import load_answers
from pipeline.publish.platforms.base import UploadProgress
from pipeline.publish.platforms.shelf.multipart_upload import send_in_parts
from pipeline.publish.platforms.shelf.remote_storage import RemoteStorage
from pipeline.publish.platforms.shelf.storage import MediaFile

CACHE_FOREVER, CACHE_NEVER = "public, max-age=31536000, immutable", "no-cache"
_TYPES = {".mp4": "video/mp4", ".webm": "video/webm", ".mov": "video/quicktime", ".jpg": "image/jpeg"}


class BucketStorage(RemoteStorage):
    """A bucket, or a folder in one. part_bytes: longer files are sent in parts of that size. login: the command that asks for new keys."""

    def __init__(self, fs: Any, root: str, name: str, *, part_bytes: int, login: str) -> None:
        super().__init__(fs, root, name)
        self._part_bytes, self._login = part_bytes, login
        self._bucket, _, self._prefix = self.root.partition("/")

    def has(self, name: str, file: MediaFile) -> bool:
        """See ShelfStorage. Its hash was written beside the object when it was put there."""
        with self._translating_errors():
            try:
                head = self.fs.call_s3("head_object", **self._key(name))
            except FileNotFoundError:
                return False
            except PermissionError:
                # The answer to this question has no body: another one tells whether it is the keys or what they may do.
                self.fs.call_s3("list_objects_v2", Bucket=self._bucket, Prefix=self._key("")["Key"], MaxKeys=1)
                raise
        return bool(head["ContentLength"] == file.size_bytes and head.get("Metadata", {}).get("sha256") == file.sha256)

    def send(self, name: str, file: MediaFile, progress: UploadProgress, check_lease: Callable[[], None]) -> None:
        """See ShelfStorage."""
        how = {"ContentType": _TYPES[Path(name).suffix], "CacheControl": CACHE_FOREVER, "Metadata": {"sha256": file.sha256}}
        check_lease()
        with self._translating_errors():
            if isinstance(file.source, Path) and file.size_bytes > self._part_bytes:
                send_in_parts(self.fs.call_s3, self._key(name), file.source, self._part_bytes, progress, check_lease, how)
            else:
                content = file.source if isinstance(file.source, bytes) else file.source.read_bytes()
                self._put(name, content, **how)

    def put(self, name: str, text: str) -> None:
        """See ShelfStorage."""
        with self._translating_errors():
            self._put(name, text.encode(), ContentType="text/html; charset=utf-8", CacheControl=CACHE_NEVER)

    def _put(self, name: str, content: bytes, **how: Any) -> None:
        digest = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
        self.fs.call_s3("put_object", **self._key(name), Body=content, ContentMD5=digest, **how)

    def _key(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}/{name}" if self._prefix else name}

    @contextmanager
    def _translating_errors(self) -> Iterator[None]:
        try:
            yield
        except (PlatformError, OSError) as error:
            if isinstance(error, PlatformError) or (isinstance(error, FileNotFoundError) and _code(error) in ("", "404", "NoSuchKey")):
                raise
            raise self._error_for(_code(error), error) from None
        except Exception as error:
            raise self._error_for(_code(error), error) from None

    def _error_for(self, code: str, error: BaseException) -> PlatformError:
        """The error that a code means, of those in `answers.yaml`; what is not there may pass."""
        response = {"code": code, "error": type(error).__name__}
        row = load_answers("shelf").row(code)
        if row is not None and row.means == "wait":
            return RateLimited(M("The store asks to wait ({code}).", code=code), 0.0, response=response)
        act = self._for_a_person(code, row.means if row else "", error)
        if act is not None:
            return ActionRequired(act, response=response)
        coded = M("The store did not answer as it should. What it gave: {code}", code=code)
        return RetryableError(coded if code else M("The store cannot be reached: {why}.", why=why_no_answer(error)), 0.0, response=response)

    def _for_a_person(self, code: str, means: str, error: BaseException) -> Message | None:
        if type(error).__name__ in ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError"):
            return M("There are no keys for the store. Give them: {command}", command=self._login)
        match means:
            case "no_bucket":
                return M("There is no bucket {bucket} for {place}. Make it, or correct the address.", bucket=self._bucket, place=self.name)
            case "login":
                return M("The store does not take the keys ({code}). Give it the right ones: {command}", code=code, command=self._login)
            case "signature":
                return M("This machine's clock is wrong, so the store takes nothing from it. Set it right.")
            case "permission":
                return M("The keys may not list, read and write at {place}. Give them these rights at the store.", place=self.name)
            case "setup":
                return M("The store says no to {place} ({code}). Look at address, endpoint_url and region.", place=self.name, code=code)
        return None


def _code(error: BaseException) -> str:
    """The store's own code; s3fs hands its errors on as Python's, with the store's as their cause."""
    for one in (error, error.__cause__):
        response = getattr(one, "response", None)
        if isinstance(response, dict):
            return str(response.get("Error", {}).get("Code") or "")
    return ""
