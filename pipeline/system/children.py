"""Child processes that end with their parent, however it ends: by Linux's death signal, a Windows job, a watchdog elsewhere."""

import ctypes
import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache, partial
from types import FrameType
from typing import IO, Any

TERMINATION_SIGNALS: tuple[signal.Signals, ...] = (signal.SIGINT, signal.SIGTERM)
"""Signals by which a person or a supervisor asks this process to end."""
if sys.platform == "win32":
    TERMINATION_SIGNALS += (signal.SIGBREAK,)
elif hasattr(signal, "SIGHUP"):
    TERMINATION_SIGNALS += (signal.SIGHUP,)  # the terminal was closed

_PR_SET_PDEATHSIG, _KILL = 1, 9
_prctl: Any = getattr(ctypes.CDLL(None), "prctl", None) if sys.platform == "linux" else None
_SHELL = "/bin/sh"
_UNLESS_ORPHANED = '[ "$PPID" = "$0" ] && exec "$@"'
"""Shell command: run the program unless the parent, whose id comes first, ended before the death signal was set."""
_WHEN_SIGNALLED = 'read -r go && exec "$@" </dev/null'
"""Shell command: run the program once the parent writes a line; if the parent dies before that, the shell ends."""
_WATCHDOG = """
import os, sys
groups = set()
for line in sys.stdin:
    (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
for group in groups:
    try:
        os.killpg(group, 9)
    except OSError:
        pass
"""
_forking = 0
"""Id of the process that is about to fork, for its child to read."""


def _note_forking() -> None:
    global _forking
    _forking = os.getpid()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_note_forking)


def die_with_parent() -> None:
    """Have the kernel end this child, just forked, when the thread that started it ends. Does nothing except on Linux."""
    _ask_for_death_signal(_forking)


def end_with_parent() -> None:
    """Have the kernel kill this process when the one that started it ends, for a process that somebody else's code started.

    Does nothing except on Linux; elsewhere a job or a watchdog of the starter's starter ends the whole family.
    """
    _ask_for_death_signal(os.getppid())


def _ask_for_death_signal(parent: int) -> None:
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, _KILL)
        if os.getppid() != parent:  # it was gone before the kernel was told
            os.kill(os.getpid(), _KILL)


def start_child(
    args: Sequence[str],
    *,
    stdout: IO[bytes] | int,
    stderr: IO[bytes] | int,
    env: Mapping[str, str] | None = None,
    nice: int = 0,
    session: bool = False,
) -> "subprocess.Popen[bytes]":
    """Start a child process that does not outlive this process, however this one ends; call `end_child` in any case.

    env: added to the environment. nice: 0 to 19, added to this process's own niceness. session: detached from the terminal, so that
    Ctrl-C reaches this process only. On Linux the child ends with the *thread* that started it. Raises OSError when it does not start.
    """
    environment = {**os.environ, **(env or {})}
    if shutil.which(args[0], path=environment.get("PATH")) is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), args[0])
    started: list[subprocess.Popen[bytes]] = []
    options: dict[str, Any] = {"stdout": stdout, "stderr": stderr, "env": environment, "bufsize": 0}
    options |= {"stdin": subprocess.DEVNULL, "start_new_session": session}
    try:
        with interrupts_deferred():
            started.append(_launch(args, nice, options))
    except BaseException:
        for process in started:  # the Ctrl-C that waited
            end_child(process)
        raise
    return started[0]


def _launch(args: Sequence[str], nice: int, options: dict[str, Any]) -> "subprocess.Popen[bytes]":
    if sys.platform == "win32":
        return _launch_in_job(args, nice, options)
    nice_command = [program, "-n", str(nice)] if nice and (program := shutil.which("nice")) else []
    if _prctl is not None:
        if death_signal := _death_signal():
            return subprocess.Popen([*death_signal, *nice_command, _SHELL, "-c", _UNLESS_ORPHANED, str(os.getpid()), *args], **options)
        return subprocess.Popen(args, preexec_fn=partial(_between_fork_and_exec, nice), **options)
    if not hasattr(os, "killpg"):
        return subprocess.Popen([*nice_command, *args], **options)
    group: dict[str, Any] = {} if options["start_new_session"] else {"process_group": 0}
    waiting = [*nice_command, _SHELL, "-c", _WHEN_SIGNALLED, _SHELL, *args]
    process = subprocess.Popen(waiting, **{**options, **group, "stdin": subprocess.PIPE})
    watchdog().watch(process.pid)
    assert process.stdin is not None
    with suppress(BrokenPipeError), process.stdin as pipe:
        pipe.write(b"go\n")
    process.stdin = None
    return process


@cache
def _death_signal() -> list[str]:
    """The command that sets the death signal and then executes a program; empty where util-linux has no `setpriv`, or an old one.

    Measured with 300 MB in this process: 0.1 ms until this process continues and 3 ms until the program runs, against 8 and 8 with a
    function between fork and exec, for which Python copies the page tables of the whole process.
    """
    command = [shutil.which("setpriv") or "", "--pdeathsig", "KILL"]
    trial = [*command, _SHELL, "-c", _UNLESS_ORPHANED, str(os.getpid()), "true"]
    with suppress(OSError, subprocess.SubprocessError):
        return command if not subprocess.run(trial, stdin=subprocess.DEVNULL, capture_output=True, timeout=5).returncode else []
    return []


def _between_fork_and_exec(nice: int) -> None:
    die_with_parent()
    if nice and sys.platform != "win32":
        os.nice(nice)  # before the program's first thread, so that all of them wait


