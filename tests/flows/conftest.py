"""The command line as a process of its own, and a real Prefect server for those tests that ask for one."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from benchmarks import kill_runs
from flows.cli.app import main
from flows.server import running_server
from pipeline.documents.job import Job
from pipeline.resources import ASSETS, ROOT
from pipeline.store import load_document
from pipeline.system import TERMINATION_SIGNALS
from tests.builders import ffmpeg
from tests.conftest import PICTURE

SMALL = ("--size", "270x480", "--preset", "草稿")
DEMO = ASSETS / "demo" / "story"
SHEET = ASSETS / "demo" / "catalog.csv"
SENTENCES_S = (8.7, 8.3)
"""Where the third and the fourth sentence of the demo's talk are said: the first second, and for how long."""


@dataclass(frozen=True)
class Answer:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> dict[str, Any]:
        """What it printed for scripts."""
        told = json.loads(self.out)
        assert isinstance(told, dict)
        return told


def command(*arguments: object) -> list[str]:
    """The command line that a person types, for this interpreter."""
    return [sys.executable, "-m", "flows.cli", *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    """The usual environment, in which the packages of this checkout are found from any folder."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


Run = Callable[..., Answer]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """`run("make", folder, …)` in a folder that is neither the repository nor the dropped one."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    def run(*arguments: object, **more: str) -> Answer:
        done = subprocess.run(command(*arguments), cwd=elsewhere, env=environment(**more), capture_output=True, text=True, check=False)
        return Answer(done.returncode, done.stdout, done.stderr)

    return run


@contextmanager
def _as_typed(arguments: Sequence[object]) -> Iterator[None]:
    """The command line's own globals, put back afterwards."""
    before = sys.argv
    handlers = {number: signal.getsignal(number) for number in TERMINATION_SIGNALS}
    sys.argv = ["fieldcut", *map(str, arguments)]
    try:
        with warnings.catch_warnings():
            yield
    finally:
        sys.argv = before
        for number, handler in handlers.items():
            signal.signal(number, handler)


@pytest.fixture(scope="session")
def run_here() -> Run:
    """The same in this process, for commands whose own work is far less than starting Python and loading every room."""

    def run_here(*arguments: object, **more: str) -> Answer:
        out, err = io.StringIO(), io.StringIO()
        with (
            patch.dict(os.environ, more),
            _as_typed(arguments),
            redirect_stdout(out),
            redirect_stderr(err),
            pytest.raises(SystemExit) as end,
        ):
            main()
        return Answer(int(end.value.code or 0), out.getvalue(), err.getvalue())

    return run_here


@pytest.fixture(scope="session")
def drop(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Sequence[str]], Path]:
    """`drop([names])` gives a dropped folder with these clips of the demo story."""

    def drop(names: Sequence[str]) -> Path:
        folder = tmp_path_factory.mktemp("dropped") / "果园"
        folder.mkdir()
        for name in names:
            shutil.copy2(DEMO / name, folder / name)
        return folder

    return drop


@dataclass(frozen=True)
class Undisturbed:
    """A small story, and how it was made in a workspace of its own by a run that nobody disturbed."""

    folder: Path
    workspace: Path
    answer: Answer

    def command(self, workspace: Path) -> list[str]:
        """What a person types to have it made in another workspace."""
        return command(*self.arguments(workspace))

    def arguments(self, workspace: Path) -> list[str]:
        """The same without the program."""
        return ["make", str(self.folder), "--workspace", str(workspace), "--catalog", str(SHEET), *kill_runs.SMALL]


@pytest.fixture(scope="session")
def undisturbed(once: Callable[..., Path]) -> Undisturbed:
    """Three seconds of the orchard and two of the talk's six sentences, in small pictures; made once for all processes of this run.

    Tests of what can befall a story make it again a dozen times: it has talk, a product and several chunks, and not a second more.
    """
    home = once(_make_undisturbed)
    return replace(_story_in(home), answer=Answer(0, *json.loads((home / "said.json").read_text(encoding="utf-8"))))


def _story_in(home: Path) -> Undisturbed:
    return Undisturbed(home / "dropped" / "果园", home / "workspace", Answer(0, "", ""))


def _make_undisturbed(home: Path) -> None:
    story = _story_in(home)
    story.folder.mkdir(parents=True)
    for name, start_s, length_s in (("VID_20261018_081200.mp4", 0, 3), ("VID_20261018_093000.mp4", *SENTENCES_S)):
        ffmpeg("-ss", start_s, "-t", length_s, "-i", DEMO / name, "-vf", "scale=-2:360", *PICTURE, "-c:a", "copy", out=story.folder / name)
    done = subprocess.run(story.command(story.workspace), env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (home / "said.json").write_text(json.dumps([done.stdout, done.stderr]), encoding="utf-8")


@pytest.fixture(scope="session")
def prefect_home(once: Callable[..., Path]) -> Callable[[Path], Path]:
    """`prefect_home(folder)`: a home for a server whose database is there already, which a first start takes longest to make."""

    def prepare(folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy2(once(_make_prefect_database) / "prefect.db", folder)
        return folder

    return prepare


def _make_prefect_database(home: Path) -> None:
    upgrade = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "-y"]
    variables = environment(PREFECT_HOME=str(home), PREFECT_SERVER_ANALYTICS_ENABLED="false", DO_NOT_TRACK="1")
    done = subprocess.run(upgrade, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory, prefect_home: Callable[[Path], Path]) -> Iterator[dict[str, str]]:
    """The environment in which flows find a real server; it lives as long as the test session."""
    with running_server(prefect_home(tmp_path_factory.mktemp("prefect"))) as found:
        yield found


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the README speaks of: clips, note, sheet, and a workspace of release 0.1.0 in which two stories were made."""
    folder = tmp_path_factory.mktemp("village")
    for sheet in ("products.csv", "商品表.csv"):
        shutil.copy2(ASSETS / "demo" / "catalog.csv", folder / sheet)
    shutil.copy2(ASSETS / "demo" / "catalog.csv", folder / "catalog.csv")
    shutil.copy2(ASSETS / "demo" / "apple.jpg", folder / "apple.jpg")
    shutil.copytree(ROOT / "tests" / "data" / "workspace_0_1", folder / "workspace")
    for path in (*folder.rglob("*.json"), *folder.rglob("*.toml")):
        path.write_text(path.read_text(encoding="utf-8").replace("/fieldcut/assets", str(ASSETS)), encoding="utf-8")
    for name in ("potatoes", "土豆"):
        clips, story = folder / "clips" / name, folder / "workspace" / "stories" / name
        clips.mkdir(parents=True)
        shutil.copy2(ASSETS / "demo" / "story" / "说明.txt", clips)
        shutil.copytree(folder / "workspace" / "stories" / "demo", story)
        job = load_document(story / "job.json", Job).model_copy(update={"story": name, "catalog": str(folder / "products.csv")})
        (story / "job.json").write_text(job.model_dump_json(), encoding="utf-8")
    return folder
