"""A hand-off pack: a folder, and a zip of the same name, with everything a person needs to post one release."""

import filecmp
import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from pipeline import system
from pipeline.documents.message import M
from pipeline.documents.release import CoverFile, Release
from pipeline.errors import UserMistake
from pipeline.publish.destinations import load_destination
from pipeline.publish.handoff.form import load_form
from pipeline.publish.handoff.page import PackedCover, handoff_page
from pipeline.publish.handoff.personal_metadata import check_no_personal_metadata
from pipeline.publish.handoff.posting_sheet import make_posting_sheet
from pipeline.publish.handoff.text_lengths import length_problems
from pipeline.publish.handoff.texts import text_files
from pipeline.publish.platforms.shelf.entry import folder_name
from pipeline.store import copy_atomically, part_beside, write_atomically
from pipeline.store.disk import disk_fault

DrawQr = Callable[[str], Sequence[str]]
"""A link → its QR code: rows of 0 and 1, 1 is dark, without the quiet zone."""
PAGE = "index.html"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can hold: the real ones would make two zips of the same files differ."""
_PLAIN_FILE = 0o100644 << 16
_SHAPES = ("9:16", "3:4", "1:1", "4:3", "16:10", "16:9")


@dataclass(frozen=True)
class Pack:
    """A pack on the disk. changed: this call wrote it, or wrote it anew."""

    folder: Path
    zip: Path
    changed: bool


def make_pack(release: Release, outbox: Path, *, draw_qr: DrawQr, language: str = "zh") -> Pack:
    """The release's pack in `outbox/handoff/<platform>/`.

    release: its files must be there; covers are packed as they are, one for each shape of the destination. outbox: the story's.
    draw_qr: of the address that the person posts at. language: zh or en, which the page shows first.
    Folder and zip are each whole or not there, the same content again changes no byte, and no file tells where or by whom it was filmed.
    Raises UserMistake for a platform that nobody posts to by hand and for words that do not fit its form, Fault for a file that tells
    more than it should, DiskFault.
    """
    form, destination = load_form(release.platform), load_destination(release.platform)
    problems = tuple(length_problems(release.captions, destination))
    if problems:
        raise UserMistake(M("No pack was made for {platform}: {problems}", platform=release.platform, problems=problems))
    video = Path(release.video.path)
    covers = tuple(_packed(cover) for cover in _one_cover_per_shape(release.covers, destination.cover_shapes))
    check_no_personal_metadata(video, tuple(cover.path for cover in covers))
    sheet = make_posting_sheet(release, destination, form)
    files: dict[str, str | Path] = {f"video{video.suffix.lower() or '.mp4'}": video}
    files[PAGE] = handoff_page(
        sheet,
        form,
        release.video,
        covers,
        video_name=next(iter(files)),
        title=release.captions.title or release.captions.short_title or release.story,
        text_language=release.captions.language,
        qr=draw_qr(form.site),
        language=language,
    )
    files |= text_files(sheet)
    files |= {cover.name: cover.path for cover in covers}
    home = outbox / "handoff" / release.platform
    folder = home / pack_name(release)
    try:
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(home / ".lock"):
            return _write_pack(folder, files)
    except OSError as error:
        raise disk_fault(folder, error) from error


def pack_name(release: Release) -> str:
    """The name of folder and zip: each release has its own, whatever its story and account are called."""
    tail = hashlib.sha256(release.id.encode()).hexdigest()[:8]
    # Cut so that the longest Chinese names fit into the 255 bytes of a file's name; the tail alone tells two releases apart.
    story, account = folder_name(release.story)[:24].strip("-_"), folder_name(release.account)[:16].strip("-_") if release.account else ""
    return "-".join(part for part in (story, release.platform, account, tail) if part)


def _write_pack(folder: Path, files: Mapping[str, str | Path]) -> Pack:
    archive = folder.with_name(folder.name + ".zip")
    new_folder, new_archive, old = part_beside(folder), part_beside(archive), part_beside(folder)
    try:
        same = _holds_exactly(folder, files)
        if not same:
            for name, content in files.items():
                if isinstance(content, Path):
                    copy_atomically(content, new_folder / name)
                else:
                    write_atomically(new_folder / name, content)
        _write_zip(new_archive, new_folder if not same else folder, sorted(files), folder.name)
        if same and archive.is_file() and filecmp.cmp(archive, new_archive, shallow=False):
            return Pack(folder, archive, changed=False)
        if not same:
            # A zip that does not belong to its folder must never be seen, so it goes first.
            archive.unlink(missing_ok=True)
            if folder.exists():
                system.replace(folder, old)
            system.replace(new_folder, folder)
        system.replace(new_archive, archive)
        return Pack(folder, archive, changed=True)
    finally:
        for left in (new_folder, old):
            shutil.rmtree(left, ignore_errors=True)
        with suppress(OSError):
            new_archive.unlink(missing_ok=True)


def _holds_exactly(folder: Path, files: Mapping[str, str | Path]) -> bool:
    """Whether the folder holds exactly these files with exactly this content."""
    if not folder.is_dir() or {path.name for path in folder.iterdir()} != set(files):
        return False
    return all(
        filecmp.cmp(content, folder / name, shallow=False)
        if isinstance(content, Path)
        else (folder / name).read_bytes() == content.encode()
        for name, content in files.items()
    )


def _write_zip(path: Path, folder: Path, names: Sequence[str], top: str) -> None:
    """Stored and not deflated: media do not get smaller, and every machine writes the same bytes."""
    with path.open("wb") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for name in names:
                entry = zipfile.ZipInfo(f"{top}/{name}", _LONG_AGO)
                entry.create_system, entry.external_attr = 3, _PLAIN_FILE
                entry.file_size = (folder / name).stat().st_size
                with (folder / name).open("rb") as content, archive.open(entry, "w") as packed:
                    shutil.copyfileobj(content, packed, 1 << 20)
        out.flush()
        os.fsync(out.fileno())


def _one_cover_per_shape(covers: Sequence[CoverFile], shapes: Sequence[str]) -> list[CoverFile]:
    """The destination's shapes in its order, and then what is left, so that nothing the release has is lost."""
    by_shape: dict[str, CoverFile] = {}
    for cover in covers:
        by_shape.setdefault(_shape(cover), cover)
    order = [*shapes, *(shape for shape in by_shape if shape not in shapes)]
    return [by_shape[shape] for shape in order if shape in by_shape]


def _packed(cover: CoverFile) -> PackedCover:
    shape, path = _shape(cover), Path(cover.path)
    name = f"cover-{shape.replace(':', 'x')}{path.suffix.lower() or '.jpg'}"
    return PackedCover(name=name, shape=shape, path=path, width=cover.width, height=cover.height)


def _shape(cover: CoverFile) -> str:
    """The usual shape that a cover has, else its size."""
    for shape in _SHAPES:
        wide, high = map(int, shape.split(":"))
        if abs(cover.width * high - cover.height * wide) <= 0.01 * cover.width * high:
            return shape
    return f"{cover.width}x{cover.height}"
