"""What is laid over the footage: card, code, texts and subtitles as they were drawn, readable, and in their place."""

from dataclasses import replace

import pytest
from PIL import Image

from pipeline.documents.look import Box
from pipeline.documents.subtitles import Subtitles as Cues
from pipeline.inspection import inspector, planned_frames, subtitle_overlays
from pipeline.inspection.checks.footage import FootageCheck
from pipeline.inspection.checks.overlays import OverlaysCheck
from pipeline.inspection.checks.qr import QrCheck
from pipeline.inspection.checks.safe_area import SafeAreaCheck
from pipeline.inspection.checks.subtitles import SubtitlesCheck
from tests.tiers import sample


def with_layer(made, place, **changes):
    """The look with one layer changed."""
    layers = list(made.look.layers)
    layers[place] = layers[place].model_copy(update=changes)
    return replace(made, look=made.look.model_copy(update={"layers": tuple(layers)}))


def with_cues(made, change):
    """The subtitles with every cue changed."""
    return replace(made, subtitles=Cues(fps=30, cues=tuple(change(cue) for cue in made.subtitles.cues)))


def test_what_the_plan_asks_to_be_seen_is_drawn_once(good, monkeypatch):
    checks = (SubtitlesCheck, FootageCheck)
    assert good.inspected(*checks).passed
    started = []
    for module in (subtitle_overlays, planned_frames, inspector):
        monkeypatch.setattr(module, "run_side_by_side", lambda children, **_: started.extend(children))
    assert good.inspected(*checks).passed
    assert not started


@pytest.mark.system
def test_a_missing_card_fails_with_a_picture(studio, good):
    wrong = studio.finished(good, "no-card", base=studio.composed(good, bare=True)).wrong(OverlaysCheck)
    assert [finding.at_s for finding in wrong] == [pytest.approx(23 / 30, abs=0.01)]
    with Image.open(wrong[0].frame) as picture:
        assert picture.width == 540


@pytest.mark.system
def test_a_shifted_card_fails_and_says_how_far(studio, good):
    wrong = studio.finished(good, "shifted", base=studio.composed(good, shift=6)).wrong(OverlaysCheck)
    assert wrong[0].message.values["right"] == 6


def test_another_price_on_the_card_fails(studio, good):
    wrong = studio.finished(good, "price", base=studio.composed(good, card=studio.card(price="¥29.8"))).wrong(OverlaysCheck)
    assert len(wrong) == 1


def test_an_overlay_on_an_odd_pixel_is_found_on_the_even_one(good):
    assert good.look.layers[1].box.x % 2 == 1
    assert not good.wrong(OverlaysCheck)


def test_an_overlay_after_the_end_of_the_video_fails(studio, good):
    assert studio.finished(good, "cut-off", extra="-frames:v 110").wrong(OverlaysCheck)


def test_an_overlay_whose_drawing_is_gone_fails(good, tmp_path):
    assert with_layer(good, 0, still=str(tmp_path / "gone.png")).wrong(OverlaysCheck)


@pytest.mark.system
def test_a_code_that_leads_elsewhere_fails(studio, good):
    wrong = studio.finished(good, "elsewhere", base=studio.composed(good, card=studio.card("https://example.com/p/8"))).wrong(QrCheck)
    assert wrong[0].message.values["found"] == "https://example.com/p/8"


@pytest.mark.system
def test_a_damaged_code_fails(studio, good):
    blot = "drawbox=x=131:y=56:w=60:h=60:t=fill:color=white"
    assert studio.finished(good, "blot", vf=blot).wrong(QrCheck)


@pytest.mark.system
def test_a_code_shown_too_shortly_fails(good):
    wrong = with_layer(good, 0, frames=60, rest_end=55).wrong(QrCheck)
    assert wrong[0].message.values["seconds"] == 2.0


def test_a_code_fails_where_the_destination_punishes_it(studio, good):
    feed = replace(good, destination=good.destination.model_copy(update={"qr": False, "name": "feed"}))
    assert feed.wrong(QrCheck)
    bare = studio.finished(good, "no-card", base=studio.composed(good, bare=True))
    assert not replace(bare, destination=feed.destination).wrong(QrCheck)


def test_a_text_under_the_buttons_of_the_destination_fails(good):
    assert with_layer(good, 0, text_boxes=(Box(x=4, y=60, width=80, height=24),)).wrong(SafeAreaCheck)


def test_a_code_under_the_buttons_of_the_destination_fails(good):
    assert with_layer(good, 0, qr_box=Box(x=200, y=60, width=68, height=68)).wrong(SafeAreaCheck)


def test_subtitles_under_the_buttons_of_the_destination_fail(good):
    area = good.destination.safe_areas["9:16"].model_copy(update={"bottom": 0.2})
    wrong = replace(good, destination=good.destination.model_copy(update={"safe_areas": {"9:16": area}})).wrong(SafeAreaCheck)
    assert {finding.message.values["name"] for finding in wrong} == {"刚从地里挖出来", "十斤二十九块九 拍下就发货"}


@pytest.mark.system
def test_missing_subtitles_fail_each_at_its_time(studio, good):
    wrong = studio.finished(good, "no-words", base=studio.composed(good, subtitles=False)).wrong(SubtitlesCheck)
    assert [finding.at_s for finding in wrong] == [pytest.approx(20 / 30, abs=0.01), pytest.approx(86 / 30, abs=0.01)]
    assert all(finding.frame for finding in wrong)


@pytest.mark.system
def test_one_wrong_letter_in_a_subtitle_fails(studio, good):
    other = with_cues(good, lambda cue: cue.model_copy(update={"lines": tuple(line.replace("九块九", "九块八") for line in cue.lines)}))
    wrong = studio.finished(good, "letter", base=studio.composed(other)).wrong(SubtitlesCheck)
    assert len(wrong) == 1
    assert "九块九" in wrong[0].message.values["words"]


def test_a_cue_that_the_plan_forgot_fails(good):
    forgotten = good.plan.model_copy(update={"chunks": tuple(chunk.model_copy(update={"ass": ""}) for chunk in good.plan.chunks)})
    assert len(replace(good, plan=forgotten).wrong(SubtitlesCheck)) == 2


def test_a_held_cue_that_was_burned_in_fails(good):
    assert len(with_cues(good, lambda cue: cue.model_copy(update={"held": True})).wrong(SubtitlesCheck)) == 2


@pytest.mark.system
def test_a_story_without_words_needs_no_subtitles(studio):
    mute = studio.good(words=False)
    assert not studio.finished(mute, "wordless").wrong(SubtitlesCheck)


@pytest.mark.parametrize("overlapping", sample([False, True], True))
def test_more_lines_than_planned_over_a_card_are_no_fault_of_the_card(studio, good, overlapping):
    first, second, *rest = good.subtitles.cues
    written = ("今年的新货", "真的好", "快来看", "大家都说不错") * 3
    tall = second.model_copy(update={"lines": written})
    above = first.model_copy(update={"start_frame": second.start_frame, "end_frame": second.end_frame, "lines": written[:6]})
    cues = (above, tall.model_copy(update={"lines": written[6:]})) if overlapping else (first, tall)
    stacked = replace(good, subtitles=Cues(fps=30, cues=(*cues, *rest)))
    base = studio.composed(stacked)
    assert not studio.finished(stacked, f"stacked-{overlapping}", base=base).wrong(OverlaysCheck)
