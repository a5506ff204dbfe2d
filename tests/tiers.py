"""Which cases of a table every run of the tests takes, and which only the long one."""

from collections.abc import Iterable
from typing import Any

import pytest


def sample(cases: Iterable[Any], *fast: Any) -> list[Any]:
    """The cases for `parametrize`: those in `fast` always run, all others in the system tier. Raises ValueError where one is no case."""
    cases = list(cases)
    if missing := [case for case in fast if case not in cases]:
        raise ValueError(f"no such case: {missing}")
    return [
        case if case in fast else pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.system) for case in cases
    ]
