"""`fieldcut model`: the speech models that are known, fetching one when a person asks for it, and proving one on shipped sentences."""

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import system
from pipeline.documents.message import M
from pipeline.errors import DiskFault, Fault, UserMistake
from pipeline.network.broken_connection import why_no_answer
from pipeline.settings import SpeechSettings
from pipeline.speech.known_models import DEFAULT, EXTRAS, KnownModel, is_library_installed, known_models, model_folder
from pipeline.speech.model import folder_library, missing_files, weights_file
from pipeline.store import file_sha256
from pipeline.store.disk import DISK_FULL_ERRNOS, disk_fault

SPARE_MB = 500
"""Disk that stays free after a model was fetched."""
Progress = Callable[[float], None]


@dataclass(frozen=True)
class ListedModel:
    """A known model and what of it is on this machine."""

    name: str
    known: KnownModel
    present: bool
    library_installed: bool
    chosen: bool


def list_models(wanted: str) -> list[ListedModel]:
    """Return the known models. wanted: the one that the settings name."""
    return [
        ListedModel(name, known, name == DEFAULT or model_folder(name).is_dir(), is_library_installed(known.library), chosen=name == wanted)
        for name, known in known_models().items()
    ]


def addresses(known: KnownModel, settings: SpeechSettings) -> list[str]:
    """Return where the files of a model may be fetched by hand."""
    hub = (settings.mirror or settings.hub).rstrip("/")
    return [f"{hub}/{known.repository}/resolve/main/{name}" for name in known.file_names]


def place(known: KnownModel, settings: SpeechSettings) -> str:
    """Return the address of a model's page."""
    return f"{(settings.mirror or settings.hub).rstrip('/')}/{known.repository}"


def get_model(name: str, settings: SpeechSettings, progress: Progress, *, source: Path | None = None, sha256: str = "") -> dict[str, str]:
    """Put a known model on this machine for all workspaces of the user; the only part of FieldCut that asks a model hub.

    source: a folder into which a person fetched the files by hand; nothing is downloaded then. sha256: that of the weights, as the
    person knows it from elsewhere. Returns the SHA-256 of each file by its name. Raises UserMistake for an unknown name, missing files or
    another checksum, Fault when the hub does not answer, DiskFault when there is no room.
    """
    known = _known(name)
    target = model_folder(name)
    part = target.with_name(f".{name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
        free = shutil.disk_usage(part).free // 1_000_000
        if free < known.megabytes + SPARE_MB:
            raise DiskFault(
                M("{name} needs {size} MB in {folder}; {free} MB are free.", name=name, size=known.megabytes, folder=str(target), free=free)
            )
        if source is not None:
            _copy(known, source, part)
        else:
            _download(known, settings, part, progress)
        sums = {path.name: file_sha256(path) for path in sorted(part.iterdir()) if path.is_file()}
        _check_sum(name, known, part, sums, sha256)
        lacking = missing_files(part, known.library)
        if lacking:
            raise UserMistake(M("{name}: the files are no whole model (missing: {missing}).", name=name, missing=", ".join(lacking)))
        if target.exists():
            shutil.rmtree(target)
        system.replace(part, target)
    except OSError as error:
        raise disk_fault(target, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return sums


def library_command(known: KnownModel) -> str:
    """Return what installs a model's library; "" where it is installed."""
    return "" if is_library_installed(known.library) else f"pip install 'fieldcut[{EXTRAS[known.library]}]'"


def _known(name: str) -> KnownModel:
    models = known_models()
    if name not in models or name == DEFAULT:
        names = ", ".join(known for known in models if known != DEFAULT)
        raise UserMistake(M("There is no speech model {name} to fetch. Known: {known}", name=name, known=names))
    return models[name]


def _copy(known: KnownModel, source: Path, part: Path) -> None:
    """Copy the files that a person fetched. A vocabulary may have either of its two names."""
    absent = missing_files(source, folder_library(source)) if source.is_dir() else list(known.file_names)
    if absent or folder_library(source) != known.library:
        raise UserMistake(M("{folder} lacks {missing}.", folder=str(source), missing=", ".join(absent or known.file_names)))
    for path in source.iterdir():
        if path.is_file() and path.suffix in (".bin", ".json", ".txt", ".onnx", ".pt"):
            shutil.copyfile(path, part / path.name)


def _download(known: KnownModel, settings: SpeechSettings, part: Path, progress: Progress) -> None:
    """Fetch the files from the hub, each checked against the checksum that the hub states."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

    from pipeline.network.reach import NETWORK_ERRORS, try_to_reach

    endpoint = (settings.mirror or settings.hub).rstrip("/")
    hub = HfApi(endpoint=endpoint)
    try:
        try_to_reach(endpoint)  # the library itself asks six times before it gives up
        stated = {entry.path: entry for entry in hub.list_repo_tree(known.repository) if hasattr(entry, "size")}
        sizes = [int(getattr(stated.get(name), "size", 0)) for name in known.file_names]
        for number, name in enumerate(known.file_names):
            hub.hf_hub_download(known.repository, name, local_dir=part)
            _check_stated(part / name, stated.get(name))
            progress(sum(sizes[: number + 1]) / max(1, sum(sizes)))
    except (*NETWORK_ERRORS, HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled) as error:
        if isinstance(error, OSError) and error.errno in DISK_FULL_ERRNOS:
            raise
        raise Fault(
            M(
                "{address} does not give the model: {why}. Try another mirror in [speech] of fieldcut.toml, or fetch these files by "
                "hand and run the command again with --from FOLDER: {files}",
                address=endpoint,
                why=why_no_answer(error),
                files=" ".join(addresses(known, settings)),
            )
        ) from error
    shutil.rmtree(part / ".cache", ignore_errors=True)


def _check_stated(path: Path, stated: object) -> None:
    """Raise Fault for a file that is not what the hub says: SHA-256 of a large one, git's SHA-1 of a small one."""
    large = getattr(stated, "lfs", None)
    if large is not None:
        right = file_sha256(path) == large.sha256
    else:
        content = path.read_bytes()
        blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
        right = blob == getattr(stated, "blob_id", blob)
    if not right:
        raise Fault(M("{file} arrived damaged: its checksum is not the one that the hub states. Fetch it again.", file=path.name))


def _check_sum(name: str, known: KnownModel, part: Path, sums: dict[str, str], sha256: str) -> None:
    """Raise UserMistake when the weights have another checksum than a person gave."""
    weights = weights_file(part, known.library).name
    if sha256 and sums.get(weights, "") != sha256.strip().lower():
        raise UserMistake(
            M(
                "{name}: {file} has the checksum {found} and not {given}. Do not use this file.",
                name=name,
                file=weights,
                found=sums.get(weights, "-"),
                given=sha256,
            )
        )


def listed_facts(models: Sequence[ListedModel]) -> list[dict[str, object]]:
    """Return the models as data."""
    return [
        {
            "name": model.name,
            "library": model.known.library,
            "library_installed": model.library_installed,
            "present": model.present,
            "chosen": model.chosen,
            "megabytes": model.known.megabytes,
            "languages": model.known.languages.split(),
            "licence": model.known.licence,
            "calibrated": model.known.calibrated,
            "repository": model.known.repository,
        }
        for model in models
    ]
