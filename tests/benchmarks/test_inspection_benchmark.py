"""A fixed sample of the stories of chance: what was planned passes its inspection, what is spoilt does not."""

from pathlib import Path

import pytest

from benchmarks.quality.inspected_stories.stories import PRESETS, plan_story
from benchmarks.quality.inspection import PARTS, read_stories
from pipeline.documents.sizes import SIZES

STORIES = 50


def test_both_parts_together_have_every_size_and_preset() -> None:
    plans = [plan_story(start + number) for start in PARTS.values() for number in range(STORIES)]
    assert {(plan.size, plan.preset) for plan in plans} == {(size, preset) for size in SIZES for preset in PRESETS}


@pytest.mark.parametrize("start", PARTS.values(), ids=PARTS)
def test_each_part_has_both_halves_of_every_choice(start: int) -> None:
    plans = [plan_story(seed) for seed in range(start, start + STORIES)]
    for chosen in ({bool(plan.product) for plan in plans}, {plan.subtitles for plan in plans}, {plan.moving for plan in plans}):
        assert chosen == {True, False}
    assert {plan.music for plan in plans} == {"auto", "none", "own"}
    assert {len(plan.product[4]) > 90 for plan in plans if plan.product} == {True, False}


@pytest.mark.system
def test_a_story_of_chance_passes_and_its_planted_faults_do_not(tmp_path: Path) -> None:
    reading = read_stories([2], tmp_path, faults=3)
    assert (reading.videos.total(), reading.planted.total()) == (1, 3)
    assert (reading.refused, reading.false_alarms, reading.missed) == ([], [], [])
