"""A person's SRT in another language: under the line of its time, within the space of two lines, and what has no place is said."""

from itertools import pairwise
from pathlib import Path

import pytest
from PIL import ImageFont

from pipeline.brand import load_style
from pipeline.brand.fonts import face
from pipeline.brand.layout import canvas_for, typography_for
from pipeline.documents.look import Typography
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.language import say
from pipeline.publish import load_destination
from pipeline.resources import FONTS
from pipeline.subtitles import hand_notes, placed_second, read_second, read_text, to_ass, with_second
from pipeline.subtitles.second_lines import SecondRoom, fitted, letters_width, second_room
from tests import builders
from tests.subtitles.test_hand_srt import SAME, block, edit, made

TYPOGRAPHY: Typography = builders.letters(size_px=64, line_width=10)
ENGLISH = ("Good morning, everybody", "This is our Sichuan pepper", "It smells good", "Half a jin for ¥29.9", "Order below")


def srt(*shift: int, texts: tuple[str, ...] = ENGLISH) -> str:
    """A line of English for each of the five cues of `made`; shift: frames that each comes later and ends later."""
    late, longer = (*shift, 0, 0)[:2]
    return "\n".join(block(90 * number + late, 90 * number + 60 + late + longer, text) for number, text in enumerate(texts))


def under(text: str, cues: Subtitles | None = None) -> Subtitles:
    timeline = cues or made()
    return with_second(timeline, placed_second(read_second(text, "english.srt", timeline), timeline, SAME), SAME, TYPOGRAPHY, "english.srt")


def pairs(shown: Subtitles) -> list[tuple[str, str]]:
    return [(" ".join(cue.lines), " ".join(cue.second)) for cue in shown.cues if not cue.held]


@pytest.mark.parametrize("shift", [(0,), (25,), (0, 30), (10, 28)])
def test_lines_stand_under_the_cues_of_their_time_also_when_they_come_late(shift: tuple[int, ...]) -> None:
    shown = pairs(under(srt(*shift)))
    assert shown[:4] == list(zip(("各位乡亲早上好", "这是我们的花椒", "麻得很香", "半斤29.9元"), ENGLISH, strict=False))


def test_more_and_fewer_lines_than_cues_share_them() -> None:
    more = block(0, 30, "Good morning,") + "\n" + block(30, 60, "everybody")
    assert pairs(under(more))[0] == ("各位乡亲早上好", "Good morning, everybody")
    fewer = block(0, 240, "Good morning, this is our Sichuan pepper and it smells good")
    assert {second for _, second in pairs(under(fewer))[:3]} == {"Good morning, this is our Sichuan pepper and it smells good"}
    long = block(0, 150, "Good morning everybody here at home, this is our own Sichuan pepper from the field behind the house")
    assert [second for _, second in pairs(under(long))[:2]] == [
        "Good morning everybody here at home, this is our",
        "own Sichuan pepper from the field behind the house",
    ]


def test_a_line_over_no_cue_or_over_one_that_is_held_stands_alone() -> None:
    shown = under(srt() + "\n" + block(430, 480, "See you"))
    assert pairs(shown)[-2:] == [("", "Order below"), ("", "See you")]
    starts = sorted((cue.start_frame, cue.end_frame) for cue in shown.shown)
    assert all(first[1] <= second[0] for first, second in pairwise(starts))
    assert "See you" in to_ass(shown.cues, TYPOGRAPHY, 320, 640, 30)


def test_what_has_no_place_or_no_room_is_said_with_its_words() -> None:
    long = "This sentence is so long that nobody could ever read it below one short line of subtitles on a telephone in the sun"
    shown = under(srt(texts=(long, *ENGLISH[1:])) + "\n" + block(900, 960, "The end"))
    notes = " ".join(say(note, "en") for note in hand_notes(shown))
    assert "1 lines of english.srt are too long" in notes
    assert "0:00 “This sentence is so long" in notes
    assert "1 lines of english.srt are not shown" in notes
    assert "The end" in notes
    assert pairs(shown)[0] == ("各位乡亲早上好", "")
    nothing = under("1\n01:00:00,000 --> 01:00:02,000\nGood morning\n")
    assert "its times must be those of the finished video" in say(hand_notes(nothing)[0], "en")


def test_two_lines_of_it_take_the_room_of_one() -> None:
    shown = under(srt(texts=("Good morning to everybody who is looking at this video", *ENGLISH[1:])))
    assert len(shown.cues[0].second) == 2
    text = to_ass(shown.cues[:1], TYPOGRAPHY, 320, 640, 30, accent="#FFC83C").strip().splitlines()[-1].split(",", 9)[9]
    assert text == r"各位乡亲早上好\N{\fs32\bord1.3\c&HFFFFFF&}Good morning to everybody\Nwho is looking at this video"


