"""What every amount of a text is: a price and of what, a reduction, an old price, a fee, a share; and what is no money at all."""

from decimal import Decimal

import pytest

from pipeline.chinese import stated_amounts


def told(text: str, *names: str) -> list[tuple[str, str, list[str]]]:
    """Role, amount and quantities of every amount."""
    return [
        (amount.role, f"{amount.amount.normalize():f}", [str(quantity) for quantity in amount.quantities])
        for amount in stated_amounts(text, names)
    ]


@pytest.mark.parametrize(
    ("text", "amount", "quantities"),
    [
        ("二十三九一箱", "23.9", ["箱"]),
        ("九块九包邮", "9.9", []),
        ("八十斤两百四", "240", ["80斤"]),
        ("四毛一两", "0.4", ["两"]),
        ("半斤三十五", "35", ["0.5斤"]),
        ("十斤一百三十六", "136", ["10斤"]),
        ("一间288", "288", ["间"]),
        ("288一间", "288", ["间"]),
        ("一百五十六一盒八个", "156", ["盒", "8个"]),
        ("七十六元五角", "76.5", []),
        ("十块零五毛", "10.5", []),
        ("1.35万元一头", "13500", ["头"]),
        ("一萬三一頭", "13000", ["头"]),
        ("四斤２６塊８", "26.8", ["4斤"]),
        ("一个橘篮一百一十六", "116", ["个"]),
        ("一块一公斤一百六十五", "165", ["公斤"]),
        ("用完券三十六块八", "36.8", []),
    ],
)
def test_a_price_is_read_with_what_it_buys(text: str, amount: str, quantities: list[str]) -> None:
    assert told(text, "橘篮") == [("price", amount, quantities)]


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("三箱减十五块", ["reduction"]),
        ("省二十五", ["reduction"]),
        ("满八十八减八块", ["threshold", "reduction"]),
        ("第二盒半价", ["share"]),
        ("全部八五折", ["share"]),
        ("原价五十九，现价四十九", ["old_price", "price"]),
        ("从六十六降到五十六", ["old_price", "price"]),
        ("网上都卖四十块，我们只要三十块", ["price_elsewhere", "price"]),
        ("运费九块", ["fee"]),
        ("十五块的券", ["voucher"]),
        ("比它贵八块钱", ["difference"]),
        ("摘果的人工一天一百六十块", ["expense"]),
        ("第三斤五块", ["later_piece"]),
    ],
)
def test_the_words_around_an_amount_say_what_it_is(text: str, roles: list[str]) -> None:
    assert [amount.role for amount in stated_amounts(text)] == roles


@pytest.mark.parametrize(
    "text",
    [
        "一箱二十四个",
        "一斤七八个",
        "海拔一千六百米",
        "净重四斤六两",
        "我们三百二十户人家",
        "三，二，一，上链接",
        "一年三百六十五天",
        "几十块钱",
        "五常大米种在五常",
        "六安瓜片一两能泡十杯",
    ],
)
def test_weights_lengths_and_numbers_of_things_are_no_money(text: str) -> None:
    assert told(text, "五常大米", "六安瓜片") == []


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("十七八块", 17, 18),
        ("六十多块", 60, 70),
        ("不到五十块", 30, 50),
        ("五十块有找", 30, 50),
        ("四块五毛多", "4.5", "4.95"),
        ("四十块左右", 34, 46),
    ],
)
def test_a_rough_amount_says_what_it_may_mean(text: str, low: int | str, high: int | str) -> None:
    (amount,) = stated_amounts(text)
    assert amount.about
    assert (amount.low, amount.high) == (Decimal(low), Decimal(high))


def test_a_quantity_belongs_to_the_price_in_its_own_clause() -> None:
    assert told("一亩产五千斤，两块六一斤，八斤二十块八") == [("price", "2.6", ["斤"]), ("price", "20.8", ["8斤"])]


def test_offsets_are_those_of_the_text_as_given() -> None:
    text = "來，１０斤２９塊９"
    (amount,) = stated_amounts(text)
    assert (text[amount.start : amount.end], text[amount.amount_start : amount.amount_end]) == ("１０斤２９塊９", "２９塊９")


@pytest.mark.parametrize("text", ["喜欢的朋友千万不要错过", "千万别放冰箱里", "大家千万记得先吃软的", "您可千万要看清楚地址"])
def test_by_all_means_is_no_ten_million(text: str) -> None:
    assert stated_amounts(text) == ()


def test_a_real_ten_million_still_counts() -> None:
    assert [amount.amount for amount in stated_amounts("一千万块钱")] == [Decimal(10_000_000)]
