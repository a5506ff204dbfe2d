"""FieldCut as who has no copy of the repository gets it: a wheel, built from the source package, in an empty environment."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.resources import DATA_FOLDER, ROOT, resource_root
from tests.conftest import OUTER_PROXY

LARGEST_WHEEL_MB = 60
"""Package indexes take 100 MB; fonts are most of it."""


def test_a_checkout_has_its_data_beside_the_package(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "pipeline").mkdir()
    assert resource_root(tmp_path / "pipeline") == tmp_path


def test_an_installed_package_has_its_data_inside(tmp_path: Path) -> None:
    (tmp_path / "pipeline" / DATA_FOLDER / "assets").mkdir(parents=True)
    (tmp_path / "assets").mkdir()  # another package's, at the top of site-packages
    assert resource_root(tmp_path / "pipeline") == tmp_path / "pipeline" / DATA_FOLDER


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel and its base dependencies, and the two packages it came from."""

    programs: Path
    wheel: Path
    sdist: Path
    home: Path

    def run(self, *command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, where nothing of the checkout can be imported."""
        ours = {"PYTHONPATH", "VIRTUAL_ENV", "FIELDCUT_WHISPER", "FIELDCUT_USER_CACHE"}
        kept = {name: value for name, value in os.environ.items() if name not in ours}
        env = {**kept, "XDG_CACHE_HOME": str(self.home / "cache"), "PYTHONUTF8": "1"}
        program, *arguments = command
        return subprocess.run([self.programs / program, *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False)


def uv(*arguments: object) -> str:
    """Run uv in the checkout; what it says is shown when it fails."""
    program = os.environ.get("UV") or shutil.which("uv")
    if program is None:
        if os.environ.get("FIELDCUT_REQUIRE_ALL"):
            pytest.fail("uv is not here")
        pytest.skip("uv is not here")
    proxies = {"HTTPS_PROXY", "https_proxy"}
    outer = {name: value for name in proxies if (value := os.environ.get(OUTER_PROXY, ""))}
    env = {**{name: value for name, value in os.environ.items() if name not in proxies}, **outer}
    done = subprocess.run([program, *map(str, arguments)], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """Built and installed once; the versions are those of uv.lock, so that uv's cache has them."""
    home = tmp_path_factory.mktemp("installed")
    uv("build", "--quiet", "--out-dir", home / "dist")
    (wheel,), (sdist,) = (home / "dist").glob("*.whl"), (home / "dist").glob("*.tar.gz")
    uv("export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "--no-hashes", "--output-file", home / "locked.txt")
    uv("venv", "--quiet", "--python", sys.executable, home / "venv")
    programs = home / "venv" / ("Scripts" if os.name == "nt" else "bin")
    uv("pip", "install", "--quiet", "--python", home / "venv", "--constraint", home / "locked.txt", wheel)
    yield Installed(programs, wheel, sdist, home)
    shutil.rmtree(home / "venv")


@pytest.mark.system
def test_the_wheel_holds_the_data_and_not_what_it_was_drawn_from(installed: Installed) -> None:
    names = zipfile.ZipFile(installed.wheel).namelist()
    print(f"wheel: {installed.wheel.stat().st_size / 1e6:.1f} MB")
    assert installed.wheel.stat().st_size < LARGEST_WHEEL_MB * 1e6
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"pipeline", "flows"}
    carried = {name.removeprefix(f"pipeline/{DATA_FOLDER}/") for name in names if name.startswith(f"pipeline/{DATA_FOLDER}/")}
    kept = {
        path.relative_to(ROOT).as_posix()
        for part in ("assets", "templates")
        for path in (ROOT / part).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    assert kept - carried == {"assets/demo/apple.jpg", "assets/demo/truth.json", "assets/demo/voice.opus"}
    assert not carried - kept


@pytest.mark.system
def test_the_source_package_holds_the_licence_and_the_tests(installed: Installed) -> None:
    with tarfile.open(installed.sdist) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    assert {"LICENSE", "README.md", "pyproject.toml", "assets/locale/zh.po", "tests/conftest.py"} <= names


@pytest.mark.system
def test_the_demo_is_made_in_an_empty_folder(installed: Installed, tmp_path: Path) -> None:
    done = installed.run("fieldcut", "demo", "--size", "270x480", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    outcome = json.loads(done.stdout)
    assert outcome["passed"]
    assert all(Path(path).is_relative_to(tmp_path) and Path(path).is_file() for path in outcome["files"].values())
    assert str(ROOT) not in done.stdout


@pytest.mark.system
def test_it_says_its_version(installed: Installed, tmp_path: Path) -> None:
    done = installed.run("fieldcut", "--version", cwd=tmp_path)
    assert done.stdout == f"FieldCut {installed.wheel.name.split('-')[1]}\n"


@pytest.mark.system
def test_doctor_finds_nothing_missing(installed: Installed, tmp_path: Path) -> None:
    done = installed.run("fieldcut", "doctor", "--lang", "en", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✗" not in done.stdout


TRY_EXTRAS = """
from pipeline.documents.message import Message
from pipeline.errors import FieldCutError
from pipeline.language import say
from pipeline.publish.ledger.database import connect
from pipeline.publish.platforms.shelf.open_storage import storage_problems

try:
    connect("postgresql://coop@127.0.0.1/fieldcut")
except FieldCutError as error:
    print(say(error.message, "zh"))
settings = {"address": "s3://bucket/shelf", "public_url": "https://shelf.example", "endpoint_url": ""}
print(*(say(problem, "zh") for problem in storage_problems(settings)), sep="\\n")
"""


@pytest.mark.system
def test_without_the_extras_a_person_reads_what_to_install(installed: Installed, tmp_path: Path) -> None:
    done = installed.run("python", "-c", TRY_EXTRAS, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    ledger, shelf = done.stdout.splitlines()
    assert 'pip install "fieldcut[postgres]"' in ledger
    assert "psycopg，还没有装" in ledger
    assert 'pip install "fieldcut[s3]"' in shelf
    assert "s3fs，还没有装" in shelf
