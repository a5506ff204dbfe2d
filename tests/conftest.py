"""What the rooms' tests share: the demo story, other footage where there is any, and small clips made on the spot."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.documents.clip import Clip
from pipeline.footage.probe import probe
from pipeline.media import FFMPEG
from pipeline.resources import ASSETS, ROOT
from pipeline.store import file_sha256

PICTURE = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "23", "-pix_fmt", "yuv420p"]
SOUND = ["-c:a", "aac", "-b:a", "96k", "-ar", "48000"]

Ffmpeg = Callable[..., Path]
LONGEST = (
    "tests/flows/test_killed_story.py",
    "tests/publish/engine/test_faults.py",
    "tests/render/test_never_lost.py",
    "tests/test_main_path.py",
    "tests/flows/test_publishing.py",
    "tests/flows/test_disk_full.py",
    "tests/render/test_memory.py",
)
"""Files that take longest. They begin first, so that no core waits at the end for one that began last."""


def pytest_configure() -> None:
    """Let what the tests start keep the code it compiled, out of sight where the user wants none beside the sources.

    Every worker and every command that a test types loads all rooms, which takes three times as long from source.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / ".pytest_cache" / "bytecode"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, all others as they were found."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))


def ffmpeg(*arguments: object, out: Path) -> Path:
    """Run ffmpeg with these arguments and give the file it made; what it says is shown when it fails."""
    command = [FFMPEG, "-hide_banner", "-nostdin", "-y", "-loglevel", "error", *map(str, arguments), f"file:{out}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return out


@pytest.fixture(scope="session")
def footage() -> Path:
    """The folder of real footage beside the repository, or the one that FIELDCUT_FOOTAGE names."""
    folder = Path(os.environ.get("FIELDCUT_FOOTAGE") or ROOT.parent / "shared" / "footage")
    if not (folder / "clips").is_dir():
        pytest.skip(f"no real footage here ({folder} is not there); set FIELDCUT_FOOTAGE to its folder")
    return folder


@pytest.fixture(scope="session")
def demo() -> Path:
    """The dropped folder of the demo story that comes with the project."""
    return ASSETS / "demo" / "story"


@pytest.fixture(scope="session")
def run_ffmpeg() -> Ffmpeg:
    """`run_ffmpeg(*arguments, out=path)` makes a file."""
    return ffmpeg


@pytest.fixture(scope="session")
def picture_options() -> list[str]:
    """ffmpeg's options for a quick H.264 picture."""
    return PICTURE


@pytest.fixture(scope="session")
def sound_options() -> list[str]:
    """ffmpeg's options for AAC sound."""
    return SOUND


@pytest.fixture(scope="session")
def look_at() -> Callable[[Path], Clip]:
    """The facts of one file as a `Clip`."""
    return lambda path: probe(path, path.name, file_sha256(path))