class Watchdog:
    """A process that waits for the end of this one and then kills the registered process groups: for systems without a death signal."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._groups: set[int] = set()
        self._process: subprocess.Popen[bytes] | None = None

    def watch(self, group: int) -> None:
        """Register a process group to be killed when this process ends."""
        self._groups.add(group)
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        """Unregister a process group."""
        if group in self._groups:
            self._groups.discard(group)
            self._tell(f"-{group}\n")

    def _tell(self, line: str) -> None:
        try:
            self._write(line)
        except OSError:  # there was none yet, or somebody ended it
            silent = subprocess.DEVNULL
            command = [sys.executable, "-I", "-S", "-c", _WATCHDOG]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=silent, stderr=silent, bufsize=0, start_new_session=True
            )
            self._write("".join(f"+{group}\n" for group in self._groups))

    def _write(self, text: str) -> None:
        if self._process is None or self._process.stdin is None:
            raise BrokenPipeError
        self._process.stdin.write(text.encode())


_watchdog: Watchdog | None = None


def watchdog() -> Watchdog:
    """This process's own watchdog; a forked process has another."""
    global _watchdog
    if _watchdog is None or _watchdog.owner != os.getpid():
        _watchdog = Watchdog()
    return _watchdog


class _Limits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION (winnt.h), of which the flags alone matter here."""

    _fields_ = (
        ("times", ctypes.c_int64 * 2),
        ("flags", ctypes.c_uint32),
        ("working_set", ctypes.c_size_t * 2),
        ("active_processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("classes", ctypes.c_uint32 * 2),
        ("io_counters", ctypes.c_uint64 * 6),
        ("memory", ctypes.c_size_t * 4),
    )


_EXTENDED_LIMITS, _KILL_ON_JOB_CLOSE, _SET_QUOTA_AND_TERMINATE, _SUSPENDED = 9, 0x2000, 0x0101, 0x4
_IDLE, _BELOW_NORMAL = 0x40, 0x4000


def make_job(kernel32: Any) -> int:
    """Make a Windows job whose processes end when its last handle is closed, which the system does when this process ends."""
    job = kernel32.CreateJobObjectW(None, None)
    limits = _Limits(flags=_KILL_ON_JOB_CLOSE)
    if not job or not kernel32.SetInformationJobObject(job, _EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits)):
        raise OSError("no job object")
    return int(job)


def put_in_job(kernel32: Any, job: int, pid: int) -> None:
    """Put a process in a job. Raises OSError when the system refuses."""
    process = kernel32.OpenProcess(_SET_QUOTA_AND_TERMINATE, False, pid)
    try:
        if not process or not kernel32.AssignProcessToJobObject(job, process):
            raise OSError("the job refuses the process")
    finally:
        if process:
            kernel32.CloseHandle(process)


if sys.platform == "win32":

    @cache
    def _kernel32() -> Any:
        library = ctypes.WinDLL("kernel32", use_last_error=True)
        handle = ctypes.c_void_p
        library.CreateJobObjectW.restype = library.OpenProcess.restype = handle
        library.SetInformationJobObject.argtypes = (handle, ctypes.c_int, handle, ctypes.c_uint32)
        library.AssignProcessToJobObject.argtypes = (handle, handle)
        library.CloseHandle.argtypes = (handle,)
        return library

    @cache
    def _job() -> int:
        return make_job(_kernel32())

    def _launch_in_job(args: Sequence[str], nice: int, options: dict[str, Any]) -> "subprocess.Popen[bytes]":
        """Start a process suspended and resume it in the job, so that nothing that it starts is outside."""
        import psutil

        flags = _SUSPENDED | subprocess.CREATE_NEW_PROCESS_GROUP | priority_class(nice)
        process = subprocess.Popen(args, creationflags=flags, **options)
        try:
            put_in_job(_kernel32(), _job(), process.pid)
            psutil.Process(process.pid).resume()
        except BaseException:
            process.kill()
            raise
        return process


def priority_class(nice: int) -> int:
    """The Windows priority class that stands for a niceness, as a flag for the start of a process."""
    return 0 if nice <= 0 else _BELOW_NORMAL if nice < 10 else _IDLE


def end_child(process: "subprocess.Popen[bytes]") -> None:
    """Kill a child that still runs, and reap it; its pid is not used any more afterwards."""
    if process.poll() is None:
        process.kill()
    if _watchdog is not None and _watchdog.owner == os.getpid():
        with suppress(OSError):
            _watchdog.forget(process.pid)
    process.wait()


def interrupt_child(process: "subprocess.Popen[bytes]") -> None:
    """Ask a child that was started with `session` to end, as Ctrl-C would."""
    if sys.platform == "win32":
        process.send_signal(signal.CTRL_BREAK_EVENT)
    else:
        process.send_signal(signal.SIGINT)


@contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Defer Ctrl-C to the end of the block: raised in the callbacks around a fork it would be lost, and inside `Popen` lose the child.

    The handlers are replaced instead of the signals being blocked, because a child inherits blocked signals. Other threads are never
    interrupted.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pending: dict[int, None] = {}

    def remember(number: int, _frame: FrameType | None) -> None:
        pending[number] = None

    handlers = {number: handler for number in TERMINATION_SIGNALS if callable(handler := signal.getsignal(number))}
    try:
        with _signals_blocked():
            for number in handlers:
                signal.signal(number, remember)
        yield
    finally:
        with _signals_blocked():
            for number, handler in handlers.items():
                signal.signal(number, handler)
        for caught in pending:
            signal.raise_signal(caught)


@contextmanager
def _signals_blocked() -> Iterator[None]:
    if sys.platform == "win32" or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    previous = signal.pthread_sigmask(signal.SIG_BLOCK, TERMINATION_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous)
