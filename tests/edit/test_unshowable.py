"""A soft picture does not cost the price: the best take that says it stays, with a warning; what cannot be seen at all stays out."""

import pytest

from pipeline.errors import PersonNeeded

WELL, PRICED = "今年的笋子一根根都鲜嫩", "高山土豆十斤二十九块九"


@pytest.mark.parametrize("kind", ["blurred", "shaky"])
def test_the_only_price_is_said_although_its_picture_is_soft(story, phrase, potatoes, kind: str) -> None:
    said = [phrase(1.0, WELL), phrase(8.0, PRICED), phrase(12.0, "大家都来看看今年的好收成")]
    story.add("talk.mp4", 16.0, phrases=said, defects=[(7.0, 16.0, kind)])
    edit = story.cut(offer=potatoes)
    heard = " ".join(piece.words for piece in edit.heard)
    assert PRICED in heard
    assert "好收成" not in heard
    (warning,) = edit.warnings
    assert "talk.mp4" in str(warning)
    assert PRICED in str(warning)


@pytest.mark.parametrize("kind", ["dark", "blank"])
def test_a_price_said_where_nothing_can_be_seen_stays_out(story, phrase, potatoes, kind: str) -> None:
    story.add("talk.mp4", 14.0, phrases=[phrase(1.0, WELL), phrase(8.0, PRICED)], defects=[(7.0, 14.0, kind)])
    edit = story.cut(offer=potatoes)
    assert PRICED not in " ".join(piece.words for piece in edit.heard)
    assert edit.warnings == ()


def test_a_soft_take_goes_where_the_price_is_also_said_well(story, phrase, potatoes) -> None:
    said = [phrase(1.0, WELL), phrase(4.5, "我们卖二十九块九十斤"), phrase(8.5, PRICED)]
    story.add("talk.mp4", 14.0, phrases=said, defects=[(8.0, 14.0, "blurred")])
    edit = story.cut(offer=potatoes)
    assert PRICED not in " ".join(piece.words for piece in edit.heard)
    assert edit.warnings == ()


def test_of_two_soft_takes_the_better_one_is_used(story, phrase, potatoes) -> None:
    said = [phrase(1.0, WELL), phrase(8.0, "一共二十九块九毛钱拿走", probability=0.6), phrase(16.0, PRICED)]
    story.add("talk.mp4", 22.0, phrases=said, defects=[(7.0, 22.0, "blurred")])
    heard = " ".join(piece.words for piece in story.cut(offer=potatoes).heard)
    assert PRICED in heard
    assert "拿走" not in heard


def test_a_story_that_is_soft_throughout_comes_out_with_its_price(story, phrase, potatoes) -> None:
    story.add("talk.mp4", 8.0, phrases=[phrase(1.0, PRICED + "坏了包赔您放心买")], defects=[(0.0, 8.0, "blurred")])
    edit = story.cut(offer=potatoes)
    assert PRICED in " ".join(piece.words for piece in edit.heard)
    assert edit.warnings


def test_without_a_price_in_it_a_story_that_is_soft_throughout_is_filmed_again(story, phrase) -> None:
    story.add("talk.mp4", 8.0, phrases=[phrase(1.0, "今天的天气真好大家都来了")], defects=[(0.0, 8.0, "blurred")])
    with pytest.raises(PersonNeeded):
        story.cut()
