"""Karaoke keeps to the voice: as it was recognised, and after whatever a person, a number's form or a cut has changed in the line."""

import re
from pathlib import Path

import numpy as np

from pipeline.documents.edit import Edit, Heard
from pipeline.documents.offer import StoryNames
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.documents.transcript import Hesitation, Phrase, Transcript, Word
from pipeline.subtitles import ass_events, set_words, to_ass
from pipeline.subtitles.spoken_times import HeardCharacter, with_spoken_times
from tests import builders
from tests.subtitles.test_ass import burned

FPS, STYLE = 30, builders.letters(size_px=28)


def said(text: str, first: int = 10, each: int = 10) -> list[HeardCharacter]:
    """Characters that are said one after the other, `each` frames long, from the frame `first` on."""
    return [HeardCharacter(letter, first + each * index, first + each * (index + 1)) for index, letter in enumerate(text)]


def cue(start: int, end: int, *lines: str, by_hand: bool = False) -> Cue:
    return Cue(start_frame=start, end_frame=end, lines=lines, clip_id="a", source_start_s=0, source_end_s=1, by_hand=by_hand)


def times(shown: Cue, spoken: list[HeardCharacter]) -> dict[str, tuple[int, int]]:
    """The frames of each part of a cue, by its characters."""
    filled = with_spoken_times(shown, spoken, FPS).spoken
    return {shown.lines[part.line][part.start : part.end]: (part.from_frame, part.to_frame) for part in filled}


def test_each_character_has_the_time_at_which_it_is_said() -> None:
    assert times(cue(10, 60, "又脆", "又甜"), said("又脆又甜x"))["脆"] == (20, 30)
    assert times(cue(10, 50, "高山苹果"), said("高山苹果")) == {"高": (10, 20), "山": (20, 30), "苹": (30, 40), "果": (40, 50)}


def test_a_number_in_figures_takes_the_time_of_its_words() -> None:
    assert times(cue(10, 80, "29块9 包邮"), said("二十九块九包邮")) == {
        "29": (10, 40), "块": (40, 50), "9 ": (50, 60), "包": (60, 70), "邮": (70, 80),
    }  # fmt: skip


def test_what_a_person_corrected_and_added_shares_the_time_of_what_was_heard() -> None:
    filled = times(cue(10, 70, "丑苹果真甜啊", by_hand=True), said("臭苹果真田"))
    assert (filled["丑"], filled["果"], filled["甜"], filled["啊"]) == ((10, 20), (30, 40), (50, 55), (55, 60))
    assert times(cue(10, 70, "臭苹果真田呀", by_hand=True), said("臭苹果真田"))["呀"] == (60, 66)


def test_a_split_and_a_joined_line_keep_their_times() -> None:
    voice = said("今天摘的苹果包邮")
    first, second = times(cue(10, 50, "今天摘的", by_hand=True), voice), times(cue(50, 90, "苹果包邮", by_hand=True), voice)
    assert first["的"] == (40, 50)
    assert second["苹"] == (50, 60)
    assert times(cue(10, 90, "今天摘的苹果包邮", by_hand=True), voice) == first | second


def test_a_moved_line_begins_with_what_was_said_before_it() -> None:
    assert times(cue(20, 60, "高山苹果", by_hand=True), said("高山苹果"))["高"] == (20, 20)


def test_a_line_that_nobody_says_is_not_filled() -> None:
    assert times(cue(200, 260, "扫码下单", by_hand=True), said("高山苹果")) == {}


def test_hesitations_and_cuts_between_pieces_of_speech_leave_a_pause() -> None:
    words = tuple(
        Word(start_s=at, end_s=at + 0.5, text=text, probability=1) for at, text in ((0, "高山"), (0.5, "嗯"), (1, "苹果"), (9, "包邮"))
    )
    transcript = Transcript(
        clip_id="a", language="zh", phrases=(Phrase(start_s=0, end_s=10, words=words),),
        hesitations=(Hesitation(start_s=0.5, end_s=1, words="嗯", kind="filler"),),
    )  # fmt: skip
    pieces = ((0.0, 0, 45), (8.8, 45, 60))
    edit = Edit(
        fps=FPS, cuts=(), decisions=(), led_by="talk",
        heard=tuple(Heard(clip_id="a", source_start_s=s, at_frame=at, frames=n, kind="speech") for s, at, n in pieces),
    )  # fmt: skip
    line = Subtitles(fps=FPS, cues=(cue(0, 90, "高山苹果包邮"),))
    parts = set_words(line, edit, {"a": transcript}, StoryNames(), "karaoke").cues[0].spoken
    assert [(part.from_frame, part.to_frame) for part in parts] == [(0, 8), (8, 15), (30, 38), (38, 45), (51, 58), (58, 66)]


def test_libass_fills_what_is_said_and_a_chunk_shows_the_same_as_the_whole(tmp_path: Path) -> None:
    shown = with_spoken_times(cue(30, 90, "高山", "苹果"), [*said("高山", 30), *said("苹果", 70)], FPS)
    subtitles = Subtitles(fps=FPS, cues=(shown,))
    black = "#101010"  # said characters are dark here, so that light that goes out counts them
    whole = burned(to_ass(subtitles.cues, STYLE, 320, 240, FPS, accent=black, manner="karaoke"), tmp_path, 90, FPS)
    light = (whole > 150).sum(axis=(1, 2)) / (whole[30] > 150).sum()
    upper = (whole[:, : 240 - 40 - 28] > 150).sum(axis=(1, 2))
    assert light[29] == 0
    assert light[40] < 0.8
    assert upper[52] == upper[89] == 0
    assert light[52] == light[69] > 0.3
    assert light[69] > light[80] > light[89] == 0
    script = ass_events(subtitles, 60, 90, STYLE, 320, 240, accent=black, manner="karaoke")
    assert np.array_equal(whole[60:90], burned(script, tmp_path, 30, FPS, first=60))
    assert re.search(r"\\k\d+\\kf\d+}苹", script)
