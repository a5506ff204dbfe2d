"""A fixed sample of the sheets that the benchmark makes: none is read wrong, and hardly one of the everyday ones is asked about."""

from collections import Counter

import pytest

from benchmarks.quality.sheets import LAYOUTS, SEED, SHARE, verdicts


def hold_to_the_goal(layouts: int) -> None:
    results = list(verdicts(layouts, SEED))
    assert [verdict for verdict in results if verdict.result == "wrong"] == []
    everyday = Counter(verdict.result for verdict in results if verdict.everyday)
    assert everyday["right"] >= SHARE * everyday.total()


def test_no_sheet_of_a_small_sample_is_read_wrong() -> None:
    hold_to_the_goal(40)


@pytest.mark.system
def test_no_sheet_of_half_the_sample_is_read_wrong() -> None:
    hold_to_the_goal(LAYOUTS // 2)
