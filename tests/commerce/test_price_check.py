"""One price: the speech is held against the sheet."""

from decimal import Decimal

import pytest

from pipeline.commerce import check_spoken_price
from pipeline.documents.offer import Offer
from pipeline.documents.transcript import Phrase, Word
from pipeline.errors import PersonNeeded

POTATO = Offer(sku="P", name="冕宁土豆", aliases=("土豆",), price=Decimal("29.90"), unit="10斤", row=2)
APPLE = Offer(sku="A", name="盐源苹果", aliases=("苹果",), price=Decimal("35.80"), unit="10斤", row=4)


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
    assert check_spoken_price(POTATO, said(text), clip="a.mp4") == ()


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
    with pytest.raises(PersonNeeded):
        check_spoken_price(POTATO, said(text), clip="a.mp4")


def test_the_stop_names_clip_second_words_and_sheet_line() -> None:
    with pytest.raises(PersonNeeded, match=r"VID\(1\)\.mp4, second 3\.5: .*十斤十九块九.*¥19\.9/10斤.*¥29\.9/10斤 in line 2"):
        check_spoken_price(POTATO, said("我们的土豆沙又甜", "，十斤十九块九"), clip="VID(1).mp4")


def test_another_price_badly_heard_is_a_warning() -> None:
    (warning,) = check_spoken_price(POTATO, said("十斤十九块九", probability=0.4), clip="a.mp4")
    assert "十九块九" in str(warning)


def test_one_doubtful_word_in_the_price_is_enough_to_ask_instead_of_stop() -> None:
    phrase = said("十斤十九块九")[0]
    doubtful = phrase.words[1].model_copy(update={"probability": 0.1})
    phrases = [phrase.model_copy(update={"words": (phrase.words[0], doubtful, *phrase.words[2:])})]
    assert len(check_spoken_price(POTATO, phrases, clip="a.mp4")) == 1


def test_a_bundle_that_the_sheet_does_not_price_is_a_warning() -> None:
    (warning,) = check_spoken_price(POTATO, said("二十斤只要五十块"), clip="a.mp4")
    assert "20斤" in str(warning)


def test_quantity_and_price_may_stand_in_two_phrases() -> None:
    with pytest.raises(PersonNeeded):
        check_spoken_price(POTATO, said("冕宁土豆，十斤", "十九块九"), clip="a.mp4")


def test_the_price_of_another_product_is_not_held_against_this_one() -> None:
    phrases = said("第三款盐源苹果", "十斤三十五块八")
    assert check_spoken_price(POTATO, phrases, clip="a.mp4", others=[APPLE]) == ()
    with pytest.raises(PersonNeeded):
        check_spoken_price(POTATO, phrases, clip="a.mp4")


def test_units_in_brackets_count_both_ways() -> None:
    crate = POTATO.model_copy(update={"unit": "箱(10斤)"})
    assert check_spoken_price(crate, said("一箱二十九块九"), clip="a.mp4") == ()
    assert check_spoken_price(crate, said("十斤二十九块九"), clip="a.mp4") == ()
    with pytest.raises(PersonNeeded):
        check_spoken_price(crate, said("一箱三十九块九"), clip="a.mp4")


def test_silence_says_nothing() -> None:
    assert check_spoken_price(POTATO, [], clip="a.mp4") == ()
