"""The files of a folder that somebody else filled: no link leads out of it."""

import os
from dataclasses import dataclass
from pathlib import Path

_UNFINISHED_ENDINGS = {".part", ".tmp", ".crdownload", ".download", ".filepart", ".td", ".xltd"}
_UNFINISHED_BEGINNINGS = (".pending-", "._tmp", ".syncthing.", "~syncthing~")
"""As Android's media store, some file managers and Syncthing name what they are still writing."""
_JUNK = {"thumbs.db", "desktop.ini"}


def is_unfinished(name: str) -> bool:
    """Whether a file's name says that a browser, a chat app or a phone is still writing it."""
    return Path(name).suffix.lower() in _UNFINISHED_ENDINGS or name.lower().startswith(_UNFINISHED_BEGINNINGS)


def is_junk(path: Path) -> bool:
    """Whether a file is none that a person dropped: hidden, in a hidden folder, or an operating system's own. path: within the folder."""
    return path.name.lower() in _JUNK or any(part.startswith(".") for part in path.parts)


@dataclass(frozen=True)
class FolderFiles:
    """What a folder and its sub-folders hold, in order of the paths.

    files: regular files, also those that a link inside the folder names. links_out: links and junctions that lead out of the folder, or to
    nothing; what lies behind them is never read.
    """

    files: tuple[Path, ...]
    links_out: tuple[Path, ...]


def list_folder_files(folder: Path, *, deep: bool = True) -> FolderFiles:
    """List a folder's files, with `deep` those of its sub-folders, too. A folder that cannot be read counts as empty.

    The folder itself may be a link. A link to another folder inside it is not walked, since that one is walked where it lies; so a link
    to a parent makes no circle.
    """
    root = os.path.realpath(folder)
    files, links_out = [], []
    for parent, folders, names in os.walk(folder):
        for path in (Path(parent, name) for name in list(folders)):
            if _is_link(path):
                folders.remove(path.name)
                if not _inside(path, root):
                    links_out.append(path)
        for path in (Path(parent, name) for name in names):
            if path.is_symlink() and not (_inside(path, root) and path.exists()):
                links_out.append(path)
            elif path.is_file():
                files.append(path)
        if not deep:
            break
    return FolderFiles(tuple(sorted(files)), tuple(sorted(links_out)))


def _is_link(folder: Path) -> bool:
    """Whether a folder's place is another than where it is named. Windows' junctions are no symbolic links for Python 3.11."""
    return os.path.normcase(os.path.realpath(folder)) != os.path.normcase(os.path.join(os.path.realpath(folder.parent), folder.name))


def _inside(path: Path, root: str) -> bool:
    target, root = os.path.normcase(os.path.realpath(path)), os.path.normcase(root)
    return target == root or target.startswith(os.path.join(root, ""))
