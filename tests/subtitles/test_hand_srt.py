"""What a person does to subtitles.srt, in any editor, holds through two later runs and a new edit."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.documents.edit import Cut, Decision, Edit, Heard
from pipeline.documents.message import M
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.subtitles import check_widths, from_srt, hand_notes, read_text, reapply_hand_edits, refit_cues, to_srt
from pipeline.subtitles.tokenizer import text_width
from tests import builders

LINES = ("各位乡亲早上好", "这是我们的花椒", "麻得很香", "半斤29.9元", "想要的来下单")
DOUBTFUL = "[?] 想要的来下单"
LONG = "各位乡亲早上好我们今天在花椒地里给大家看看"
TYPOGRAPHY = builders.letters(size_px=64, outline_colour="#101010", outline_px=5, line_width=10, margin_bottom_px=420, margin_side_px=80)


def at(frame: int) -> str:
    milliseconds = round(frame * 1000 / 30)
    return f"00:00:{milliseconds // 1000:02},{milliseconds % 1000:03}"


def block(start: int, end: int, text: str) -> str:
    return f"1\n{at(start)} --> {at(end)}\n{text}\n"


def made() -> Subtitles:
    """Five cues of two seconds with a second between them: three of clip a from its tenth second, two of clip b from its fiftieth."""
    cues = []
    for number, line in enumerate(LINES):
        clip, offset_s = ("a", 10.0) if number < 3 else ("b", 41.0)
        start = number * 90
        cues.append(
            Cue(
                start_frame=start, end_frame=start + 60, lines=(line,), clip_id=clip, source_start_s=offset_s + start / 30,
                source_end_s=offset_s + (start + 60) / 30, held=number == 4, confidence=0.9,
            )
        )  # fmt: skip
    return Subtitles(fps=30, cues=tuple(cues))


def edit(*pieces: tuple[str, float, int, int], dropped: tuple[Decision, ...] = ()) -> Edit:
    heard = tuple(
        Heard(clip_id=clip, source_start_s=start_s, at_frame=at, frames=frames, kind="speech") for clip, start_s, at, frames in pieces
    )
    cuts = (Cut(clip_id="a", source_start_s=0, frames=540, role="talk", reason=M("talk")),)
    return Edit(fps=30, cuts=cuts, heard=heard, decisions=dropped, led_by="talk")


SAME = edit(("a", 10.0, 0, 240), ("b", 50.0, 270, 150))


def run(before: Subtitles, srt: str, cut: Edit = SAME) -> tuple[Subtitles, str]:
    """One run of the stage: the person's file is read, and put over what the machine makes anew."""
    corrected = from_srt(srt, before)
    now = reapply_hand_edits(refit_cues(corrected, TYPOGRAPHY), made(), cut)
    check_widths(now, TYPOGRAPHY)
    return now, to_srt(now)


def shown(srt: str) -> list[str]:
    return [" ".join(part.split("\n")[2:]).strip() for part in srt.strip().split("\n\n") if part.strip()]


Change = Callable[[list[str]], list[str]]
EDITS: dict[str, tuple[Change, list[str]]] = {
    "nothing": (lambda blocks: blocks, [*LINES[:4], DOUBTFUL]),
    "a word": (lambda b: [b[0].replace("早上好", "下午好"), *b[1:]], ["各位乡亲下午好", *LINES[1:4], DOUBTFUL]),
    "translated": (
        lambda b: [*b[:2], b[2].replace("麻得很香", "Numbing and fragrant"), *b[3:]],
        [*LINES[:2], "Numbing and fragrant", LINES[3], DOUBTFUL],
    ),
    "split": (
        lambda b: [b[0], block(90, 115, "这是"), block(118, 150, "我们的花椒"), *b[2:]],
        [LINES[0], "这是", "我们的花椒", *LINES[2:4], DOUBTFUL],
    ),
    "last of a clip split": (
        lambda b: [*b[:2], block(180, 205, "麻得"), block(225, 240, "很香"), *b[3:]],
        [*LINES[:2], "麻得", "很香", LINES[3], DOUBTFUL],
    ),
    "joined": (lambda b: [block(0, 150, "各位早上好\n这是花椒"), *b[2:]], ["各位早上好 这是花椒", *LINES[2:4], DOUBTFUL]),
    "joined over a cut": (lambda b: [*b[:2], block(180, 330, "麻得很香\n半斤29.9"), b[4]], [*LINES[:2], "麻得很香 半斤29.9", DOUBTFUL]),
    "deleted": (lambda b: [b[0], *b[2:]], [LINES[0], *LINES[2:4], DOUBTFUL]),
    "added between": (lambda b: [*b[:2], block(155, 178, "看这里"), *b[2:]], [*LINES[:2], "看这里", *LINES[2:4], DOUBTFUL]),
    "added after all speech": (lambda b: [*b, block(450, 500, "明天见")], [*LINES[:4], DOUBTFUL, "明天见"]),
    "released": (lambda b: [*b[:4], b[4].replace("[?] ", "")], [*LINES]),
    "moved": (lambda b: [*b[:4], block(450, 510, "想要的来下单")], [*LINES]),
    "emptied": (lambda _: [], []),
    "tags": (
        lambda b: [
            b[0].replace("各位", "<i>各位</i>"),
            b[1].replace("这是", r"{\an8}这是"),
            b[2].replace("麻得", '<font color="#ff0">麻得</font>'),
            *b[3:],
        ],
        [*LINES[:4], DOUBTFUL],
    ),
    "a long line": (lambda b: [b[0].replace("各位乡亲早上好", LONG), *b[1:]], [LONG, *LINES[1:4], DOUBTFUL]),
    "at once": (lambda b: [b[0], block(2, 60, "（掌声）"), *b[1:]], ["各位乡亲早上好 （掌声）", *LINES[1:4], DOUBTFUL]),
    "overlapping": (lambda b: [block(0, 110, LINES[0]), *b[1:]], [*LINES[:4], DOUBTFUL]),
}


