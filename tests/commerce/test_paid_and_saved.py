"""Prices that are said by what is paid, what is saved, or with something else: held against the sheet like any other."""

from decimal import Decimal

import pytest

from benchmarks.quality.prices import said
from pipeline.commerce import check_spoken_prices
from pipeline.documents.offer import Offer

HONEY = Offer(sku="1", name="荔枝蜜", price=Decimal("64.80"), unit="瓶", list_price=Decimal("79.80"))
DUCK = Offer(sku="2", name="水鸭", price=Decimal("88"), unit="只")
TWO_DUCKS = Offer(sku="3", name="水鸭", price=Decimal("160"), unit="两只")
ROE = Offer(sku="4", name="咸鸭蛋", price=Decimal("26"), unit="盒")


def doubts(offer: Offer, text: str, *others: Offer) -> list[str]:
    return [passage.doubt for passage in check_spoken_prices(offer, said([text]), clip="a.mp4", others=others)]


@pytest.mark.parametrize(
    "text",
    [
        "荔枝蜜拿六十五来，不用找了",
        "七十块给我，找五块二",
        "省下来十五块，又够喝两顿茶",
        "荔枝蜜加咸鸭蛋，九十块八",
        "一顿早茶也就用三块钱",
        "外头一碗都二十了",
    ],
)
def test_what_comes_to_the_sheets_price_is_right(text: str) -> None:
    assert not doubts(HONEY, text, ROE)


@pytest.mark.parametrize(
    "text",
    [
        "荔枝蜜拿五十来，不用找了",
        "六十块给我，找五块二",
        "省下来二十五块，又够喝两顿茶",
        "荔枝蜜加咸鸭蛋，八十块整",
        "五十出头一瓶",
        "再便宜十块，五十四块八成交",
    ],
)
def test_what_comes_to_another_price_is_not(text: str) -> None:
    assert doubts(HONEY, text, ROE)


def test_two_save_what_they_cost_less_than_twice_one() -> None:
    assert not doubts(DUCK, "两只一起一百六，省十六", TWO_DUCKS)
    assert doubts(DUCK, "两只一起一百四，省三十六", TWO_DUCKS)


def test_a_whole_one_is_no_count_of_so_many() -> None:
    assert not doubts(DUCK, "不零切，都是八十八整只发", TWO_DUCKS)


def test_an_old_price_in_english_says_nothing_of_the_next_sentence() -> None:
    tea = Offer(sku="5", name="dark tea", price=Decimal("46"), unit="cake", list_price=Decimal("66"))
    texts = ["it was sixty six last month", "a cake is forty six"]
    assert not check_spoken_prices(tea, said(texts, 0.5), clip="a.mp4")
