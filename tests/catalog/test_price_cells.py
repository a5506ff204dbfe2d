"""A price's cell is one exact price, with what it buys, or none."""

from decimal import Decimal

import pytest

from pipeline.catalog.price_cells import read_price


@pytest.mark.parametrize(
    ("cell", "amount", "unit"),
    [
        ("8斤装 26.5", "26.50", "8斤装"),
        ("一袋38元", "38.00", "袋"),
        ("18.8（6斤）", "18.80", "6斤"),
        ("22元4斤", "22.00", "4斤"),
        ("7块8", "7.80", ""),
        ("四十二块六", "42.60", ""),
        ("58.8包邮", "58.80", ""),
        ("58.8元/盒（顺丰包邮）", "58.80", "盒"),
        ("六斤只要三十三块", "33.00", "六斤"),
        ("15.5 750g", "15.50", "750g"),
        ("4580分", "45.80", ""),
        ("0.35万元", "3500.00", ""),
        ("26元/箱(8斤)", "26.00", "箱(8斤)"),
        ("一百八", "180.00", ""),
        ("一百八一筐", "180.00", "筐"),
        ("叁拾陆元一盒", "36.00", "盒"),
        ("26。5", "26.50", ""),
        ("廿六块五", "26.50", ""),
        ("两百四", "240.00", ""),
    ],
)
def test_everyday_forms_are_read(cell: str, amount: str, unit: str) -> None:
    price = read_price(cell)
    assert (price.amount, price.unit.text if price.unit else "") == (Decimal(amount), unit)


@pytest.mark.parametrize(
    "cell",
    [
        "26元/4斤、50元/8斤",
        "4斤26 8斤50",
        "26/50",
        "26元/斤起",
        "26～30",
        "26到30元",
        "大个26小个20",
        "原价36现价26",
        "26（第二件13）",
        "时价",
        "8斤",
        "26.855",
        "26元以内",
        "满50减10",
        "30左右",
    ],
)
def test_what_could_be_two_prices_is_none(cell: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_price(cell)


def test_a_heading_in_cents_counts_for_numbers_without_a_word() -> None:
    assert read_price("1680", scale=Decimal("0.01")).amount == Decimal("16.80")
    assert read_price("16.8元", scale=Decimal("0.01")).amount == Decimal("16.80")
