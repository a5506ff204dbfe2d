"""The import law: who may know whom. Read from the source, so that an import inside a function counts as well."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pipeline.resources import ROOT

COMMON = frozenset({"chinese", "documents", "media", "store", "errors", "language", "page_policy", "resources", "settings", "system"})
"""What a room may import besides itself."""
NETWORK = frozenset({"network", "secrets"})
"""Shared as well, but only by the rooms that talk to services."""
TALKING = frozenset({"publish", "notices"})
FOUNDATION = {
    "system": frozenset({"system"}),
    "documents": frozenset({"documents", "system"}),
    "errors": frozenset({"documents"}),
    "resources": frozenset(),
    "chinese": frozenset({"documents", "resources", "chinese"}),
    "language": frozenset({"documents", "resources"}),
    "page_policy": frozenset(),
    "settings": frozenset({"documents", "errors", "store", "settings"}),
    "store": frozenset({"documents", "errors", "store", "system"}),
    "media": frozenset({"documents", "errors", "store", "system", "media"}),
    "secrets": frozenset({"documents", "errors", "store", "system", "secrets"}),
    "network": frozenset({"documents", "errors", "settings", "secrets", "network"}),
}
"""What the common parts may import of each other: nothing of a room."""
KNOW_ROOMS = frozenset({"stages", "actions", "workspace"})
"""What stands beside the rooms in `pipeline/` and may name them."""
NEVER = frozenset({"prefect", "flows", "fastapi", "starlette", "uvicorn", "typer", "rich"})
"""Scheduling, showing and serving are the business of `flows/`."""
ONLY_IN = {
    "httpx": {"network", "publish", "notices"},
    "sqlalchemy": {"publish"},
    "moviepy": {"brand"},
    "segno": {"commerce"},
    "opencc": {"chinese"},
    "pypinyin": {"chinese"},
}
"""Libraries that few may load; the network is one of them."""


@cache
def sources() -> dict[str, Path]:
    """Every module of pipeline/ and flows/ by its dotted name; a package goes by its own."""
    found = {}
    for package in ("pipeline", "flows"):
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


ROOMS = sorted(
    path.parent.name for path in (ROOT / "pipeline").glob("*/__init__.py") if path.parent.name not in COMMON | NETWORK | KNOW_ROOMS
)


@cache
def imported(name: str, *, at_start: bool = False) -> tuple[tuple[str, int], ...]:
    """(module, line) of every import in a module; at_start: only those that run when it is loaded."""
    return tuple(_imported(name, at_start))


def _imported(name: str, at_start: bool) -> Iterator[tuple[str, int]]:
    for node in _nodes(ast.parse(sources()[name].read_text(encoding="utf-8")), at_start):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = name if sources()[name].name == "__init__.py" else name.rpartition(".")[0]
            above = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            base = ".".join(part for part in (above, node.module or "") if part)
            for alias in node.names:
                inside = f"{base}.{alias.name}"
                yield (inside if inside in sources() else base), node.lineno


def _nodes(node: ast.AST, at_start: bool) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if at_start and (isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or _only_for_types(child)):
            continue
        yield child
        yield from _nodes(child, at_start)


def _only_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def part_of(module: str) -> str:
    """The room, or the file, of `pipeline/` that a module belongs to; empty for the package itself."""
    return [*module.split("."), ""][1]


def places(name: str, wrong: list[tuple[str, int]]) -> str:
    return "\n".join(f"{sources()[name].relative_to(ROOT)}:{line} imports {module}" for module, line in wrong)


PIPELINE = [name for name in sources() if name.startswith("pipeline")]


def test_the_rooms_are_found() -> None:
    assert {"footage", "analysis", "speech", "edit", "render", "publish"} <= set(ROOMS)
    assert len(PIPELINE) > 100


def test_the_pipeline_knows_nothing_of_scheduling_and_pages() -> None:
    for name in PIPELINE:
        wrong = [(module, line) for module, line in imported(name) if module.split(".")[0] in NEVER]
        assert not wrong, places(name, wrong)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_knows_the_common_parts_and_itself(room: str) -> None:
    for name in (name for name in PIPELINE if part_of(name) == room):
        wrong = [
            (module, line)
            for module, line in imported(name)
            if module.split(".")[0] == "pipeline" and part_of(module) not in COMMON | {room} | (NETWORK if room in TALKING else set())
        ]
        assert not wrong, places(name, wrong)


def test_accounts_and_publishing_do_not_import_each_other() -> None:
    """Who starts the engine brings the two together; both read the platforms' folders."""
    accounts, publish = "pipeline.publish.accounts", "pipeline.publish"
    shared = {"pipeline.publish.platform_folders"}
    for name in (name for name in PIPELINE if name.startswith(f"{publish}.")):
        inside = name.startswith(accounts)
        wrong = [
            (module, line)
            for module, line in imported(name)
            if module.startswith(f"{publish}.") and module.startswith(accounts) != inside and module not in shared
        ]
        assert not wrong, places(name, wrong)


@pytest.mark.parametrize("part", FOUNDATION)
def test_the_common_parts_know_no_room(part: str) -> None:
    for name in (name for name in PIPELINE if part_of(name) == part):
        wrong = [
            (module, line)
            for module, line in imported(name)
            if module.split(".")[0] == "pipeline" and part_of(module) not in FOUNDATION[part]
        ]
        assert not wrong, places(name, wrong)


def test_only_the_files_that_hold_the_order_know_rooms() -> None:
    beside = [name for name in PIPELINE if part_of(name) not in ROOMS and part_of(name) not in COMMON | NETWORK]
    knowing = {name for name in beside if any(m.split(".")[0] == "pipeline" and part_of(m) in ROOMS for m, _ in imported(name))}
    assert {part_of(name) for name in knowing} <= KNOW_ROOMS
    assert "pipeline.stages.edit" in knowing


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_of_one_room_is_imported_there_only(library: str) -> None:
    users = {part_of(name) for name in PIPELINE for module, _ in imported(name) if module.split(".")[0] == library}
    assert users <= ONLY_IN[library]


def test_one_file_knows_how_chinese_sounds_and_one_how_it_is_simplified() -> None:
    for library, owner in (("pypinyin", "pipeline.chinese.phonetics"), ("opencc", "pipeline.chinese.characters")):
        users = {name for name in sources() for module, _ in imported(name) if module.split(".")[0] == library}
        assert users == {owner}


def test_no_file_is_called_utils() -> None:
    assert not [name for name in sources() if name.rpartition(".")[2] in ("utils", "util", "helpers", "common", "misc")]


def test_no_files_import_each_other_in_a_circle() -> None:
    graph = {name: sorted({module for module, _ in imported(name, at_start=True)} & sources().keys()) for name in sources()}
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> None:
        if name in way:
            circle = [*way[way.index(name) :], name]
            pytest.fail(" → ".join(circle))
        if name in done:
            return
        for other in graph[name]:
            walk(other, [*way, name])
        done.add(name)

    for name in graph:
        walk(name, [])


def test_the_command_line_starts_without_prefect() -> None:
    """Loading Prefect takes two seconds, which nobody who types `fieldcut make` has asked for."""
    code = "import sys, flows.cli.app, pipeline.actions.make, pipeline.actions.doctor; print('prefect' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