def without_breaks(lines: list[str]) -> str:
    return "".join(lines).replace(" ", "")


@pytest.mark.parametrize("name", EDITS)
def test_what_a_person_did_holds_through_two_later_runs(name: str) -> None:
    change, expected = EDITS[name]
    first = made()
    once, file = run(first, "\n".join(change([f"{part}\n" for part in to_srt(first).split("\n\n")])))
    assert without_breaks(shown(file)) == without_breaks(expected)
    assert all(text_width(line) <= TYPOGRAPHY.line_width for cue in once.cues for line in cue.lines)
    twice, again = run(once, file)
    assert again == file
    assert run(twice, again)[1] == file


@pytest.mark.parametrize("name", EDITS)
def test_what_a_person_did_moves_along_with_a_new_edit(name: str) -> None:
    change, expected = EDITS[name]
    first = made()
    now, file = run(first, "\n".join(change([f"{part}\n" for part in to_srt(first).split("\n\n")])))
    later, moved = run(now, file, edit(("a", 10.0, 20, 240), ("b", 50.0, 290, 150)))
    mine = [line for line in expected if line.removeprefix("[?] ") not in LINES]
    assert all(without_breaks([line]) in without_breaks(shown(moved)) for line in mine)
    assert later.set_aside == ()


def test_a_deleted_line_that_is_put_back_is_there_once_and_shown() -> None:
    first = made()
    blocks = to_srt(first).split("\n\n")
    gone, without = run(first, "\n\n".join([blocks[0], *blocks[2:]]))
    assert hand_notes(gone) == ()
    back, file = run(gone, without + "\n" + blocks[1] + "\n")
    assert shown(file) == [*LINES[:4], DOUBTFUL]
    assert [cue.held for cue in back.cues if cue.lines == (LINES[1],)] == [False]


def test_an_emptied_file_is_told_and_stays_empty() -> None:
    empty, file = run(made(), "")
    assert (empty.shown, file) == ((), "")
    (note,) = hand_notes(empty)
    assert "no subtitles" in say(note, "en")


def test_a_line_whose_speech_is_cut_is_told_and_comes_back_with_it() -> None:
    first = made()
    mine, file = run(first, to_srt(first).replace("半斤29.9元", "半斤卖29.9元"))
    dropped = (Decision(clip_id="b", start_s=50.0, end_s=53.0, kept=False, reason=M("too long"), words="半斤二十九块九"),)
    without, shorter = run(mine, file, edit(("a", 10.0, 0, 240), ("b", 53.0, 270, 60), dropped=dropped))
    assert "半斤卖" not in shorter
    (note,) = hand_notes(without)
    assert "半斤卖29.9元" in say(note, "en")
    assert "半斤卖29.9元" in run(without, shorter)[1]


def test_a_line_that_cannot_be_broken_is_refused_before_rendering() -> None:
    with pytest.raises(UserMistake, match="too wide"):
        run(made(), to_srt(made()).replace(LINES[0], "https://example.org/a-very-long-address-without-a-break"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_files_are_read_in_the_encodings_of_chinese_editors(tmp_path: Path, encoding: str, newline: str) -> None:
    path = tmp_path / "subtitles.srt"
    path.write_bytes(to_srt(made()).replace("\n", newline).encode(encoding))
    assert from_srt(read_text(path), made()) == made()


def test_big5_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "subtitles.srt"
    path.write_bytes(block(0, 60, "我們的水果很好吃，歡迎大家來買").encode("big5"))
    with pytest.raises(UserMistake, match="Big5"):
        read_text(path)


def test_entities_breaks_and_invisible_marks_are_understood() -> None:
    (first, *_) = from_srt(block(0, 60, r"鸡&amp;鸭\N好吃&nbsp;吗" + "\u200b"), made()).cues
    assert first.lines == ("鸡&鸭", "好吃 吗")


def test_a_line_over_the_end_card_is_told_and_not_shown() -> None:
    card = Cut(clip_id="", source_start_s=0, frames=120, role="end_card", reason=M("end"))
    cut = SAME.model_copy(update={"cuts": (SAME.cuts[0].model_copy(update={"frames": 420}), card)})
    now, file = run(made(), to_srt(made()) + "\n" + block(440, 490, "明天见"), cut)
    assert "明天见" not in file
    (note,) = hand_notes(now)
    assert "明天见" in say(note, "en")
