"""How a command ends that cannot go on: one line for the person, and the exit code."""

import contextlib
import errno
import sys
import tempfile
import traceback
from pathlib import Path
from typing import NoReturn

from flows.show import print_error
from pipeline.documents.message import M, Message
from pipeline.errors import DiskFault, Fault, FieldCutError, UserMistake
from pipeline.language import say
from pipeline.store.disk import disk_fault, why
from pipeline.system import json_text


def fail(error: FieldCutError, lang: str, as_json: bool) -> NoReturn:
    """Say what is wrong and end."""
    text = say(error.message, lang)
    if as_json:
        print(json_text({"error": text, "exit_code": error.exit_code}))
    print_error(text)
    sys.exit(error.exit_code)


def as_told(error: BaseException, workspace: Path) -> FieldCutError:
    """Any error as one that has a line for a person."""
    if isinstance(error, FieldCutError):
        return error
    if not isinstance(error, OSError):
        return _own_fault(error)
    # a file that nobody looked after: a clip taken away while it was read, a disk that filled up
    path = Path(str(error.filename or workspace))
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        return disk_fault(path, error)
    return DiskFault(M("{path} cannot be used: {error}", path=str(path), error=why(error)))


def _own_fault(error: BaseException) -> Fault:
    """A mistake of the program itself: one line for the person, the rest in a file."""
    log = Path(tempfile.gettempdir()) / "fieldcut-error.log"
    with contextlib.suppress(OSError):
        log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    what = f"{type(error).__name__}: {error}"
    return Fault(M("FieldCut itself failed: {error}. Please report it with the file {path}.", error=what, path=str(log)))


def refuse(message: Message, lang: str, as_json: bool = False) -> NoReturn:
    """End because of what was typed."""
    fail(UserMistake(message), lang, as_json)
