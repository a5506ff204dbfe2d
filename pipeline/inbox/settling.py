"""Whether a dropped folder is complete: nothing in it has changed for a while and every file opens, or a person says so."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.inbox.snapshot import FileState, FolderSnapshot

QUIET_S, GIVE_UP_S = 60.0, 600.0
"""How long nothing may change before a story begins, and how long one waits for a file that does not open."""
OPEN_AGAIN_S = 10.0
"""Between two tries to open the same unchanged file: each reads it."""


@dataclass(frozen=True)
class Empty:
    """Nothing was dropped yet."""


@dataclass(frozen=True)
class Filling:
    """Files are still being copied; without a further change the story begins in `left_s` seconds."""

    left_s: float


@dataclass(frozen=True)
class WaitingForFiles:
    """These files are not whole yet; without a further change they are left out in `left_s` seconds, `give_up_s` after the last."""

    names: tuple[str, ...]
    left_s: float
    give_up_s: float = GIVE_UP_S


@dataclass(frozen=True)
class Settled:
    """The story can begin. left_out: files that still did not open, which the story will set aside with a reason."""

    left_out: tuple[str, ...] = ()


Verdict = Empty | Filling | WaitingForFiles | Settled


class FolderWatch:
    """Watches one folder by what it looked like from time to time. All times are seconds of a clock that is never set (monotonic)."""

    def __init__(self, quiet_s: float = QUIET_S, give_up_s: float = GIVE_UP_S) -> None:
        self._quiet_s, self._give_up_s = quiet_s, give_up_s
        self._snapshot: FolderSnapshot | None = None
        self._changed_at_s = 0.0
        self._opened: set[FileState] = set()
        self._tried_at_s: dict[FileState, float] = {}

    def look(self, snapshot: FolderSnapshot, at_s: float, opens: Callable[[str], bool], *, known_mark: int = 0) -> Verdict:
        """Take the folder as it is now and tell where it stands.

        opens: whether the file of that name, relative to the folder, is whole. known_mark: a mark of completion that counted before and
        does not count again, since clips added later come without one.
        """
        if snapshot != self._snapshot:
            self._snapshot, self._changed_at_s = snapshot, at_s
            self._opened &= set(snapshot.files)
            self._tried_at_s = {file: at for file, at in self._tried_at_s.items() if file in snapshot.files}
        if not snapshot.files and not snapshot.unfinished:
            return Empty()
        if snapshot.done_mark and snapshot.done_mark != known_mark:
            return Settled(snapshot.unfinished)
        still_s = at_s - self._changed_at_s
        if still_s < self._quiet_s:
            return Filling(self._quiet_s - still_s)
        waited_for = (*snapshot.unfinished, *(file.name for file in snapshot.files if not self._is_whole(file, at_s, opens)))
        if waited_for and still_s < self._give_up_s:
            return WaitingForFiles(waited_for, self._give_up_s - still_s, self._give_up_s)
        return Settled(waited_for)

    def _is_whole(self, file: FileState, at_s: float, opens: Callable[[str], bool]) -> bool:
        if file in self._opened:
            return True
        if file in self._tried_at_s and at_s - self._tried_at_s[file] < OPEN_AGAIN_S:
            return False
        self._tried_at_s[file] = at_s
        if opens(file.name):
            self._opened.add(file)
            return True
        return False
