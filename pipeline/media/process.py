"""Every child process has one owner, who ends it: at a failure, at Ctrl-C, when it hangs, and when the parent dies."""

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
from pipeline.store.disk import FULL, disk_fault
from pipeline.system import die_with_parent

__all__ = ["Child", "die_with_parent", "run_media", "run_side_by_side"]
POLL_S = 0.02
LONGEST_LOOK_S = 1.0
LOG_TAIL = 4000
CODES_OF_FULL = tuple(size - number for number in FULL for size in (1 << 8, 1 << 32))
"""ffmpeg ends with the system's error number below zero, in eight bits or, on Windows, 32; also where its last words found no room."""
STANDING = (b"progress=", b"drop_frames=", b"speed=", b"fps=", b"elapsed=")
"""Lines of ffmpeg's progress that come whether it gets on or not."""
REST_S = 0.5
"""How long a program that has ended is listened to: only what it started itself can keep its output open."""


@dataclass
class Child:
    """One process to run.

    args: the command. name: what it works on, for the person who reads that it failed.
    on_line: called with each line of standard output. env: added to the environment.
    after: called in the parent once it has ended well.
    weight: what it takes of the room that all running children share, in the unit of `run_side_by_side`'s `room`.
    """

    args: Sequence[str]
    name: str | Message
    on_line: Callable[[str], None] | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    after: Callable[[str], None] | None = None
    weight: float = 0.0


class _Running:
    """A started child and what is known of it."""

    def __init__(self, child: Child, nice: int) -> None:
        self.child = child
        self.log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        try:
            self.process = system.start(child.args, stdout=subprocess.PIPE, stderr=self.log, env=child.env, nice=nice)
        except BaseException:
            self.log.close()
            raise
        assert self.process.stdout is not None
        self._data: SimpleQueue[bytes] = SimpleQueue()
        # A pipe that does not block is not to be had everywhere.
        self._reader = threading.Thread(target=_read, args=(self.process.stdout, self._data), daemon=True)
        self._reader.start()
        self.rest = b""
        self.told: list[bytes] = []
        self.seen: tuple[object, ...] = ()
        self.idle_s = 0.0
        self.begun = self.looked_at = time.monotonic()

    def listen(self, *, ended: bool) -> None:
        """Hand on new lines of output and note whether anything moves: output, log or the processor time used.

        ended: the process is gone, so that what it wrote last is a line even without its end.
        """
        if ended:
            self._reader.join(REST_S)
        while not self._data.empty():
            self.rest += self._data.get()
        *lines, self.rest = self.rest.split(b"\n")
        if ended and self.rest:
            lines.append(self.rest)
        if self.child.on_line is not None:
            for line in lines:
                self.child.on_line(line.decode(errors="replace").rstrip("\r"))
        self.told = [line for line in lines if not line.startswith(STANDING)] or self.told
        state = (self.log.seek(0, os.SEEK_END), tuple(self.told), system.cpu_seconds(self.process.pid))
        now = time.monotonic()
        # counted by looks, so that a machine or a run that slept is not taken for a child that hangs
        self.idle_s = 0.0 if state != self.seen else self.idle_s + min(now - self.looked_at, LONGEST_LOOK_S)
        self.seen, self.looked_at = state, now

    def text(self) -> str:
        self.log.seek(max(0, self.log.seek(0, os.SEEK_END) - 200_000))
        return self.log.read().decode(errors="replace")

    def end(self) -> None:
        """Kill at once: outputs are temporary files, so nothing is worth a slow goodbye."""
        system.end(self.process)
        self.log.close()


def _read(out: IO[bytes], data: "SimpleQueue[bytes]") -> None:
    """All that comes, until the last who can write is gone."""
    with out:
        while piece := out.read(65536):
            data.put(piece)


def run_side_by_side(
    children: Sequence[Child],
    *,
    at_once: int = 1,
    room: float = math.inf,
    stall_s: float = 60.0,
    longest_s: float = math.inf,
    nice: int = 0,
) -> None:
    """Run children, `at_once` at a time and together no heavier than `room`, polling them from this thread.

    A child too heavy for the room runs alone; one that must wait for room lets lighter ones go first. nice: added to this process's
    own niceness. Raises MediaFault naming the first child that failed, that did nothing for `stall_s` seconds, or that took longer
    than `longest_s`, and DiskFault when one found the disk full; by then, as at any other exception, every child has ended. Call it
    from the thread that lives longest: a child dies with the thread that started it.
    """
    waiting = list(children)
    running: list[_Running] = []
    try:
        while waiting or running:
            while len(running) < at_once and (place := _next(waiting, running, room)) is not None:
                running.append(_start(waiting.pop(place), nice))
            for active in list(running):
                code = active.process.poll()
                active.listen(ended=code is not None)
                if code is None:
                    if active.idle_s > stall_s:
                        raise MediaFault(_stalled(active.child.name, stall_s), active.text()[-LOG_TAIL:])
                    if active.looked_at - active.begun > longest_s:
                        raise MediaFault(_too_long(active.child.name, longest_s), active.text()[-LOG_TAIL:])
                    continue
                running.remove(active)
                log = active.text()
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


def _next(waiting: Sequence[Child], running: Sequence[_Running], room: float) -> int | None:
    """Which of the waiting children starts now, by its place among them; None while none fits beside the running ones."""
    left = room - sum(active.child.weight for active in running)
    return next((place for place, child in enumerate(waiting) if not running or child.weight <= left), None)


def run_media(
    args: Sequence[str],
    *,
    name: str | Message,
    on_line: Callable[[str], None] | None = None,
    env: Mapping[str, str] | None = None,
    stall_s: float = 60.0,
    longest_s: float = math.inf,
    nice: int = 0,
) -> str:
    """Run one child to its end and return what it wrote to standard error. Raises MediaFault as `run_side_by_side` does."""
    logs: list[str] = []
    run_side_by_side([Child(args, name, on_line, env or {}, logs.append)], stall_s=stall_s, longest_s=longest_s, nice=nice)
    return logs[0]


def _start(child: Child, nice: int) -> _Running:
    try:
        return _Running(child, nice)
    except OSError as error:
        if error.errno in FULL:
            raise disk_fault(Path(tempfile.gettempdir()), error) from error
        reason = M("{name}: {program} does not start: {error}", name=child.name, program=child.args[0], error=str(error))
        raise MediaFault(reason) from error


def _stalled(name: str | Message, stall_s: float) -> Message:
    return M("{name}: nothing moved for {seconds} seconds, so it was ended.", name=name, seconds=round(stall_s))


def _too_long(name: str | Message, longest_s: float) -> Message:
    return M("{name}: it was not done after {seconds} seconds, so it was ended.", name=name, seconds=round(longest_s))


def _failure(child: Child, log: str, code: int) -> FieldCutError:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    if code in CODES_OF_FULL or "No space left on device" in log or (not lines and _no_room_for_a_log()):
        # what it works on may be a clip, which nobody wrote to; ffmpeg's last file is what it writes
        paths = [path for argument in child.args[1:] if (path := Path(argument.removeprefix("file:"))).is_absolute()]
        return disk_fault([Path(tempfile.gettempdir()), *paths][-1], OSError(errno.ENOSPC, ""))
    reason = M("{name}: the media program failed (code {code}): {last}", name=child.name, code=code, last=lines[-1] if lines else "")
    return MediaFault(reason, log[-LOG_TAIL:])


def _no_room_for_a_log() -> bool:
    try:
        return shutil.disk_usage(tempfile.gettempdir()).free < LOG_TAIL
    except OSError:
        return False
