"""The list for the next trip says what the footage has and what is missing, and nothing that is not known."""

import pytest

from pipeline.documents.edit import Edit
from pipeline.documents.product_photos import ProductPhotos
from pipeline.documents.shooting_list import ShootingList
from pipeline.edit import shooting_list
from pipeline.language import say
from tests.edit.test_covers_by_meaning import FIELDS, KNOWN_BY_PHOTO, POTATOES, YARDS, cut, shows

TOLD = ("我是大桥镇种洋芋的老杨", "洋芋一箱十斤四十二块钱", "点下面的小黄车就能下单")


def listed(story, offer, edit: Edit | None = None, photos: ProductPhotos = KNOWN_BY_PHOTO) -> ShootingList:
    edit = cut(story, offer, photos) if edit is None else edit
    return shooting_list(story.document, story.analyses, edit, offer, photos)


def states(found: ShootingList) -> dict[str, str]:
    return {point.kind: point.state for point in found.points}


def with_face(story, clip_id: str) -> None:
    facts = story.analyses[clip_id]
    story.analyses[clip_id] = facts.model_copy(update={"shots": tuple(shot.model_copy(update={"faces": 0.8}) for shot in facts.shots)})


@pytest.fixture
def sold(potatoes):
    return potatoes.model_copy(update={"aliases": ("土豆", "洋芋")})


def test_a_story_that_has_everything_lacks_nothing(story, talk, sold) -> None:
    said = talk(*TOLD)
    with_face(story, story.add("talk.mp4", said[-1].end_s + 2, phrases=said))
    shows(story, story.add("a.mp4", 6.0), POTATOES)
    shows(story, story.add("b.mp4", 6.0), FIELDS)
    for name in ("切开.mp4", "装箱.mp4"):
        shows(story, story.add(name, 6.0), YARDS)
    found = listed(story, sold)
    assert set(states(found).values()) == {"there"}
    assert [point.kind for point in found.points] == ["grower", "place", "product", "in_hand", "packing", "price", "how_to_buy"]
    assert "a.mp4" in say(found.points[2].message, "en")


def test_what_is_missing_is_said_with_what_to_film(story, talk, sold) -> None:
    said = talk("今年的收成还算不错吧", "大家有空过来坐坐啊")
    story.add("talk.mp4", said[-1].end_s + 2, phrases=said)
    shows(story, story.add("yard.mp4", 6.0), YARDS)
    found = listed(story, sold)
    assert {kind for kind, state in states(found).items() if state == "missing"} == {"grower", "place", "product", "price", "how_to_buy"}
    for point in found.points:
        assert point.advice is not None
        for language in ("zh", "en"):
            assert say(point.advice, language) in say(point.message, language)


def test_what_pictures_do_not_tell_is_called_neither_there_nor_missing(story, talk, sold) -> None:
    said = talk(*TOLD, "当天装箱当天就发走")
    story.add("talk.mp4", said[-1].end_s + 2, phrases=said)
    shows(story, story.add("crate.mp4", 6.0), POTATOES)
    found = listed(story, sold)
    assert states(found)["in_hand"] == states(found)["packing"] == "unknown"
    packing = next(point for point in found.points if point.kind == "packing")
    assert "talk.mp4" in say(packing.message, "en")  # where it is spoken of
    assert states(listed(story, sold, photos=ProductPhotos()))["product"] == "unknown"  # produce, but which?


def test_a_price_that_is_said_but_not_used_is_told_with_the_reason(story, talk, sold) -> None:
    said = talk(*TOLD)
    story.add("talk.mp4", said[-1].end_s + 2, phrases=said)
    shows(story, story.add("crate.mp4", 6.0), POTATOES)
    edit = cut(story, sold)
    gone = [one.model_copy(update={"kept": False}) if one.words == TOLD[1] else one for one in edit.decisions]
    price = next(point for point in listed(story, sold, edit.model_copy(update={"decisions": tuple(gone)})).points if point.kind == "price")
    assert price.state == "unknown"
    assert "not used: said clearly" in say(price.message, "en")


def test_a_tale_that_sells_nothing_and_clips_that_nobody_looked_at_have_no_list(story, talk, sold) -> None:
    said = talk(*TOLD)
    story.add("talk.mp4", said[-1].end_s + 2, phrases=said)
    view = story.add("view.mp4", 6.0)
    assert listed(story, sold).points == ()
    shows(story, view, FIELDS)
    assert listed(story, sold).points
    assert shooting_list(story.document, story.analyses, cut(story, None), None, ProductPhotos()).points == ()
