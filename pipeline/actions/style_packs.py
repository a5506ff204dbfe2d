"""`fieldcut template pack` and `add`: a style as one file that another co-op can take, and taking it.

A pack is a zip of a style's folder with a list of what is in it. What it holds is judged before anything is written where styles are
read: only known kinds of files, plain names, bounded sizes, fonts with their licences, and a template that loads.
"""

import io
import json
import shutil
import zipfile
from pathlib import Path

import yaml

from pipeline.actions.new_style import check_style_name, missing_licences
from pipeline.brand import load_style, own_styles, style_named, style_roots
from pipeline.brand.check import check_style, licence_name
from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.media.pictures import PictureTooLarge, open_picture
from pipeline.resources import FONTS, fieldcut_version
from pipeline.store import part_beside
from pipeline.system import replace

SUFFIX = ".fieldcut-style"
MANIFEST = "manifest.json"
KINDS = {".yaml": 200_000, ".png": 8_000_000, ".cube": 4_000_000, ".ttf": 25_000_000, ".otf": 25_000_000, ".txt": 200_000}
"""Kinds of files that a style may have, and most bytes of each."""
MOST_FILES = 40
MOST_BYTES = 60_000_000
MOST_SIDE = 3000
"""Pixels of a picture's longer side at most."""


def pack_style(name: str, workspace: Path, out: Path | None = None) -> Path:
    """Write a style as one file; return it. out: folder. Raises UserMistake for a style with something wrong, which is named."""
    roots = style_roots(workspace)
    name = style_named(name, roots)
    style = load_style(name, roots)
    wrong = tuple(finding.message for finding in check_style(name, roots) if finding.level == "wrong")
    if wrong:
        raise UserMistake(M("The style {name} is not packed until this is mended: {mistakes}", name=name, mistakes=wrong))
    folder, target = Path(style.folder), (out or Path()) / f"{name}{SUFFIX}"
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix in KINDS)
    manifest = {"style": name, "version": style.version, "fieldcut": fieldcut_version(), "files": [path.name for path in files]}
    target.parent.mkdir(parents=True, exist_ok=True)
    part = part_beside(target)
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2))
        for path in files:
            pack.write(path, path.name)
    replace(part, target)
    return target


def add_style(pack: Path, workspace: Path, *, name: str = "") -> str:
    """Take a pack into the workspace; return the style's name. name: another than the pack's.

    Raises UserMistake for a pack that is broken or holds what a style may not hold, and for a name that is taken; nothing has changed then.
    """
    files, own_name = _read_pack(pack)
    name = name or own_name
    check_style_name(name, workspace)
    waiting = own_styles(workspace) / ".adding"
    shutil.rmtree(waiting, ignore_errors=True)
    folder = waiting / name
    folder.mkdir(parents=True)
    try:
        for file_name, data in files.items():
            (folder / file_name).write_bytes(data)
        without = missing_licences(folder)
        if without:
            raise _refused(pack, M("the font {font} has no licence ({name})", font=without[0], name=licence_name(Path(without[0]))))
        try:
            load_style(name, (waiting,))
        except UserMistake as mistake:
            raise _refused(pack, mistake.message) from mistake
        folder.rename(own_styles(workspace) / name)
    finally:
        shutil.rmtree(waiting, ignore_errors=True)
    return name


def _refused(pack: Path, reason: Message) -> UserMistake:
    return UserMistake(M("{path} is not added: {reason}.", path=pack.name, reason=(reason,)))


def _read_pack(pack: Path) -> tuple[dict[str, bytes], str]:
    """The files of a pack by name, each judged, and the style's name."""
    try:
        with zipfile.ZipFile(pack) as opened:
            files = {entry.filename: _read_entry(pack, opened, entry) for entry in _entries(pack, opened)}
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise _refused(pack, M("it cannot be opened as a pack of a style")) from error
    manifest = files.pop(MANIFEST, b"")
    try:
        name = json.loads(manifest)["style"]
    except (ValueError, KeyError, TypeError) as error:
        raise _refused(pack, M("it has no list of what is in it")) from error
    if "template.yaml" not in files or not isinstance(name, str):
        raise _refused(pack, M("it has no template.yaml"))
    if _has_aliases(files["template.yaml"]):
        raise _refused(pack, M("its template.yaml repeats itself by aliases, which can grow without end"))
    for file_name, data in files.items():
        if file_name.endswith(".png"):
            _check_picture(pack, file_name, data)
        elif file_name.endswith((".ttf", ".otf")) and (FONTS / file_name).is_file():
            raise _refused(pack, M("{name} is a font of FieldCut itself", name=file_name))
    return files, name


def _has_aliases(text: bytes) -> bool:
    """Whether a YAML text repeats parts of itself; one that cannot be read has none, and is refused when it is loaded."""
    try:
        return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader))
    except (yaml.YAMLError, ValueError):
        return False


def _entries(pack: Path, opened: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The entries of a pack, judged by what its directory says of them."""
    entries = opened.infolist()
    if len(entries) > MOST_FILES:
        raise _refused(pack, M("it has {count} files; at most {most} are taken", count=len(entries), most=MOST_FILES))
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise _refused(pack, M("it is larger than {most} MB unpacked", most=MOST_BYTES // 1_000_000))
    names = [entry.filename.casefold() for entry in entries]
    for entry in entries:
        link = (entry.external_attr >> 16) & 0o170000 == 0o120000
        name = entry.filename
        if link or entry.is_dir() or Path(name).name != name or set(name) & set('\\/:*?"<>|') or name.startswith("."):
            raise _refused(pack, M("{name} is no plain file name", name=name[:80]))
        if names.count(name.casefold()) > 1:
            raise _refused(pack, M("{name} is there twice", name=name[:80]))
        if name != MANIFEST and Path(name).suffix not in KINDS:
            raise _refused(pack, M("{name} is no kind of file that a style has", name=name[:80]))
    return entries


def _read_entry(pack: Path, opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The bytes of an entry, never more than its kind may have, whatever the directory says."""
    most = KINDS.get(Path(entry.filename).suffix, KINDS[".txt"])
    with opened.open(entry) as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise _refused(pack, M("{name} is larger than {most} kB", name=entry.filename, most=most // 1000))
    return data


def _check_picture(pack: Path, name: str, data: bytes) -> None:
    try:
        with open_picture(io.BytesIO(data)) as picture:
            longest, form = max(picture.size), picture.format
    except (OSError, ValueError, SyntaxError, PictureTooLarge) as error:
        raise _refused(pack, M("{name} cannot be opened as a picture", name=name)) from error
    if form != "PNG" or longest > MOST_SIDE:
        raise _refused(
            pack, M("{name} is {pixels} pixels long; at most {most}, as PNG, are taken", name=name, pixels=longest, most=MOST_SIDE)
        )
