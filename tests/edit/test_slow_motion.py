"""Slow motion is seen as slowly as the phone meant it, and nothing else is slowed."""

import pytest

from pipeline.edit.slow_motion import intended_speed
from tests import builders

FPS = 30


@pytest.mark.parametrize(
    ("rate", "meant_slow", "speaks", "speed"),
    [
        (240.0, True, False, 0.25),
        (119.9, True, True, 0.25),
        (120.0, None, False, 0.25),
        (120.0, None, True, 1.0),
        (120.0, False, False, 1.0),
        (100.0, None, False, 0.3),
        (60.0, None, False, 1.0),
        (30.0, True, False, 1.0),
        (12.4, None, False, 1.0),
    ],
)
def test_a_clip_is_slow_by_the_phones_word_or_by_a_rate_without_speech(story, phrase, rate, meant_slow, speaks, speed):
    clip_id = story.add("a.mp4", 6.0, phrases=[phrase(1.0, "这个特别甜")] if speaks else [])
    clip = story.clips[0].model_copy(update={"frame_rate": rate, "meant_slow": meant_slow})
    assert intended_speed(clip, story.analyses[clip_id]) == pytest.approx(speed, abs=0.002)


@pytest.mark.parametrize("talks", [True, False])
def test_the_views_of_a_slow_clip_are_slowed_inside_what_was_chosen_and_without_their_sound(story, phrase, talks):
    if talks:
        story.add("talk.mp4", 12.0, phrases=[phrase(1.0, "我们家的桃子今天早上刚摘下来"), phrase(6.0, "又脆又甜大家来尝尝")])
    slow = story.add("splash.mp4", 8.0)
    story.add("field.mp4", 8.0)
    place = next(index for index, clip in enumerate(story.clips) if clip.id == slow)
    plain = story.cut()
    story.clips[place] = story.clips[place].model_copy(update={"frame_rate": 240.0, "meant_slow": True})
    edit = story.cut()
    shown = [(before, after) for before, after in zip(plain.cuts, edit.cuts, strict=True) if before.clip_id == slow]
    assert shown
    for before, after in shown:
        assert (after.frames, after.speed) == (before.frames, 0.25)
        assert before.source_start_s < after.source_start_s
        assert after.source_start_s + after.frames / FPS * 0.25 < before.source_start_s + before.frames / FPS
    assert slow not in {piece.clip_id for piece in edit.heard}
    others = [(cut.clip_id, cut.source_start_s, cut.speed) for cut in edit.cuts if cut.clip_id != slow]
    assert others == [(cut.clip_id, cut.source_start_s, 1.0) for cut in plain.cuts if cut.clip_id != slow]


def test_a_clip_of_an_ordinary_rate_is_never_slowed():
    assert intended_speed(builders.clip("a"), builders.analysis("a" * 16)) == 1.0
