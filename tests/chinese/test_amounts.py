"""Money as it is written and said: sheet, speech and checks read it by the same reader."""

from decimal import Decimal

import pytest

from pipeline.chinese import currency_code, exact_amount, foreign_amounts, mask_amounts, money_amounts


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("29.90", "29.90", ""),
        ("¥29.9", "29.9", "CNY"),
        ("29.9元整", "29.9", "CNY"),
        ("1,299.00", "1299.00", ""),
        ("29,9", "29.9", ""),
        ("us$4.5", "4.5", "USD"),
        ("30人民币", "30", "CNY"),
        ("29块9", "29.9", "CNY"),
        ("二十九块九", "29.9", "CNY"),
        ("二十九块九毛九", "29.99", "CNY"),
        ("五毛钱", "0.5", "CNY"),
        ("三块零五", "3.05", "CNY"),
        ("一百二十元", "120", "CNY"),
    ],
)
def test_a_whole_text_states_one_amount(text: str, amount: str, currency: str) -> None:
    stated = exact_amount(text)
    assert stated is not None
    assert (stated.amount, stated.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "text",
    ["", "面议", "29-39", "29.9起", "约30", "三十多块", "两三块", "二九块", "29块酒", "一百二", "十斤二十九块九", "八角", "1e3", "3块5块"],
)
def test_what_is_rough_or_more_than_one_amount_or_none_states_nothing(text: str) -> None:
    assert exact_amount(text) is None


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("两块五毛10斤", ["2.5"]),
        ("五毛20斤", ["0.5"]),
        ("两块五毛五", ["2.55"]),
        ("二十块二十斤，三块一斤", ["20", "3"]),
        ("九点九块九", ["9.9"]),
        ("一千零十元", ["1010"]),
        ("价格30，海拔2000", ["30"]),
        ("一块地，八角和花椒", []),
    ],
)
def test_amounts_end_where_the_quantity_begins(text: str, amounts: list[str]) -> None:
    assert [amount.amount for amount in money_amounts(text)] == [Decimal(amount) for amount in amounts]


def test_an_amount_knows_how_it_was_said() -> None:
    rough, heard, bare, worded, figures = money_amounts("三十多块；29块酒；30块；30块钱；29.9")
    assert (rough.about, heard.perhaps, bare.bare, worded.bare, figures.worded) == (True, Decimal("29.9"), True, False, False)


def test_a_text_without_its_amounts_is_as_long_as_before() -> None:
    text = "三块五一斤"
    assert mask_amounts(text, money_amounts(text)) == "###一斤"


def test_other_currencies_are_known_by_their_signs() -> None:
    text = "was us$6, now $4.50; HK$30, usd 1,299.00, ¥29.9, 5 euro"
    assert [(str(amount.amount), amount.currency) for amount in foreign_amounts(text)] == [
        ("6", "USD"),
        ("4.50", "USD"),
        ("30", "HKD"),
        ("1299.00", "USD"),
    ]


@pytest.mark.parametrize(
    ("mark", "code"),
    [("元", "CNY"), ("RMB", "CNY"), ("¥", "CNY"), ("块钱", "CNY"), ("hk$", "HKD"), ("€", "EUR"), ("豆", None)],
)
def test_a_currency_has_many_marks(mark: str, code: str | None) -> None:
    assert currency_code(mark) == code
