"""Wishes in a note, as volunteers write them."""

import pytest

from pipeline.catalog.note_settings import read_length, read_wishes, wants_no_music, without_wishes
from pipeline.documents.presets import preset_named
from pipeline.documents.sizes import size_named

NOTE = """高山核桃 老寨村
风格：凉山
- 时长: 半分钟左右
平台＝抖音
平台:抖音、快手。
我们村的平台很小
要点：皮薄，仁满
"""


def test_a_wish_is_a_line_with_such_a_word_and_a_colon() -> None:
    assert [(wish.name, wish.value) for wish in read_wishes(NOTE)] == [
        ("style", "凉山"),
        ("length", "半分钟左右"),
        ("platforms", "抖音、快手"),
    ]
    assert "风格" not in without_wishes(NOTE)
    assert "我们村的平台很小" in without_wishes(NOTE)
    assert without_wishes(NOTE).startswith("高山核桃")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30", 30), ("30秒", 30), ("三十秒", 30), ("45s", 45), ("半分钟", 30), ("一分钟", 60), ("1分钟", 60), ("1分20秒", 80),
        ("一分半", 90), ("一分半钟", 90), ("两分钟以内", 120), ("大约40秒", 40), ("20 seconds", 20), ("2 min", 120),
        ("短一点", None), ("", None), ("秒", None),
    ],
)  # fmt: skip
def test_lengths_are_read_as_people_write_them(text: str, seconds: float | None) -> None:
    assert read_length(text) == seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("竖屏", (1080, 1920)),
        ("横版", (1920, 1080)),
        ("方的", (1080, 1080)),
        ("9：16", (1080, 1920)),
        ("720×1280", (720, 1280)),
        ("大", None),
    ],
)
def test_shapes_are_read_as_people_write_them(text: str, size: tuple[int, int] | None) -> None:
    assert size_named(text) == size


def test_music_and_quality() -> None:
    assert all(map(wants_no_music, ("不要", "无", "不要音乐", "none", "不用配乐")))
    assert not wants_no_music("不要太吵")
    assert (preset_named("草稿"), preset_named("Best"), preset_named("好看")) == ("draft", "best", None)
