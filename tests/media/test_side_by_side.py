"""Children share cores and memory as they are told to."""

import os
import sys
from pathlib import Path

import pytest

from pipeline.errors import MediaFault
from pipeline.media import Child, run_media, run_side_by_side

RECORD = """
import os, sys, time
def note(what):
    file = os.open(sys.argv[1], os.O_APPEND | os.O_WRONLY)
    os.write(file, f"{what} {sys.argv[2]}\\n".encode())
    os.close(file)
note("begin")
time.sleep(0.15)
note("end")
"""


def together(weights: list[float], folder: Path, **limits: float) -> list[list[int]]:
    """Which children ran beside each other, as the children themselves noted it: the set after every beginning."""
    log = folder / "log"
    log.touch()
    run_side_by_side(
        [Child([sys.executable, "-c", RECORD, str(log), str(place)], "x", memory_mb=weight) for place, weight in enumerate(weights)],
        **limits,  # type: ignore[arg-type]
    )
    running: list[int] = []
    seen: list[list[int]] = []
    for line in log.read_text().splitlines():
        what, place = line.split()
        if what == "begin":
            running.append(int(place))
            seen.append(sorted(running))
        else:
            running.remove(int(place))
    assert len(seen) == len(weights)
    return seen


def test_children_that_run_together_never_weigh_more_than_the_room(tmp_path: Path):
    weights = [5.0, 4.0, 3.0, 2.0, 1.0, 5.0]
    seen = together(weights, tmp_path, at_once=4, memory_mb=7.0)
    assert max(sum(weights[place] for place in beside) for beside in seen) <= 7.0
    assert max(len(beside) for beside in seen) > 1


def test_one_that_is_too_heavy_runs_alone(tmp_path: Path):
    seen = together([1.0, 9.0, 1.0], tmp_path, at_once=3, memory_mb=7.0)
    assert [1] in seen
    assert not [beside for beside in seen if 1 in beside and len(beside) > 1]


def test_without_room_one_runs_after_the_other(tmp_path: Path):
    assert together([1.0, 1.0, 1.0], tmp_path, at_once=3, memory_mb=-5.0) == [[0], [1], [2]]


def test_no_more_run_at_once_than_asked(tmp_path: Path):
    assert max(map(len, together([0.0] * 5, tmp_path, at_once=2))) == 2


def test_a_child_waits_for_others_as_readily_as_asked():
    lines: list[str] = []
    run_media([sys.executable, "-c", "import os; print(os.nice(0))"], name="x", on_line=lines.append, nice=3)
    assert lines == [str(min(19, os.nice(0) + 3))]


def test_a_child_that_takes_longer_than_it_may_is_ended_and_named():
    busy = "while True: pass"
    with pytest.raises(MediaFault, match=r"clip\.mp4: it was not done after 0 seconds"):
        run_media([sys.executable, "-c", busy], name="clip.mp4", longest_s=0.2)
