"""`fieldcut doctor`: what this machine has, and the fix for what it lacks. Prefect's version is read from its metadata, never imported."""

import gettext
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pipeline import system
from pipeline.documents.message import M, Message
from pipeline.errors import FieldCutError, UserMistake
from pipeline.resources import ASSETS, FONTS, IS_CHECKOUT, MODELS
from pipeline.settings import MODEL_VARIABLE, read_settings
from pipeline.store.disk import error_reason

State = Literal["good", "warning", "bad"]
PYTHON_VERSIONS = ((3, 11), (3, 14))
"""Lowest version that works, and the first that does not: the range of pyproject.toml."""
FILTERS = ("ass", "subtitles", "zscale", "tonemap", "lut3d", "ebur128", "loudnorm", "alimiter", "overlay", "sendcmd")
ENCODERS = ("libx264", "aac", "qtrle")
PINNED_PACKAGES: tuple[tuple[str, str, tuple[int, ...]], ...] = (("prefect", "==", (3, 9, 1)), ("whenever", ">=", (0, 11)))
"""A server and its clients must be of one version. With an older `whenever`, schedules are taken and silently make no runs."""
MIN_DISK_MB = 750
"""Free space, megabytes, that a video of 30 s in 1080x1920 needs before it is rendered."""
COMFORTABLE_DISK_MB = 5_000
SMALLEST_PICTURE_MODEL_MB = 4.5
MIN_MEMORY_MB = 2_000
"""Speech recognition takes half a gigabyte, two renders side by side about as much each."""


@dataclass(frozen=True)
class MachineCheck:
    """The result of one check: what was checked, its state, a line about it, and the fix when it is not good."""

    name: str
    state: State
    message: Message
    fix: Message | None = None


def check_machine(workspace: Path) -> Iterator[MachineCheck]:
    """Check everything FieldCut needs of this machine and this workspace, yielding each result as soon as it is known."""
    for check in CHECKS:
        yield from _guarded(check, workspace)


def _guarded(check: Callable[[Path], Iterator[MachineCheck]], workspace: Path) -> Iterator[MachineCheck]:
    """Run one check; a check that itself fails is a bad result, since doctor is called when things are broken."""
    area = check.__name__.strip("_")
    try:
        yield from check(workspace)
    except FieldCutError as error:
        yield MachineCheck(area, "bad", error.message)
    except Exception as error:
        failure = M("{what} could not be looked at: {error}", what=area, error=f"{type(error).__name__}: {error}")
        yield MachineCheck(area, "bad", failure, _install())


def _install(checkout: Message | None = None) -> Message:
    """How to restore the files FieldCut came with. checkout: what to do in a checkout, when that is more exact than `uv sync`."""
    if not IS_CHECKOUT:
        return M("Install FieldCut once more: `pip install --force-reinstall` and its wheel.")
    return checkout or M("Run `uv sync` in the FieldCut folder.")


def _python(_workspace: Path) -> Iterator[MachineCheck]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if PYTHON_VERSIONS[0] <= sys.version_info[:2] < PYTHON_VERSIONS[1]:
        yield MachineCheck("python", "good", M("Python {version}", version=version))
    else:
        least, below = (".".join(str(part) for part in limit) for limit in PYTHON_VERSIONS)
        fix = M("Use `uv run`, which brings a Python from {least} on and below {below}.", least=least, below=below)
        yield MachineCheck("python", "bad", M("Python {version} does not fit", version=version), fix)


def _packages(_workspace: Path) -> Iterator[MachineCheck]:
    for name, relation, limit in PINNED_PACKAGES:
        requirement = f"{relation}{'.'.join(str(part) for part in limit)}"
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield MachineCheck(name, "bad", M("{name} is not installed", name=name), _install())
            continue
        if _satisfies(version, relation, limit):
            yield MachineCheck(name, "good", M("{name} {version}", name=name, version=version))
        else:
            yield MachineCheck(
                name, "bad", M("{name} {version}, but {wanted} is needed", name=name, version=version, wanted=requirement), _install()
            )
    duplicates = [name for name in ("opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless") if _installed(name)]
    if duplicates:
        fix = M("Uninstall {name} and run `uv sync` again.", name=duplicates[0])
        yield MachineCheck(
            "opencv", "warning", M("{name} is installed beside opencv-python-headless and overwrites its files", name=duplicates[0]), fix
        )


