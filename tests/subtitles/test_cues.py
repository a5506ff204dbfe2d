"""Cues: short lines, broken at words, in time with the speech."""

import re

import pytest

from pipeline.chinese.number_style import with_number_style
from pipeline.documents.edit import Cut, Edit, Heard
from pipeline.documents.look import Typography
from pipeline.documents.message import M
from pipeline.documents.offer import StoryNames
from pipeline.documents.subtitles import Subtitles
from pipeline.documents.transcript import Hesitation, Phrase, Repair, Transcript, Word
from pipeline.subtitles import CueForm, make_cues
from pipeline.subtitles.tokenizer import text_width
from tests import builders

FPS = 30


def typography(line_width: float = 10) -> Typography:
    margins = {"margin_bottom_px": 420, "margin_side_px": 80}
    return builders.letters(size_px=64, outline_colour="#101010", outline_px=5, line_width=line_width, **margins)


def phrase(text: str, start_s: float = 0.0, each_s: float = 0.2, probability: float = 0.9) -> Phrase:
    words, at_s = [], start_s
    for part in re.findall(r"\s?[A-Za-z0-9.']+[,.?!]?|.[，。,？、\s]?", text):
        letters = len(part.strip("，。,？、 ")) if not part.strip().isascii() else max(1, len(part) // 3)
        words.append(Word(start_s=at_s, end_s=at_s + letters * each_s, text=part, probability=probability))
        at_s += letters * each_s
    return Phrase(start_s=start_s, end_s=at_s, words=tuple(words))


def story(*phrases: Phrase, pause_frames: int = 9, tail: int = 30, names: tuple[str, ...] = ()) -> tuple[Edit, dict[str, Transcript]]:
    heard, at = [], 0
    for item in phrases:
        frames = round((item.end_s - item.start_s) * FPS)
        heard.append(Heard(clip_id="a", source_start_s=item.start_s, at_frame=at, frames=frames, kind="speech"))
        at += frames + pause_frames
    cuts = (
        Cut(clip_id="a", source_start_s=0, frames=at + tail, role="talk", reason=M("talk")),
        Cut(clip_id="", source_start_s=0, frames=60, role="end_card", reason=M("end")),
    )
    repairs = tuple(Repair(at_s=0, heard="x", written=name, why="glossary") for name in names)
    edit = Edit(fps=FPS, cuts=cuts, heard=tuple(heard), decisions=(), led_by="talk")
    return edit, {"a": Transcript(clip_id="a", language="zh", phrases=phrases, repairs=repairs)}


def cues(*phrases: Phrase, line_width: float = 10, **more: object) -> Subtitles:
    edit, transcripts = story(*phrases, **more)  # type: ignore[arg-type]
    return make_cues(edit, transcripts, typography(line_width))


def lines(subtitles: Subtitles) -> list[str]:
    return [line for cue in subtitles.cues for line in cue.lines]


# What is said below in characters stands in figures on the picture.
LONG = "我们的土豆长在海拔两千米的大凉山上，昼夜温差大所以又沙又甜，冕宁土豆十斤二十九块九，今晚十点前下单明天中午到店自提"


@pytest.mark.parametrize("line_width", [7, 8, 10, 14])
def test_lines_keep_to_the_width_and_cues_to_two_lines(line_width: float) -> None:
    made = cues(phrase(LONG), line_width=line_width)
    assert all(text_width(line) <= line_width for line in lines(made))
    assert all(1 <= len(cue.lines) <= 2 for cue in made.cues)
    assert "".join(lines(made)).replace(" ", "") == with_number_style(re.sub("[，。]", "", LONG), "figures")


@pytest.mark.parametrize("line_width", [6, 7, 8, 9, 10, 12])
def test_no_line_breaks_a_price_a_number_or_a_seller_word(line_width: float) -> None:
    made = "\n".join(lines(cues(phrase(LONG), line_width=line_width)))
    for whole in ("29.9元", "10斤", "大凉山", "温差", "2000米", "10点", "下单", "自提", "土豆"):
        assert whole in made


@pytest.mark.parametrize("price", ["29.9元/10斤", "¥29.90", "10斤29块9", "五公斤", "第二件半价", "3.5kg"])
def test_a_written_price_stays_in_one_piece(price: str) -> None:
    made = cues(phrase(f"今天我们的丑苹果只卖{price}大家抓紧时间来买"), line_width=8)
    parts = {"10斤29块9": ["10斤", "29.9元"], "五公斤": ["5公斤"]}.get(price, [price])
    assert all(any(part in line for line in lines(made)) for part in parts)


@pytest.mark.parametrize("text", ["大家好我们是种植户吗", "又沙又甜的大桥土豆好", "我说好的那就这样了哦"])
def test_no_line_has_one_character(text: str) -> None:
    for line_width in (5, 6, 7, 8, 9):
        assert all(text_width(line) >= 2 for line in lines(cues(phrase(text), line_width=line_width)))


def test_a_single_character_joins_its_neighbour() -> None:
    made = cues(phrase("好", 0.0), phrase("大家听得到吗", 1.0))
    assert lines(made) == ["好 大家听得到吗"]


@pytest.mark.parametrize("line_width", [8, 9, 10, 12])
@pytest.mark.parametrize("pack", ["九斤装", "五公斤", "三十枚", "十斤", "两千克"])
def test_a_price_stands_in_one_cue_with_what_it_buys(pack: str, line_width: float) -> None:
    for after in ("全国包邮送货到家", "大家放心拍", ""):
        made = cues(phrase(f"自己家养的土鸡蛋新鲜得很{pack}一百二十八块九{after}"), line_width=line_width)
        texts = [cue.text.replace("\n", "").replace(" ", "") for cue in made.cues]
        assert any(re.search(r"\d(斤装|公斤|枚|斤|千克)128\.9元", text) for text in texts), texts


def test_a_name_of_the_story_is_not_broken() -> None:
    made = cues(phrase("欢迎来到云岭村黑苦荞茶园看看"), line_width=9, names=("黑苦荞茶",))
    assert any("黑苦荞茶" in line for line in lines(made))


def test_the_names_of_the_goods_and_their_place_are_not_broken_though_they_were_heard_right() -> None:
    edit, transcripts = story(phrase("欢迎来到云岭村黑苦荞茶园看看"))
    form = CueForm(names=StoryNames(products=("黑苦荞茶",), places=("云岭村",)))
    made = lines(make_cues(edit, transcripts, typography(9), form))
    assert all(any(name in line for line in made) for name in ("黑苦荞茶", "云岭村"))


def test_with_a_second_language_under_them_cues_have_one_line() -> None:
    edit, transcripts = story(phrase(LONG))
    two, one = (make_cues(edit, transcripts, typography(), CueForm(lines=most)) for most in (2, 1))
    assert max(len(cue.lines) for cue in two.cues) == 2
    assert {len(cue.lines) for cue in one.cues} == {1}
    assert "".join(lines(one)).replace(" ", "") == "".join(lines(two)).replace(" ", "")
    assert all(text_width(line) <= 10 for line in lines(one))


def test_no_comma_or_full_stop_ends_a_line_and_questions_keep_their_mark() -> None:
    made = cues(phrase("好，大家听得到吗？听得到的扣个一。"), line_width=8)
    assert not any(line.endswith(("，", "。", ",", ".")) for line in lines(made))
    assert any(line.endswith("？") for line in lines(made))


def test_cues_stand_on_the_frames_of_their_words() -> None:
    edit = Edit(
        fps=FPS,
        cuts=(Cut(clip_id="a", source_start_s=0, frames=300, role="talk", reason=M("talk")),),
        heard=(Heard(clip_id="a", source_start_s=2.0, at_frame=100, frames=60, kind="speech"),),
        decisions=(),
        led_by="talk",
    )
    transcript = Transcript(clip_id="a", language="zh", phrases=(phrase("土豆又沙又甜", 2.5), phrase("不在里面", 9.0)))
    (cue,) = make_cues(edit, {"a": transcript}, typography()).cues
    assert cue.start_frame == 115
    assert cue.end_frame >= 151
    assert (cue.clip_id, cue.source_start_s) == ("a", 2.5)


def test_cues_do_not_overlap_and_small_gaps_are_closed() -> None:
    made = cues(*(phrase("点下面的小黄车", at * 2.0) for at in range(5)), pause_frames=5)
    pairs = list(zip(made.cues, made.cues[1:], strict=False))
    assert len(pairs) == 4
    assert all(first.end_frame == second.start_frame for first, second in pairs)


def test_a_short_answer_stays_long_enough_to_be_read() -> None:
    (cue,) = cues(phrase("包邮", each_s=0.1)).cues
    assert cue.end_frame - cue.start_frame >= 0.7 * FPS


def test_nothing_is_written_over_the_end_card() -> None:
    edit, transcripts = story(phrase("包邮", each_s=0.1), tail=0, pause_frames=0)
    (cue,) = make_cues(edit, transcripts, typography()).cues
    assert cue.end_frame <= edit.cuts[0].frames


def test_numbers_have_one_style_and_the_time_of_what_was_said() -> None:
    said = [phrase("五斤35块八毛", 0.0), phrase("每斤七块钱", 3.0)]
    edit, transcripts = story(*said)
    assert lines(make_cues(edit, transcripts, typography())) == ["5斤35.8元", "每斤7元"]
    assert lines(make_cues(edit, transcripts, typography(), CueForm(numbers="characters"))) == ["五斤三十五块八", "每斤七块钱"]
    first, _ = make_cues(edit, transcripts, typography()).cues
    assert (first.source_start_s, first.source_end_s) == (said[0].start_s, pytest.approx(said[0].end_s))
    assert transcripts["a"].phrases[0].text == "五斤35块八毛"


def test_mumbled_words_are_held_and_clear_ones_are_not() -> None:
    made = cues(phrase("各屋门会报夜级", 0.0, probability=0.45), phrase("点下面的小黄车", 3.0))
    assert [cue.held for cue in made.cues] == [True, False]


def test_english_keeps_its_spaces_and_breaks_between_words() -> None:
    made = cues(phrase("Fish and chips, perfection. You have to check this place out."), line_width=12)
    said = "Fish and chips perfection You have to check this place out"
    assert re.sub(r"[,.]", "", " ".join(lines(made))) == said
    assert all(text_width(line) <= 12 for line in lines(made))


def test_ambient_sound_makes_no_cues() -> None:
    edit, transcripts = story(phrase("土豆又沙又甜"))
    quiet = edit.model_copy(update={"heard": tuple(heard.model_copy(update={"kind": "ambient"}) for heard in edit.heard)})
    assert make_cues(quiet, transcripts, typography()).cues == ()


def test_a_hesitation_stands_in_no_subtitle_though_it_is_heard() -> None:
    said = phrase("这批花生呃晒了三天，五十六不对五十八块")
    edit, transcripts = story(said)
    gone = [("呃", "filler", 4, 5), ("五十六不对", "slip", 9, 14)]
    found = tuple(
        Hesitation(start_s=said.words[first].start_s, end_s=said.words[last - 1].end_s, words=words, kind=kind)  # type: ignore[arg-type]
        for words, kind, first, last in gone
    )
    told = {"a": transcripts["a"].model_copy(update={"hesitations": found})}
    assert "".join(lines(make_cues(edit, told, typography()))).replace(" ", "") == "这批花生晒了三天58元"
