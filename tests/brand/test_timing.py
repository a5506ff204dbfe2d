"""The price stands on the picture while it is said."""

import pytest

from pipeline.brand.timing import PRICE_AFTER_S, PRICE_BEFORE_S, Times

FPS = 30
BEFORE, AFTER = round(PRICE_BEFORE_S * FPS), round(PRICE_AFTER_S * FPS)


def times(*said: tuple[int, int], card: int | None = 60, cuts: tuple[int, ...] = ()) -> Times:
    return Times(FPS, 900, cuts, card, 135, None, said)


def test_a_tag_comes_just_before_the_price_is_said_and_stays_after_it() -> None:
    (span, *_) = times((400, 430)).spoken_price((400, 430), shown=[(60, 135)])
    assert span[0] == 400 - BEFORE
    assert sum(span) >= 430 + AFTER


def test_a_price_under_the_card_has_no_tag_of_its_own() -> None:
    assert times((100, 130)).spoken_price((100, 130), shown=[(60, 135)]) == []


def test_a_tag_begins_where_the_card_ends() -> None:
    (span, *_) = times((190, 230)).spoken_price((190, 230), shown=[(60, 135)])
    assert span[0] == 195


def test_a_tag_gives_way_to_the_card_that_comes_next() -> None:
    spans = times((20, 50)).spoken_price((20, 50), shown=[(90, 135)])
    assert all(sum(span) <= 90 for span in spans)


def test_a_card_stays_for_a_price_that_is_said_soon_after_it_would_go() -> None:
    said = (210, 240)
    longer, own, *_ = times(said).card(0)
    assert (longer[0], sum(longer)) == (60, 240 + AFTER)
    assert own == (60, 135)


@pytest.mark.parametrize("said", [(260, 290), (150, 160)])
def test_a_card_keeps_its_time_for_a_price_long_after_it_or_well_under_it(said: tuple[int, int]) -> None:
    assert times(said).card(0)[0] == (60, 135)


def test_nothing_comes_for_a_price_on_the_end_card() -> None:
    assert times((910, 940)).spoken_price((910, 940), shown=[]) == []
