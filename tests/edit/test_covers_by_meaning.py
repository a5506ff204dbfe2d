"""What is said is held against what is seen: the price has the product under it, the place its land, or the speaker stays."""

import base64
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from pipeline.documents.analysis import ContentSample, PictureContent
from pipeline.documents.edit import Cut, Edit
from pipeline.documents.offer import Brief
from pipeline.documents.product_photos import ProductPhotos
from pipeline.edit import EditParameters, cut_story
from pipeline.edit.asked_pictures import asked_subjects
from pipeline.edit.assignment import best_pairing

FPS = 30
POTATO, CABBAGE, FIELD, YARD = range(4)


def content(*parts: tuple[int, float], produce: float = 0.0, land: float = 0.0, kind: int = 0) -> PictureContent:
    """A picture whose feature vector has these parts (axis, length)."""
    features = np.zeros(1280)
    for axis, length in parts:
        features[axis] = length
    kinds = np.zeros(34, np.uint8)
    kinds[kind] = 255
    steps = np.round(127 * features / np.abs(features).max()).astype(np.int8)
    return PictureContent(
        features=base64.b85encode(steps.tobytes()).decode(), kinds=base64.b85encode(kinds.tobytes()).decode(), produce=produce, land=land
    )


def like(axis: int, cosine: float, **facts: float) -> PictureContent:
    """A picture at that cosine to what lies along an axis."""
    return content((axis, cosine), (100, (1 - cosine**2) ** 0.5), **facts)


PHOTO = content((POTATO, 1.0), produce=0.8)
KNOWN_BY_PHOTO = ProductPhotos(own=PHOTO)
POTATOES = like(POTATO, 0.6, produce=0.7)
FIELDS = like(FIELD, 0.9, land=0.5)
YARDS = like(YARD, 0.9)


def shows(story, clip_id: str, *contents: PictureContent | None) -> str:
    """A clip shows these things in equal parts, looked at twice a second."""
    length_s = story.document.by_id(clip_id).duration_s
    seen = [(number / 2, contents[int(number / 2 / length_s * len(contents))]) for number in range(int(2 * length_s))]
    samples = tuple(ContentSample(at_s=at_s, content=one) for at_s, one in seen if one is not None)
    story.analyses[clip_id] = story.analyses[clip_id].model_copy(update={"contents": samples})
    return clip_id


def cut(story, offer, photos: ProductPhotos = KNOWN_BY_PHOTO, seconds: float = 60.0) -> Edit:
    parameters = EditParameters(seconds=seconds)
    return cut_story(story.document, story.analyses, story.transcripts, Brief(), offer, parameters, photos=photos)


def seen_while(edit: Edit, words: str, *, mostly: bool = False) -> list[Cut]:
    """The cuts during which more than a moment of some words is heard, or that lie `mostly` over them; the words are one phrase."""
    [decision] = [one for one in edit.decisions if one.words == words]
    speech = [one for one in edit.heard if one.kind == "speech" and one.clip_id == decision.clip_id]
    piece = next(one for one in speech if one.source_start_s <= decision.start_s < one.source_start_s + one.frames / FPS)
    first, end = (piece.at_frame + round((at_s - piece.source_start_s) * FPS) for at_s in (decision.start_s, decision.end_s))
    return [
        one
        for one, start in zip(edit.cuts, edit.starts(), strict=True)
        if min(end, start + one.frames) - max(first, start) > (0.5 * one.frames if mostly else 0.25 * FPS)
    ]


PRICE = "洋芋一箱十斤四十二块钱"
SAID = ("村里都叫我老杨", "地里的活都是我一个人", "这一筐又沙又糯", PRICE, "想要的朋友早点说")


@pytest.fixture
def farm(story, talk):
    """A talk in which a price is said, and nothing else yet."""
    said = talk(*SAID)
    story.add("talk.mp4", said[-1].end_s + 2, phrases=said)
    return story


@pytest.fixture
def offer(potatoes):
    return potatoes.model_copy(update={"aliases": ("土豆", "洋芋")})


def test_the_product_is_seen_while_its_price_is_said(farm, offer) -> None:
    views = [shows(farm, farm.add(f"{number}.mp4", 6.0), FIELDS) for number in range(3)]
    crate = shows(farm, farm.add("crate.mp4", 6.0), POTATOES)
    edit = cut(farm, offer)
    over = seen_while(edit, PRICE)
    assert crate in {one.clip_id for one in over}
    assert not {one.clip_id for one in over} & set(views)
    [why] = {str(one.reason) for one in over if one.clip_id == crate}
    assert why == "shows 高山土豆 while its price is said"


