"""Locks of stories: which process works on which story, and since when. A lock ends with the process that holds it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline import system
from pipeline.documents.message import M
from pipeline.errors import StoryBusy

ACQUIRE_TIMEOUT_S = 2.0
"""How long to wait for a lock: a run that was killed while it started a program leaves its lock to that child for a moment."""
GATE_TIMEOUT_S = 20.0
"""How long to wait for a workspace's gate, which is held only while a few small files are read."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ALWAYS = EPOCH
"""Start time that is assumed when the real one cannot be read: everything counts as used since."""


class StoryLock:
    """The lock of one story, for one process. It is released when the process ends, however it ends."""

    def __init__(self, workspace: Path, story: str) -> None:
        self.workspace, self.story = workspace, story
        self.folder = workspace / "stories" / story
        self._lock = FileLock(self.folder / ".lock", timeout=ACQUIRE_TIMEOUT_S, poll_interval=0.02)

    def acquire(self) -> None:
        """Lock the story and note when. Raises StoryBusy after a moment when another process has it, OSError when the disk refuses."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with workspace_gate(self.workspace):
                self._lock.acquire()
        except Timeout as error:
            raise StoryBusy(M("Another run is working on the story {story}. Wait until it is done.", story=self.story)) from error
        try:
            # until it is written an earlier run's note stands here: too early is safe
            _start_note(self.folder).write_text(f"{system.boot_id()} {time.monotonic():.3f}", encoding="ascii")
        except BaseException:
            self._lock.release()
            raise

    def release(self) -> None:
        """Release the story."""
        self._lock.release()


@contextmanager
def workspace_gate(workspace: Path) -> Iterator[None]:
    """Hold the workspace's gate while a story is locked or named, or running stories are listed, so that listing is not taken for a run.

    Raises filelock.Timeout when a process that hangs holds it.
    """
    stories = workspace / "stories"
    stories.mkdir(parents=True, exist_ok=True)
    with FileLock(stories / ".lock", timeout=GATE_TIMEOUT_S, poll_interval=0.01):
        yield


def running_since(workspace: Path) -> datetime | None:
    """Start time of the oldest run that is working on a story now (aware, on the clock of the files); None without one.

    Only locks that are held count, not what a dead run left behind.
    """
    locks = list((workspace / "stories").glob("*/.lock"))
    if not locks:
        return None
    try:
        with workspace_gate(workspace):
            return min((_start_time(lock.parent) for lock in locks if _is_held(lock)), default=None)
    except OSError:  # the gate's time-out is one, too
        return ALWAYS


def _is_held(lock: Path) -> bool:
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True


def _start_time(folder: Path) -> datetime:
    """Start time of the run in a story's folder: by its note's file time, or by its age on the monotonic clock, whichever is earlier.

    On a laptop whose clock was wrong when the run began, and was corrected since, files used by the run seem older than the run.
    """
    try:
        note, file_time_ns = _start_note(folder).read_text(encoding="ascii").split(), _start_note(folder).stat().st_mtime_ns
    except (OSError, ValueError):
        return ALWAYS
    age_s = max(0.0, time.monotonic() - float(note[1])) if note[:1] == [system.boot_id()] and len(note) == 2 else 0.0
    # cut off and not rounded: what is made in the same tick must not seem older
    return min(EPOCH + timedelta(microseconds=file_time_ns // 1000), datetime.now(UTC) - timedelta(seconds=age_s))


def _start_note(folder: Path) -> Path:
    return folder / ".began"
