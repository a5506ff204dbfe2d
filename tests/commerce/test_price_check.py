"""One price: the speech is held against the sheet."""

import re
from collections.abc import Sequence
from decimal import Decimal

import pytest

from pipeline.commerce import check_spoken_prices
from pipeline.documents.offer import Offer
from pipeline.documents.spoken_prices import PricePassage
from pipeline.documents.transcript import Phrase, Word

POTATO = Offer(sku="P", name="冕宁土豆", aliases=("土豆",), price=Decimal("29.90"), unit="10斤", row=2)
APPLE = Offer(sku="A", name="盐源苹果", aliases=("苹果",), price=Decimal("35.80"), unit="10斤", row=4)


def settle(phrases: Sequence[Phrase], offer: Offer = POTATO, others: Sequence[Offer] = (), clip: str = "a.mp4") -> tuple[PricePassage, ...]:
    """What a person must settle of what was said."""
    return check_spoken_prices(offer, phrases, clip=clip, others=others)


def doubts(phrases: Sequence[Phrase], offer: Offer = POTATO, others: Sequence[Offer] = ()) -> list[str]:
    return [passage.doubt for passage in settle(phrases, offer, others)]


def said(*texts: str, probability: float = 0.9, gap_s: float = 0.5) -> list[Phrase]:
    """Phrases of half a second a word of two characters, with pauses between them."""
    phrases, at = [], 1.0
    for text in texts:
        words = []
        start = at
        for place in range(0, len(text), 2):
            words.append(Word(start_s=at, end_s=at + 0.5, text=text[place : place + 2], probability=probability))
            at += 0.5
        phrases.append(Phrase(start_s=start, end_s=at, words=tuple(words)))
        at += gap_s
    return phrases


@pytest.mark.parametrize(
    "text",
    [
        "冕宁土豆，十斤二十九块九。",
        "只要29.9",
        "五公斤二十九块九",
        "三块钱一斤",
        "二十斤五十九块八",
        "平时要三十九块九，今天十斤二十九块九，满两箱减十块",
        "海拔两千米，今晚十点前下单",
        "我一天挣两百块",
        "土豆三十块左右十斤",
        "土豆10斤29块酒",
        "29块酒十斤",
    ],
)
def test_the_sheets_own_price_passes_without_a_word(text: str) -> None:
    assert settle(said(text)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "冕宁土豆，十斤十九块九。",
        "五公斤三十九块九",
        "土豆只要二十五块",
        "五斤二十九块九",
        "现在十斤三十块",
        "十斤三十九块酒",
        "十斤三十块吧",
        "十斤19.9",
        "十斤二十六九包邮",
    ],
)
def test_another_price_clearly_said_stops_for_a_person(text: str) -> None:
    assert doubts(said(text)) == ["stop"]


def test_the_stop_names_clip_second_words_and_sheet_line() -> None:
    (passage,) = settle(said("我们的土豆沙又甜", "，十斤十九块九"), clip="VID(1).mp4")
    assert re.search(r"VID\(1\)\.mp4, second 3\.5: .*十斤十九块九.*¥19\.9/10斤.*¥29\.9/10斤 in line 2", str(passage.message))


def test_another_price_badly_heard_is_a_warning() -> None:
    (passage,) = settle(said("十斤十九块九", probability=0.4))
    assert passage.doubt == "ask"
    assert "十九块九" in str(passage.message)


def test_one_doubtful_word_in_the_price_is_enough_to_ask_instead_of_stop() -> None:
    phrase = said("十斤十九块九")[0]
    doubtful = phrase.words[1].model_copy(update={"probability": 0.1})
    phrases = [phrase.model_copy(update={"words": (phrase.words[0], doubtful, *phrase.words[2:])})]
    assert doubts(phrases) == ["ask"]


def test_a_bundle_that_the_sheet_does_not_price_is_a_warning() -> None:
    (passage,) = settle(said("二十斤只要五十块"))
    assert passage.doubt == "ask"
    assert "20斤" in str(passage.message)