def test_curled_quotes_between_latin_letters_are_drawn_narrow() -> None:
    shown = under(srt(texts=("“Crisp” – that’s what we’re saying", *ENGLISH[1:])))
    assert "\"Crisp\" – that's what we're saying" in to_ass(shown.cues[:1], TYPOGRAPHY, 320, 640, 30)


def test_it_moves_along_with_its_speech_and_comes_back_with_it() -> None:
    before = made()
    second = placed_second(read_second(srt(), "english.srt", before), before, SAME)
    moved = placed_second(second, before, edit(("b", 50.0, 0, 150)))
    assert [(cue.lines[0], cue.start_frame) for cue in moved.cues] == [("Half a jin for ¥29.9", 0), ("Order below", 90)]
    back = placed_second(moved, None, SAME)
    assert [(cue.lines[0], cue.start_frame) for cue in back.cues] == [(text, 90 * number) for number, text in enumerate(ENGLISH)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("These apples grow on the mountain", ("These apples grow", "on the mountain")),
        ("ئالما بەك تاتلىق ۋە يېڭى", ("ئالما بەك", "تاتلىق ۋە يېڭى")),
        ("这些苹果长在高山上，又脆又甜真好吃", ("这些苹果长在高山", "上，又脆又甜真好吃")),
        ("Kräuter", ("Kräuter",)),
        ("Donaudampfschifffahrtsgesellschaft", None),
    ],
)
def test_a_line_is_broken_in_its_middle_between_words(text: str, lines: tuple[str, ...] | None) -> None:
    assert fitted((text,), SecondRoom(9.5, 2, 32)) == lines
    assert lines is None or all(letters_width(line) <= 9.5 for line in lines)


@pytest.mark.parametrize("text", ["ئالما بەك تاتلىق", "ཀུ་ཤུ་མངར་མོ།", "ꆈꌠꁱꂷ"])
def test_other_scripts_are_set_in_their_own_font_within_the_same_room(text: str) -> None:
    style = load_style("plain")
    typography = typography_for(canvas_for(style, load_destination("shelf"), 1080, 1920))
    room = second_room((text,), typography)
    assert room.lines * room.size_px <= typography.size_px
    assert (
        room.size_px / next(face(path).line_height for path in FONTS.glob("*.ttf") if face(path).family == room.family) >= 0.5 * 0.06 * 1080
    )
    cue = made().cues[0].model_copy(update={"second": (text,)})
    assert rf"\N{{\fn{room.family}\fs{room.size_px}\bord{typography.outline_px * 0.65:g}\c&HFFFFFF&}}{text}" in to_ass(
        [cue], typography, 1080, 1920, 30
    )


@pytest.mark.parametrize(
    "text",
    [
        "WE ARE FARMERS FROM YUNLING VILLAGE",
        "Mmmm, what wonderful warm mushrooms",
        "2000 metres, 35.8 yuan, 100 %",
        "Свежая картошка с горы",
        "Täglich frische Äpfel — ¥35.80",
        "新鲜的苹果 fresh",
    ],
)
def test_a_line_is_not_wider_than_it_is_taken_for(text: str) -> None:
    drawn = ImageFont.truetype(str(FONTS / "NotoSansSC-Bold.ttf"), 100).getlength(text) / 100
    assert 0.8 * letters_width(text) < drawn <= letters_width(text)


def test_a_persons_own_break_stays() -> None:
    assert fitted(("Hello!", "We’re apple growers"), second_room((), TYPOGRAPHY)) == ("Hello!", "We’re apple growers")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_an_english_file_is_read_in_what_editors_save(tmp_path: Path, encoding: str) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nIt’s our farmers’ “crème” – 100 % ripe\n"
    file = tmp_path / "english.srt"
    file.write_bytes(text.encode(encoding))
    assert read_text(file) == text


def test_a_chinese_file_in_gbk_is_still_read_as_one(tmp_path: Path) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\n又脆又甜 OK\nWelcome to our village, everybody\n"
    (tmp_path / "a.srt").write_bytes(text.encode("gbk"))
    assert read_text(tmp_path / "a.srt") == text


def test_a_held_cue_keeps_no_line_under_it() -> None:
    held: list[Cue] = [cue for cue in under(srt()).cues if cue.held]
    assert [cue.second for cue in held] == [()]
