"""A fixed sample of `benchmarks.quality.rhythm --made`: no view too long, no jump, nothing alike close together, cuts on beats."""

import pytest

from benchmarks.quality.made_stories import made_edit
from benchmarks.quality.rhythm import ON_BEAT_S, read_rhythm
from pipeline.brand import load_style
from pipeline.render import beat_s, choose_music


@pytest.mark.parametrize("name", ["plain", "liangshan", "dongbei"])
def test_stories_of_chance_keep_the_rhythm_of_their_style(name: str) -> None:
    style = load_style(name)
    beat = beat_s(choose_music("auto", style.pace.mood, "made")) if style.pace.on_beat else 0.0
    for seed in range(3000, 3004):
        edit, alike = made_edit(seed, style, beat)
        reading = read_rhythm(edit, style, (beat, 0.0), None, alike)
        assert reading.good, f"seed {seed}: {reading.told()}"
        assert (reading.first_word_s or 0.0) <= max(1.0, style.pace.quiet_s), f"seed {seed}: {reading.told()}"
        on, cuts = reading.on_beat
        assert on >= 0.8 * cuts, f"seed {seed}: {on} of {cuts} within {ON_BEAT_S} s"
