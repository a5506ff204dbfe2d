"""Processes that are killed: at the n-th time that they touch the disk, or at any moment; several side by side."""

import builtins
import io
import itertools
import os
import pickle
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline.media.process import die_with_parent

TOUCHES = ("replace", "rename", "fsync", "unlink", "utime", "rmdir")
"""What a run does to the disk through `os`, which pathlib, shutil, tempfile and filelock all call; making a file or folder comes to it."""
KILLED = -signal.SIGKILL
LONGEST_S = 60.0


def forked(work: Callable[[], object], *, die_at: int = 0, after: float | None = None, when: Callable[[int], bool] | None = None) -> int:
    """Run `work` in a process of its own; its exit code, or minus the signal that ended it.

    die_at: it kills itself at this crash point, counted from 1: right before or right after it touches the disk.
    after: it is killed so many seconds later. when: called again and again with its id until it says that now is the time for that.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            die_with_parent()
            _deaf()
            if die_at:
                _arm(lambda passed: os.kill(os.getpid(), signal.SIGKILL) if passed == die_at else None)
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    if after is None and when is None:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    ends = time.monotonic() + LONGEST_S
    while when is not None and not when(child):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        assert time.monotonic() < ends
        time.sleep(0.0005)
    kills = time.monotonic() + (after or 0.0)
    while (left := kills - time.monotonic()) > 0:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(min(left, 0.002))
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _deaf() -> None:
    """What pytest caught for its own process is not the child's."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def points_of(work: Callable[[], object], note: Path) -> int:
    """How many crash points a run of `work` has that nobody disturbs. note: a file for the answer."""

    def counted() -> None:
        count = 0

        def passed(number: int) -> None:
            nonlocal count
            count = number

        _arm(passed)
        work()
        note.write_text(str(count))

    assert forked(counted) == 0
    return int(note.read_text())


def _arm(at_point: Callable[[int], None]) -> None:
    points = itertools.count(1)

    def watched(touch: Callable[..., Any], *, before: bool, counts: Callable[..., bool] = lambda *_, **__: True) -> Callable[..., Any]:
        def touched(*given: Any, **named: Any) -> Any:
            counted = counts(*given, **named)
            if counted and before:
                at_point(next(points))
            result = touch(*given, **named)
            if counted:
                at_point(next(points))
            return result

        return touched

    for name in TOUCHES:
        setattr(os, name, watched(getattr(os, name), before=True))
    # before a file or folder is made, the disk is as after the touch before
    os.mkdir = watched(os.mkdir, before=False)
    os.open = watched(os.open, before=False, counts=lambda path, flags, *_, **__: bool(flags & os.O_CREAT) and not _passing(path))
    writes = lambda path, mode="r", *_, **__: any(sign in mode for sign in "wxa+") and not _passing(path)  # noqa: E731
    builtins.open = io.open = watched(io.open, before=False, counts=writes)


def _passing(path: Any) -> bool:
    """Devices, descriptors, and the nameless files of a folder, which no crash can leave behind."""
    return isinstance(path, int) or str(path).startswith("/dev/") or os.path.isdir(path)


def children_of(process: int) -> dict[int, bytes]:
    """Command lines of a process's own children."""
    found = {}
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                with suppress(OSError):
                    found[int(child)] = Path(f"/proc/{child}/cmdline").read_bytes()
    return found


def side_by_side(jobs: Sequence[Callable[[], Any]], folder: Path, lanes: int = 3) -> Iterator[Any]:
    """The jobs' results, in no order, from a few processes at once: most of a short run is waiting. A job that fails fails here."""
    folder.mkdir(parents=True, exist_ok=True)

    def lane(number: int) -> None:
        results = []
        for job in jobs[number::lanes]:
            try:
                results.append((job(), ""))
            except BaseException:
                results.append((None, traceback.format_exc()))
        (folder / f"{number}.pickle").write_bytes(pickle.dumps(results))

    children = []
    for number in range(lanes):
        child = os.fork()
        if child == 0:
            try:
                die_with_parent()
                _deaf()
                lane(number)
            finally:
                os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    for number in range(lanes):
        for result, failure in pickle.loads((folder / f"{number}.pickle").read_bytes()):
            assert not failure, failure
            yield result
