"""The pace of a style: lengths that shots take in turn, on beats where the style wants that."""

import statistics

import pytest

from pipeline.brand import load_style, template_names
from pipeline.edit import EditParameters
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


def shots_s(story, name: str, seconds: float = 60.0) -> list[float]:
    """Seconds of the shots of a story without talk, filmed in long clips, in a style."""
    pace = load_style(name).pace
    beat = beat_s(choose_music("auto", pace.mood, "a story")) if pace.on_beat else 0.0
    for number in range(9):
        story.add(f"view-{number}.mp4", 14.0)
    cut = story.cut(seconds=seconds, shot_s=pace.shot_s, lengths_s=pace.lengths(), beat_s=beat, end_card_s=0.0)
    return [one.frames / cut.fps for one in cut.cuts]


@pytest.mark.parametrize("name", template_names())
def test_the_edit_keeps_the_median_the_quartiles_and_the_longest_shot_of_its_style(story, name: str) -> None:
    pace, shots = load_style(name).pace, shots_s(story, name)
    low, middle, high = statistics.quantiles(shots, n=4)
    slack = 0.3 if pace.on_beat else 0.12
    assert middle == pytest.approx(pace.shot_s, abs=slack)
    assert low >= (pace.quarter_s or pace.shot_s) - slack
    assert high <= (pace.three_quarters_s or pace.shot_s) + slack
    assert max(shots) <= pace.longest_s


def test_cuts_of_a_lively_style_fall_on_beats(story) -> None:
    beat, at = beat_s(choose_music("auto", "lively", "a story")), 0.0
    for shot in shots_s(story, "dongbei")[:-1]:
        at += shot
        assert abs(at / beat - round(at / beat)) * beat < 0.04


def test_a_slow_style_opens_a_talk_slowly(story, talk) -> None:
    said = talk("我们的苹果长在高山上", "早晚温差大又脆又甜")
    story.add("view.mp4", 12.0)
    story.add("talk.mp4", said[-1].end_s + 2, phrases=said)
    openings = [story.cut(opening_s=seconds, end_card_s=0.0).cuts[0] for seconds in (EditParameters().opening_s, 4.5)]
    assert all(cut.role == "opening" for cut in openings)
    assert openings[1].frames / 30 == pytest.approx(4.5, abs=0.1)
    assert openings[0].frames < openings[1].frames


def test_a_slow_style_covers_the_joins_of_a_talk_for_longer(story, talk) -> None:
    said = talk("我们的苹果长在高山上", "早晚温差大又脆又甜", "村里人都爱吃这一口", "今年的苹果特别大个")
    for number in range(4):
        story.add(f"view-{number}.mp4", 12.0)
    story.add("talk.mp4", said[-1].end_s + 2, phrases=said)

    def covers_s(cover_s: float) -> float:
        return max(cut.frames for cut in story.cut(cover_s=cover_s, end_card_s=0.0).cuts if cut.role == "cover") / 30

    assert covers_s(1.5) == pytest.approx(1.5, abs=0.1)
    assert covers_s(3.4) > covers_s(1.5) + 1


def test_a_slow_style_leaves_short_scenes_out_only_where_others_are_enough(story) -> None:
    for number in range(3):
        story.add(f"glimpse-{number}.mp4", 2.2)
    alone = story.cut(seconds=20.0, lengths_s=(4.5,), shortest_s=2.4, end_card_s=0.0)
    assert len({cut.clip_id for cut in alone.cuts}) == 3
    for number in range(6):
        story.add(f"view-{number}.mp4", 14.0)
    among = story.cut(seconds=20.0, lengths_s=(4.5,), shortest_s=2.4, end_card_s=0.0)
    assert min(cut.frames for cut in among.cuts) >= 2.4 * among.fps
    left_out = [one.reason.text for one in among.decisions if not one.kept and "too short for the pace" in one.reason.text]
    assert len(left_out) == 3


def test_a_slow_style_is_rather_shorter_than_hasty_and_lets_the_shortest_go_first(story) -> None:
    for number, length_s in enumerate((1.2, 7.0, 2.3, 7.0, 1.9, 7.0)):
        story.add(f"{number}.mp4", length_s)
    names = {clip.id: clip.name for clip in story.clips}

    def shown(shortest_s: float) -> set[str]:
        edit = story.cut(seconds=30.0, lengths_s=(4.5,), shortest_s=shortest_s, end_card_s=0.0)
        return {names[cut.clip_id] for cut in edit.cuts}

    assert len(shown(0.0)) == 6
    assert shown(1.7) == {"1.mp4", "2.mp4", "3.mp4", "5.mp4"}
    assert shown(1.0) == {f"{number}.mp4" for number in range(1, 6)}


@pytest.mark.parametrize("seconds", [15.0, 30.0, 60.0])
@pytest.mark.parametrize(("needed_s", "whole_s"), [(3.0, 3.5), (3.0, 9.0), (5.0, 5.0)])
def test_the_end_card_takes_more_than_it_needs_only_within_its_share_of_the_video(story, seconds, needed_s, whole_s) -> None:
    for number in range(9):
        story.add(f"view-{number}.mp4", 8.0)
    edit = story.cut(seconds=seconds, lengths_s=(5.0,), end_card_s=needed_s, whole_end_card_s=whole_s)
    card_s, total_s = edit.cuts[-1].frames / 30, edit.frames / 30
    assert needed_s <= card_s <= max(needed_s, 0.15 * total_s) + 1 / 30
    assert total_s <= seconds
    assert card_s >= min(whole_s, 0.15 * total_s) - 0.1 or total_s > seconds - 0.1
