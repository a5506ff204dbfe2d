"""Which words of a line are set apart, and how libass is told: whole words, within the width, never between letters that join."""

import pytest

from pipeline.documents.offer import StoryNames
from pipeline.documents.subtitles import Cue, SubtitleManner
from pipeline.subtitles import to_ass
from pipeline.subtitles.stresses import stressed_spans, with_stresses
from tests import builders

NAMES = StoryNames(products=("高山苹果", "potatoes", "苹果"), places=("云岭村", "冕宁县", "云岭", "冕宁"))
STYLE = builders.letters(size_px=28)
YELLOW, WHITE = r"\c&H3CC8FF&", r"\c&HFFFFFF&"


def text(line: str, manner: SubtitleManner, **letters: float) -> str:
    cue = Cue(start_frame=0, end_frame=30, lines=(line,), clip_id="a", source_start_s=0, source_end_s=1)
    script = to_ass([with_stresses(cue, NAMES, manner)], STYLE.model_copy(update=letters), 320, 240, 30, accent="#FFC83C", manner=manner)
    return script.strip().splitlines()[-1].split(",", 9)[9]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("十斤二十九块九包邮", {"十斤": "number", "二十九块九": "price"}),
        ("云岭村的高山苹果", {"云岭村": "place", "高山苹果": "product"}),
        ("海拔2400米", {"2400米": "number"}),
        ("海拔两千米的沙地", {"两千米": "number"}),
        ("原价59块 现价49块", {"49块": "price"}),
        ("糖度18度 85%的人回购", {"18度": "number", "85%": "number"}),
        ("每千克三十块", {"三十块": "price"}),
        ("一箱一箱地装", {}),
        ("三块五一斤 二十九块九十斤", {"三块五": "price", "一斤": "number", "二十九块九": "price", "十斤": "number"}),
        ("29块9 包邮", {"29块9": "price"}),
        ("2026年的新米 二〇二五年也有", {}),
        ("种了二十多年 请用两个袋子", {"二十多年": "number"}),
        ("第三天我们一个人去", {}),
        ("这个苹果园", {}),
        ("fresh potatoes, 5 kg a box", {"potatoes": "product", "5 kg": "number"}),
        ("我们在一块", {}),
    ],
)
def test_price_goods_place_and_numbers_with_a_unit_are_found_as_whole_words(line: str, found: dict[str, str]) -> None:
    assert {line[start:end]: kind for start, end, kind in stressed_spans(line, NAMES)} == found


def test_plain_colours_price_goods_and_numbers_and_enlarges_nothing() -> None:
    assert text("云岭村十斤二十九块九", "plain") == rf"云岭村{{{YELLOW}}}十斤{{{WHITE}{YELLOW}}}二十九块九{{{WHITE}}}"


def test_keywords_are_larger_as_far_as_the_line_has_room() -> None:
    roomy = rf"我家{{{YELLOW}\fscx115\fscy115}}高山苹果{{{WHITE}\fscx100\fscy100}}"
    assert text("我家高山苹果", "keyword", line_width=10) == roomy
    assert r"\fscx112\fscy112" in text("我家高山苹果", "keyword", line_width=6.5)
    assert text("我家高山苹果", "keyword", line_width=6) == rf"我家{{{YELLOW}}}高山苹果{{{WHITE}}}"


@pytest.mark.parametrize("line", ["云岭村 ئالما 苹果", "冕宁 བོད་ཀྱི 十斤"])
def test_a_line_whose_letters_join_is_left_alone(line: str) -> None:
    assert text(line, "keyword") == line
