"""Files that are either the old ones or the new ones, never half of one."""

import errno
import filecmp
import os
import shutil
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from pipeline.documents.base import Document
from pipeline.documents.message import M, Message
from pipeline.errors import DiskFault, Fault, UserMistake

D = TypeVar("D", bound=Document)
FULL = (errno.ENOSPC, errno.EDQUOT)
WHY: Mapping[int, Message] = {
    errno.EACCES: M("there is no permission"),
    errno.EPERM: M("there is no permission"),
    errno.EROFS: M("the disk is write-protected"),
    errno.EEXIST: M("a file of that name is in the way"),
    errno.ENOTDIR: M("a file of that name is in the way"),
    errno.EISDIR: M("a folder of that name is in the way"),
    errno.ENOENT: M("it is not there"),
}


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write under a temporary name, flush to the disk, rename. Raises DiskFault when the disk is full or refuses."""
    data = content.encode() if isinstance(content, str) else content
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except OSError as error:
        raise disk_fault(path, error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def copy_atomically(source: Path, target: Path) -> None:
    """A copy that is whole or not there; the same bytes are not written twice. Raises DiskFault when the disk is full or refuses."""
    part = target.with_name(f".{target.name}.part")
    try:
        if target.is_file() and filecmp.cmp(source, target, shallow=False):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, part)
        part.replace(target)
    except OSError as error:
        raise disk_fault(target, error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def disk_fault(path: Path, error: OSError) -> DiskFault:
    """The one line a person gets for a disk that refused."""
    if error.errno in FULL:
        return DiskFault(
            M("The disk is full: {path} could not be written. Free some space and run the same command again.", path=str(path))
        )
    return DiskFault(M("{path} could not be written: {error}", path=str(path), error=why(error)))


def why(error: OSError) -> Message | str:
    """What the system says, in words that can be translated where they are common."""
    return WHY.get(error.errno or 0) or error.strerror or str(error)


def save(path: Path, document: Document) -> None:
    """Write a document as JSON that a person can read."""
    write_atomically(path, document.model_dump_json(indent=2) + "\n")


def load(path: Path, kind: type[D]) -> D:
    """Read a document.

    Raises UserMistake that names the file and the place when it was edited into something else, Fault when it cannot be read.
    """
    try:
        return kind.from_json(path.read_bytes())
    except OSError as error:
        raise Fault(M("{path} could not be read: {error}", path=str(path), error=why(error))) from error
    except (ValueError, TypeError, LookupError) as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) if isinstance(error, ValidationError) else str(error)
        raise UserMistake(
            M("{path} is not a valid document (at {where}). Correct it, or delete it to have it made again.", path=str(path), where=where)
        ) from error
