"""Any exception as an error with one line for a person: what went wrong, to which file, and what to do."""

import contextlib
import errno
import hashlib
import tempfile
import traceback
from pathlib import Path

from pipeline.documents.message import M
from pipeline.errors import DiskFault, Fault, FieldCutError, MediaFault
from pipeline.store.disk import disk_fault, error_reason, write_atomically


def as_fieldcut_error(error: BaseException, workspace: Path) -> FieldCutError:
    """The error itself when it has a line for a person, else a DiskFault or Fault that has one."""
    if isinstance(error, MediaFault) and error.log:
        log = _write_log(error.log, workspace)
        message = M("{failure} What it printed is in {path}; please report it with that file.", failure=error.message, path=str(log))
        return MediaFault(message) if log else error
    if isinstance(error, FieldCutError):
        return error
    if not isinstance(error, OSError):
        return _internal_fault(error, workspace)
    # an OSError that no stage handled: a clip taken away while it was read, a disk that filled up
    path = Path(str(error.filename or workspace))
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        return disk_fault(path, error)
    return DiskFault(M("{path} cannot be used: {error}", path=str(path), error=error_reason(error)))


def _internal_fault(error: BaseException, workspace: Path) -> Fault:
    """A bug of the program itself: one line for the person, the traceback in a file."""
    summary = f"{type(error).__name__}: {error}"
    log = _write_log("".join(traceback.format_exception(error)), workspace)
    if log is None:
        return Fault(M("FieldCut itself failed: {error}. Please report it.", error=summary))
    return Fault(M("FieldCut itself failed: {error}. Please report it with the file {path}.", error=summary, path=str(log)))


def _write_log(text: str, workspace: Path) -> Path | None:
    """Keep what a program printed for whoever mends it; None where no folder lets itself be written. The same text has one file."""
    name = f"fieldcut-error-{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:12]}.log"
    for folder in (workspace, Path(tempfile.gettempdir())):
        # A rename puts the log in the place of a link that somebody else laid there, and never writes through it.
        with contextlib.suppress(DiskFault, UnicodeError):
            if folder.is_dir():
                write_atomically(folder / name, text, mode=0o600)
                return folder / name
    return None