def _satisfies(version: str, relation: str, limit: tuple[int, ...]) -> bool:
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[: len(limit)])
    return numbers == limit if relation == "==" else numbers >= limit


def _installed(name: str) -> bool:
    return any(True for _ in importlib.metadata.distributions(name=name))


def _ffmpeg(_workspace: Path) -> Iterator[MachineCheck]:
    from pipeline.media import FFMPEG, ffmpeg_version

    fix = _install(M("Run `uv sync --reinstall-package imageio-ffmpeg` in the FieldCut folder."))
    try:
        version = ffmpeg_version().removeprefix("ffmpeg version ")
        filters, encoders = _listed_names(FFMPEG, "-filters"), _listed_names(FFMPEG, "-encoders")
    except (OSError, subprocess.SubprocessError):
        yield MachineCheck("ffmpeg", "bad", M("ffmpeg does not run. Install FieldCut anew, or let the virus scanner pass it."), fix)
        return
    missing = [name for name in FILTERS if name not in filters] + [name for name in ENCODERS if name not in encoders]
    if missing:
        yield MachineCheck("ffmpeg", "bad", M("ffmpeg {version} lacks {missing}", version=version, missing=", ".join(missing)), fix)
    else:
        present = ", ".join((*ENCODERS, *FILTERS))
        yield MachineCheck("ffmpeg", "good", M("ffmpeg {version} with {having}", version=version, having=present))


def _listed_names(program: str, listing: str) -> set[str]:
    """The second word of every line of a listing: ffmpeg's names of filters or encoders."""
    output = subprocess.run(
        [program, "-hide_banner", listing], capture_output=True, encoding="utf-8", errors="replace", check=True, timeout=20
    ).stdout
    return {words[1] for line in output.splitlines() if len(words := line.split()) > 1}


def _fonts(_workspace: Path) -> Iterator[MachineCheck]:
    from pipeline.brand.fonts import can_shape, face

    fix = _install(M("Put the folder assets/fonts of the FieldCut release back."))
    files = sorted(FONTS.glob("*.[to]tf"))
    broken: list[str] = []
    for file in files:
        try:
            face(file)
        except (OSError, ValueError):
            broken.append(file.name)
    if broken:
        yield MachineCheck("fonts", "bad", M("These fonts cannot be opened: {names}", names=", ".join(broken)), fix)
    elif files:
        if not can_shape():
            yield MachineCheck(
                "fonts",
                "warning",
                M("Pillow cannot join or stack letters here: titles in Uyghur, Kazakh, Tibetan or Mongolian are refused."),
                M("pip install --force-reinstall pillow"),
            )
        yield MachineCheck("fonts", "good", M("{count} fonts open", count=len(files)))
    else:
        yield MachineCheck("fonts", "bad", M("There are no fonts in {folder}", folder=str(FONTS)), fix)


def _templates(workspace: Path) -> Iterator[MachineCheck]:
    from pipeline.brand import load_style, style_roots, template_names

    roots = style_roots(workspace)
    names = template_names(roots)
    yield from _load_each("templates", names, lambda name: load_style(name, roots))
    if not names:
        fix = _install(M("Put the folder templates of the FieldCut release back."))
        yield MachineCheck("templates", "bad", M("There is no style template"), fix)
    else:
        yield MachineCheck("templates", "good", M("{count} style templates: {names}", count=len(names), names=", ".join(names)))


def _destinations(_workspace: Path) -> Iterator[MachineCheck]:
    from pipeline.publish import destination_names, load_destination

    names = destination_names()
    yield from _load_each("destinations", names, load_destination)
    yield MachineCheck("destinations", "good", M("{count} destinations: {names}", count=len(names), names=", ".join(names)))


def _load_each(name: str, files: Iterable[str], load: Callable[[str], object]) -> Iterator[MachineCheck]:
    """A bad result for each file that does not load; its error says what to correct."""
    for file in files:
        try:
            load(file)
        except FieldCutError as error:
            yield MachineCheck(name, "bad", error.message)


