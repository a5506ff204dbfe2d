"""Ingest: reads a dropped folder file by file, and sets aside what is not a usable clip."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.documents.aside_lines import aside_lines
from pipeline.documents.clip import DECLARED, AsideKind, Clip, Clips, SetAside
from pipeline.documents.inbox import is_done_mark, is_dropped_settings, is_status_page
from pipeline.documents.message import M, Message
from pipeline.documents.offer import ALL_CLIPS
from pipeline.errors import UserMistake
from pipeline.footage.archives import unpack_live_photo
from pipeline.footage.photo_choice import DroppedPhoto
from pipeline.footage.photos import UNREADABLE_PHOTO, PhotoFilms, photo_clips
from pipeline.footage.probe import UnusableFile, probe
from pipeline.store import file_sha256
from pipeline.store.disk import error_reason
from pipeline.system import is_junk, is_unfinished, list_folder_files

NOTES = {".txt", ".md", ".doc", ".docx", ".pdf", ".rtf", ".wps", ".xls", ".xlsx", ".csv", ".srt"}
SHORTCUTS = {".lnk", ".url", ".webloc", ".desktop"}
"""Files by which Windows, macOS and Linux desktops point elsewhere; what they lead to inside the folder is found where it lies."""
PACKED = {".livp", ".zip"}
PHOTOS = {".jpg", ".jpeg", ".png", ".heic", ".heif", ".webp", ".gif", ".bmp", ".dng"}


def ingest_folder(
    folder: Path, progress: Callable[[float], None] = lambda _: None, *, generated: Sequence[str] = (), photos: PhotoFilms | None = None
) -> Clips:
    """Read every file of the dropped folder and its sub-folders; nothing in it is changed, and no link that leads out of it is
    followed.

    progress: takes the share of files that were read, 0..1. generated: what a person says was made with AI, names of files or one of
    `ALL_CLIPS`. photos: how photos become clips; without it they are set aside. Returns clips in capture order. Raises UserMistake when
    there is no folder, nothing in it, or no usable clip (the message then names every file with what is wrong with it), and for a name in
    `generated` that no file has.
    """
    if not folder.is_dir():
        raise UserMistake(M("{path} is not a folder. Give the folder that holds the clips.", path=str(folder)))
    there = list_folder_files(folder)
    files = [path for path in there.files if not _is_no_clip(path.relative_to(folder))]
    set_aside = [_link_set_aside(path, folder) for path in there.links_out if not _is_no_clip(path.relative_to(folder))]
    if not files and not set_aside:
        raise UserMistake(M("The folder {path} is empty. Put the clips from the phone into it.", path=str(folder)))
    clips: dict[str, Clip] = {}
    stills: list[DroppedPhoto] = []
    for index, path in enumerate(_plain_names_first(files)):
        progress(index / len(files))
        name = path.relative_to(folder).as_posix()
        try:
            clip = _film_of_live_photo(path, name, photos) or probe_file(path, name)
        except UnusableFile as unusable:
            if unusable.kind == "photo" and photos is not None:
                stills.append(DroppedPhoto(path, name))
            else:
                set_aside.append(SetAside(name=name, path=str(path), kind=unusable.kind, reason=unusable.reason))
            continue
        if (first := clips.get(clip.id)) is not None:
            reason = M("{name} is the same file as {first}; it is used once.", name=name, first=first.name)
            set_aside.append(SetAside(name=name, path=str(path), kind="duplicate", reason=reason, duplicate_of=first.name))
            continue
        clips[clip.id] = clip
    if photos is not None:
        shown, left = photo_clips(stills, list(clips.values()), photos)
        clips.update((clip.id, clip) for clip in shown)
        set_aside += left
    if not clips:
        raise UserMistake(M("No usable clip in {path}. {files}", path=str(folder), files=tuple(aside_lines(set_aside))))
    declared = _declared(generated, [*(clip.name for clip in clips.values()), *(aside.name for aside in set_aside)])
    marked = [
        clip.model_copy(update={"generated": DECLARED}) if clip.name in declared and not clip.generated else clip for clip in clips.values()
    ]
    return Clips(clips=tuple(sorted(marked, key=_in_capture_order)), set_aside=tuple(set_aside))


def _film_of_live_photo(path: Path, name: str, photos: PhotoFilms | None) -> Clip | None:
    """The clip of a Live Photo that is packed into one file: its film, or its still where the film cannot be used; None for others."""
    if photos is None or path.suffix.lower() not in PACKED:
        return None
    for part in unpack_live_photo(path, photos.folder):
        with suppress(UnusableFile):
            return probe(part, name, file_sha256(part))
        with suppress(*UNREADABLE_PHOTO):
            return photos.clip(part, name)
    return None


def _declared(generated: Sequence[str], names: Sequence[str]) -> set[str]:
    """The files that a person named, by path, name, or name without its ending."""
    found: set[str] = set()
    for said in generated:
        if said.casefold() in ALL_CLIPS:
            return set(names)
        meant = {name for name in names if said.casefold() in (name.casefold(), Path(name).name.casefold(), Path(name).stem.casefold())}
        if not meant:
            facts = {"name": said, "known": ", ".join(names)}
            raise UserMistake(M("The note says that {name} was made with AI; there is no such clip. Known: {known}", **facts))
        found |= meant
    return found


def _link_set_aside(path: Path, folder: Path) -> SetAside:
    name = path.relative_to(folder).as_posix()
    reason = M("{name} is a link that leads out of the folder and is not followed. Copy the file itself into the folder.", name=name)
    return SetAside(name=name, path=str(path), kind="link", reason=reason)


def _in_capture_order(clip: Clip) -> tuple[float, str]:
    """Sort key of clips: by capture time; clips without one come last, by name."""
    return (clip.captured_at.timestamp() if clip.captured_at else float("inf"), clip.name)


def _is_no_clip(path: Path) -> bool:
    """Whether a file is nothing that anybody meant as a clip: an operating system's own, or one by which FieldCut and people talk."""
    return is_junk(path) or is_done_mark(path) or is_dropped_settings(path) or is_status_page(path)


