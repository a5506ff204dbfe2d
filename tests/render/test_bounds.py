"""An edit that was changed by hand and asks for more than was filmed is refused before anything is rendered."""

import pytest

from pipeline.documents.clip import Clips
from pipeline.documents.edit import Cut, Edit
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.render.bounds import check_bounds

FPS = 30


@pytest.mark.parametrize(
    ("start", "frames", "how", "said"),
    [
        (8.5, 30, {}, r"Cut 2 \(at 1\.0 s\) begins at 8\.5 s of cfr30\.mp4, which is 8\.0 s long"),
        (-0.2, 30, {}, r"Cut 2 .* begins at -0\.2 s of cfr30\.mp4"),
        (7.5, 30, {}, r"Cut 2 .* shows cfr30\.mp4 until 8\.47 s, but that clip is 8\.0 s long"),
        (2.0, 100, {"speed": 2.0}, r"Cut 2 .* shows cfr30\.mp4 until 8\.6 s"),
        (1.0, 0, {}, r"Cut 2 .* has no frames"),
    ],
)
def test_a_cut_that_is_not_in_its_clip_is_named_with_it(sources, planned, start, frames, how, said):
    clip = sources["cfr30"].clip
    with pytest.raises(UserMistake, match=said):
        planned([(sources["cfr24"].clip, 1.0, 30), (clip, start, frames, how), (clip, 1.0, 30)])


def test_a_clip_that_is_not_in_the_story_is_named(sources):
    clips = Clips(clips=(sources["cfr24"].clip,), set_aside=())
    cuts = tuple(
        Cut(clip_id=clip_id, source_start_s=1.0, frames=30, role="scenic", reason=M("x")) for clip_id in (clips.clips[0].id, "mistyped")
    )
    with pytest.raises(UserMistake, match=r"Cut 2 .* names the clip mistyped"):
        check_bounds(Edit(fps=FPS, cuts=cuts, heard=(), decisions=(), led_by="music"), clips)


def test_a_dissolve_that_goes_on_long_after_its_clip_is_named(sources, planned):
    clip = sources["cfr30"].clip
    with pytest.raises(UserMistake, match=r"dissolve after cut 1 \(at 0\.0 s\) goes on 1\.47 s after the end of cfr30\.mp4"):
        planned([(clip, 6.5, 45), (sources["cfr24"].clip, 1.0, 60, {"dissolve": 45})])


def test_a_cut_up_to_the_end_and_a_short_hold_beneath_a_dissolve_are_fine(sources, planned):
    clip, other = sources["cfr30"].clip, sources["cfr24"].clip
    assert planned([(clip, 6.5, 46), (other, 1.0, 60, {"dissolve": 30})]).frames == 106
    assert planned([(clip, 0.0, 30, {"speed": 8.0}), (other, 9.0, 31)]).frames == 61
    assert planned([(clip, 7.9, 15, {"speed": 0.25})]).frames == 15