def _speech_model(workspace: Path) -> Iterator[MachineCheck]:
    from pipeline.speech import known_models, model

    named = os.environ.get(MODEL_VARIABLE, "").strip()
    try:
        wanted = read_settings(workspace).speech.model_in(workspace)
    except UserMistake:  # told where the settings are looked at
        wanted = known_models.DEFAULT
    if named or wanted != known_models.DEFAULT:
        by = MODEL_VARIABLE if named else "[speech] model"
        folder = known_models.model_folder(wanted) if not named and wanted in known_models.known_models() else Path(named or wanted)
        folder = folder.expanduser()
        library = model.folder_library(folder)
        absent = model.missing_files(folder, library)
        if absent:
            lacking = M("The speech model in {folder} lacks {missing}", folder=str(folder), missing=", ".join(absent))
            fix = M("Correct {variable}, or unset it to use the model that FieldCut installs.", variable=by)
            yield MachineCheck("speech_model", "bad", lacking, fix)
            return
        if not known_models.is_library_installed(library):
            lacking = M("The speech model in {folder} needs {library}, which is not installed", folder=str(folder), library=library)
            fix = M("Install the extra: pip install 'fieldcut[{extra}]'.", extra=known_models.EXTRAS[library])
            yield MachineCheck("speech_model", "bad", lacking, fix)
            return
        files = [model.weights_file(folder, library)]
    else:
        folders = [_package_data(package) for package in model.PACKAGES]
        files = [file for folder in folders if folder for file in folder.glob("model.bin*")]
        small = [name for name in model.SMALL_FILES if not any(folder and (folder / name).is_file() for folder in folders)]
        if len(files) < len(model.PACKAGES) or small:
            yield MachineCheck("speech_model", "bad", M("The speech model is not whole"), _install())
            return
    sizes = [file.stat().st_size for file in files]
    summary = M(
        "Speech model: {total} MB in {count} parts ({sizes})",
        total=round(sum(sizes) / 1e6),
        count=len(sizes),
        sizes=" + ".join(str(round(size / 1e6)) for size in sizes),
    )
    if sum(sizes) < model.SMALLEST_MODEL:
        yield MachineCheck("speech_model", "bad", summary, _install())
    else:
        yield MachineCheck("speech_model", "good", summary)


def _package_data(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return Path(folders[0]) / "data" if folders else None


def _face_model(_workspace: Path) -> Iterator[MachineCheck]:
    import cv2

    file = MODELS / "face_detection_full_range.tflite"
    fix = _install(M("Put the folder assets/models of the FieldCut release back."))
    if not file.is_file():
        yield MachineCheck("face_model", "bad", M("The face model {path} is not there", path=str(file)), fix)
        return
    try:
        cv2.dnn.readNetFromTFLite(str(file))
    except cv2.error as error:
        reason = str(error).strip().splitlines()[-1]
        yield MachineCheck("face_model", "bad", M("The face model does not load: {error}", error=reason), fix)
        return
    yield MachineCheck("face_model", "good", M("Face model: {size} MB", size=round(file.stat().st_size / 1e6, 1)))


def _picture_model(_workspace: Path) -> Iterator[MachineCheck]:
    file = MODELS / "efficientnet_lite0.onnx"
    size_mb = round(file.stat().st_size / 1e6, 1) if file.is_file() else 0.0
    if size_mb < SMALLEST_PICTURE_MODEL_MB:
        fix = _install(M("Put the folder assets/models of the FieldCut release back."))
        yield MachineCheck("picture_model", "bad", M("The picture model {path} is not there, or not whole", path=str(file)), fix)
    else:
        yield MachineCheck("picture_model", "good", M("Picture model: {size} MB", size=size_mb))


def _workspace(workspace: Path) -> Iterator[MachineCheck]:
    folder = _nearest_existing(workspace)
    fix = M("Choose another folder with --workspace.")
    if not folder.is_dir():
        yield MachineCheck("workspace", "bad", M("{path} is a file, not a folder", path=str(folder)), fix)
        return
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".fieldcut-"):
            pass
    except OSError as error:
        yield MachineCheck("workspace", "bad", M("{path} could not be written: {error}", path=str(folder), error=error_reason(error)), fix)
        return
    yield MachineCheck("workspace", "good", M("The workspace {path} can be written", path=str(workspace.resolve())))


