"""Personal metadata in videos and pictures: who filmed, where and with what. None of it may leave with a pack."""

import re
from collections.abc import Iterator
from pathlib import Path

import av
from PIL import Image, UnidentifiedImageError

from pipeline.documents.message import M
from pipeline.errors import Fault
from pipeline.store.disk import error_reason

_PERSONAL = re.compile(
    r"gps|loca(?:tion|le)|latitude|longitude|altitude|\bxyz\b|©xyz|loci|(?:^|[.\-_])make$|model|device|camera|serial|artist|author|owner|"
    r"creator(?!_?tool)|director|producer$|apple\.quicktime|com\.android|samsung|xiaomi|huawei|creation_?time|^date|keywords|"
    r"^(?:title|comment|description|synopsis|copyright)$",
    re.IGNORECASE,
)
"""Names of metadata by which phones and editors note place, device, time and people; ffmpeg's and MP4's own names are none of them."""
_PICTURE_NOTES = ("xmp", "XML:com.adobe.xmp", "photoshop", "comment", "Comment", "Author", "Software", "Creation Time")
_HARMLESS_EXIF = {0x0112, 0x011A, 0x011B, 0x0128, 0x8769}
"""Orientation, resolution and its unit, and the pointer to a table that is looked into."""


def check_no_personal_metadata(video: Path, covers: tuple[Path, ...]) -> None:
    """Raise Fault that names the file and its personal metadata, or a file that cannot be read."""
    for path, tags in ((video, _in_video(video)), *((cover, _in_picture(cover)) for cover in covers)):
        names = sorted(set(tags))
        if names:
            raise Fault(
                M("{path} tells where or by whom it was filmed ({names}). It was not packed; make the video again.", path=str(path),
                  names=", ".join(names))
            )  # fmt: skip


def _in_video(path: Path) -> Iterator[str]:
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            yield from (name for name in container.metadata if _PERSONAL.search(name))
            for stream in container.streams:
                yield from (name for name in stream.metadata if _PERSONAL.search(name))
                # Phones and drones write where they were, second by second, into tracks of their own.
                if stream.type in ("data", "attachment"):
                    yield f"{stream.type} track"
    except (av.FFmpegError, OSError) as error:
        raise _unreadable(path, error) from error


def _in_picture(path: Path) -> Iterator[str]:
    try:
        with Image.open(path) as picture:
            exif = picture.getexif()
            yield from (f"Exif {tag:#06x}" for tag in exif if tag not in _HARMLESS_EXIF)
            yield from (f"Exif {tag:#06x}" for tag in exif.get_ifd(0x8769))
            yield from (name for name in _PICTURE_NOTES if picture.info.get(name))
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> Fault:
    told = error_reason(error) if isinstance(error, OSError) and error.errno else type(error).__name__
    return Fault(M("{path} could not be read: {error}", path=str(path), error=told))
