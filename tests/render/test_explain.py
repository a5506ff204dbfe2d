"""Why a chunk was made: the sentence names what changed, and nothing that did not."""

import re
from collections.abc import Sequence

import pysubs2
import pytest

from pipeline.documents.edit import CropKey, CropPath
from pipeline.documents.plan import Chunk, LaidLayer, Picture, RenderPlan, SoundPlan, SourcePiece
from pipeline.language import say
from pipeline.render.chunks import chunk_keys
from pipeline.render.explain import explain_chunks
from tests import builders

FPS = 30
PICTURE = Picture(width=270, height=480, fps=FPS, crf=25, speed="superfast", lut="a.cube", lut_sha256="aa", fonts="")


def piece(clip: str, start_s: float, frames: int, *, x: float = 0.5, dissolve: int = 0, speed: float = 1.0) -> SourcePiece:
    crop = CropPath(width=0.3, height=1, keys=(CropKey(frame=0, x=x, y=0.5),))
    return builders.piece(clip, f"/{clip}.mp4", start_s, frames, crop=crop, dissolve=dissolve, speed=speed)


def card(key: str, first: int, frames: int, kind: str = "card") -> LaidLayer:
    return LaidLayer(key=key, file=f"/{key}.png", still=True, x=5, y=9, first=first, frames=frames, skip=0, kind=kind)


def words(*cues: tuple[int, int, str], size: int = 30) -> str:
    """A script of cues (first frame, end frame, text) on the timeline's clock."""

    script = pysubs2.SSAFile()
    script.styles = {"Default": pysubs2.SSAStyle(fontname="Noto Sans SC", fontsize=size)}
    for start, end, text in cues:
        moments = [max(0, (frame * 1000 - 1) // FPS // 10 * 10) for frame in (start, end)]
        script.events.append(pysubs2.SSAEvent(start=moments[0], end=moments[1], text=text))
    return script.to_string("ass")


def plan_of(*chunks: tuple[Sequence[SourcePiece], Sequence[LaidLayer], str], picture: Picture = PICTURE) -> RenderPlan:
    made, at = [], 0
    for pieces, laid, ass in chunks:
        frames = sum(one.frames for one in pieces)
        made.append(Chunk(start_frame=at, frames=frames, pieces=tuple(pieces), laid=tuple(laid), ass=ass))
        at += frames
    sound = SoundPlan(length_s=at / FPS, voices=(), music=None)
    return RenderPlan(story="s", destination="d", picture=picture, chunks=tuple(made), sound=sound)


def reasons(now: RenderPlan, before: RenderPlan | None, *, cached: Sequence[RenderPlan] = ()) -> list[str]:
    """What is said of each chunk; what `before` or another cached plan has made is there."""
    there = {key for plan in (before, *cached) if plan is not None for key in chunk_keys(plan)}
    return [str(fate.why) for fate in explain_chunks(now, set(chunk_keys(now)) - there, before)]


A, B = piece("a", 1.0, 90), piece("b", 4.0, 120)
PLAIN = plan_of(((A,), (), ""), ((B,), (), ""))
SPOKEN = plan_of(((A,), (), words((0, 60, "今天的土豆很面"))), ((B,), (), words((100, 150, "三块五一斤"))))


def test_the_first_run_says_so_and_knows_where_each_chunk_lies():
    fates = explain_chunks(PLAIN, set(chunk_keys(PLAIN)), None)
    assert [(fate.start_s, fate.end_s, fate.made, str(fate.why)) for fate in fates] == [
        (0.0, 3.0, True, "made for the first time"),
        (3.0, 7.0, True, "made for the first time"),
    ]


def test_what_did_not_change_is_called_unchanged():
    fates = explain_chunks(PLAIN, set(), PLAIN)
    assert {(fate.made, str(fate.why)) for fate in fates} == {(False, "unchanged")}


def test_what_another_video_made_is_not_called_unchanged():
    other = plan_of(((B,), (), ""))
    assert reasons(other, None, cached=[PLAIN]) == ["the same picture was made before, for this or another video"]


def test_a_picture_that_comes_twice_is_made_once_and_reused_once():
    twice = plan_of(((A,), (), ""), ((A,), (), ""))
    assert [fate.made for fate in explain_chunks(twice, set(chunk_keys(twice)), None)] == [True, False]


def test_an_unchanged_chunk_that_had_to_be_made_was_lost():
    fates = explain_chunks(PLAIN, {chunk_keys(PLAIN)[1]}, PLAIN)
    assert [fate.made for fate in fates] == [False, True]
    assert "not in the cache" in str(fates[1].why)


def test_a_corrected_word_is_named_as_it_was_and_as_it_is():
    now = plan_of(((A,), (), words((0, 60, "今天的土豆很面"))), ((B,), (), words((100, 150, "四块五一斤"))))
    assert reasons(now, SPOKEN) == ["unchanged", "the words of a subtitle changed: 三块五一斤 → 四块五一斤"]


def test_a_new_subtitle_and_one_that_is_gone_are_named():
    assert reasons(SPOKEN, PLAIN) == ["a subtitle is new: 今天的土豆很面", "a subtitle is new: 三块五一斤"]
    assert reasons(PLAIN, SPOKEN) == ["a subtitle is gone: 今天的土豆很面", "a subtitle is gone: 三块五一斤"]


def test_only_the_subtitle_that_changed_is_named():
    before = plan_of(((B,), (), words((0, 40, "一二三"), (40, 80, "四五六"))))
    now = plan_of(((B,), (), words((0, 40, "一二三"), (40, 80, "七八九"))))
    assert reasons(now, before) == ["the words of a subtitle changed: 四五六 → 七八九"]


def test_long_words_are_shortened():
    before, now = (plan_of(((B,), (), words((0, 40, text * 30)))) for text in "东西")
    assert len(reasons(now, before)[0]) < 100


def test_a_subtitle_that_only_moved_or_only_looks_otherwise_is_told_apart():
    moved = plan_of(((A,), (), words((6, 60, "今天的土豆很面"))), ((B,), (), words((100, 150, "三块五一斤"))))
    assert reasons(moved, SPOKEN) == ["a subtitle comes or goes at another time", "unchanged"]
    larger = plan_of(((A,), (), words((0, 60, "今天的土豆很面"), size=40)), ((B,), (), words((100, 150, "三块五一斤"))))
    assert reasons(larger, SPOKEN) == ["the look of the subtitles changed", "unchanged"]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ([card("old", 0, 50)], [card("new", 0, 50)]),
        ([], [card("new", 0, 50)]),
        ([card("old", 0, 50)], []),
        ([card("old", 0, 50)], [card("old", 9, 41)]),
    ],
    ids=["another", "added", "gone", "later"],
)
def test_a_changed_card_is_the_reason_where_it_is_seen(before, now):
    plans = [plan_of(((A,), (), ""), ((B,), (*laid, card("title", 0, 20, "title")), "")) for laid in (before, now)]
    assert reasons(plans[1], plans[0]) == ["unchanged", "the card changed"]


