"""What a picture shows: the network is the one its README names, and sees what it is known to see."""

import base64
import hashlib
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from pipeline.analysis import describe_photo, photo_key
from pipeline.analysis.contents import AT_LEAST_EVERY_S
from pipeline.analysis.image_network import MODEL, picture_content
from pipeline.analysis.photos import has_white_ground
from pipeline.documents.analysis import PictureContent
from pipeline.media.decode import small_frames
from pipeline.resources import ASSETS
from tests.analysis.conftest import draw_view

APPLES = ASSETS / "demo" / "apple.jpg"
DRAWN_VIEW = Path(__file__).parents[1] / "data" / "drawn_view_features.txt"
"""Features of `draw_view(5)` as the network in 32 bits gave them."""


def features(content: PictureContent) -> np.ndarray:
    vector = np.frombuffer(base64.b85decode(content.features), np.int8).astype(np.float64)
    return vector / np.linalg.norm(vector)


def cosine(one: PictureContent, other: PictureContent) -> float:
    return float(features(one) @ features(other))


@pytest.fixture(scope="module")
def apples() -> np.ndarray:
    picture = cv2.imread(str(APPLES))
    assert picture is not None
    return picture


@pytest.fixture(scope="module")
def valley(look_at) -> np.ndarray:
    """The first frame of the demo's view of its valley."""
    return next(small_frames(look_at(ASSETS / "demo" / "story" / "果园 远景.mp4"), short_side=360, rate=1.0))[1]


def test_the_model_is_the_file_that_its_readme_names() -> None:
    text = (MODEL.parent / "README.md").read_text(encoding="utf-8")
    [(size, digest)] = re.findall(r"`efficientnet_lite0.onnx` \(([\d,]+) bytes\): `([0-9a-f]{64})`", text)
    assert (MODEL.stat().st_size, hashlib.sha256(MODEL.read_bytes()).hexdigest()) == (int(size.replace(",", "")), digest)


def test_the_network_gives_what_it_gave_where_it_was_made() -> None:
    """With another activation everything loads and the numbers are rubbish: this is what would tell."""
    content = picture_content(draw_view(5))
    assert cosine(content, content.model_copy(update={"features": DRAWN_VIEW.read_text(encoding="ascii").strip()})) > 0.985


def test_fruit_is_produce_and_a_valley_is_land(apples: np.ndarray, valley: np.ndarray) -> None:
    fruit, land = picture_content(apples), picture_content(valley)
    assert fruit.produce > 0.2 > 0.05 > fruit.land
    assert land.land > 0.1 > 0.05 > land.produce


def test_a_photo_is_known_again_filmed_nearer_softer_and_darker(apples: np.ndarray, valley: np.ndarray) -> None:
    high, wide = apples.shape[:2]
    part = cv2.GaussianBlur(apples[high // 8 : -high // 8, wide // 8 : -wide // 8], (0, 0), wide / 400)
    filmed, photo, elsewhere = (picture_content(one) for one in ((part * 0.8).astype(np.uint8), apples, valley))
    assert cosine(filmed, photo) > 0.6
    assert cosine(elsewhere, photo) < 0.36


def test_a_picture_that_hardly_changes_is_looked_at_once_in_a_while(judged, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    monkeypatch.setattr("pipeline.analysis.contents.picture_content", lambda picture: looks.append(1) or picture_content(picture))
    view, other = draw_view(3)[:270, :480], draw_view(4)[:270, :480]
    still = judged([view] * 60 + [other] * 30)
    assert len(looks) == 2 < AT_LEAST_EVERY_S
    assert [sample.at_s for sample in still.contents] == pytest.approx([0, 0.5, 1, 1.6, 2.1, 2.7], abs=0.15)
    before, after = still.contents[1].content, still.contents[-1].content
    assert cosine(before, still.contents[0].content) > 0.99 > cosine(before, after)


def test_nothing_is_recognised_in_the_dark(judged) -> None:
    assert judged([np.full((180, 320, 3), 6, np.uint8)] * 30).contents == ()


def test_a_photo_that_is_no_picture_shows_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "photo.jpg"
    for data in (b"", b"not a picture", APPLES.read_bytes()[:200]):
        broken.write_bytes(data)
        assert describe_photo(broken).content is None
    assert describe_photo(tmp_path / "missing.jpg").content is None
    assert photo_key("a") != photo_key("b")


def test_white_ground_is_told_by_the_border(apples: np.ndarray) -> None:
    shop = np.full((300, 300, 3), 250, np.uint8)
    shop[60:240, 60:240] = cv2.resize(apples, (180, 180))
    assert has_white_ground(shop.astype(np.uint8))
    assert not has_white_ground(apples.astype(np.uint8))


def test_produce_has_its_place_and_so_has_what_merely_stands_out(apples: np.ndarray) -> None:
    ground = np.full((600, 900, 3), 190, np.uint8)
    ground[250:550, 550:850] = cv2.resize(apples, (300, 300))
    pile, thing = picture_content(apples).thing, picture_content(ground).thing
    assert pile is not None
    assert pile.width * pile.height > 0.3
    assert thing is not None
    assert (thing.x, thing.y) == (pytest.approx(700 / 900, abs=0.12), pytest.approx(400 / 600, abs=0.12))
    assert thing.width < 0.6


def test_a_photo_that_an_iphone_saved_shows_what_the_same_one_as_jpeg_does(tmp_path: Path) -> None:
    register_heif_opener()
    with Image.open(APPLES) as photo:
        photo.save(tmp_path / "IMG_1.HEIC", format="HEIF", quality=90)
    found, jpeg = describe_photo(tmp_path / "IMG_1.HEIC").content, describe_photo(APPLES).content
    assert found is not None
    assert jpeg is not None
    assert cosine(found, jpeg) > 0.97
