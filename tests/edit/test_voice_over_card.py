"""The end card comes under the last words: not in silence, not over a subtitle that nobody has read, and never in place of a picture."""

import pytest

from pipeline.documents.edit import Edit
from pipeline.edit.cover_places import MIN_SPEAKER_PIECE_S
from pipeline.edit.speech_runs import AFTER_S
from pipeline.edit.spoken_clauses import SpokenClause
from pipeline.edit.voice_over_card import GLANCE_CPS, MOST_VOICE_S, frames_under_card

FPS = 30


def under_card_s(edit: Edit) -> float:
    """Seconds of speech that are heard under the end card."""
    body = sum(cut.frames for cut in edit.cuts if cut.role != "end_card")
    return max(piece.at_frame + piece.frames for piece in edit.heard if piece.kind == "speech") / FPS - body / FPS


@pytest.mark.parametrize("last", ["下单以后两天就到家", "点小黄车", "坏果包赔放心下单包邮到家现在就来买"])
@pytest.mark.parametrize("views", [0, 3])
def test_the_last_words_run_on_under_the_end_card_and_have_been_read_before(story, talk, potatoes, last: str, views: int) -> None:
    said = talk("我家的土豆又沙又甜", "高山土豆十斤二十九块九", last)
    story.add("talk.mp4", said[-1].end_s + 1, phrases=said)
    for number in range(views):
        story.add(f"view-{number}.mp4", 8.0)
    edit = story.cut(offer=potatoes, end_card_s=4.0)
    under_s = under_card_s(edit)
    assert (0.4 if not views else 0.0) < under_s <= MOST_VOICE_S + 1 / FPS
    seen_s = said[-1].end_s - said[-1].start_s + AFTER_S - under_s
    assert seen_s <= 0.1 or seen_s >= len(last) / GLANCE_CPS - 1 / FPS
    assert edit.cuts[-1].frames == 4.0 * FPS
    assert edit.cuts[-2].frames >= MIN_SPEAKER_PIECE_S * FPS


def test_without_an_end_card_the_speaker_is_seen_to_the_end(story, talk, potatoes) -> None:
    said = talk("我家的土豆又沙又甜", "高山土豆十斤二十九块九")
    story.add("talk.mp4", said[-1].end_s + 1, phrases=said)
    assert under_card_s(story.cut(offer=potatoes, end_card_s=0.0)) <= 0


def clause(at: int, end: int, text: str) -> SpokenClause:
    return SpokenClause(at, end, text, {})


@pytest.mark.parametrize(
    ("clauses", "talk_end", "frames"),
    [
        ([clause(0, 50, "皮薄汁多又沙又甜"), clause(56, 86, "点小黄车")], 91, 91 - 53),  # a short call: all of it, from the breath before
        ([clause(0, 50, "皮薄汁多又沙又甜"), clause(50, 80, "点小黄车")], 85, 35),  # no breath: not into the words before
        ([clause(0, 100, "一二三四五六七八九十")], 105, 45),  # a slow sentence: at most a second and a half
        ([clause(0, 50, "一二三四五六七八九十")], 55, 55 - 34),  # ten characters are read in 34 frames
        ([clause(0, 60, "一二三四五六七八九十" * 2)], 65, 0),  # said faster than read: nothing of it
        ([], 60, 0),
    ],
)
def test_how_much_of_the_last_clause_goes_under_the_card(clauses: list[SpokenClause], talk_end: int, frames: int) -> None:
    assert frames_under_card(clauses, talk_end, FPS) == frames
