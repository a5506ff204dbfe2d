"""A video that sells opens with a sentence that makes one stay; greeting and name come after it, and the first word comes at once."""

from decimal import Decimal

import pytest

from pipeline.documents.edit import Edit
from pipeline.documents.offer import Offer
from pipeline.edit.hook import is_introduction, rate_opening, with_hook_first
from pipeline.edit.takes import Take

HONEY = Offer(sku="M1", name="土蜂蜜", aliases=("蜂蜜",), price=Decimal("88"), unit="斤")


def first_words(edit: Edit) -> str:
    return min((piece for piece in edit.heard if piece.kind == "speech"), key=lambda piece: piece.at_frame).words.replace(" ", "")


@pytest.mark.parametrize(
    ("said", "opens"),
    [
        (("大家好我是养蜂的老吴", "你知道一斤蜜要飞多少趟吗", "土蜂蜜八十八一斤"), "你知道一斤蜜要飞多少趟吗"),
        (
            ("各位朋友们好", "我们家在沟里头住了三代", "这蜜又香又稠", "我们的蜂蜜又香又糯不掺糖", "点小黄车就能买"),
            "我们的蜂蜜又香又糯不掺糖",
        ),
        (("家人们好今天来看蜂箱", "深山里的花香都在这蜜里", "蜂蜜八十八一斤"), "深山里的花香都在这蜜里"),
        (("我们的蜂蜜又香又甜", "大家好我是老吴", "八十八一斤"), "我们的蜂蜜又香又甜"),
        (("大家好我是老吴", "今天天气不错", "蜂蜜八十八一斤", "点小黄车下单"), "大家好我是老吴"),
        (("大家好我是老吴", "但是它特别香特别甜", "坏了包赔怎么办都行"), "大家好我是老吴"),
    ],
)
def test_the_strongest_sentence_opens_and_nothing_is_lost(story, talk, said: tuple[str, ...], opens: str) -> None:
    phrases = talk(*said)
    story.add("bees.mp4", 9.0)
    story.add("talk.mp4", phrases[-1].end_s + 2, phrases=phrases)
    edit = story.cut(offer=HONEY)
    assert first_words(edit) == opens
    heard = "".join(piece.words for piece in edit.heard if piece.kind == "speech").replace(" ", "")
    assert sorted(heard) == sorted("".join(said))


def test_the_report_says_why_a_sentence_opens_the_video(story, talk) -> None:
    phrases = talk("大家好我是养蜂的老吴", "你知道土蜂蜜为什么这么香吗", "八十八一斤")
    story.add("talk.mp4", phrases[-1].end_s + 2, phrases=phrases)
    decision = next(one for one in story.cut(offer=HONEY).decisions if one.words == "你知道土蜂蜜为什么这么香吗")
    why = str(decision.reason)
    assert "question" in why
    assert "names the product" in why
    assert "greeting and name come after" in why


def test_where_nothing_is_sold_the_order_is_the_speakers(story, talk) -> None:
    phrases = talk("大家好我是村里的老吴", "你知道我们村有多少棵老树吗")
    story.add("talk.mp4", phrases[-1].end_s + 2, phrases=phrases)
    assert first_words(story.cut()) == "大家好我是村里的老吴"


@pytest.mark.parametrize("quiet_s", [0.0, 0.6, 2.5])
def test_the_first_word_comes_under_the_opening_picture_after_as_long_as_the_style_asks(story, talk, quiet_s: float) -> None:
    phrases = talk("大家好我是养蜂的老吴", "我们的蜂蜜又香又甜", "八十八一斤", "点小黄车下单")
    story.add("valley.mp4", 12.0)
    story.add("talk.mp4", phrases[-1].end_s + 2, phrases=phrases)
    edit = story.cut(offer=HONEY, quiet_s=quiet_s, opening_s=3.0)
    first = min(piece.at_frame for piece in edit.heard if piece.kind == "speech")
    assert first == round(quiet_s * edit.fps)
    assert edit.cuts[0].role == "opening"
    assert edit.cuts[0].frames == pytest.approx(3.0 * edit.fps, abs=2)