def _plain_names_first(files: list[Path]) -> list[Path]:
    """Files with short names first, so that of two equal files `clip.mp4` is kept and `clip(1).mp4` is the duplicate."""
    return sorted(files, key=lambda path: (len(path.stem), path.as_posix()))


def probe_file(path: Path, name: str) -> Clip:
    """Read the facts of a dropped file. name: relative to the dropped folder. Raises UnusableFile with a reason for a person."""
    suffix = path.suffix.lower()
    reason_by_suffix: tuple[AsideKind, Message] | None = None
    if suffix in NOTES:
        reason_by_suffix = "note", M("{name} is a note, not footage.", name=name)
    elif suffix in PHOTOS:
        reason_by_suffix = "photo", M("{name} is a photo; only clips are cut.", name=name)
    elif suffix in SHORTCUTS:
        reason_by_suffix = "link", M("{name} is a shortcut, and no film lies in it. Copy what it leads to into the folder.", name=name)
    elif is_unfinished(path.name):
        reason_by_suffix = "truncated", M("{name} is an unfinished download. Copy it again from the phone.", name=name)
    if reason_by_suffix is not None:
        raise UnusableFile(*reason_by_suffix)
    try:
        if path.stat().st_size == 0:
            raise UnusableFile("empty", M("{name} is empty (0 bytes). Copy it again from the phone.", name=name))
        sha256 = file_sha256(path)
    except OSError as error:
        reason = M("{name} cannot be read: {error}. Copy it again from the phone.", name=name, error=error_reason(error))
        raise UnusableFile("unreadable", reason) from error
    return probe(path, name, sha256)
