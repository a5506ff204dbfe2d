"""What lies in a dropped folder at one moment: names, sizes and times, without a file being opened."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from pipeline.documents.inbox import is_done_mark, is_status_page
from pipeline.store.disk import is_part
from pipeline.system import is_junk, is_unfinished, list_folder_files


class FolderUnreachable(Exception):
    """The folder cannot be read now: a stick was pulled out, or a share is gone."""


@dataclass(frozen=True)
class FileState:
    """One file at one moment. name: relative to the story's folder, with forward slashes. size: bytes."""

    name: str
    size: int
    changed_ns: int


@dataclass(frozen=True)
class FolderSnapshot:
    """A story's folder at one moment.

    files: everything that was dropped, in the order of names, without marks and pages of ours. unfinished: names under which a program
    is still writing. done_mark: when the file by which a person says that all is there was written; 0 without one.
    """

    files: tuple[FileState, ...]
    unfinished: tuple[str, ...] = ()
    done_mark: int = 0

    @property
    def fingerprint(self) -> str:
        """A text that changes when a file is added, removed, renamed or written: 16 hexadecimal digits."""
        lines = (f"{file.name}\0{file.size}\0{file.changed_ns}" for file in self.files)
        return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def story_folders(inbox: Path) -> dict[str, Path]:
    """The folders of an inbox by name. Raises FolderUnreachable when the inbox itself cannot be read."""
    try:
        with os.scandir(inbox) as entries:
            return {entry.name: inbox / entry.name for entry in entries if not entry.name.startswith(".") and entry.is_dir()}
    except OSError as error:
        raise FolderUnreachable(str(inbox)) from error


def take_snapshot(folder: Path) -> FolderSnapshot:
    """Look at a story's folder and its sub-folders. Raises FolderUnreachable when it cannot be read, or vanishes on the way."""
    try:
        with os.scandir(folder):
            pass
        states, unfinished, done_mark = [], [], 0
        for path in list_folder_files(folder).files:
            within = path.relative_to(folder)
            name = within.as_posix()
            if is_status_page(within) or is_part(path.name):
                continue
            if is_done_mark(within):
                done_mark = max(done_mark, path.stat().st_mtime_ns)
            elif is_unfinished(path.name):
                unfinished.append(name)
            elif not is_junk(within):
                stat = path.stat()
                states.append(FileState(name, stat.st_size, stat.st_mtime_ns))
    except OSError as error:
        raise FolderUnreachable(str(folder)) from error
    return FolderSnapshot(tuple(states), tuple(unfinished), done_mark)
