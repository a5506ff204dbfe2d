"""Archives among the clips: what they are, told without unpacking them."""

import zipfile
import zlib
from pathlib import Path, PurePosixPath

from pipeline.documents.message import M, Message
from pipeline.store import file_sha256
from pipeline.store.disk import write_atomically

LARGEST_UNPACKED = 4_000_000_000
"""Bytes: about an hour of a phone's film in 1080p."""
MOST_COMPRESSED, COUNTED_FROM = 100, 500_000_000
"""Film and photos hardly shrink in an archive: what grows a hundredfold to more than these bytes is made to fill a disk."""
LARGEST_LIVE_PHOTO = 100_000_000
"""Bytes: three seconds of film and a photo have at most a tenth."""
_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")
_STILLS, _FILMS = {".heic", ".heif", ".jpg", ".jpeg"}, {".mov", ".mp4"}
_OFFICE_PART = "[Content_Types].xml"
"""In every document of an office program, which is a ZIP archive too (ECMA-376, part 2)."""


def archive_reason(path: Path, name: str, head: bytes) -> Message | None:
    """Return why an archive is no clip, and what to do; None for another file. head: its first bytes."""
    if not head.startswith(_SIGNATURES):
        return None
    members = _zip_members(path) if head.startswith(b"PK") else []
    if any(member.filename == _OFFICE_PART for member in members):
        return None
    unpacked = sum(member.file_size for member in members)
    if unpacked > LARGEST_UNPACKED or unpacked > max(COUNTED_FROM, MOST_COMPRESSED * path.stat().st_size):
        size = f"{unpacked / 1e9:.1f}"
        return M("{name} is an archive that would unpack to {size} GB. Open it yourself and copy only the clips.", name=name, size=size)
    endings = {PurePosixPath(member.filename).suffix.lower() for member in members}
    if path.suffix.lower() == ".livp" or (len(members) == 2 and endings & _STILLS and endings & _FILMS):
        return M("{name} is a Live Photo packed into one file, and what is in it cannot be read. Copy it again from the phone.", name=name)
    return M("{name} is an archive. Unpack it and copy the clips themselves into the folder.", name=name)


def unpack_live_photo(path: Path, folder: Path) -> tuple[Path, ...]:
    """Unpack the film and the still of a Live Photo that a cloud disc packed into one file; the film first. Empty for other archives.

    path: in the dropped folder. folder: where they are put, under names that follow from the file's content. Raises OSError.
    """
    members = [member for member in _zip_members(path) if not member.is_dir()]
    parts = [
        next((member for member in members if PurePosixPath(member.filename).suffix.lower() in kind), None) for kind in (_FILMS, _STILLS)
    ]
    if not any(parts) or (path.suffix.lower() != ".livp" and not (len(members) == 2 and all(parts))):
        return ()
    if sum(member.file_size for member in members) > LARGEST_LIVE_PHOTO:
        return ()
    key, unpacked = file_sha256(path)[:24], []
    for member in filter(None, parts):
        out = folder / f"{key}{PurePosixPath(member.filename).suffix.lower()}"
        if not (out.is_file() and out.stat().st_size == member.file_size):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                with zipfile.ZipFile(path) as archive:
                    content = archive.read(member)
            except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error):
                continue
            write_atomically(out, content)
        unpacked.append(out)
    return tuple(unpacked)


def _zip_members(path: Path) -> list[zipfile.ZipInfo]:
    """Return what a ZIP archive's list says that it holds; nothing when the list is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return []
