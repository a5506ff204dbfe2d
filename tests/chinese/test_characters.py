"""Chinese characters: which they are, and their Simplified form."""

import pytest

from pipeline.chinese import HAN_RUN, is_han, simplified, simplified_character


@pytest.mark.parametrize("text", ["土豆", "〇", "㐀", "\U00020000", "\uf900"])
def test_rare_and_old_characters_are_chinese_too(text: str) -> None:
    assert is_han(text)


@pytest.mark.parametrize("text", ["", "土豆a", "，", "カ", "1", "土 豆"])
def test_anything_else_is_not(text: str) -> None:
    assert not is_han(text)


def test_runs_end_where_anything_else_begins() -> None:
    assert HAN_RUN.findall("土豆10斤，二〇二六年") == ["土豆", "斤", "二〇二六年"]


@pytest.mark.parametrize("text", ["我們帶著這種蘋果", "乾隆皇帝頭髮", "十塊錢三斤", "plain text"])
def test_a_simplified_text_has_as_many_characters_as_before(text: str) -> None:
    assert len(simplified(text)) == len(text)


def test_one_character_is_simplified_alone_and_anything_else_left_as_it_is() -> None:
    assert [simplified_character(character) for character in "錢钱a，"] == ["钱", "钱", "a", "，"]