def _disk(workspace: Path) -> Iterator[MachineCheck]:
    free = shutil.disk_usage(_nearest_existing(workspace)).free // 1_000_000
    summary = M("{free} MB free on the disk", free=free)
    fix = M("Free some space, or choose a folder on another disk with --workspace. At least {least} MB are needed.", least=MIN_DISK_MB)
    if free < MIN_DISK_MB:
        yield MachineCheck("disk", "bad", summary, fix)
    elif free < COMFORTABLE_DISK_MB:
        yield MachineCheck("disk", "warning", summary, M("Long videos need more: free some space soon."))
    else:
        yield MachineCheck("disk", "good", summary)


def _nearest_existing(path: Path) -> Path:
    """The path itself, or the nearest folder above it that exists: a new workspace would be made there."""
    path = path.resolve()
    return next((folder for folder in (path, *path.parents) if folder.exists()), path)


def _machine(_workspace: Path) -> Iterator[MachineCheck]:
    name, processor = system.system_and_processor()
    yield MachineCheck("system", "good", M("{system} on {processor}", system=name, processor=processor))
    cores = system.allowed_cores()
    if cores < 2:
        yield MachineCheck(
            "cores", "warning", M("1 processor core"), M("It works, but rendering takes long; use --preset draft to try things out.")
        )
    else:
        yield MachineCheck("cores", "good", M("{count} processor cores", count=cores))
    memory = system.memory()[0] // 1_000_000
    summary = M("{size} MB of memory", size=memory)
    if memory < MIN_MEMORY_MB:
        yield MachineCheck("memory", "warning", summary, M("Close other programs while a video is made."))
    else:
        yield MachineCheck("memory", "good", summary)


def _language(_workspace: Path) -> Iterator[MachineCheck]:
    from pipeline.language import translations

    if isinstance(translations("zh"), gettext.GNUTranslations):
        yield MachineCheck("language", "good", M("Messages in Chinese and English"))
    else:
        fix = _install(M("Put the file {path} of the FieldCut release back.", path=str(ASSETS / "locale" / "zh.po")))
        yield MachineCheck("language", "warning", M("There are no Chinese messages"), fix)


def _claim_rules(_workspace: Path) -> Iterator[MachineCheck]:
    from pipeline.commerce.claims.rules import word_rules
    from pipeline.settings import coop_zone

    rules = word_rules()
    due = sorted(rule.id for rule in rules if rule.look_again <= datetime.now(coop_zone()).date())
    if due:
        late = M("{count} rules on claims are due to be held against the law again: {names}", count=len(due), names=", ".join(due))
        fix = M("They still hold. Get a newer FieldCut, and let somebody who knows the law look over the posts until then.")
        yield MachineCheck("claim_rules", "warning", late, fix)
    else:
        day = min(rule.look_again for rule in rules).isoformat()
        yield MachineCheck(
            "claim_rules", "good", M("{count} rules on claims, to be held against the law on {day}", count=len(rules), day=day)
        )


def _shared_store(workspace: Path) -> Iterator[MachineCheck]:
    """The place that other machines share, where the settings name one."""
    settings = read_settings(workspace).store
    if not settings.shared:
        return
    from pipeline.store.shared_files import SharedStoreUnreachable, open_shared_files

    try:
        place = open_shared_files(settings.shared, settings.endpoint_url, settings.region)
        place.write(f"batches/{os.getpid()}.tried", b"")
        place.drop(f"batches/{os.getpid()}.tried")
    except SharedStoreUnreachable as error:
        yield MachineCheck("shared_store", "warning", error.message, M("Without it this machine makes every story alone."))
    else:
        yield MachineCheck("shared_store", "good", M("The shared store {place} can be written", place=place.where))


CHECKS: tuple[Callable[[Path], Iterator[MachineCheck]], ...] = (
    _python,
    _packages,
    _ffmpeg,
    _fonts,
    _templates,
    _destinations,
    _speech_model,
    _face_model,
    _picture_model,
    _language,
    _claim_rules,
    _workspace,
    _shared_store,
    _disk,
    _machine,
)
