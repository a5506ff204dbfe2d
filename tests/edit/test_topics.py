"""What is said of which product: names with their tones, the words around them, and prices decide together."""

from decimal import Decimal

import pytest

from pipeline.documents.offer import Offer
from pipeline.edit.takes import Take
from pipeline.edit.topics import drop_other_products, left_out_for_others, names_product

EGGS = Offer(sku="E", name="大别山土鸡蛋", aliases=("土鸡蛋", "鸡蛋"), price=Decimal("36.8"), unit="30枚")
POMEGRANATES = Offer(sku="S", name="会理石榴", aliases=("石榴",), price=Decimal("45"), unit="5斤")
OTHERS = [
    POMEGRANATES,
    *(
        Offer(sku=name, name=name, price=Decimal(20 + number), unit="5斤")
        for number, name in enumerate(
            ["山药", "大蒜", "大枣", "栗子", "梨子", "李子", "柚子", "香梨", "菜油", "土鸡", "生姜", "苹果", "橘子", "花椒"]
        )
    ),
]


def stands(talk, *sentences: str, offer: Offer = EGGS, others=OTHERS) -> list[str]:
    """The sentences that stay."""
    takes = drop_other_products([Take("a", phrase) for phrase in talk(*sentences)], offer, others)
    return [take.phrase.text for take in takes if take.stands]


@pytest.mark.parametrize(
    "sentence",
    [
        "一箱三十六块八两箱七十块",
        "我们家就在半山腰上",
        "我打算多种一点",
        "一大早就去捡",
        "大早上捡回来的",
        "给大家举个例子",
        "没有籽的",
        "都是我们乡里的老人养的",
        "十月才有的",
        "这是一次突击",
        "要用升降机搬",
        "一百一十六块",
        "一共十六箱",
        "鸡就在橘子地里跑",
        "比苹果还香",
        "跟花椒一起炒",
        "树上结的不是李子",
        "当李子那么大",
        "送一包花椒",
    ],
)
def test_what_is_plainly_another_word_or_only_held_beside_it_stays(talk, sentence):
    assert stands(talk, "大别山的散养土鸡蛋", sentence, "点下面的小黄车") == ["大别山的散养土鸡蛋", sentence, "点下面的小黄车"]


def test_talk_of_another_product_goes_until_the_own_one_is_named(talk):
    said = ("这是我们的土鸡蛋", "再来看会理石榴", "五斤四十五块", "鸡蛋每天早上捡")
    assert stands(talk, *said) == [said[0], said[3]]


def test_the_own_price_brings_the_topic_back(talk):
    said = ("这是我们的土鸡蛋", "石榴也熟了", "三十枚三十六块八", "坏了包赔")
    assert stands(talk, *said) == [said[0], said[2], said[3]]


def test_a_name_that_only_sounds_alike_needs_its_price(talk):
    alone = ("这是我们的土鸡蛋", "我们的会里石留也熟了", "大家都来看看")
    assert stands(talk, *alone) == list(alone)
    priced = ("这是我们的土鸡蛋", "我们的会里石留也熟了", "五斤四十五块")
    assert stands(talk, *priced) == [priced[0]]


def test_another_pack_of_the_same_product_is_the_same_product(talk):
    ten = EGGS.model_copy(update={"sku": "E10", "price": Decimal("14"), "unit": "10枚"})
    said = ("土鸡蛋十枚十四块", "三十枚三十六块八")
    assert stands(talk, *said, others=[ten, *OTHERS]) == list(said)


def test_the_longer_name_counts_where_one_lies_in_the_other(talk):
    powder = Offer(sku="P", name="鸡蛋面", price=Decimal(12), unit="2斤")
    said = ("这是我们的土鸡蛋", "鸡蛋面也有卖的", "两斤十二块")
    assert stands(talk, *said, others=[powder]) == [said[0]]


def test_a_person_is_told_what_was_left_out_with_its_words(talk):
    takes = drop_other_products([Take("a", phrase) for phrase in talk("这是土鸡蛋", "会理石榴五斤四十五块", "石榴皮薄")], EGGS, OTHERS)
    told = str(left_out_for_others(takes))
    assert "会理石榴五斤四十五块" in told
    assert "石榴皮薄" in told
    assert left_out_for_others(takes[:1]) is None


@pytest.mark.parametrize(
    ("text", "named"), [("买点石榴", True), ("会里石留皮薄", True), ("三十六块", False), ("石榴裙", True), ("一十六", False)]
)
def test_the_product_is_named_by_its_letters_or_its_sound(text, named):
    assert names_product(text, POMEGRANATES) is named
