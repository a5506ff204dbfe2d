"""Silent pictures vary: what looks alike stands apart, a pan is one shot, no clip takes more than its share."""

from collections import defaultdict
from itertools import pairwise

import pytest

from pipeline.documents.edit import Edit
from pipeline.edit.variety import APART_S, LARGEST_SHARE


def moving(story, clip_id: str, motion: float) -> None:
    """The camera of a clip moves steadily, picture widths a second."""
    facts = story.analyses[clip_id]
    samples = tuple(sample.model_copy(update={"motion": motion, "jerk": 0.01}) for sample in facts.samples)
    story.analyses[clip_id] = facts.model_copy(update={"samples": samples})


def shares(edit: Edit) -> dict[str, float]:
    body = [cut for cut in edit.cuts if cut.clip_id]
    shown: dict[str, float] = defaultdict(float)
    for cut in body:
        shown[cut.clip_id] += cut.frames / sum(cut.frames for cut in body)
    return shown


@pytest.mark.parametrize("seconds", [20.0, 30.0, 60.0])
@pytest.mark.parametrize("lengths", [(40.0, 3.0, 3.0, 3.0, 3.0, 3.0), (25.0, 25.0, 4.0, 4.0), (9.0,) * 7, (60.0, 2.0)])
def test_two_windows_of_a_view_that_does_not_change_stand_apart(story, seconds: float, lengths: tuple[float, ...]) -> None:
    for number, length_s in enumerate(lengths):
        story.add(f"view-{number}.mp4", length_s)
    edit = story.cut(seconds=seconds)
    ends: dict[str, float] = {}
    for start, cut in zip(edit.starts(), edit.cuts, strict=True):
        if cut.clip_id:
            assert start / edit.fps - ends.get(cut.clip_id, -100.0) >= APART_S - 0.1
            ends[cut.clip_id] = (start + cut.frames) / edit.fps


def test_no_clip_takes_more_than_a_quarter_where_others_are_good(story) -> None:
    long = story.add("long.mp4", 50.0)
    moving(story, long, 0.2)
    story.analyses[long] = story.analyses[long].model_copy(
        update={"samples": tuple(s.model_copy(update={"jerk": 0.3}) for s in story.analyses[long].samples)}
    )
    for number in range(6):
        story.add(f"view-{number}.mp4", 3.5)
    assert max(shares(story.cut(seconds=40.0)).values()) <= LARGEST_SHARE


@pytest.mark.parametrize(("length_s", "longest_s"), [(5.2, 6.0), (8.0, 6.0), (20.0, 9.0)])
def test_a_pan_is_one_shot_as_long_as_the_style_allows(story, length_s: float, longest_s: float) -> None:
    pan = story.add("pan.mp4", length_s)
    moving(story, pan, 0.15)
    for number in range(12):
        story.add(f"view-{number}.mp4", 7.0)
    shots = [cut.frames / 30 for cut in story.cut(seconds=60.0, longest_s=longest_s).cuts if cut.clip_id == pan]
    assert len(shots) == 1
    assert shots[0] == pytest.approx(min(longest_s, length_s - 0.3), abs=0.1)


def test_a_view_that_changes_may_be_seen_again_soon(story) -> None:
    walk = story.add("walk.mp4", 30.0)
    facts = story.analyses[walk]
    story.analyses[walk] = facts.model_copy(
        update={"samples": tuple(s.model_copy(update={"motion": 0.3, "jerk": 0.35}) for s in facts.samples)}
    )
    edit = story.cut(seconds=20.0)
    assert sum(cut.clip_id == walk for cut in edit.cuts) > 1


def test_one_long_view_that_does_not_change_makes_a_short_video_of_one_shot(story) -> None:
    story.add("valley.mp4", 60.0)
    edit = story.cut(seconds=30.0, end_card_s=0.0)
    assert len(edit.cuts) == 1
    assert 5.5 <= edit.frames / edit.fps <= 10


def test_what_was_left_out_because_it_was_just_seen_says_so(story) -> None:
    same = "00ff00ff00ff00ff"
    story.add("a.mp4", 5.0, fingerprint=same)
    story.add("b.mp4", 8.0, fingerprint="00ff00ff00ff00fe")
    for number in range(3):
        story.add(f"view-{number}.mp4", 3.0)
    edit = story.cut(seconds=30.0)
    assert sum(cut.clip_id in (story.clips[0].id, story.clips[1].id) for cut in edit.cuts) == 1
    assert [str(one.reason) for one in edit.decisions if not one.kept and "looks like what is shown" in str(one.reason)]


def test_cuts_still_fall_on_beats_when_some_are_left_out(story) -> None:
    for number in range(6):
        story.add(f"view-{number}.mp4", 14.0)
    edit = story.cut(seconds=60.0, beat_s=0.5556, lengths_s=(2.4, 3.2, 1.8, 2.4), end_card_s=0.0)
    for start in edit.starts()[1:]:
        beats = start / edit.fps / 0.5556
        assert abs(beats - round(beats)) * 0.5556 < 0.07
    assert all(one.clip_id != two.clip_id for one, two in pairwise(edit.cuts))


@pytest.mark.parametrize("first_beat_s", [0.0, 0.2, 0.5])
def test_cuts_fall_on_the_beats_of_music_that_begins_with_an_upbeat(story, first_beat_s: float) -> None:
    for number in range(6):
        story.add(f"view-{number}.mp4", 14.0)
    edit = story.cut(seconds=60.0, beat_s=0.6, first_beat_s=first_beat_s, lengths_s=(2.4, 3.2, 1.8, 2.4), end_card_s=0.0)
    for start in edit.starts()[1:]:
        beats = (start / edit.fps - first_beat_s) / 0.6
        assert abs(beats - round(beats)) * 0.6 < 0.07


def test_of_a_long_view_the_part_is_shown_that_is_not_empty(story) -> None:
    table = story.add("table.mp4", 24.0)
    facts = story.analyses[table]
    empty = tuple(s.model_copy(update={"sharpness": 0.82 if 8 <= s.at_s <= 16 else 1.1}) for s in facts.samples)
    story.analyses[table] = facts.model_copy(update={"samples": empty})
    for number in range(4):
        story.add(f"view-{number}.mp4", 4.0)
    shown = [cut for cut in story.cut(seconds=20.0).cuts if cut.clip_id == table]
    assert shown
    assert all(cut.source_start_s + cut.frames / 30 <= 8.5 or cut.source_start_s >= 15.5 for cut in shown)
