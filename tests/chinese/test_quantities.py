"""Quantities as they are written and said, and which of them are the same."""

import pytest

from pipeline.chinese import Quantity, counted_quantities, read_quantities


@pytest.mark.parametrize(
    ("unit", "quantities"),
    [
        ("10斤", ["10斤"]),
        ("十斤装", ["10斤"]),
        ("箱(10斤)", ["箱", "10斤"]),
        ("斤", ["斤"]),
        ("半斤", ["0.5斤"]),
        ("5 KG", ["5kg"]),
        ("boxes", ["boxes"]),
        ("盆栽", ["盆栽"]),
        ("", []),
    ],
)
def test_the_unit_of_a_sheet_is_read_whole(unit: str, quantities: list[str]) -> None:
    assert [str(quantity) for quantity in read_quantities(unit)] == quantities


@pytest.mark.parametrize(
    ("one", "other"), [("5公斤", "10斤"), ("500克", "一斤"), ("两斤", "1kg"), ("1升", "1000毫升"), ("2 boxes", "两box"), ("十两", "1斤")]
)
def test_equal_quantities_are_the_same_in_any_unit(one: str, other: str) -> None:
    (first,), (second,) = read_quantities(one), read_quantities(other)
    assert first.amount_in_base() == second.amount_in_base()


def test_a_unit_that_is_only_counted_equals_itself_alone() -> None:
    (crate,), (bag,) = read_quantities("箱"), read_quantities("袋")
    assert crate.amount_in_base() != bag.amount_in_base()


def test_only_what_is_counted_is_a_quantity_in_running_text() -> None:
    text = "每斤三块，一箱十斤，装箱发货，三个月内，/10斤，单件"
    assert [str(mention.quantity) for mention in counted_quantities(text)] == ["斤", "箱", "10斤", "10斤", "件"]


def test_a_quantity_is_where_it_stands() -> None:
    (mention,) = counted_quantities("我们的土豆半斤起")
    assert "我们的土豆半斤起"[mention.start : mention.end] == "半斤"
    assert mention.quantity == Quantity(count=mention.quantity.count, unit="斤")
