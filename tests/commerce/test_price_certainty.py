"""Which prices are certain to be the story's own, and which numbers beside words of discounts and fees are asked about."""

from decimal import Decimal

import pytest

from benchmarks.quality.prices import said
from pipeline.commerce import check_spoken_prices
from pipeline.documents.offer import Offer

TEA = Offer(sku="tea", name="云雾绿茶", aliases=("绿茶",), price=Decimal("68"), list_price=Decimal("88"), unit="罐(100克)", row=2)


def doubts(text: str, offer: Offer = TEA) -> list[str]:
    return [passage.doubt for passage in check_spoken_prices(offer, said([text]), clip="a.mp4")]


@pytest.mark.parametrize("text", ["绿茶一罐五十八块", "乡亲们，一罐只要五十八块"])
def test_a_price_in_words_that_name_nothing_else_stops(text: str) -> None:
    assert doubts(text) == ["stop"]


@pytest.mark.parametrize(
    "text",
    ["明前的茉莉一罐五十八块", "茉莉花茶呢，一罐五十八块", "要是次品，一罐五十八块", "有人问五十八块一罐行吗", "试吃的绿茶一罐五十八块"],
)
def test_a_price_that_may_be_something_elses_is_asked_about(text: str) -> None:
    assert doubts(text) == ["ask"]


@pytest.mark.parametrize(
    "text",
    [
        "五十八你拎一罐回去",
        "五十八八给大伙儿",
        "九块九！",
        "五十块你拿走",
        "让你们五十八拿走",
        "包运费五十八块",
        "花五十八块就能喝上",
        "超市里贵，来我这儿，五十块一罐",
        "立减三十",
        "just fifty eight for a friend",
        "老表，五十八一罐拿好",
        "two boxes for ninety",
        "五十八一大罐",
        "一百二包圆",
        "平时八十八，双十二五十二块八",
        "买绿茶送五十二块的杯子",
        "连运费五十八块",
        "五十二一口价",
        "便宜三十给街坊",
        "五八五一罐",
        "五八五两罐",
        "自提价是五八",
        "it's fifty six, not eighty eight",
        "这个deal是fifty six",
        "外头五十八一罐",
        "不是五十八块",
    ],
)
def test_what_may_be_a_price_and_is_not_explained_is_asked_about(text: str) -> None:
    assert doubts(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "不是五十八块，是六十八块",
        "立减二十",
        "比超市便宜三十块",
        "我妈今年五十八岁",
        "茶园五十八亩",
        "六八一罐",
        "花六十八块就能喝上",
        "别再花八十八了，六十八给你",
        "八十八降到六十八",
        "三二一，上链接",
        "twenty yuan off",
        "八十八是以前，眼下六十八",
        "平时八十八，双十一六十八块",
        "外婆七十三了，茶还是自己炒",
        "七十块找两块",
        "七十找两块",
        "大概七十块",
        "早年的时候才卖十块钱",
        "八十八块那是超市的价",
        "七十块钱还得找你两块",
        "寄两家一共一百三十六",
        "一罐子六十八",
        "68 for a tin of tea",
        "包邮费六十八块",
        "thirty families pick the tea, only by hand",
    ],
)
def test_what_is_explained_passes(text: str) -> None:
    assert doubts(text) == []


def test_a_price_said_of_another_product_is_held_against_that_product() -> None:
    starch = Offer(sku="starch", name="藕粉", price=Decimal("40"), unit="2斤", row=2)
    flour = Offer(sku="flour", name="荞麦面", price=Decimal("12"), unit="斤", row=3)

    def became(text: str) -> list[str]:
        return [passage.doubt for passage in check_spoken_prices(starch, said([text]), clip="a.mp4", others=[flour])]

    assert became("荞麦面三斤三十六") == []
    assert became("荞麦面三斤六十") == ["ask"]


def test_a_price_and_few_units_said_without_a_word_between_are_asked_about_where_so_many_are_sold() -> None:
    pair = TEA.model_copy(update={"unit": "2罐"})
    assert doubts("五十两罐", pair) == ["ask"]
    assert doubts("六十八两罐", pair) == []
    assert doubts("一罐泡得了二十五六杯", pair) == []
