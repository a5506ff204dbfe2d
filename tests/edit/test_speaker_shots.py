"""A speaker is never seen for longer than the style says in one shot, and never jumps in one framing."""

from itertools import pairwise

import pytest

from pipeline.brand import load_style, template_names
from pipeline.documents.analysis import Subject
from pipeline.documents.edit import Cut, Edit
from pipeline.documents.message import M
from pipeline.edit import SpeakerPace, frame_story
from pipeline.edit.crop import crop_path
from pipeline.edit.voice_line import end_s
from tests import builders

BREATHLESS = "我们村里的核桃是老树上结的皮薄肉厚一捏就开没有打过一遍药您放心吃不好吃您找我一箱十斤装现在下单明天就发货"


def longest_view_s(edit: Edit) -> float:
    return max(cut.frames for cut in edit.cuts if cut.role == "talk") / edit.fps


def jumps_in_one_framing(edit: Edit) -> list[tuple[Cut, Cut]]:
    return [
        (one, two)
        for one, two in pairwise(edit.cuts)
        if one.role == two.role == "talk" and one.clip_id == two.clip_id and one.zoom == two.zoom
    ]


@pytest.mark.parametrize("longest_s", [3.0, 5.0, 7.5])
@pytest.mark.parametrize("breaths", [(), (12, 25, 40), (7, 14, 22, 30, 39, 45)])
def test_a_speaker_without_pauses_is_divided_to_the_styles_length(story, phrase, longest_s: float, breaths: tuple[int, ...]) -> None:
    said = phrase(1.0, BREATHLESS, breaths=breaths)
    story.add("talk.mp4", said.end_s + 2, phrases=[said])
    edit = story.cut(speaker=SpeakerPace(longest_s=longest_s))
    assert longest_view_s(edit) <= longest_s + 0.05
    assert jumps_in_one_framing(edit) == []
    assert "".join(piece.words for piece in edit.heard).replace(" ", "") == BREATHLESS


def test_the_cut_falls_on_the_breath_where_there_is_one(story, phrase) -> None:
    said = phrase(1.0, BREATHLESS, breaths=(17, 33))
    story.add("talk.mp4", said.end_s + 2, phrases=[said])
    edit = story.cut(speaker=SpeakerPace(longest_s=6.0))
    breaths = [(said.words[place - 1].end_s, said.words[place].start_s) for place in (17, 33)]
    inner = [cut.source_start_s for cut in edit.cuts if cut.role == "talk"][1:]
    assert all(any(before <= at <= after for before, after in breaths) for at in inner), (inner, breaths)


def test_a_style_that_does_not_wait_for_breaths_cuts_in_even_parts(story, phrase) -> None:
    said = phrase(1.0, BREATHLESS, breaths=(6,))
    story.add("talk.mp4", said.end_s + 2, phrases=[said])
    views = [cut.frames for cut in story.cut(speaker=SpeakerPace(longest_s=4.0, on_breath=False)).cuts if cut.role == "talk"]
    assert max(views) - min(views) < 15


def test_good_scenes_come_into_a_long_view_before_the_picture_comes_nearer(story, phrase) -> None:
    said = phrase(1.0, BREATHLESS, breaths=(12, 25, 40))
    for number in range(4):
        story.add(f"tree-{number}.mp4", 6.0)
    story.add("talk.mp4", said.end_s + 2, phrases=[said])
    edit = story.cut()
    covers = [cut for cut in edit.cuts if cut.role == "cover"]
    assert covers
    assert len({cut.clip_id for cut in covers}) == len(covers)
    assert all(cut.zoom == 1 for cut in edit.cuts)
    assert longest_view_s(edit) <= 5.05
    assert "".join(piece.words for piece in edit.heard if piece.kind == "speech").replace(" ", "") == BREATHLESS


def test_sentences_without_anything_over_their_joins_alternate_in_size(story, talk) -> None:
    said = talk("今天的菜是凌晨割的", "露水还在叶子上", "一把一块五", "两把两块八")
    story.add("talk.mp4", said[-1].end_s + 2, phrases=said)
    zooms = [cut.zoom for cut in story.cut().cuts if cut.role == "talk"]
    assert zooms == [1.0, 1.15, 1.0, 1.15]


def test_a_style_without_nearer_shots_divides_nothing(story, phrase) -> None:
    said = phrase(1.0, BREATHLESS)
    story.add("talk.mp4", said.end_s + 2, phrases=[said])
    edit = story.cut(speaker=SpeakerPace(nearer=1.0))
    assert [cut.zoom for cut in edit.cuts if cut.role == "talk"] == [1.0]


@pytest.mark.parametrize("shape", [(1080, 1920), (1080, 1080), (1920, 1080)])
def test_the_nearer_picture_has_the_face_in_it_whole_and_keeps_its_shape(shape: tuple[int, int]) -> None:
    clip = builders.clip()
    face = [Subject(at_s=n / 5, x=0.62, y=0.4, width=0.1, height=0.2, kind="face", weight=1) for n in range(40)]
    wide, near = (
        crop_path(
            clip,
            Cut(clip_id=clip.id, source_start_s=1, frames=90, role="talk", reason=M("x"), zoom=zoom),
            builders.analysis(clip.id, subjects=tuple(face)),
            shape[0] / shape[1],
            30,
        )
        for zoom in (1.0, 1.15)
    )
    assert near.width / near.height == pytest.approx(wide.width / wide.height)
    assert wide.width / near.width == pytest.approx(1.15)
    (key,) = near.keys
    assert key.x - near.width / 2 <= 0.57
    assert key.x + near.width / 2 >= 0.67
    assert key.y - near.height / 2 <= 0.3
    assert key.y + near.height / 2 >= 0.5


@pytest.mark.parametrize("name", template_names())
def test_every_style_says_how_long_a_speaker_is_seen(story, phrase, name: str) -> None:
    pace = load_style(name).pace
    said = phrase(1.0, BREATHLESS, breaths=(12, 25, 40))
    story.add("talk.mp4", said.end_s + 2, phrases=[said])
    edit = story.cut(speaker=SpeakerPace(longest_s=pace.speaker_s, nearer=pace.nearer, on_breath=pace.on_breath))
    assert longest_view_s(edit) <= pace.speaker_s + 0.05
    assert jumps_in_one_framing(edit) == []
    framing = frame_story(edit, story.document, story.analyses, 1080, 1920)
    assert all(end_s(cut, edit.fps) <= said.end_s + 1 for cut in edit.cuts if cut.role == "talk")
    assert len(framing.paths) == len(edit.cuts)
