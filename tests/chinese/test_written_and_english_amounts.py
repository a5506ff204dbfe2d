"""Amounts in the numerals of cheques, with 廿 and 卅, with change, and in English are read by the one reader of amounts."""

from decimal import Decimal

import pytest

from pipeline.chinese import exact_amount, stated_amounts


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("叁拾陆元", "36"),
        ("壹佰贰拾元整", "120"),
        ("廿四块五", "24.5"),
        ("卅六元", "36"),
        ("46。5", "46.5"),
        ("四十六块五", "46.5"),
    ],
)
def test_an_amount_that_is_written_in_full_is_exact(text: str, amount: str) -> None:
    read = exact_amount(text)
    assert read is not None
    assert read.amount == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "amount", "bought"),
    [
        ("桃子卅六块一筐", "36", "筐"),
        ("五十块钱找你四块，一筐", "46", "筐"),
        ("一百块能买两筐还剩八块", "92", "2筐"),
        ("一百块找你六十四，一筐", "36", "筐"),
        ("四床正好三百六十块", "360", "4床"),
        ("thirty six yuan a box", "36", "box"),
        ("only RMB 36 per box", "36", "box"),
        ("one hundred and twenty yuan for two boxes", "120", "2boxes"),
        ("honey is twenty-four point five yuan per kilo", "24.5", "kg"),
    ],
)
def test_a_spoken_amount_has_its_value_and_what_it_buys(text: str, amount: str, bought: str) -> None:
    (stated,) = stated_amounts(text)
    assert (stated.amount, str(stated.quantities[0])) == (Decimal(amount), bought)
    assert text[stated.amount_start : stated.amount_end].strip()


@pytest.mark.parametrize("text", ["大陆这边收拾好了", "one box is on the table", "we have twenty trees", "五卅路口见"])
def test_words_that_look_like_numbers_are_no_amounts(text: str) -> None:
    assert stated_amounts(text) == ()


def test_what_it_was_is_an_old_price() -> None:
    assert [amount.role for amount in stated_amounts("it was fifty yuan a box, now it is 36 yuan a box")] == ["old_price", "price"]
