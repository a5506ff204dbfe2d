"""What the rooms' tests share: the demo story, other footage where there is any, and small clips made on the spot."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from pipeline.documents.clip import Clip
from pipeline.footage.probe import probe
from pipeline.resources import ASSETS, ROOT
from pipeline.store import file_sha256
from pipeline.store.user_store import USER_CACHE
from tests.builders import ffmpeg
from tests.demo_story import hear_demo, make_demo

PICTURE = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "23", "-pix_fmt", "yuv420p"]
SOUND = ["-c:a", "aac", "-b:a", "96k", "-ar", "48000"]

OUTER_PROXY = "FIELDCUT_TESTS_OUTER_PROXY"
Ffmpeg = Callable[..., Path]
Once = Callable[..., Path]
HEARD = ("analyses", "hearings", "readings", "transcripts")
"""Kinds of a store that know what is seen and said in clips, and nothing of any story."""
LONGEST = (
    "tests/flows/test_up.py",
    "tests/flows/test_killed_story.py",
    "tests/publish/engine/test_faults.py",
    "tests/test_main_path.py",
    "tests/flows/test_disk_full.py",
    "tests/flows/test_publishing.py",
    "tests/render/test_never_lost.py",
    "tests/test_installed.py",
    "tests/flows/test_two_runs.py",
    "tests/flows/test_prefect.py",
    "tests/flows/test_fit_to_limits.py",
    "tests/flows/test_ctrl_c.py",
    "tests/flows/test_story_flow.py",
    "tests/render/test_ten_minutes.py",
    "tests/render/test_memory_budget.py",
    "tests/render/test_chunks.py",
    "tests/test_extension_points.py",
)
"""Files that take longest. They begin first, so that no core waits at the end for one that began last; and what two of them share
is made by then: the first two want different stories."""


def pytest_configure() -> None:
    """Let what the tests start keep the code it compiled, out of sight where the user wants none beside the sources.

    Every worker and every command that a test types loads all rooms, which takes three times as long from source.
    """
    # No test leaves this machine: what asks for a host elsewhere meets a port where nobody listens; 127.0.0.1 is reached directly.
    # What a package index is needed for (building the wheel in an empty environment) gets the machine's own proxy back.
    os.environ.setdefault(OUTER_PROXY, os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy") or "")
    os.environ["HTTPS_PROXY"] = os.environ["https_proxy"] = "http://127.0.0.1:9"
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / ".pytest_cache" / "bytecode"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, all others as they were found."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))


@pytest.fixture(scope="session", autouse=True)
def user_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What all workspaces of a user share lies in the tests' own folder, one for all processes that share the tests."""
    home = tmp_path_factory.getbasetemp()
    folder = (home.parent if "PYTEST_XDIST_WORKER" in os.environ else home) / "user-cache"
    os.environ[USER_CACHE] = str(folder)
    return folder


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


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """`once(write, *content)`: the folder that `write(folder)` filled, once for all processes that share this run of the tests.

    content: what it is made from; equal content of the same function is the same folder. Who gets it leaves it as it is.
    """
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "once"
    home.mkdir(exist_ok=True)

    def once(write: Callable[[Path], object], *content: object) -> Path:
        name = f"{write.__module__}.{write.__qualname__}"
        folder = home / hashlib.sha256(repr((name, content)).encode()).hexdigest()[:16]
        whole = folder.with_suffix(".whole")
        with FileLock(folder.with_suffix(".lock")):
            if not whole.exists():
                folder.mkdir()
                write(folder)
                whole.touch()
        return folder

    return once


@pytest.fixture(scope="session")
def demo_workspace(once: Once) -> Path:
    """The workspace in which the demo story was made from nothing, small; its outcome lies beside its stories in `outcome.pickle`."""
    return once(make_demo)


@pytest.fixture(scope="session")
def listened(once: Once) -> Callable[[Path], Path]:
    """`listened(workspace)`: give a new workspace what is seen and said in two quiet clips of the demo, so that nothing is heard twice."""

    def prepare(workspace: Path) -> Path:
        share_hearing(once(hear_demo), workspace)
        return workspace

    return prepare


def share_hearing(known: Path, workspace: Path) -> None:
    """Give a new workspace what is seen and said in the clips of another one's story."""
    for kind in HEARD:
        if (known / "cache" / kind).is_dir():
            shutil.copytree(known / "cache" / kind, workspace / "cache" / kind, copy_function=_linked, dirs_exist_ok=True)


def _linked(source: str, target: str) -> None:
    """An entry of a store is never changed, only replaced."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
