"""What is seen of the footage: no black, frozen or foreign picture that the plan does not have."""

from dataclasses import replace

import pytest
from PIL import Image

from pipeline.inspection.checks.black import BlackCheck
from pipeline.inspection.checks.footage import FootageCheck
from pipeline.inspection.checks.frozen import FrozenPictureCheck

BLACKENED = "drawbox=t=fill:color=black:enable='between(t,3,3.9)'"


def test_a_black_second_fails_with_its_time_and_picture(studio, good):
    blackened = "drawbox=t=fill:color=black:enable='between(n,62,92)'"
    wrong = studio.finished(good, "black", vf=blackened).wrong(BlackCheck)
    assert wrong[0].at_s == pytest.approx(62 / 30, abs=0.01)
    with Image.open(wrong[0].frame) as picture:
        assert picture.size == (540, 960)


@pytest.mark.system
def test_a_single_black_frame_at_a_join_fails(studio, good):
    assert studio.finished(good, "flash", vf="drawbox=t=fill:color=black:enable='eq(n,60)'").wrong(BlackCheck)


@pytest.mark.system
def test_footage_filmed_in_the_dark_is_planned(studio):
    made = studio.good((studio.source(1), studio.source(2, BLACKENED)))
    assert not studio.finished(made, "night").wrong(BlackCheck)


@pytest.mark.system
def test_a_frozen_second_fails_with_its_time(studio, good):
    held = studio.finished(good, "held", vf="loop=30:1:62,select='not(between(n,93,122))',setpts=N/30/TB")
    wrong = held.wrong(FrozenPictureCheck)
    assert wrong[0].at_s == pytest.approx(62 / 30, abs=0.15)
    assert wrong[0].frame


@pytest.mark.system
def test_footage_that_stands_still_itself_is_planned(studio):
    made = studio.good((studio.source(1), studio.source(2, "loop=60:1:60,setpts=N/30/TB")))
    assert not studio.finished(made, "tripod").wrong(FrozenPictureCheck)


def test_a_cut_that_shows_another_clip_fails(studio, good):
    other = studio.good((studio.source(1), studio.source(5)))
    wrong = studio.finished(good, "other-clip", base=studio.composed(other)).wrong(FootageCheck)
    assert wrong[0].at_s == pytest.approx(3, abs=0.1)


def test_a_cut_from_another_moment_of_its_clip_fails(good):
    chunks = good.plan.chunks
    late = chunks[1].pieces[0].model_copy(update={"source_start_s": 3.5})
    moved = chunks[1].model_copy(update={"pieces": (late, *chunks[1].pieces[1:])})
    plan = good.plan.model_copy(update={"chunks": (chunks[0], moved)})
    assert replace(good, plan=plan).wrong(FootageCheck)
