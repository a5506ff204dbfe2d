"""What the person gets who sends leaders' videos out."""

import csv
import io
from types import SimpleNamespace

import pytest

from pipeline.stages.deliver import _leaders_table


@pytest.mark.parametrize("name", ["=1+1", "+86 139", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_calculate_is_written_as_text(name: str) -> None:
    leader = SimpleNamespace(name=name, shop="=cmd", pickup="村口", link="https://s.example.cn/1")
    table = _leaders_table(SimpleNamespace(job=SimpleNamespace(story="土豆")), (SimpleNamespace(leader=leader, name="v"),))  # type: ignore[arg-type]
    row = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"), newline="")))[1]
    assert row == [f"'{name}", "'=cmd", "村口", "https://s.example.cn/1", "土豆-v.mp4"]
