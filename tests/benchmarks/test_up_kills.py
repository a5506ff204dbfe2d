"""Kill -9 the parts of a running `fieldcut up` at five moments of a story: it and its post end as if nobody had disturbed them."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.up_kills import StoryResult, Target, UpKills, differences, measure, random_plan

SEED = 20261130
SAMPLE: tuple[Target, ...] = ("server", "server", "worker", "server", "power")
"""A story whose run died three times is given up: the worker's death and the power cut are two."""


@pytest.fixture(scope="module")
def tally(tmp_path_factory: pytest.TempPathFactory, listened: Callable[[Path], Path]) -> UpKills:
    dice, known = random.Random(SEED), listened(tmp_path_factory.mktemp("known")) / "cache"
    plan = [(dice.random(), target) for target in SAMPLE]
    return measure(tmp_path_factory.mktemp("up-kills"), [plan], dice, known=known, quiet=True)


@pytest.mark.system
def test_what_was_killed_ends_as_an_undisturbed_story_and_everything_is_out_once(tally: UpKills) -> None:
    assert tally.broken == []
    assert sum(tally.kills.values()) == len(SAMPLE)
    assert tally.equal == tally.stories == 1
    assert len(tally.lateness_s) == 2


@pytest.mark.system
def test_no_finished_chunk_is_made_twice(tally: UpKills) -> None:
    assert tally.store.chunks_twice == 0


def test_a_plan_has_all_moments_and_no_story_more_than_it_lives_through() -> None:
    plans = list(random_plan(7, 2, random.Random(SEED)))
    assert [len(plan) for plan in plans] == [2, 2, 2, 1]
    assert all(0 <= share < 1 for plan in plans for share, _ in plan)


def test_a_missing_and_a_changed_file_and_a_second_page_are_differences() -> None:
    whole = StoryResult({"a.json": "1", "b.mp4": "2"}, ("live",))
    assert differences(StoryResult({"a.json": "1", "b.mp4": "2"}, ("live",)), whole) == []
    assert differences(StoryResult({"a.json": "3"}, ("live", "live")), whole) == ["a.json", "b.mp4", "page ('live', 'live'), not ('live',)"]
