"""The faults that are planted to try the tests: the same for a seed, spread over all rooms, one change each, and still Python."""

import ast
from pathlib import Path

import pytest

from benchmarks.planted_faults import FAULTS, SEED, chosen, in_turn, room_of
from benchmarks.planting.mutations import faults_in
from pipeline.resources import ROOT

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def faults():
    return chosen(ROOT, FAULTS, SEED)


def test_the_same_seed_plants_the_same_faults_and_another_one_others(faults) -> None:
    assert chosen(ROOT, FAULTS, SEED) == faults
    assert set(chosen(ROOT, FAULTS, SEED + 1)) != set(faults)


def test_every_room_has_its_share_and_no_function_two(faults) -> None:
    rooms = {room_of(path.relative_to(ROOT).as_posix()) for package in ("pipeline", "flows") for path in (ROOT / package).rglob("*.py")}
    bare = rooms - {room_of(fault.path) for fault in faults}
    assert len(bare) <= 2, bare
    assert len({(fault.path, fault.function) for fault in faults}) == len(faults) == FAULTS


def test_a_planted_fault_changes_one_line_and_leaves_it_python(faults) -> None:
    for fault in faults:
        source = (ROOT / fault.path).read_text(encoding="utf-8")
        planted = fault.planted(source)
        ast.parse(planted)
        lines = list(zip(source.splitlines(), planted.splitlines(), strict=True))
        assert [number for number, (old, new) in enumerate(lines, 1) if old != new] == [fault.line], fault.name
        with pytest.raises(ValueError, match="another"):
            fault.planted("\n" * fault.line)


def test_every_test_file_is_tried_once_on_a_fault(faults) -> None:
    files = [name for lot in in_turn(ROOT, faults[0]) for name in lot]
    assert len(files) == len(set(files)) == len(list((ROOT / "tests").rglob("test_*.py")))


def test_what_no_test_could_tell_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "quiet.py"
    path.write_text(
        "import sys\nPATIENCE_S = 3\nif sys.platform == 'win32':\n    A = 1\n"
        "def f(x):\n    progress(0.5)\n    assert x > 1\n    raise ValueError(x + 1)\n",
        encoding="utf-8",
    )
    assert faults_in(path, tmp_path) == []
    path.write_text("def f(x):\n    return x < 1\n", encoding="utf-8")
    assert {fault.kind for fault in faults_in(path, tmp_path)} == {"return dropped", "comparison turned round", "constant changed"}
