"""A style's dissolves: between silent pictures and into the end card, as long as the footage bears them, never under a voice."""

from itertools import pairwise

import numpy as np
import pytest

from pipeline.documents.analysis import Subject
from pipeline.documents.edit import CropPath, Cut, Edit
from pipeline.documents.message import M
from pipeline.edit import frame_story

FPS = 30


def scenic(story, count: int = 4, **facts):
    for number in range(count):
        story.add(f"scene {number}.mp4", 5.0 + number, **facts)


def test_silent_pictures_melt_into_each_other_and_into_the_end_card(story):
    scenic(story)
    edit = story.cut(seconds=14.0, dissolve_s=0.3)
    assert edit.led_by == "music"
    assert [cut.dissolve for cut in edit.cuts] == [0, *(9 for _ in edit.cuts[1:])]
    assert edit.frames == story.cut(seconds=14.0).frames


def test_without_a_wish_every_cut_is_hard(story):
    scenic(story)
    assert {cut.dissolve for cut in story.cut(seconds=14.0).cuts} == {0}


def test_talk_is_cut_hard_and_only_its_end_melts_into_the_end_card(story, talk):
    said = talk("大家好我们是大桥镇的种植户", "我们的土豆长在海拔两千米的高山上", "点下面的小黄车就可以买")
    story.add("talk.mp4", said[-1].end_s + 2.0, phrases=said)
    scenic(story)
    edit = story.cut(dissolve_s=0.3)
    assert edit.led_by == "talk"
    assert {"opening", "cover", "talk"} <= {cut.role for cut in edit.cuts}
    assert [cut.role for cut in edit.cuts if cut.dissolve] == ["end_card"]
    spoken = [(piece.at_frame, piece.at_frame + piece.frames) for piece in edit.heard if piece.kind == "speech"]
    for start, cut in zip(edit.starts(), edit.cuts, strict=True):
        speaks = any(first < start + cut.dissolve and last > start for first, last in spoken)
        assert not cut.dissolve or cut.role == "end_card" or not speaks


def test_no_glimpse_of_the_next_shot_shows_beneath_a_dissolve(story):
    """Clips of two shots: what follows the first one in the clip is another picture."""
    for number in range(4):
        story.add(f"scene {number}.mp4", 6.0, cuts=(2.1 + 0.3 * number,))
    edit = story.cut(seconds=16.0, dissolve_s=0.5)
    clips = story.document
    melted = 0
    for before, after in pairwise(edit.cuts):
        if not after.dissolve:
            continue
        melted += 1
        end_s = before.source_start_s + before.frames / FPS
        shot = next(shot for shot in story.analyses[before.clip_id].shots if shot.start_s < end_s <= shot.end_s)
        last = shot.end_s == clips.by_id(before.clip_id).duration_s
        assert last or end_s + after.dissolve / FPS <= shot.end_s
    assert 0 < melted < len(edit.cuts) - 1


def test_a_dissolve_leaves_most_of_its_cuts_to_themselves(story):
    for number in range(5):
        story.add(f"scene {number}.mp4", 1.7)
    edit = story.cut(seconds=14.0, dissolve_s=1.0)
    for before, after in pairwise(edit.cuts):
        assert after.dissolve <= before.frames / 3
        assert after.dissolve <= after.frames / 3
    assert any(cut.dissolve for cut in edit.cuts)


@pytest.mark.parametrize("speed", [0.5, 1.1, 4.0])
def test_a_window_follows_its_subject_at_the_cuts_speed_and_beneath_the_next_cut(story, speed):
    """Who walks through the picture four times as fast, in a cut four times as slow, is followed the same way; to the dissolve's end."""
    walker, other = story.add("walk.mp4", 60.0), story.add("other.mp4", 6.0)
    frames, tail = 120, 30

    def way(speed: float) -> CropPath:
        steps = range(-4, 30)
        walk = [Subject(at_s=20 + n / 5 * speed, kind="face", x=0.2 + 0.02 * n, y=0.4, width=0.1, height=0.2, weight=1) for n in steps]
        analyses = {**story.analyses, walker: story.analyses[walker].model_copy(update={"subjects": tuple(walk)})}
        cuts = (
            Cut(clip_id=walker, source_start_s=20.0, frames=frames, role="scenic", reason=M("x"), speed=speed),
            Cut(clip_id=other, source_start_s=1.0, frames=60, role="scenic", reason=M("x"), dissolve=tail),
        )
        edit = Edit(fps=FPS, cuts=cuts, heard=(), decisions=(), led_by="music")
        path = frame_story(edit, story.document, analyses, 1080, 1920).paths[0]
        assert path is not None
        return path

    plain, sped = way(1.0), way(speed)
    shown = np.arange(frames + tail)
    x, meant = (np.interp(shown, [key.frame for key in path.keys], [key.x for key in path.keys]) for path in (sped, plain))
    assert np.abs(x - meant).max() < 0.005
    assert sped.keys[-1].frame == frames + tail - 1
    assert x[frames] - x[0] > 0.2
    assert x[-1] - x[frames] > 0.02
