"""What to film again: what cost the story something, once, with what to do about it."""

import pytest

from pipeline.documents.analysis import Defect
from pipeline.documents.clip import Clips, SetAside
from pipeline.documents.edit import Decision, Edit
from pipeline.documents.message import M
from pipeline.lesson import copied_badly, list_reshoots
from tests import builders

ADVICE = M("Hold the phone with both hands.")
SHAKY = Defect(kind="shaky", measured=1, reason=M("shaky"), advice=ADVICE)
BLURRED = Defect(kind="blurred", measured=1, reason=M("out of focus"), advice=M("Wipe the lens."))


def analysis(*shots):
    """An analysis of shots given as (start, end, defects…)."""
    return builders.analysis("a" * 16, *(builders.shot(*given) for given in shots))


@pytest.fixture
def clips(story):
    """One clip and nothing set aside."""
    return Clips(clips=story.clips.clips[:1], set_aside=())


def test_a_clip_with_nothing_usable_is_to_be_filmed_again_whole(clips):
    found = list_reshoots(clips, {"a" * 16: analysis((0, 4, SHAKY))}, None)
    assert [(one.whole, one.reason.text, one.advice) for one in found] == [(True, "it shakes too much", ADVICE)]


def test_a_short_shake_at_the_start_is_nobody_s_trouble(clips):
    assert list_reshoots(clips, {"a" * 16: analysis((0, 1, SHAKY), (1, 12))}, None) == ()


def test_a_long_bad_stretch_is_told_with_its_times(clips):
    found = list_reshoots(clips, {"a" * 16: analysis((0, 8), (8, 11.5, SHAKY))}, None)
    assert [(one.whole, one.start_s, one.end_s) for one in found] == [(False, 8, 11.5)]


def test_each_kind_of_defect_is_told_once_by_its_longest_stretch(clips):
    found = list_reshoots(clips, {"a" * 16: analysis((0, 2, SHAKY), (2, 6, SHAKY), (6, 10, BLURRED), (10, 12))}, None)
    assert [(one.reason.text, one.start_s) for one in found] == [("it shakes too much", 2), ("it is out of focus", 6)]


def test_advice_of_the_edit_is_added_once(clips):
    again = M("Say the price again, slowly.")
    dropped = [Decision(clip_id="a" * 16, start_s=at, end_s=at + 1, kept=False, reason=M("unclear"), advice=again) for at in (1, 3)]
    edit = Edit(fps=30, cuts=(), heard=(), decisions=tuple(dropped), led_by="talk")
    found = list_reshoots(clips, {"a" * 16: analysis((0, 8))}, edit)
    assert [(one.start_s, one.advice) for one in found] == [(1, again)]


def test_a_defect_that_the_edit_repeats_is_told_once(clips):
    repeated = Decision(clip_id="a" * 16, start_s=0, end_s=4, kept=False, reason=SHAKY.reason, advice=ADVICE)
    edit = Edit(fps=30, cuts=(), heard=(), decisions=(repeated,), led_by="talk")
    assert len(list_reshoots(clips, {"a" * 16: analysis((0, 4, SHAKY))}, edit)) == 1


def test_a_file_that_was_copied_badly_is_copied_and_not_filmed_again(clips):
    aside = [
        SetAside(name=kind, path=kind, kind=kind, reason=M("{name}", name=kind)) for kind in ("truncated", "duplicate", "empty", "note")
    ]
    clips = clips.model_copy(update={"set_aside": tuple(aside)})
    assert list_reshoots(clips, {}, None) == ()
    assert [str(reason) for reason in copied_badly(clips)] == ["truncated", "empty"]


def test_the_sentence_names_clip_reason_and_advice(clips):
    (one,) = list_reshoots(clips, {"a" * 16: analysis((0, 4, SHAKY))}, None)
    assert str(one.message) == f"{clips.clips[0].name}: it shakes too much. Hold the phone with both hands."