def test_a_quiet_opening_is_no_longer_than_its_scene(story, talk) -> None:
    phrases = talk("大家好我是养蜂的老吴", "土蜂蜜八十八一斤")
    bees = story.add("bees.mp4", 2.4)
    story.add("talk.mp4", phrases[-1].end_s + 2, phrases=phrases)
    opening = story.cut(offer=HONEY, quiet_s=4.0, opening_s=4.0).cuts[0]
    assert opening.clip_id == bees
    assert opening.source_start_s >= 0
    assert opening.source_start_s + opening.frames / 30 <= 2.4


def test_the_title_is_read_before_the_card_comes_over_it(story, talk) -> None:
    phrases = talk("我们的蜂蜜又香又甜", "大家好我是老吴", "八十八一斤今年的新蜜", "点小黄车下单就能买到")
    story.add("talk.mp4", phrases[-1].end_s + 2, phrases=phrases)
    edit = story.cut(offer=HONEY)
    assert edit.product_frame is not None
    assert edit.product_frame >= 2.5 * edit.fps


@pytest.mark.parametrize(
    ("text", "introduces"),
    [
        ("大家好", True),
        ("我叫阿依", True),
        ("欢迎来到我家果园", True),
        ("果园在半山腰", False),
        ("Hi my name is Anna", True),
        ("Crisp and sweet", False),
    ],
)
def test_a_greeting_a_name_and_a_welcome_are_introductions(text: str, introduces: bool) -> None:
    assert is_introduction(text) == introduces


def test_a_sentence_that_nobody_understood_or_that_is_long_does_not_open(phrase) -> None:
    good = Take("t", phrase(1.0, "我们的蜂蜜又香又甜"))
    mumbled = Take("t", phrase(1.0, "我们的蜂蜜又香又甜", probability=0.4))
    long = Take("t", phrase(1.0, "我们的蜂蜜又香又甜", end_s=9.0))
    scores = [rate_opening(take, HONEY).score for take in (good, mumbled, long)]
    assert scores[0] > max(scores[1:])
    assert with_hook_first([mumbled], HONEY)[1] is None


def test_what_a_host_says_to_the_room_is_no_part_of_a_products_video(story, talk) -> None:
    said = ("先等一等人还没有到齐", "我们的蜂蜜又香又甜", "大家帮忙点点关注", "土蜂蜜八十八一斤", "今天的直播十点结束", "点小黄车下单")
    phrases = talk(*said)
    story.add("room.mp4", phrases[-1].end_s + 2, phrases=phrases)
    sold, told = (story.cut(offer=offer) for offer in (HONEY, None))
    heard = [" ".join(piece.words for piece in edit.heard).replace(" ", "") for edit in (sold, told)]
    assert [sentence in heard[0] for sentence in said] == [False, True, False, True, False, True]
    assert all(sentence in heard[1] for sentence in said)
    assert sum("live room" in str(one.reason) for one in sold.decisions) == 3


def test_an_invitation_to_a_live_room_stays(story, talk) -> None:
    phrases = talk("今晚八点直播间见", "我们的蜂蜜又香又甜", "土蜂蜜八十八一斤", "点小黄车下单")
    story.add("teaser.mp4", phrases[-1].end_s + 2, phrases=phrases)
    assert "直播间见" in " ".join(piece.words for piece in story.cut(offer=HONEY).heard)


def test_a_live_rooms_welcome_does_not_open_the_video_of_a_product(story, talk, potatoes) -> None:
    said = talk("欢迎来到我们的直播间", "第二款高山土豆又沙又甜", "土豆十斤二十九块九", "点下面的小黄车就可以买")
    story.add("replay.mp4", said[-1].end_s + 1, phrases=said)
    heard = "".join(piece.words for piece in story.cut(offer=potatoes).heard if piece.kind == "speech")
    assert "直播间" not in heard
    assert "又沙又甜" in heard
