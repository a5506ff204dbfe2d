"""Atomic writing: a file is either the old one or the new one, never half of one.

Documents and delivered files are flushed to the disk, with their names, before anything that builds on them is written.
"""

import errno
import filecmp
import os
import re
import shutil
import tempfile
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
from pipeline.store.json_lines import line_of

D = TypeVar("D", bound=Document)
DISK_FULL_ERRNOS = (errno.ENOSPC, errno.EDQUOT)
LEAST_FREE_BYTES = 1 << 20
"""Free bytes under which a disk counts as full: less takes no block of sound."""
_PART = re.compile(r"\..*\.[0-9a-f]{8}\.part(?:\.\w+)?")
REASONS: Mapping[int, Message] = {
    errno.EACCES: M("there is no permission"),
    errno.EPERM: M("there is no permission"),
    errno.EROFS: M("the disk is write-protected"),
    errno.EEXIST: M("a file of that name is in the way"),
    errno.ENOTDIR: M("a file of that name is in the way"),
    errno.EISDIR: M("a folder of that name is in the way"),
    errno.ENOENT: M("it is not there"),
    errno.ENAMETOOLONG: M("its name is too long"),
    **dict.fromkeys((errno.EIO, errno.ENODEV, errno.ENXIO, errno.ESTALE), M("the disk it is on was pulled out, or is broken")),
    **dict.fromkeys((errno.EBUSY, errno.EAGAIN, errno.ETIMEDOUT), M("the disk does not answer")),
}


def part_beside(path: Path) -> Path:
    """A new hidden temporary path beside a file, with its suffix so that tools know the format; `is_part` recognises it."""
    return path.with_name(f".{path.stem}.{uuid.uuid4().hex[:8]}.part{path.suffix}")


def is_part(name: str) -> bool:
    """Whether a file name was made by `part_beside`, so that the file is ours in any folder."""
    return _PART.fullmatch(name) is not None


def write_atomically(path: Path, content: bytes | str, *, mode: int = 0o666) -> None:
    """Write under a temporary name, flush to the disk, rename. Raises DiskFault when the disk is full or refuses.

    mode: permissions from the first byte on, less the user's umask; 0o600 for secrets.
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


def copy_atomically(source: Path, target: Path, *, mode: int = 0o666) -> None:
    """Copy a file, whole or not at all; an equal target is left as it is. Raises DiskFault when the disk is full or refuses.

    mode: permissions from the first byte on, less the user's umask, as for `write_atomically`.
    """
    part = part_beside(target)
    try:
        if target.is_file() and filecmp.cmp(source, target, shallow=False):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
        shutil.copyfile(source, part)
        system.sync(part)
        _rename(part, target)
    except OSError as error:
        raise disk_fault(target, error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _rename(part: Path, path: Path) -> None:
    """Give a flushed file its name, durably.

    A rename is part of the folder, which is flushed on its own: otherwise a power cut may keep a later rename and lose this one, and
    what was recorded first (for example that a file is ours) would be missing.
    """
    system.replace(part, path)
    system.sync_folder(path.parent)


def disk_fault(path: Path, error: OSError) -> DiskFault:
    """The fault, with its message for a person, for an error of the disk at a path."""
    if is_full(path, error):
        return DiskFault(
            M("The disk is full: {path} could not be written. Free some space and run the same command again.", path=str(path))
        )
    return DiskFault(M("{path} could not be written: {error}", path=str(path), error=error_reason(error)))


def require_writable(folder: Path) -> None:
    """Write a byte into a folder. Raises OSError where the disk, or whom the folder belongs to, does not allow it.

    The file has no name where the system has such files, so that a run that dies here leaves nothing.
    """
    with tempfile.TemporaryFile(dir=folder, prefix=".probe.", suffix=".part") as probe:
        probe.write(b"-")
        probe.flush()


def is_full(path: Path, error: OSError) -> bool:
    """Whether an error means that the disk of a path is full; some libraries report that too little was written, but not why."""
    if error.errno is not None:
        return error.errno in DISK_FULL_ERRNOS
    try:
        existing = next(folder for folder in path.parents if folder.is_dir())
        return shutil.disk_usage(existing).free < LEAST_FREE_BYTES
    except (OSError, StopIteration):
        return False


def error_reason(error: OSError) -> Message | str:
    """The reason of a system error: a message that can be translated; the text of an error that has no number."""
    if system.is_file_in_use(error):
        return M("another program has it open; close it there and run the same command again")
    known = REASONS.get(error.errno or 0)
    return known or (M("error {number} of the system", number=error.errno) if error.errno else str(error))


def save_document(path: Path, document: Document) -> None:
    """Write a document as indented JSON, atomically. Raises DiskFault."""
    write_atomically(path, document_text(document))


def document_text(document: Document) -> str:
    """The text of a document's file."""
    return document.model_dump_json(indent=2) + "\n"


def load_document(path: Path, model: type[D]) -> D:
    """Read a document of that model.

    Raises UserMistake that names the file and the field when the content is not valid, Fault when the file cannot be read.
    """
    try:
        return model.from_json(path.read_bytes())
    except OSError as error:
        raise Fault(M("{path} could not be read: {error}", path=str(path), error=error_reason(error))) from error
    except (ValueError, TypeError, LookupError) as error:
        place = error.errors()[0]["loc"] if isinstance(error, ValidationError) else ()
        line = line_of(path.read_bytes(), place) if place else None
        position: str | Message = ".".join(str(part) for part in place) if isinstance(error, ValidationError) else str(error)
        position = M("line {line}, {key}", line=line, key=position) if line else position
        raise UserMistake(
            M(
                "{path} is not a valid document (at {where}). Correct it, or delete it to have it made again.",
                path=str(path),
                where=position,
            )
        ) from error