def test_quantity_and_price_may_stand_in_two_phrases() -> None:
    assert doubts(said("冕宁土豆，十斤", "十九块九")) == ["stop"]


def test_the_price_of_another_product_is_not_held_against_this_one() -> None:
    phrases = said("第三款盐源苹果", "十斤三十五块八")
    assert doubts(phrases, others=[APPLE]) == []
    assert doubts(phrases) == ["stop"]


def test_units_in_brackets_count_both_ways() -> None:
    crate = POTATO.model_copy(update={"unit": "箱(10斤)"})
    assert doubts(said("一箱二十九块九"), crate) == []
    assert doubts(said("十斤二十九块九"), crate) == []
    assert doubts(said("一箱三十九块九"), crate) == ["stop"]


def test_silence_says_nothing() -> None:
    assert settle([]) == ()


SMALL_POTATO = POTATO.model_copy(update={"sku": "P5", "price": Decimal("16.80"), "unit": "5斤"})
LISTED = POTATO.model_copy(update={"list_price": Decimal("39.90")})


def test_another_pack_of_the_sheet_never_stops_a_story() -> None:
    assert doubts(said("五斤十六块八，十斤二十九块九"), others=[SMALL_POTATO]) == []
    assert doubts(said("五斤二十九块九"), others=[SMALL_POTATO]) == ["stop"]


def test_what_one_comes_to_at_a_price_that_was_just_said_is_right() -> None:
    single = POTATO.model_copy(update={"price": Decimal("3.50"), "unit": "斤"})
    assert doubts(said("十斤二十九块九，一斤才三块"), single, [POTATO.model_copy(update={"sku": "P10"})]) == []
    assert doubts(said("土豆一斤才三块"), single) == ["stop"]


@pytest.mark.parametrize("text", ["原价三十九块九，减十块", "平时三十九块九，今天二十九块九十斤", "七五折，二十九块九", "两箱减二十"])
def test_a_reduction_that_leads_from_the_old_price_to_the_new_one_is_right(text: str) -> None:
    assert doubts(said(text), LISTED) == []


@pytest.mark.parametrize("text", ["原价三十九块九，减十五块", "原价四十九块九，今天二十九块九十斤", "今天六折", "用完券二十五块九"])
def test_a_reduction_that_leads_elsewhere_is_asked_about(text: str) -> None:
    assert doubts(said(text), LISTED) == ["ask"]


def test_the_words_of_the_amount_decide_and_not_those_of_its_quantity() -> None:
    (phrase,) = said("十斤十九块九")
    quantity_unheard = phrase.model_copy(update={"words": (phrase.words[0].model_copy(update={"probability": 0.2}), *phrase.words[1:])})
    assert doubts([quantity_unheard]) == ["stop"]
    five = POTATO.model_copy(update={"sku": "P5", "price": Decimal("19.90"), "unit": "5斤"})
    assert doubts([quantity_unheard], others=[five]) == ["ask"], "perhaps the other pack was said"


def test_a_wrong_price_after_another_product_is_asked_about() -> None:
    assert doubts(said("盐源苹果十斤三十五块八", "五斤十块", gap_s=3), others=[APPLE]) == ["ask"]


def test_a_passage_keeps_its_id_as_long_as_sound_words_and_sheet_do() -> None:
    (first,), (again,) = settle(said("十斤十九块九")), settle(said("十斤十九块九"))
    (other_price,) = settle(said("十斤十九块九"), POTATO.model_copy(update={"price": Decimal("28")}))
    (later,) = settle(said("好，土豆", "十斤十九块九"))
    assert first.id == again.id
    assert len({first.id, other_price.id, later.id}) == 3


@pytest.mark.parametrize(
    ("text", "probability", "unclear"), [("十斤一百九十九", 0.9, True), ("十斤十九块九", 0.4, True), ("二十斤五十块", 0.9, False)]
)
def test_what_was_not_heard_clearly_is_held_off_the_picture(text: str, probability: float, unclear: bool) -> None:
    (passage,) = settle(said(text, probability=probability))
    assert passage.unclear is unclear