@pytest.mark.parametrize("seen", [FIELDS, YARDS, like(POTATO, 0.3, produce=0.7), like(CABBAGE, 0.9, produce=0.9, kind=1)])
def test_over_a_price_without_a_fitting_view_the_speaker_stays(farm, offer, seen: PictureContent) -> None:
    for number in range(5):
        shows(farm, farm.add(f"{number}.mp4", 6.0 + number), seen)
    edit = cut(farm, offer)
    over = seen_while(edit, PRICE)
    assert {one.role for one in over} == {"talk"}
    assert "no view shows the product for certain" in str(over[0].reason)


def test_what_is_more_like_another_product_of_the_sheet_is_not_shown_for_this_one(farm, offer) -> None:
    both = content((POTATO, 0.5), (CABBAGE, 0.6), (100, 0.6), produce=0.7)
    shows(farm, farm.add("crate.mp4", 6.0), both)
    alone = {one.role for one in seen_while(cut(farm, offer), PRICE)}
    photos = ProductPhotos(own=PHOTO, others=(content((CABBAGE, 1.0), produce=0.8, kind=1),))
    assert "cover" in alone
    assert {one.role for one in seen_while(cut(farm, offer, photos), PRICE)} == {"talk"}


def test_another_kind_of_produce_is_not_shown_although_it_is_as_round_and_in_as_wooden_a_crate(farm, offer) -> None:
    shows(farm, farm.add("crate.mp4", 6.0), like(POTATO, 0.6, produce=0.7, kind=3))
    assert {one.role for one in seen_while(cut(farm, offer), PRICE)} == {"talk"}


def test_a_photo_before_white_asks_for_less_likeness(farm, offer) -> None:
    shows(farm, farm.add("crate.mp4", 6.0), like(POTATO, 0.33, produce=0.7))
    white = ProductPhotos(own=PHOTO, white_ground=True)
    assert {one.role for one in seen_while(cut(farm, offer), PRICE)} == {"talk"}
    assert "cover" in {one.role for one in seen_while(cut(farm, offer, white), PRICE)}


def test_only_the_part_of_a_clip_that_shows_the_product_is_laid_over_the_price(farm, offer) -> None:
    long = shows(farm, farm.add("walk.mp4", 20.0), FIELDS, FIELDS, POTATOES, YARDS)
    [over] = [one for one in seen_while(cut(farm, offer), PRICE) if one.clip_id == long]
    assert over.source_start_s >= 9.7
    assert over.source_start_s + over.frames / FPS <= 15.1


def test_a_dark_view_lies_over_nothing(farm, offer) -> None:
    crate = shows(farm, farm.add("cellar.mp4", 6.0), POTATOES)
    facts = farm.analyses[crate]
    farm.analyses[crate] = facts.model_copy(update={"shots": tuple(s.model_copy(update={"brightness": 38.0}) for s in facts.shots)})
    edit = cut(farm, offer)
    assert crate not in {one.clip_id for one in edit.cuts}
    [why] = [str(one.reason) for one in edit.decisions if one.clip_id == crate]
    assert why == "too dark to lie over the talk"


def test_where_the_speakers_picture_is_unusable_the_product_still_lies_over_its_price(story, talk, offer) -> None:
    said = talk(*SAID)
    story.add("talk.mp4", said[-1].end_s + 2, phrases=said, defects=[(0.0, said[-1].end_s + 2, "blurred")])
    crate = shows(story, story.add("crate.mp4", 9.0), POTATOES)
    for number in range(3):
        shows(story, story.add(f"{number}.mp4", 9.0), FIELDS)
    over = seen_while(cut(story, offer), PRICE)
    assert crate in {one.clip_id for one in over}


