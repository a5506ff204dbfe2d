"""Runs child processes and always ends them: at a failure, at Ctrl-C, when one hangs, and when the parent dies."""

import errno
import math
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import IO

from pipeline import system
from pipeline.documents.message import M, Message
from pipeline.errors import FieldCutError, MediaFault
from pipeline.store.disk import DISK_FULL_ERRNOS, disk_fault, error_reason
from pipeline.system import die_with_parent

__all__ = ["Child", "die_with_parent", "run_media", "run_side_by_side"]
POLL_S = 0.02
LONGEST_POLL_GAP_S = 1.0
LOG_TAIL = 4000
DISK_FULL_EXIT_CODES = tuple(size - number for number in DISK_FULL_ERRNOS for size in (1 << 8, 1 << 32))
"""Exit codes of ffmpeg for a full disk: the system's negative error number, in eight bits or, on Windows, 32; also without a log."""
KEEPALIVE_PREFIXES = (b"progress=", b"drop_frames=", b"speed=", b"fps=", b"elapsed=")
"""Lines of ffmpeg's progress report that appear even when it makes no progress."""
DRAIN_S = 0.5
"""How long output is read after a program has ended: only programs that it started itself can keep its output open."""


@dataclass
class Child:
    """One process to run.

    args: the command. name: what it works on, for the message when it fails.
    on_line: called with each line of standard output. env: added to the environment.
    after: called in the parent with the log (standard error) once the process has succeeded.
    memory_mb: estimated peak memory, which counts against `run_side_by_side`'s `memory_mb`.
    needed: asked when its turn comes; what another machine has done meanwhile is not started.
    """

    args: Sequence[str]
    name: str | Message
    on_line: Callable[[str], None] | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    after: Callable[[str], None] | None = None
    memory_mb: float = 0.0
    needed: Callable[[], bool] = lambda: True


class _Running:
    """A started child with its log and its recent activity."""

    def __init__(self, child: Child, nice: int) -> None:
        self.child = child
        self.log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        try:
            self.process = system.start_child(child.args, stdout=subprocess.PIPE, stderr=self.log, env=child.env, nice=nice)
        except BaseException:
            self.log.close()
            raise
        assert self.process.stdout is not None
        self._data: SimpleQueue[bytes] = SimpleQueue()
        # Not every system has non-blocking pipes.
        self._reader = threading.Thread(target=_read, args=(self.process.stdout, self._data), daemon=True)
        self._reader.start()
        self.partial_line = b""
        self.last_lines: list[bytes] = []
        self.last_activity: tuple[object, ...] = ()
        self.idle_s = 0.0
        self.started_at = self.polled_at = time.monotonic()

    def listen(self, *, ended: bool) -> None:
        """Pass on new lines of output and note whether output, log or processor time have changed.

        ended: the process has ended, so that its last output counts as a line even without a line break.
        """
        if ended:
            self._reader.join(DRAIN_S)
        while not self._data.empty():
            self.partial_line += self._data.get()
        *lines, self.partial_line = self.partial_line.split(b"\n")
        if ended and self.partial_line:
            lines.append(self.partial_line)
        if self.child.on_line is not None:
            for line in lines:
                self.child.on_line(line.decode(errors="replace").rstrip("\r"))
        self.last_lines = [line for line in lines if not line.startswith(KEEPALIVE_PREFIXES)] or self.last_lines
        activity = (self.log.seek(0, os.SEEK_END), tuple(self.last_lines), system.cpu_seconds(self.process.pid))
        now = time.monotonic()
        # each poll counts for a second at most, so that a suspended computer or run is not taken for a child that hangs
        self.idle_s = 0.0 if activity != self.last_activity else self.idle_s + min(now - self.polled_at, LONGEST_POLL_GAP_S)
        self.last_activity, self.polled_at = activity, now

    def log_text(self) -> str:
        self.log.seek(max(0, self.log.seek(0, os.SEEK_END) - 200_000))
        return self.log.read().decode(errors="replace")

    def end(self) -> None:
        """Kill the process at once: its outputs are temporary files, so there is nothing to finish."""
        system.end_child(self.process)
        self.log.close()


def _read(out: IO[bytes], data: "SimpleQueue[bytes]") -> None:
    """Read a pipe until its last writer has closed it."""
    with out:
        while piece := out.read(65536):
            data.put(piece)