def test_a_layer_of_a_kind_without_a_name_is_a_layer():
    plans = [plan_of(((B,), (card(key, 0, 20, "snow"),), "")) for key in ("old", "new")]
    assert reasons(plans[1], plans[0]) == ["a layer over the picture changed"]


def test_a_plan_of_an_older_release_does_not_know_kinds_and_nothing_seems_changed_by_that():
    old = plan_of(((B,), (card("x", 0, 20, ""),), words((0, 40, "一二三"))))
    now = plan_of(((B,), (card("x", 0, 20),), words((0, 40, "四五六"))))
    assert reasons(now, old) == ["the words of a subtitle changed: 一二三 → 四五六"]


def test_a_cut_that_begins_elsewhere_and_other_footage_are_told_apart():
    later = plan_of(((piece("a", 1.5, 90),), (), ""), ((B,), (), ""))
    assert reasons(later, PLAIN) == ["the cut changed", "unchanged"]
    other = plan_of(((piece("c", 1.0, 90),), (), ""), ((B,), (), ""))
    assert reasons(other, PLAIN) == ["other footage stands here", "unchanged"]


def test_a_moved_window_and_a_transition_are_named():
    window = plan_of(((piece("a", 1.0, 90, x=0.4),), (), ""), ((B,), (), ""))
    assert reasons(window, PLAIN) == ["the window moved", "unchanged"]
    hard, soft = (plan_of(((A, piece("b", 4.0, 60, dissolve=frames)), (), "")) for frames in (0, 9))
    assert reasons(soft, hard) == ["the transition changed"]


def test_another_speed_is_another_cut():
    fast = plan_of(((piece("a", 1.0, 90, speed=2.0),), (), ""), ((B,), (), ""))
    assert reasons(fast, PLAIN) == ["the cut changed", "unchanged"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"width": 480}, "the size changed: 270×480 → 480×480"),
        ({"fps": 25}, "the frame rate changed: 30 → 25"),
        ({"crf": 18}, "the quality changed"),
        ({"speed": "slow"}, "the quality changed"),
        ({"encoder": "h264_nvenc"}, "the encoder changed: libx264 → h264_nvenc"),
        ({"lut_sha256": "bb"}, "the colours of the style changed"),
    ],
)
def test_what_changed_for_the_whole_picture_is_said_of_every_chunk(change, said):
    now = plan_of(*(((*chunk.pieces,), (), "") for chunk in PLAIN.chunks), picture=PICTURE.model_copy(update=change))
    assert reasons(now, PLAIN) == [said, said]


def test_several_reasons_stand_together():
    now = plan_of(((piece("a", 1.0, 90, x=0.4),), (card("new", 0, 50),), words((0, 60, "新"))), ((B,), (), ""))
    assert reasons(now, PLAIN)[0] == "the window moved; the card changed; a subtitle is new: 新"


def test_what_an_inserted_shot_only_pushed_along_is_not_called_changed():
    before = plan_of(((A,), (), ""), ((B,), (card("x", 10, 20),), words((100, 150, "三块五一斤"))))
    now = plan_of(((A,), (), ""), ((piece("c", 0.0, 60),), (), ""), ((B,), (card("x", 10, 20),), words((160, 210, "三块五一斤"))))
    assert reasons(now, before) == ["unchanged", "other footage stands here", "its subtitles moved with it on the timeline"]


def test_other_joins_over_the_same_picture_are_called_that():
    now = plan_of(((A, piece("b", 4.0, 30)), (), ""), ((piece("b", 5.0, 90),), (), ""))
    assert reasons(now, PLAIN) == ["the video is divided elsewhere"] * 2


def test_every_reason_is_said_in_chinese():
    changed = plan_of(
        ((piece("a", 1.2, 90, x=0.4),), (card("new", 0, 50), card("y", 0, 9, "title")), words((0, 60, "新"))),
        ((piece("c", 4.0, 120, dissolve=3),), (), ""),
        picture=PICTURE.model_copy(update={"width": 300, "crf": 18, "lut_sha256": "bb"}),
    )
    for now, before, made in (
        (changed, PLAIN, True),
        (SPOKEN, PLAIN, True),
        (PLAIN, PLAIN, True),
        (PLAIN, None, True),
        (PLAIN, PLAIN, False),
    ):
        for fate in explain_chunks(now, set(chunk_keys(now)) if made else (), before):
            assert not re.search(r"[a-z]{3}", say(fate.why, "zh")), say(fate.why, "zh")
