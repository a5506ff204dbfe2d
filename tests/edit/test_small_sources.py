"""Clips that are too small for the video are told in one line and not enlarged further."""

import pytest

from pipeline.documents.clip import Clips
from pipeline.documents.edit import Cut, Edit
from pipeline.documents.message import M
from pipeline.edit.small_sources import enlargement, spare_small
from tests import builders


@pytest.mark.parametrize(
    ("clip", "video", "times"),
    [
        ((480, 270), (1080, 1920), 7.1),
        ((1920, 1080), (1080, 1920), 1.78),
        ((1080, 1920), (1080, 1920), 1.0),
        ((540, 960), (1080, 1080), 2.0),
        ((3840, 2160), (1920, 1080), 0.5),
    ],
)
def test_what_fills_the_video_is_enlarged_so_much(clip, video, times):
    assert enlargement(builders.clip("a", width=clip[0], height=clip[1]), *video) == pytest.approx(times, abs=0.02)


def test_small_clips_that_are_shown_are_named_once_and_not_seen_nearer():
    sizes = {"a": (480, 270), "b": (1920, 1080), "c": (480, 270)}
    clips = tuple(builders.clip(letter, width=wide, height=high) for letter, (wide, high) in sizes.items())
    cuts = tuple(
        Cut(clip_id=letter * 16, source_start_s=at, frames=30, role="talk", reason=M("x"), zoom=1.15) for at, letter in enumerate("aba")
    )
    edit = Edit(fps=30, cuts=cuts, heard=(), decisions=(), led_by="talk")
    spared = spare_small(edit, Clips(clips=clips, set_aside=()), 1080, 1920)
    assert [cut.zoom for cut in spared.cuts] == [1.0, 1.15, 1.0]
    (told,) = map(str, spared.warnings)
    assert told.startswith("1 clips that are shown are small")
    assert "a.mp4" in told
    assert "c.mp4" not in told
    assert spare_small(edit, Clips(clips=clips, set_aside=()), 270, 480) == edit
