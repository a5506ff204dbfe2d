"""Numbers as they are written and said, read back from cn2an's spelling of them."""

import random
from decimal import Decimal

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.chinese import digit_by_sound, read_number


def test_every_number_to_ten_thousand_is_read_as_it_is_spelt() -> None:
    wrong = [(spelt, value) for value in range(10_000) if read_number(spelt := cn2an.an2cn(value)) != value]
    assert wrong == []


def test_numbers_with_ten_thousands_are_read_as_they_are_spelt() -> None:
    values = random.Random(5).sample(range(10_000, 100_000_000), 3000)
    wrong = [(spelt, value) for value in values if read_number(spelt := cn2an.an2cn(value)) != value]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一百二", "120"),
        ("两千五", "2500"),
        ("三万五", "35000"),
        ("一百零二", "102"),
        ("一万零二", "10002"),
        ("一千二百五", "1250"),
        ("一千零十", "1010"),
        ("二百零十二", "212"),
        ("百二", "120"),
        ("二九", "29"),
        ("二零二六", "2026"),
        ("幺零零", "100"),
        ("俩", "2"),
        ("半", "0.5"),
        ("二十九点九", "29.9"),
        ("零点零五", "0.05"),
        ("29.90", "29.90"),
        ("1,299", "1299"),
    ],
)
def test_numbers_are_read_as_people_say_them(text: str, value: str) -> None:
    assert read_number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "斤", "万", "点五", "三点半", "十百", "两千百", "一百二百", "九零十", "万万", ",", "1e3", "-3"])
def test_what_is_no_number_has_no_value(text: str) -> None:
    assert read_number(text) is None


@given(st.text("零一二两三九十百千万点半0123,.", max_size=8))
def test_no_text_of_number_characters_is_too_much(text: str) -> None:
    value = read_number(text)
    assert value is None or value >= 0


@pytest.mark.parametrize(
    ("character", "digit"), [("酒", 9), ("吧", 8), ("物", 5), ("耳", 2), ("九", 9), ("十", None), ("豆", None), ("a", None), ("", None)]
)
def test_a_digit_is_known_by_its_sound(character: str, digit: int | None) -> None:
    assert digit_by_sound(character) == digit
