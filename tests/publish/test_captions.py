"""One source of words becomes the captions of every destination, within its rules."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents.captions import CaptionSource
from pipeline.documents.destination import Destination
from pipeline.errors import UserMistake
from pipeline.publish import destination_names, load_destination
from pipeline.publish.captions import make_captions, text_length

SETTINGS = settings(max_examples=60, deadline=None, database=None, derandomize=True)
WITH_TEXT = [name for name in destination_names() if load_destination(name).caption_limits]
LINK = "https://shop.example.com/p/MN-TD-10"
sentence = st.text(alphabet=st.sampled_from(list("土豆长在大凉山上又沙又甜，。！ abc129.¥斤块👨‍👩‍👧🇨🇳👍🏽🥔#@")), min_size=1, max_size=300)


def source(**changes: Any) -> CaptionSource:
    usual: dict[str, Any] = {
        "title": "冕宁土豆，海拔两千米的大凉山上种出来的",
        "points": ("我们的土豆长在海拔2000米的大凉山上，昼夜温差大，又沙又甜。", "王家四代人都种土豆。"),
        "product": "冕宁土豆",
        "price": "¥29.9/10斤",
        "promise": "坏果包赔 客服微信 mianning-coop",
        "ordering": "22:00 前下单 · 大桥镇合作社门店自提",
        "contact": "微信 mianning-coop",
        "link": LINK,
        "topics": ("冕宁土豆", "助农"),
        "names": ("冕宁土豆", "大凉山"),
    }
    return CaptionSource.model_validate({**usual, **changes})


def with_limits(name: str, **limits: int) -> Destination:
    return load_destination(name).model_copy(update={"caption_limits": limits})


def text_limit(profile: Destination) -> tuple[str, int]:
    name = next(name for name in ("caption", "description") if name in profile.caption_limits)
    return name, profile.caption_limits[name]


@pytest.mark.parametrize("name", WITH_TEXT)
@SETTINGS
@given(title=sentence, points=st.lists(sentence, max_size=4), topics=st.lists(st.text(max_size=12), max_size=40))
def test_every_field_keeps_to_its_limit_whatever_is_written(name: str, title: str, points: list[str], topics: list[str]) -> None:
    profile = load_destination(name)
    try:
        made = make_captions(source(title=title, points=tuple(points), topics=tuple(topics)), profile, "zh").captions
    except UserMistake:  # a title of marks alone
        return
    field, most = text_limit(profile)
    assert text_length(made.text, profile.caption_counting.get(field, "characters")) <= most
    for key, value in (("title", made.title), ("short_title", made.short_title)):
        if key in profile.caption_limits:
            assert text_length(value, profile.caption_counting.get(key, "characters")) <= profile.caption_limits[key]
    assert len(made.topics) <= profile.caption_limits.get("topics", 0)
    assert not set(profile.caption_without) & set(made.title + made.text)
    if not profile.topic_form and "tags" in profile.caption_limits:
        assert text_length(",".join(made.topics), profile.caption_counting.get("tags", "characters")) <= profile.caption_limits["tags"]


@pytest.mark.parametrize("name", WITH_TEXT)
@pytest.mark.parametrize("room", [60, 90, 140])
def test_the_call_to_buy_and_the_price_with_its_unit_are_never_what_is_cut(name: str, room: int) -> None:
    field, _ = text_limit(load_destination(name))
    profile = with_limits(name, **{**load_destination(name).caption_limits, field: room})
    link = LINK if profile.cart_takes == "any" else "8812345"
    made = make_captions(source(points=("又沙又甜。" * 60,), link=link), profile, "zh").captions
    assert "¥29.9/10斤" in made.text
    if profile.cart_in_text:
        assert profile.cart_wording["zh"] in made.text


@pytest.mark.parametrize("name", WITH_TEXT)
def test_contact_and_link_stand_only_where_they_are_allowed(name: str) -> None:
    profile = load_destination(name)
    made = make_captions(source(points=("加我微信 mianning-coop 有优惠，又沙又甜。", f"点 {LINK} 就能买，现挖现发。")), profile, "zh")
    words = made.captions.title + made.captions.text
    assert ("mianning-coop" in words) == profile.contact
    tapped = profile.links == "tapped" and not (profile.links_short and profile.links_short != "tapped")
    assert (LINK in words) == (tapped or profile.link_in_text)
    assert "又沙又甜" in words
    assert profile.contact or any("mianning-coop" in str(note) for note in made.notes)


def test_under_a_short_upright_video_there_is_no_link_where_nobody_can_tap_it() -> None:
    youtube = load_destination("youtube")
    assert LINK not in make_captions(source(), youtube, "zh", upright=True, length_s=60).captions.text
    assert LINK in make_captions(source(), youtube, "zh", upright=False, length_s=60).captions.text
    assert LINK in make_captions(source(), youtube, "zh", upright=True, length_s=600).captions.text


@pytest.mark.parametrize(
    ("name", "shown"), [("douyin", "#冕宁土豆 #助农 #乡村振兴"), ("wechat_channels", "#冕宁土豆 #助农 #乡村振兴"), ("bilibili", None)]
)
def test_topics_have_the_platforms_own_form(name: str, shown: str | None) -> None:
    made = make_captions(source(topics=("#冕宁土豆", "助农#", "乡村 振兴", "冕宁土豆", "🥔")), load_destination(name), "zh").captions
    assert made.topics == ("冕宁土豆", "助农", "乡村振兴")
    assert shown in made.text if shown else "#" not in made.text


def test_a_platform_with_closed_topics_gets_them_closed() -> None:
    closed = load_destination("douyin").model_copy(update={"topic_form": "#{topic}#"})
    assert "#冕宁土豆# #助农#" in make_captions(source(), closed, "zh").captions.text


def test_topics_typed_into_a_sentence_count_among_the_topics() -> None:
    made = make_captions(
        source(points=("又沙又甜 #大凉山 #高山土豆# 好吃",), topics=("助农",)), with_limits("douyin", title=30, caption=200, topics=2), "zh"
    )
    assert made.captions.topics == ("助农", "大凉山")
    assert made.captions.text.count("#") == 2


def test_no_topic_is_cut_to_make_it_fit() -> None:
    made = make_captions(source(topics=("很长很长的一个话题名字", "短")), with_limits("douyin", title=30, caption=26, topics=5), "zh")
    assert made.captions.topics == ("短",)
    assert set(re.findall(r"#(\w+)", made.captions.text)) == set(made.captions.topics)


@pytest.mark.parametrize("name", WITH_TEXT)
@pytest.mark.parametrize("words", ["🥔🥔🥔", "👨‍👩‍👧‍👦🇨🇳", "！！！～～", "...", "   ", "#️⃣"])
def test_a_caption_of_emoji_or_marks_alone_is_refused(name: str, words: str) -> None:
    with pytest.raises(UserMistake):
        make_captions(source(title=words, points=(words,)), load_destination(name), "zh")


def test_a_caption_that_loses_all_its_words_is_refused() -> None:
    with pytest.raises(UserMistake):
        make_captions(source(title="微信 abcdef123", points=("电话13812345678",)), load_destination("kuaishou"), "zh")


def test_where_not_even_the_price_fits_it_is_said() -> None:
    with pytest.raises(UserMistake, match="10"):
        make_captions(source(), with_limits("douyin", title=30, caption=10), "zh")


def test_a_short_title_reaches_its_least_length() -> None:
    made = make_captions(source(), load_destination("wechat_channels"), "zh")
    assert 6 <= len(made.captions.short_title) <= 16
    assert made.captions.short_title.startswith("冕宁土豆")
    assert re.fullmatch(r"[\w ]+", made.captions.short_title)


def test_a_short_title_that_cannot_be_made_is_left_to_the_person() -> None:
    made = make_captions(source(product="", title="土豆"), load_destination("wechat_channels"), "zh")
    assert made.captions.short_title == ""
    assert any("short title" in str(note) for note in made.notes)


@pytest.mark.parametrize(("name", "link", "cart"), [
    ("kuaishou", "8812345", True), ("kuaishou", LINK, False), ("kuaishou", "", False),
    ("douyin", LINK, True), ("douyin", "3456", True), ("douyin", "", False),
])  # fmt: skip
def test_the_words_speak_of_a_cart_only_where_there_will_be_one(name: str, link: str, cart: bool) -> None:
    profile = load_destination(name)
    made = make_captions(source(link=link), profile, "zh")
    assert (profile.cart_wording["zh"] in made.captions.text) is cart
    assert bool(made.captions.cart_wording) is cart
    assert any("has no cart" in str(note) for note in made.notes) is (bool(link) and not cart)
    assert "¥29.9/10斤" in made.captions.text


def test_where_the_words_point_at_the_description_the_way_to_buy_is_in_it() -> None:
    bilibili = load_destination("bilibili")
    assert LINK in make_captions(source(points=("又沙又甜。" * 60,)), bilibili, "zh").captions.text
    assert make_captions(source(link=""), bilibili, "zh").captions.cart_wording == ""


def test_nothing_for_sale_has_no_call_to_buy() -> None:
    made = make_captions(source(price="", link="", product=""), load_destination("douyin"), "zh").captions
    assert made.cart_wording == ""
    assert "小黄车" not in made.text


def test_english_words_are_added_to_an_english_caption() -> None:
    english = source(
        title="Potatoes from the high mountains",
        points=("Dug by hand.",),
        price="¥29.9/5 kg",
        promise="Bad ones are replaced",
        topics=("potatoes",),
        names=(),
    )
    made = make_captions(english, load_destination("group_buy"), "en").captions
    assert made.language == "en"
    assert f"Buy here: {LINK}" in made.text
    assert "Scan to join the order" in made.text


def test_what_was_cut_is_said() -> None:
    made = make_captions(source(points=("又沙又甜。" * 80,)), with_limits("kuaishou", caption=120, topics=4), "zh")
    assert any("cut" in str(note) for note in made.notes)


def test_the_declaration_stands_whole() -> None:
    words = "本视频部分内容由人工智能生成"
    made = make_captions(source(declaration=words, points=("又沙又甜。" * 80,)), with_limits("kuaishou", caption=80, topics=4), "zh")
    assert words in made.captions.text


@pytest.mark.parametrize("junk", ["\x00", "\x07", "\u202e", "\ud83d"])
def test_control_characters_and_broken_halves_do_not_go_out(junk: str) -> None:
    made = make_captions(source(title=f"冕宁{junk}土豆来了"), load_destination("douyin"), "zh").captions
    assert junk not in made.title
    made.title.encode("utf-8")