def test_each_sentence_gets_its_view_wherever_the_clips_were_filmed_in_order(story, talk, offer) -> None:
    said = (
        "老杨站在门口给朋友们问个好啊",
        "那块地在海拔两千八百米的北坡上面",
        "煮出来掰开一看那是又沙又糯的",
        "满满当当装箱垫好泡沫当天就走快递",
        "今天的洋芋一箱十斤只要四十二块钱",
        "就这么多了谢谢各位老铁",
    )
    phrases = talk(*said)
    for name, seen in (("a.mp4", FIELDS), ("b.mp4", POTATOES), ("装箱.mp4", YARDS), ("c.mp4", POTATOES), ("d.mp4", FIELDS)):
        shows(story, story.add(name, 6.0), seen)
    story.add("talk.mp4", phrases[-1].end_s + 2, phrases=phrases)
    edit = cut(story, offer)
    names = {clip.id: clip.name for clip in story.clips}
    fitting = {said[1]: {"a.mp4", "d.mp4"}, said[2]: {"b.mp4", "c.mp4"}, said[3]: {"装箱.mp4"}, said[4]: {"b.mp4", "c.mp4"}}
    over = {words: {names[one.clip_id] for one in seen_while(edit, words, mostly=True)} - {"talk.mp4"} for words in fitting}
    assert all(shown <= fitting[words] for words, shown in over.items()), over
    assert over[said[4]]
    assert sum(map(bool, over.values())) >= 3


def test_covers_leave_the_speaker_in_view_and_show_each_scene_once(story, talk, offer) -> None:
    phrases = talk(*SAID, *SAID[:3], PRICE.replace("四十二", "四十三"), pause_s=1.0)
    for number in range(9):
        shows(story, story.add(f"{number}.mp4", 5.0 + number), (FIELDS, POTATOES, YARDS)[number % 3])
    story.add("talk.mp4", phrases[-1].end_s + 2, phrases=phrases)
    edit = cut(story, offer)
    silent = [one for one in edit.cuts if one.role in ("cover", "opening")]
    assert len({one.clip_id for one in silent}) == len(silent)
    for one, other in pairwise(edit.cuts[:-1]):
        assert one.role == "talk" or other.role == "talk" or other.role == "end_card"
    assert all(one.frames >= FPS for one in silent)


def test_a_story_whose_clips_were_judged_by_an_earlier_release_is_cut_as_it_was(farm, offer) -> None:
    for number in range(4):
        farm.add(f"{number}.mp4", 6.0)
    edit = cut(farm, offer, ProductPhotos())
    assert [one.role for one in edit.cuts].count("cover") >= 2


def test_without_a_photo_produce_is_shown_for_the_product_and_said_to_be_a_guess(farm, offer) -> None:
    crate = shows(farm, farm.add("crate.mp4", 6.0), POTATOES)
    shows(farm, farm.add("field.mp4", 6.0), FIELDS)
    edit = cut(farm, offer, ProductPhotos())
    reasons = {str(one.reason) for one in edit.cuts if one.clip_id == crate}
    assert len(reasons) == 1
    assert "no photo" in reasons.pop()


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("十斤装只要三十九块九", {"product"}),
        ("五十六块钱一箱，山上自己种的", {"product"}),
        ("我家果园在海拔一千八百米的坡上", {"place"}),
        ("高山土豆来了", {"product"}),
        ("早上五点就上山采摘", {"place", "work"}),
        ("一个一个人工挑选", {"work"}),
        ("泡沫箱打包顺丰发货", {"packing"}),
        ("切开给你看皮薄肉厚", {"product"}),
        ("大家好我叫小周", set()),
        ("点下面的小黄车", set()),
        ("we pick them by hand in the village", {"work", "place"}),
    ],
)
def test_a_sentence_asks_for_a_picture_by_its_words(potatoes, text: str, asked: set[str]) -> None:
    assert set(asked_subjects(text, potatoes)) == asked


def test_a_price_matters_more_than_everything_else_that_is_said(potatoes) -> None:
    texts = ("我们村海拔两千米", "人工采摘", "打包发货", "又甜又脆", "土豆")
    assert min(asked_subjects("九块九一斤", potatoes).values()) > max(max(asked_subjects(text, potatoes).values()) for text in texts)


@pytest.mark.parametrize("seed", range(40))
def test_the_best_pairing_is_the_best_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, columns = (int(size) for size in rng.integers(1, 6, 2))
    values = np.round(rng.uniform(-1, 3, (rows, columns)), 2).tolist()

    def best(row: int, taken: frozenset[int]) -> float:
        if row == rows:
            return 0.0
        free = [column for column in range(columns) if column not in taken and values[row][column] > 0]
        return max([best(row + 1, taken), *(values[row][column] + best(row + 1, taken | {column}) for column in free)])

    pairs = best_pairing(values)
    taken: Sequence[int] = [column for column in pairs if column is not None]
    assert len(set(taken)) == len(taken)
    assert sum(values[row][column] for row, column in enumerate(pairs) if column is not None) == pytest.approx(best(0, frozenset()))
