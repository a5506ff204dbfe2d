"""The dropped folder, file by file."""

from collections.abc import Callable
from pathlib import Path

from pipeline.documents.clip import AsideKind, Clip, Clips, SetAside
from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.footage.probe import Unusable, probe
from pipeline.store import file_sha256

NOTES = {".txt", ".md", ".doc", ".docx", ".pdf", ".rtf", ".wps", ".xls", ".xlsx", ".csv"}
PHOTOS = {".jpg", ".jpeg", ".png", ".heic", ".heif", ".webp", ".gif", ".bmp", ".dng"}
UNFINISHED = {".part", ".tmp", ".crdownload", ".download", ".filepart", ".td", ".xltd"}
IGNORED = {"thumbs.db", "desktop.ini"}


def take_in(folder: Path, progress: Callable[[float], None] = lambda _: None) -> Clips:
    """Look at every file of the dropped folder, sub-folders too; nothing in it is changed.

    Returns clips in capture order. Raises UserMistake when there is no folder, nothing in it, or not one usable clip; the
    message then names every file with what is wrong with it.
    """
    if not folder.is_dir():
        raise UserMistake(M("{path} is not a folder. Give the folder that holds the clips.", path=str(folder)))
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not _ignored(path, folder)]
    if not files:
        raise UserMistake(M("The folder {path} is empty. Put the clips from the phone into it.", path=str(folder)))
    clips: dict[str, Clip] = {}
    aside: list[SetAside] = []
    for index, path in enumerate(_plain_names_first(files)):
        progress(index / len(files))
        name = path.relative_to(folder).as_posix()
        try:
            clip = _look(path, name)
        except Unusable as why:
            aside.append(SetAside(name=name, path=str(path), kind=why.kind, reason=why.reason))
            continue
        if (first := clips.get(clip.id)) is not None:
            reason = M("{name} is the same file as {first}; it is used once.", name=name, first=first.name)
            aside.append(SetAside(name=name, path=str(path), kind="duplicate", reason=reason, duplicate_of=first.name))
            continue
        clips[clip.id] = clip
    if not clips:
        raise UserMistake(
            M(
                "No usable clip in {path}. {files}",
                path=str(folder),
                files=tuple(item.reason for item in aside),
            )
        )
    return Clips(clips=tuple(sorted(clips.values(), key=_in_capture_order)), set_aside=tuple(aside))


def _in_capture_order(clip: Clip) -> tuple[float, str]:
    """Clips that do not know their time come last, by name."""
    return (clip.captured_at.timestamp() if clip.captured_at else float("inf"), clip.name)


def _ignored(path: Path, folder: Path) -> bool:
    return path.name.lower() in IGNORED or any(part.startswith(".") for part in path.relative_to(folder).parts)


def _plain_names_first(files: list[Path]) -> list[Path]:
    """So that of two equal files `clip.mp4` is kept and `clip(1).mp4` is the copy."""
    return sorted(files, key=lambda path: (len(path.stem), path.as_posix()))


def _look(path: Path, name: str) -> Clip:
    kind = path.suffix.lower()
    known: tuple[AsideKind, Message] | None = None
    if kind in NOTES:
        known = "note", M("{name} is a note, not footage.", name=name)
    elif kind in PHOTOS:
        known = "photo", M("{name} is a photo; only clips are cut.", name=name)
    elif kind in UNFINISHED:
        known = "truncated", M("{name} is an unfinished download. Copy it again from the phone.", name=name)
    if known is not None:
        raise Unusable(*known)
    try:
        if path.stat().st_size == 0:
            raise Unusable("empty", M("{name} is empty (0 bytes). Copy it again from the phone.", name=name))
        sha256 = file_sha256(path)
    except OSError as error:
        reason = M("{name} cannot be read: {error}. Copy it again from the phone.", name=name, error=error.strerror or str(error))
        raise Unusable("unreadable", reason) from error
    return probe(path, name, sha256)
