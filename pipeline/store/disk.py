"""Files that are either the old ones or the new ones, never half of one.

Documents and delivered files are work: they are on the disk, with their names, before anything that builds on them is written.
"""

import errno
import filecmp
import os
import re
import shutil
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from pipeline import system
from pipeline.documents.base import Document
from pipeline.documents.message import M, Message
from pipeline.errors import DiskFault, Fault, UserMistake

D = TypeVar("D", bound=Document)
FULL = (errno.ENOSPC, errno.EDQUOT)
LEAST_ROOM = 1 << 20
"""Bytes; a disk with less takes no block of sound."""
_PART = re.compile(r"\..*\.[0-9a-f]{8}\.part(?:\.\w+)?")
WHY: Mapping[int, Message] = {
    errno.EACCES: M("there is no permission"),
    errno.EPERM: M("there is no permission"),
    errno.EROFS: M("the disk is write-protected"),
    errno.EEXIST: M("a file of that name is in the way"),
    errno.ENOTDIR: M("a file of that name is in the way"),
    errno.EISDIR: M("a folder of that name is in the way"),
    errno.ENOENT: M("it is not there"),
}


def part_beside(path: Path) -> Path:
    """A fresh hidden name beside a file, with its suffix so that tools know the format; `is_part` knows it again."""
    return path.with_name(f".{path.stem}.{uuid.uuid4().hex[:8]}.part{path.suffix}")


def is_part(name: str) -> bool:
    """Whether a name was made by `part_beside`: nobody's file but ours, in any folder."""
    return _PART.fullmatch(name) is not None


def write_atomically(path: Path, content: bytes | str, *, mode: int = 0o666) -> None:
    """Write under a temporary name, flush to the disk, rename. Raises DiskFault when the disk is full or refuses.

    mode: who may read it from its first byte on, less the user's umask; 0o600 for what is nobody else's business.
    """
    data = content.encode() if isinstance(content, str) else content
    part = part_beside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        _rename(part, path)
    except OSError as error:
        raise disk_fault(path, error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def copy_atomically(source: Path, target: Path) -> None:
    """A copy that is whole or not there; the same bytes are not written twice. Raises DiskFault when the disk is full or refuses."""
    part = part_beside(target)
    try:
        if target.is_file() and filecmp.cmp(source, target, shallow=False):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, part)
        system.sync(part)
        _rename(part, target)
    except OSError as error:
        raise disk_fault(target, error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _rename(part: Path, path: Path) -> None:
    """Give a flushed file its name, for good.

    A rename is in the folder, and the folder is flushed apart: without it a power cut may keep a later rename and lose this one, and
    what was written down first (that a file is ours, say) would be missing.
    """
    system.replace(part, path)
    system.sync_folder(path.parent)


def disk_fault(path: Path, error: OSError) -> DiskFault:
    """The one line a person gets for a disk that refused."""
    if is_full(path, error):
        return DiskFault(
            M("The disk is full: {path} could not be written. Free some space and run the same command again.", path=str(path))
        )
    return DiskFault(M("{path} could not be written: {error}", path=str(path), error=error_reason(error)))


def is_full(path: Path, error: OSError) -> bool:
    """Whether an error means that the disk of a path is full; some libraries tell that too little was written, and not why."""
    if error.errno is not None:
        return error.errno in FULL
    try:
        there = next(folder for folder in path.parents if folder.is_dir())
        return shutil.disk_usage(there).free < LEAST_ROOM
    except (OSError, StopIteration):
        return False


def error_reason(error: OSError) -> Message | str:
    """What the system says, in words that can be translated where they are common."""
    if system.is_held(error):
        return M("another program has it open; close it there and run the same command again")
    return WHY.get(error.errno or 0) or error.strerror or str(error)


def save(path: Path, document: Document) -> None:
    """Write a document as JSON that a person can read."""
    write_atomically(path, as_text(document))


def as_text(document: Document) -> str:
    """A document as it stands in its file."""
    return document.model_dump_json(indent=2) + "\n"


def load(path: Path, kind: type[D]) -> D:
    """Read a document.

    Raises UserMistake that names the file and the place when it was edited into something else, Fault when it cannot be read.
    """
    try:
        return kind.from_json(path.read_bytes())
    except OSError as error:
        raise Fault(M("{path} could not be read: {error}", path=str(path), error=error_reason(error))) from error
    except (ValueError, TypeError, LookupError) as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) if isinstance(error, ValidationError) else str(error)
        raise UserMistake(
            M("{path} is not a valid document (at {where}). Correct it, or delete it to have it made again.", path=str(path), where=where)
        ) from error
