"""The pace of a style: lengths that shots take in turn, on beats where the style wants that."""

import pytest

from pipeline.brand import load_style, template_names
from pipeline.edit.music import _on_beat
from pipeline.render import beat_s, choose_music


@pytest.mark.parametrize("name", template_names())
def test_the_lengths_of_a_style_have_its_quartiles(name: str) -> None:
    pace = load_style(name).pace
    lengths = sorted(pace.lengths())
    assert lengths[len(lengths) // 2] == pace.shot_s
    assert (lengths[0], lengths[-1]) == (pace.quarter_s or pace.shot_s, pace.three_quarters_s or pace.shot_s)
    assert lengths[-1] <= pace.longest_s


def test_a_length_is_rounded_to_beats_and_never_to_none() -> None:
    assert _on_beat(2.4, 0.5) == 2.5
    assert _on_beat(2.4, 0.5, up=False) == 2.0
    assert _on_beat(0.6, 0.5) == 0.5
    assert _on_beat(0.3, 0.5) == 0.3
    assert _on_beat(2.4, 0) == 2.4


def test_the_projects_own_music_has_a_beat_and_no_music_has_none() -> None:
    assert round(beat_s(choose_music("auto", "lively", "a story")), 3) == round(60 / 108, 3)
    assert beat_s(None) == 0
    assert choose_music("auto", "none", "a story") is None
