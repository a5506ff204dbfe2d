"""A price that is said is held against this pack, and against the other packs of the same product."""

from decimal import Decimal

import pytest

from pipeline.commerce.price_verdict import packs_of, price_verdict
from pipeline.commerce.spoken_prices import find_spoken_prices
from pipeline.documents.offer import Offer


def offer(name: str, price: str, unit: str, **more: object) -> Offer:
    return Offer.model_validate({"sku": f"{name}-{unit}", "name": name, "price": Decimal(price), "unit": unit, **more})


PLUM = offer("南山李子", "26.50", "5斤")
SMALL = offer("南山李子", "17.00", "3斤")
LARGE = offer("南山李子（10斤装）", "49.00", "10斤")
PEAR = offer("南山梨", "17.00", "3斤")


def test_packs_are_the_rows_of_the_same_product() -> None:
    assert packs_of(PLUM, [SMALL, LARGE, PEAR]) == (SMALL, LARGE)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("五斤二十六块五", "same"),
        ("三斤十七块", "same"),
        ("十斤四十九块", "same"),
        ("五块三一斤", "same"),
        ("四块九一斤", "same"),
        ("只要二十六块五", "same"),
        ("五斤二十三块五", "other"),
        ("三斤二十六块五", "other"),
        ("十斤五十三块", "other"),
        ("只要二十三块五", "other"),
        ("只要十七块", "unsure"),
        ("三块八一斤", "pack"),
        ("一箱八十块", "pack"),
    ],
)
def test_every_pack_has_its_own_price(text: str, verdict: str) -> None:
    (price,) = find_spoken_prices(text)
    assert price_verdict(PLUM, price, True, (SMALL, LARGE)) == verdict


def test_a_cheap_thing_is_not_rounded_to_another_price() -> None:
    cabbage = offer("大白菜", "4.00", "10斤")
    (right,), (wrong,) = find_spoken_prices("四毛一斤"), find_spoken_prices("五毛一斤")
    assert (price_verdict(cabbage, right, True), price_verdict(cabbage, wrong, True)) == ("same", "pack")
