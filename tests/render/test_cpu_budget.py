"""How much of a computer a render takes."""

import os
import subprocess
import sys

import pytest
from pydantic import ValidationError

from pipeline.render import CpuBudget
from pipeline.resources import ROOT


def test_no_more_cores_are_kept_busy_than_asked():
    assert CpuBudget(threads=3).cores == 3


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system does not tie processes to cores")
def test_all_cores_are_those_that_this_process_may_use():
    only_one = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "
    script = only_one + "from pipeline.render import CpuBudget; print(CpuBudget().cores)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True).stdout.strip() == b"1"


@pytest.mark.parametrize("wrong", [{"threads": -1}, {"nice": -5}, {"nice": 20}])
def test_what_no_computer_can_give_is_refused(wrong):
    with pytest.raises(ValidationError):
        CpuBudget(**wrong)
