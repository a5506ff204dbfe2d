"""A person's corrections win, and nothing else changes."""

import pytest

from pipeline.documents.edit import Cut, Edit, Heard
from pipeline.documents.message import M
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.errors import UserMistake
from pipeline.subtitles import from_srt, reapply_hand_edits, to_srt


def cue(start: int, end: int, text: str, **more: object) -> Cue:
    anchor = {"clip_id": "a", "source_start_s": 10 + start / 30, "source_end_s": 10 + end / 30}
    return Cue(start_frame=start, end_frame=end, lines=tuple(text.split("\n")), **(anchor | more))


MADE = Subtitles(fps=30, cues=(cue(0, 40, "大家好"), cue(40, 95, "冕宁土豆\n十斤二十九块九"), cue(100, 130, "免费包油", held=True)))


def test_an_untouched_file_changes_nothing() -> None:
    assert from_srt(to_srt(MADE), MADE) == MADE


@pytest.mark.parametrize("fps", [24, 25, 30, 50, 60])
def test_every_frame_survives_the_way_there_and_back(fps: int) -> None:
    made = Subtitles(fps=fps, cues=tuple(cue(at * 7, at * 7 + 7, f"句子{at}") for at in range(200)))
    assert from_srt(to_srt(made), made) == made


def test_a_corrected_text_wins_and_is_marked() -> None:
    back = from_srt(to_srt(MADE).replace("大家好", "乡亲们好"), MADE)
    assert back.cues[0].lines == ("乡亲们好",)
    assert back.cues[0].by_hand
    assert back.cues[1:] == MADE.cues[1:]


def test_corrected_times_win_and_move_the_anchor() -> None:
    back = from_srt(to_srt(MADE).replace("00:00:00,000 --> 00:00:01,333", "00:00:00,500 --> 00:00:01,333"), MADE)
    assert back.cues[0].start_frame == 15
    assert back.cues[0].source_start_s == pytest.approx(10.5)


def test_a_held_cue_is_trusted_once_its_mark_is_gone() -> None:
    text = to_srt(MADE)
    assert "[?] 免费包油" in text
    back = from_srt(text.replace("[?] 免费包油", "免费包邮"), MADE)
    assert (back.cues[2].held, back.cues[2].lines) == (False, ("免费包邮",))


def test_a_cue_that_was_taken_out_does_not_come_back() -> None:
    blocks = to_srt(MADE).split("\n\n")
    back = from_srt("\n\n".join([blocks[0], blocks[2]]), MADE)
    gone = next(item for item in back.cues if item.lines == MADE.cues[1].lines)
    assert gone.held
    assert gone.by_hand
    assert "冕宁土豆" not in to_srt(back)


def test_a_new_cue_gets_an_anchor_beside_its_neighbour() -> None:
    back = from_srt(to_srt(MADE) + "\n9\n00:00:05,000 --> 00:00:06,000\n谢谢\n", MADE)
    assert back.cues[-1].by_hand
    assert back.cues[-1].clip_id == "a"
    assert back.cues[-1].source_start_s == pytest.approx(15.0)


def test_files_from_other_editors_are_read() -> None:
    text = "\ufeff" + to_srt(MADE).replace("\n", "\r\n").replace(",000 -->", ".000  -->") + "\r\n\r\n\r\n"
    assert from_srt(text, MADE) == MADE


@pytest.mark.parametrize(
    ("broken", "named"),
    [("1\n00:00:01 bis 00:00:02\nhallo\n", "block 1"), ("1\n00:00:00,000 --> 00:00:01,000\n好\n\n7\nwhere are the times\n", "block 7")],
)
def test_a_block_that_is_no_srt_is_named(broken: str, named: str) -> None:
    with pytest.raises(UserMistake, match=named):
        from_srt(broken, MADE)


def test_a_block_that_ends_before_it_begins_is_named() -> None:
    with pytest.raises(UserMistake, match="block 3 ends before"):
        from_srt(to_srt(MADE).replace("00:00:04,333", "00:00:03,000"), MADE)


def edit(*heard: tuple[float, int, int]) -> Edit:
    pieces = tuple(Heard(clip_id="a", source_start_s=start_s, at_frame=at, frames=frames, kind="speech") for start_s, at, frames in heard)
    cuts = (Cut(clip_id="a", source_start_s=0, frames=400, role="talk", reason=M("talk")),)
    return Edit(fps=30, cuts=cuts, heard=pieces, decisions=(), led_by="talk")


def test_a_correction_moves_along_with_a_new_edit() -> None:
    edited = from_srt(to_srt(MADE).replace("大家好", "乡亲们好"), MADE)
    fresh = Subtitles(
        fps=30, cues=(cue(200, 240, "大家好", source_start_s=10.0, source_end_s=40 / 30 + 10), cue(240, 300, "别的", clip_id="b"))
    )
    moved = reapply_hand_edits(edited, fresh, edit((10.0, 200, 60)))
    assert [(item.start_frame, item.end_frame, item.text) for item in moved.cues] == [(200, 240, "乡亲们好"), (240, 300, "别的")]


def test_a_correction_of_speech_that_was_cut_goes_with_it() -> None:
    edited = from_srt(to_srt(MADE).replace("大家好", "乡亲们好"), MADE)
    fresh = Subtitles(fps=30, cues=())
    assert reapply_hand_edits(edited, fresh, edit((50.0, 0, 60))).cues == ()