def run_side_by_side(
    children: Sequence[Child],
    *,
    at_once: int = 1,
    memory_mb: float = math.inf,
    stall_s: float = 60.0,
    longest_s: float = math.inf,
    nice: int = 0,
    alive: Callable[[], None] = lambda: None,
) -> None:
    """Run children, `at_once` at a time and together with at most `memory_mb` megabytes, polling them from this thread.

    A child that needs more than that runs alone; one that must wait for memory lets smaller ones go first. nice: added to this process's
    own niceness. alive: called between two looks at them; what it raises ends them. Raises MediaFault naming the first child that failed,
    that did nothing for `stall_s` seconds, or that took longer than `longest_s`, and DiskFault when one found the disk full; by then, as at
    any other exception, every child has ended. Call it from a thread that outlives the children: a child ends with the thread that
    started it.
    """
    waiting = list(children)
    running: list[_Running] = []
    try:
        while waiting or running:
            alive()
            while len(running) < at_once and (index := _next_to_start(waiting, running, memory_mb)) is not None:
                child = waiting.pop(index)
                if child.needed():
                    running.append(_start(child, nice))
            for active in list(running):
                code = active.process.poll()
                active.listen(ended=code is not None)
                if code is None:
                    if active.idle_s > stall_s:
                        raise MediaFault(_stalled(active.child.name, stall_s), active.log_text()[-LOG_TAIL:])
                    if active.polled_at - active.started_at > longest_s:
                        raise MediaFault(_too_long(active.child.name, longest_s), active.log_text()[-LOG_TAIL:])
                    continue
                running.remove(active)
                log = active.log_text()
                active.end()
                if code != 0:
                    raise _failure(active.child, log, code)
                if active.child.after is not None:
                    active.child.after(log)
            if running:
                time.sleep(POLL_S)
    finally:
        for active in running:
            active.end()


def _next_to_start(waiting: Sequence[Child], running: Sequence[_Running], memory_mb: float) -> int | None:
    """Index of the waiting child to start next; None while none fits into the memory beside the running ones."""
    free_mb = memory_mb - sum(active.child.memory_mb for active in running)
    return next((index for index, child in enumerate(waiting) if not running or child.memory_mb <= free_mb), None)


def run_media(
    args: Sequence[str],
    *,
    name: str | Message,
    on_line: Callable[[str], None] | None = None,
    env: Mapping[str, str] | None = None,
    stall_s: float = 60.0,
    longest_s: float = math.inf,
    nice: int = 0,
    alive: Callable[[], None] = lambda: None,
) -> str:
    """Run one child to its end and return what it wrote to standard error. Raises MediaFault as `run_side_by_side` does."""
    logs: list[str] = []
    run_side_by_side([Child(args, name, on_line, env or {}, logs.append)], stall_s=stall_s, longest_s=longest_s, nice=nice, alive=alive)
    return logs[0]


def _start(child: Child, nice: int) -> _Running:
    try:
        return _Running(child, nice)
    except OSError as error:
        if error.errno in DISK_FULL_ERRNOS:
            raise disk_fault(Path(tempfile.gettempdir()), error) from error
        reason = M("{name}: {program} does not start: {error}", name=child.name, program=child.args[0], error=error_reason(error))
        raise MediaFault(reason) from error


def _stalled(name: str | Message, stall_s: float) -> Message:
    return M("{name}: nothing moved for {seconds} seconds, so it was ended.", name=name, seconds=round(stall_s))


def _too_long(name: str | Message, longest_s: float) -> Message:
    return M("{name}: it was not done after {seconds} seconds, so it was ended.", name=name, seconds=round(longest_s))


def _failure(child: Child, log: str, code: int) -> FieldCutError:
    if code in DISK_FULL_EXIT_CODES or "No space left on device" in log or (not log.strip() and _log_disk_is_full()):
        # what it works on may be a clip, which nobody wrote to; ffmpeg's last file is what it writes
        paths = [path for argument in child.args[1:] if (path := Path(argument.removeprefix("file:"))).is_absolute()]
        return disk_fault([Path(tempfile.gettempdir()), *paths][-1], OSError(errno.ENOSPC, ""))
    return MediaFault(M("{name}: the media program failed (code {code}).", name=child.name, code=code), log[-LOG_TAIL:])


def _log_disk_is_full() -> bool:
    try:
        return shutil.disk_usage(tempfile.gettempdir()).free < LOG_TAIL
    except OSError:
        return False
