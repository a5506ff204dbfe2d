"""An end card stands as long as it has work: what sells is read, a code is scanned; more only within a share of the video."""

import pytest

from pipeline.brand import end_card_time, load_style, template_names
from pipeline.documents.card import Card
from pipeline.documents.limits import CODE_READABLE_S, READ_CPS

SHORT = Card(sku="A", name="苹果", price="¥9.9", per="/斤", wording="点小黄车")
LONG = Card(
    sku="B",
    name="大凉山高山老树紫皮独头蒜礼盒装",
    price="¥128",
    per="/10斤",
    list_price="¥168",
    origin="四川省凉山州冕宁县大桥镇",
    wording="点左下角小黄车下单",
    contact="坏果包赔 客服微信 mianning-coop",
    leader="团长王大姐 芙蓉兴盛西正街店",
    cutoff="今晚10点前下单，明天中午自提",
)
CODE = ("1" * 25,) * 25


def test_more_words_are_given_more_time_and_all_of_them_only_where_the_video_has_it() -> None:
    style = load_style("plain")
    short, long = (end_card_time(style, [card], "", "") for card in (SHORT, LONG))
    words = LONG.name + LONG.wording + LONG.leader + LONG.cutoff
    assert short.needed_s == short.whole_s < 2.5
    assert style.motion.enter_s + len(words) / READ_CPS < long.needed_s < long.whole_s
    assert end_card_time(style, [SHORT, LONG], "", "") == long


@pytest.mark.parametrize("name", template_names())
def test_a_code_is_at_rest_for_as_long_as_a_phone_needs_and_hardly_longer(name: str) -> None:
    style = load_style(name)
    time = end_card_time(style, [SHORT.model_copy(update={"qr": CODE})], "", "")
    assert CODE_READABLE_S < time.needed_s - style.motion.enter_s < CODE_READABLE_S + 0.8


def test_a_card_that_only_says_who_it_was_is_no_flash() -> None:
    assert 2.0 <= end_card_time(load_style("plain"), [None], "火把节", "").needed_s < 2.6
    assert end_card_time(load_style("plain"), [], "火把节", "普格县") == end_card_time(load_style("plain"), [None], "火把节", "普格县")
