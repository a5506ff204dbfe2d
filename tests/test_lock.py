"""The lock installs on every laptop: each package has a wheel, or is Python alone, where volunteers are."""

import importlib.metadata
import importlib.util
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import parse_wheel_filename

from pipeline.resources import ROOT

PYTHONS = ((3, 11), (3, 12), (3, 13))
"""What requires-python allows; a test below holds the two together."""
EXTRAS = ("s3", "postgres", "sherpa", "openai-whisper")
PURE_SOURCES = {
    "jieba": "Python files and dictionaries; its setup.py compiles nothing",
    "openai-whisper": "Python files and tables; what it computes with has wheels",
}
"""Packages that have no wheel for anybody and need none: pip makes one without a compiler."""


@dataclass(frozen=True)
class System:
    """One kind of laptop, as markers and wheels call it.

    platforms: wheel platform tags that run there, the best first.
    """

    name: str
    markers: dict[str, str]
    platforms: tuple[str, ...]


def manylinux(machine: str, glibc_minor: int) -> tuple[str, ...]:
    """Platform tags of a Linux with glibc 2.`glibc_minor`, PEP 600, and their older names."""
    older = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
    tags = [name for minor in range(glibc_minor, 4, -1) for name in (f"manylinux_2_{minor}", older.get(minor, "")) if name]
    return tuple(f"{name}_{machine}" for name in tags)


WINDOWS = {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"}
MACOS = {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"}
LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
SYSTEMS = (
    System("Windows x64", WINDOWS, ("win_amd64",)),
    System("macOS 14 arm64", MACOS, tuple(mac_platforms((14, 0), "arm64"))),
    System("Linux x64, glibc 2.28", {**LINUX, "platform_machine": "x86_64"}, manylinux("x86_64", 28)),
    System("Linux arm64, glibc 2.28", {**LINUX, "platform_machine": "aarch64"}, manylinux("aarch64", 28)),
)


@cache
def locked() -> dict[str, list[dict[str, Any]]]:
    """Every package of uv.lock by name; some names have several versions, one a Python."""
    found: dict[str, list[dict[str, Any]]] = {}
    for package in tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]:
        found.setdefault(package["name"], []).append(package)
    return found


def needed(system: System, python: tuple[int, int], *, dev: bool) -> dict[str, dict[str, Any]]:
    """The packages that an installation on this system takes, by name and version; dev: the dev group's instead of the user's."""
    version = ".".join(map(str, python))
    here = {
        **system.markers,
        "python_version": version,
        "python_full_version": f"{version}.9",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }
    (root,) = locked()["fieldcut"]
    optional = root["optional-dependencies"]
    first = root["dev-dependencies"]["dev"] if dev else [*root["dependencies"], *(one for extra in EXTRAS for one in optional[extra])]
    waiting, found, seen = list(first), dict[str, dict[str, Any]](), set[tuple[str, str]]()
    while waiting:
        wanted = waiting.pop()
        if "marker" in wanted and not Marker(wanted["marker"]).evaluate(here):
            continue
        for package in locked()[wanted["name"]]:
            if "version" in wanted and package["version"] != wanted["version"]:
                continue
            asked = ["", *wanted.get("extra", ())]
            for extra in asked:
                if (key := (f"{package['name']} {package.get('version', '')}", extra)) in seen:
                    continue
                seen.add(key)
                waiting += package.get("optional-dependencies", {}).get(extra, ()) if extra else package.get("dependencies", ())
            if package["name"] != "fieldcut":
                found[f"{package['name']} {package['version']}"] = package
    return found


def runs(package: dict[str, Any], tags: frozenset[Tag]) -> bool:
    """Whether one of a package's wheels is for these tags."""
    names = (wheel["url"].rpartition("/")[2] for wheel in package.get("wheels", ()))
    return any(parse_wheel_filename(name)[3] & tags for name in names)


def lacking(system: System, python: tuple[int, int], *, dev: bool) -> Iterator[str]:
    """Packages that this system would have to compile, or cannot have."""
    tags = frozenset([*cpython_tags(python, platforms=system.platforms), *compatible_tags(python, "cp", system.platforms)])
    for name, package in needed(system, python, dev=dev).items():
        if package["name"] not in PURE_SOURCES and not runs(package, tags):
            yield name


@pytest.mark.parametrize("python", PYTHONS, ids=lambda python: f"{python[0]}.{python[1]}")
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_who_uses_fieldcut_compiles_nothing(system: System, python: tuple[int, int]) -> None:
    assert len(needed(system, python, dev=False)) > 100
    assert sorted(lacking(system, python, dev=False)) == []


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_who_develops_fieldcut_compiles_nothing(system: System) -> None:
    assert sorted({name for python in PYTHONS for name in lacking(system, python, dev=True)}) == []


def test_an_older_system_would_be_named_with_what_it_lacks() -> None:
    old = System("Debian 9", SYSTEMS[2].markers, manylinux("x86_64", 24))
    names = {name.partition(" ")[0] for name in lacking(old, (3, 12), dev=False)}
    assert {"av", "onnxruntime"} <= names
    assert "pillow" not in names


def test_the_systems_are_told_apart() -> None:
    windows, _, linux, _ = (needed(system, (3, 12), dev=False) for system in SYSTEMS)
    names = [{package["name"] for package in found.values()} for found in (windows, linux)]
    assert "pywin32-ctypes" in names[0] - names[1]
    assert "secretstorage" in names[1] - names[0]


@pytest.mark.parametrize("name", PURE_SOURCES)
def test_a_package_without_wheels_is_python_alone(name: str) -> None:
    (package,) = locked()[name]
    assert not package.get("wheels"), "it has wheels now: take it off the list"
    if name == "openai-whisper" and not importlib.util.find_spec("whisper"):
        return  # an extra of gigabytes, installed by few
    files = importlib.metadata.files(name)
    assert files
    assert not [file for file in files if file.suffix in (".so", ".pyd", ".dylib", ".dll")]


def test_the_pythons_are_those_of_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    least, beyond = PYTHONS[0], (PYTHONS[-1][0], PYTHONS[-1][1] + 1)
    assert project["requires-python"] == f">={least[0]}.{least[1]},<{beyond[0]}.{beyond[1]}"
