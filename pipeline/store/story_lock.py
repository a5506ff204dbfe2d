"""Who works on which story, and since when: locks that die with their holder."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline import system
from pipeline.documents.message import M
from pipeline.errors import PersonNeeded

DYING_S = 2.0
"""A run that was killed just as it started a program leaves its lock with that child, until the child runs for the first time."""
GATE_S = 20.0
"""Nobody who goes on holds a workspace's gate for longer than it takes to look at a few small files."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ALWAYS = EPOCH
"""When nobody can tell who works here: whatever is asked about it was used since."""


class StoryLock:
    """One story, taken for one process. A process that dies, however it dies, gives it back."""

    def __init__(self, workspace: Path, story: str) -> None:
        self.workspace, self.story = workspace, story
        self.folder = workspace / "stories" / story
        self._lock = FileLock(self.folder / ".lock", timeout=DYING_S, poll_interval=0.02)

    def take(self) -> None:
        """Take the story and note when. Raises PersonNeeded, soon, when another process has it, OSError when the disk refuses."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with workspace_gate(self.workspace):
                self._lock.acquire()
        except Timeout as error:
            raise PersonNeeded(M("Another run is working on the story {story}. Wait until it is done.", story=self.story)) from error
        try:
            # until it is written an earlier run's note stands here: too early is safe
            _note(self.folder).write_text(f"{system.boot_id()} {time.monotonic():.3f}", encoding="ascii")
        except BaseException:
            self._lock.release()
            raise

    def give_back(self) -> None:
        """Let others have the story."""
        self._lock.release()


@contextmanager
def workspace_gate(workspace: Path) -> Iterator[None]:
    """Held for a moment by who takes a story, names a new one, or asks who works: so that no look is taken for a run.

    Raises filelock.Timeout when a process that stands still holds it.
    """
    stories = workspace / "stories"
    stories.mkdir(parents=True, exist_ok=True)
    with FileLock(stories / ".lock", timeout=GATE_S, poll_interval=0.01):
        yield


def running_since(workspace: Path) -> datetime | None:
    """When the oldest of the stories that are being worked on now began (aware, on the clock of the files); None when none is.

    What a run that died left behind does not count: only a lock that is held does.
    """
    locks = list((workspace / "stories").glob("*/.lock"))
    if not locks:
        return None
    try:
        with workspace_gate(workspace):
            return min((_began(lock.parent) for lock in locks if _held(lock)), default=None)
    except OSError:  # the gate's time-out is one, too
        return ALWAYS


def _held(lock: Path) -> bool:
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True


def _began(folder: Path) -> datetime:
    """By the time of the note, and by how long ago that was on a clock that nobody sets, whichever is earlier.

    A laptop whose clock was wrong when the run began, and was put back since, has used files that seem older than the run.
    """
    try:
        noted, by_clock = _note(folder).read_text(encoding="ascii").split(), _note(folder).stat().st_mtime_ns
    except (OSError, ValueError):
        return ALWAYS
    ago_s = max(0.0, time.monotonic() - float(noted[1])) if noted[:1] == [system.boot_id()] and len(noted) == 2 else 0.0
    # cut off and not rounded: what is made in the same tick must not seem older
    return min(EPOCH + timedelta(microseconds=by_clock // 1000), datetime.now(UTC) - timedelta(seconds=ago_s))


def _note(folder: Path) -> Path:
    return folder / ".began"
