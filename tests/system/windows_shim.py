"""Takes away, in this process, what Python on Windows lacks, and refuses what Windows refuses.

Run as `python tests/system/windows_shim.py make …`: the command line, under the shim. Windows' job object cannot run here:
`pipeline.system` starts children as on a system that has no way to end them with their parent.
"""

import asyncio
import builtins
import ctypes
import errno
import io
import json
import multiprocessing.pool
import os
import runpy
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import filelock
import platformdirs
import psutil

LACKS = {
    os: (
        "fork forkpty getuid geteuid getgid getegid getpgid getpgrp setsid getsid killpg mkfifo nice pread pwrite sched_getaffinity "
        "sched_setaffinity set_blocking register_at_fork setpriority getpriority sysconf wait3 wait4 "
        "fdatasync chown lchown fchown posix_fadvise posix_spawn"
    ),
    signal: "SIGKILL SIGSTOP SIGCONT SIGHUP SIGQUIT SIGUSR1 SIGUSR2 SIGCHLD SIGALRM alarm setitimer pthread_sigmask pthread_kill sigwait",
}
MODULES = ("fcntl", "pwd", "grp", "resource", "termios", "tty", "pty")
OURS = ("pipeline", "flows")
"""Libraries keep what their Linux branch needs: on Windows they take another (filelock `msvcrt`, psutil its own calls)."""

_open, _os_open, _fsync, _replace, _rename, _unlink = builtins.open, os.open, os.fsync, os.replace, os.rename, os.unlink
_popen, _cdll, _import, _readlink, _listdir = subprocess.Popen.__init__, ctypes.CDLL, builtins.__import__, os.readlink, os.listdir
_getfl = __import__("fcntl").fcntl
_GETFL = __import__("fcntl").F_GETFL
_PARENT = os.getppid()


def _asked_by_psutil() -> bool:
    return str(sys._getframe(2).f_globals.get("__name__", "")).startswith("psutil")


def _no_proc(path: object) -> None:
    if isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith("/proc"):
        raise FileNotFoundError(errno.ENOENT, "Windows has no /proc", os.fsdecode(path))


def open_file(file: Any, mode: str = "r", *args: Any, **named: Any) -> Any:
    if not _asked_by_psutil():
        _no_proc(file)
    return _open(file, mode, *args, **named)


def os_open(path: Any, flags: int, *args: Any, **named: Any) -> int:
    _no_proc(path)
    if os.path.isdir(path):
        raise PermissionError(errno.EACCES, "Windows opens no folder", os.fsdecode(path))
    return _os_open(path, flags, *args, **named)


def fsync(number: int) -> None:
    if _getfl(number, _GETFL) & os.O_ACCMODE == os.O_RDONLY:
        raise OSError(errno.EBADF, "Windows flushes no file that was opened for reading")
    _fsync(number)


def _must_be_closed(*paths: object) -> None:
    """Python, ffmpeg and SQLite on Windows open files so that nobody may rename or delete them meanwhile."""
    wanted = set()
    for path in paths:
        try:
            status = os.stat(path)  # type: ignore[arg-type]
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode):
            wanted.add((status.st_dev, status.st_ino))
    for process in ("self", *_children()):
        try:
            numbers = _listdir(f"/proc/{process}/fd")
        except OSError:
            continue
        for number in numbers:
            try:
                status = os.stat(f"/proc/{process}/fd/{number}")
            except OSError:
                continue
            if (status.st_dev, status.st_ino) in wanted:
                error = PermissionError(errno.EACCES, "The process cannot access the file because it is being used", str(paths[0]))
                error.winerror = 32  # type: ignore[attr-defined]
                REFUSED.append(str(paths[-1]))
                raise error


def _children() -> list[str]:
    try:
        with _open("/proc/thread-self/children", encoding="ascii") as children:
            return children.read().split()
    except OSError:
        return []


REFUSED: list[str] = []


def replace(source: Any, target: Any, **named: Any) -> None:
    _must_be_closed(source, target)
    _replace(source, target, **named)


def rename(source: Any, target: Any, **named: Any) -> None:
    _must_be_closed(source, target)
    if os.path.exists(target):
        raise FileExistsError(errno.EEXIST, "Windows renames over nothing", os.fsdecode(target))
    _rename(source, target, **named)


def unlink(path: Any, **named: Any) -> None:
    if sys._getframe(1).f_globals.get("__name__") != "tempfile":  # on Windows the system deletes what it made, when it is closed
        _must_be_closed(path)
    _unlink(path, **named)


def begin(self: Any, args: Any, *rest: Any, **named: Any) -> None:
    if named.get("preexec_fn") is not None:
        raise ValueError("preexec_fn is not supported on Windows platforms")
    if named.get("pass_fds"):
        raise ValueError("pass_fds not supported on Windows.")
    STARTED.append(str(args[0] if isinstance(args, list | tuple) else args))
    _popen(self, args, *rest, **named)


STARTED: list[str] = []


def send_signal(self: Any, number: int) -> None:
    if self.poll() is None:
        if number != signal.SIGTERM:
            raise ValueError(f"Unsupported signal: {number}")
        self.kill()


def kill(self: Any) -> None:
    if self.poll() is None:
        os.kill(self.pid, 9)


class Library:
    """The C library of Windows, which has neither."""

    def __init__(self, *args: Any, **named: Any) -> None:
        self._library = _cdll(*args, **named)

    def __getattr__(self, name: str) -> Any:
        if name in ("prctl", "malloc_trim"):
            raise AttributeError(name)
        return getattr(self._library, name)


def import_module(name: str, *args: Any, **named: Any) -> Any:
    importer = str(sys._getframe(1).f_globals.get("__name__", ""))
    if name in MODULES and importer.startswith(OURS):
        raise ImportError(f"Windows has no {name}")
    return _import(name, *args, **named)


def take_away() -> None:
    """Make this process as poor as one on Windows."""
    for loaded in (asyncio, multiprocessing.pool, filelock, platformdirs, psutil):  # look for what is taken away while they are loaded
        assert loaded.__name__ in sys.modules
    for module, names in LACKS.items():
        for name in names.split():
            if hasattr(module, name):
                delattr(module, name)
    builtins.open = io.open = open_file  # type: ignore[assignment]
    os.open, os.fsync, os.replace, os.rename, os.unlink, os.remove = os_open, fsync, replace, rename, unlink, unlink  # type: ignore[assignment]
    shutil._use_fd_functions = False  # type: ignore[attr-defined]
    os.getppid = lambda: _PARENT  # also when that one is gone
    subprocess.Popen.__init__, subprocess.Popen.send_signal, subprocess.Popen.kill = begin, send_signal, kill  # type: ignore[method-assign]
    subprocess.Popen.terminate = kill  # type: ignore[method-assign]
    ctypes.CDLL = lambda name=None, *rest, **named: (Library if name is None else _cdll)(name, *rest, **named)  # type: ignore[assignment, misc]
    builtins.__import__ = import_module


if __name__ == "__main__":
    take_away()
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    try:
        runpy.run_module("flows.cli", run_name="__main__", alter_sys=True)
    finally:
        print(json.dumps({"children": len(STARTED), "refused": sorted(set(REFUSED))}), file=sys.stderr)
