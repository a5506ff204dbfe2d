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
