"""Which prices are heard in a sentence, and which numbers are none."""

from decimal import Decimal

import pytest

from pipeline.commerce import find_spoken_prices


@pytest.mark.parametrize(
    ("text", "amount", "quantities"),
    [
        ("二十九块九", "29.9", []),
        ("九块九", "9.9", []),
        ("一百二", "120", []),
        ("三十五块八", "35.8", []),
        ("29.9元", "29.9", []),
        ("29块9", "29.9", []),
        ("29块90", "29.9", []),
        ("￥29.90", "29.9", []),
        ("两块五毛", "2.5", []),
        ("二十九块九毛九", "29.99", []),
        ("三块零五", "3.05", []),
        ("十斤二十九块九", "29.9", ["10斤"]),
        ("冕宁土豆，十斤，只要二十九块九。", "29.9", ["10斤"]),
        ("冕宁土豆10斤29块9", "29.9", ["10斤"]),
        ("29块9 10斤", "29.9", ["10斤"]),
        ("二十九块九十斤", "29.9", ["10斤"]),
        ("二十块二十斤", "20", ["20斤"]),
        ("三块一斤", "3", ["斤"]),
        ("三块五一斤", "3.5", ["斤"]),
        ("三块半一斤", "3.5", ["斤"]),
        ("十块两斤", "10", ["2斤"]),
        ("九块九两斤", "9.9", ["2斤"]),
        ("每斤三块", "3", ["斤"]),
        ("五毛钱一个", "0.5", ["个"]),
        ("一百二一箱", "120", ["箱"]),
        ("一箱十斤二十九块九", "29.9", ["10斤", "箱"]),
        ("29.9元/10斤", "29.9", ["10斤"]),
        ("5公斤29块9", "29.9", ["5公斤"]),
        ("二十九块九就能带走十斤", "29.9", ["10斤"]),
        ("十塊錢三斤", "10", ["3斤"]),
        ("九点九包邮", "9.9", []),
        ("优惠到十九块九", "19.9", []),
        ("每晚一百六十八元", "168", ["晚"]),
        ("明天九点九块九秒杀", "9.9", []),
        ("只要三十，快来", "30", []),
        ("两块五毛10斤", "2.5", ["10斤"]),
        ("一千零十元一箱", "1010", ["箱"]),
    ],
)
def test_a_price_is_heard_with_what_it_buys(text: str, amount: str, quantities: list[str]) -> None:
    (price,) = find_spoken_prices(text)
    assert price.amount == Decimal(amount)
    assert [str(quantity) for quantity in price.quantities] == quantities


@pytest.mark.parametrize(
    "text",
    [
        "我们的土豆长在海拔两千米的大凉山上",
        "海拔一千二百米",
        "今晚十点前下单，明天中午到店自提",
        "第一款，第二款",
        "2026年10月12日",
        "晚上八点三十分",
        "下午三点半到",
        "三百二十六户人",
        "一年三百六十五天",
        "百分之三十",
        "扣个一",
        "满两箱减十块",
        "两箱减十块",
        "第二件半价",
        "第二件十块",
        "十块钱优惠券",
        "满九十九块包邮",
        "运费十块",
        "给大家优惠十块",
        "一块地，两块田",
        "两块土豆",
        "我们在一块",
        "好几块",
        "八角和花椒",
        "买十斤送一斤",
    ],
)
def test_what_is_no_price_is_not_heard_as_one(text: str) -> None:
    assert find_spoken_prices(text) == ()


def test_two_prices_keep_their_own_quantities() -> None:
    heard = [
        (str(price.amount), str(price.quantities[0]))
        for price in find_spoken_prices("五斤装的十五块，十斤装的二十九块九；五块一斤，四十五块十斤")
    ]
    assert heard == [("15", "5斤"), ("29.9", "10斤"), ("5", "斤"), ("45", "10斤")]


def test_former_and_other_peoples_prices_are_marked() -> None:
    now, before = find_spoken_prices("直播间价格，十斤二十九块九，平时要三十九块九。")
    assert (now.was, before.was) == (False, True)
    theirs, ours = find_spoken_prices("超市里都卖五块一斤，我们只要三块")
    assert (theirs.was, ours.was) == (True, False)


def test_rough_prices_are_marked() -> None:
    assert [price.about for price in find_spoken_prices("三十多块；不到三十块；三十块左右；三十块")] == [True, True, True, False]


def test_the_words_are_found_again_in_the_text() -> None:
    text = "好，我们的土豆，十斤二十九块九，快来"
    (price,) = find_spoken_prices(text)
    assert text[price.start : price.end] == price.text == "十斤二十九块九"


def test_a_products_name_may_stand_between_a_quantity_and_its_price() -> None:
    (price,) = find_spoken_prices("一篮三月李只要三十六块", ["三月李"])
    assert (str(price.amount), [str(quantity) for quantity in price.quantities]) == ("36", ["篮"])
