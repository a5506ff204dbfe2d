"""The product of the clips stands on the picture where the crop window shows it, while the looks of its shot see it."""

import pytest

from pipeline.documents.analysis import Analysis, ContentSample, PictureContent, PlaceInPicture, Shot
from pipeline.documents.edit import CropKey, CropPath, Cut, Edit, Framing
from pipeline.documents.message import M
from pipeline.documents.on_screen import ProductOnScreen
from pipeline.documents.product_photos import ProductPhotos
from pipeline.edit import products_on_screen

FPS = 30
WHOLE = CropPath(width=1.0, height=1.0, keys=(CropKey(frame=0, x=0.5, y=0.5),))
CRATE = PlaceInPicture(x=0.5, y=0.6, width=0.4, height=0.4)


def look(at_s: float, produce: float, place: PlaceInPicture | None = CRATE) -> ContentSample:
    return ContentSample(at_s=at_s, content=PictureContent(features="", kinds="", produce=produce, land=0.0, thing=place))


def shot(start_s: float, end_s: float) -> Shot:
    return Shot(start_s=start_s, end_s=end_s, sharpness=1, brightness=100, contrast=50, motion=0, shake=0, faces=0)


def seen(looks: list[ContentSample], shots: list[Shot], path: CropPath = WHOLE, photos: ProductPhotos | None = None) -> set[int]:
    """Frames of a cut over the clip's first four seconds in which a product is seen."""
    return {frame for product in found(looks, shots, path, photos) for frame in range(product.first_frame, product.end_frame)}


def found(
    looks: list[ContentSample], shots: list[Shot], path: CropPath = WHOLE, photos: ProductPhotos | None = None
) -> tuple[ProductOnScreen, ...]:
    cut = Cut(clip_id="a", source_start_s=0.0, frames=4 * FPS, role="scenic", reason=M("A test."))
    edit = Edit(fps=FPS, cuts=(cut,), heard=(), decisions=(), led_by="music")
    analysis = Analysis(clip_id="a", samples=(), shots=tuple(shots), subjects=(), sound=None, contents=tuple(looks))
    return products_on_screen(edit, Framing(aspect="9:16", paths=(path,)), {"a": analysis}, photos or ProductPhotos())


def test_produce_without_a_photo_is_taken_for_the_product_where_the_looks_see_it() -> None:
    looks = [look(0.5, 0.9), look(1.0, 0.9), look(3.5, 0.01)]
    assert seen(looks, [shot(0, 4)]) == set(range(2 * FPS))


def test_a_product_is_held_to_the_end_of_its_shot_and_no_further() -> None:
    assert seen([look(0.5, 0.9), look(2.5, 0.9)], [shot(0, 1.2), shot(1.2, 4)]) == {*range(36), *range(45, 105)}


def test_a_window_beside_the_product_shows_none_and_a_narrow_one_shows_it_larger() -> None:
    def at(x: float) -> CropPath:
        return CropPath(width=0.4, height=1.0, keys=(CropKey(frame=0, x=x, y=0.5),))

    looks = [look(at_s, 0.9) for at_s in (0.5, 1.5, 2.5, 3.5)]
    assert all(product.width == pytest.approx(1.0) for product in found(looks, [shot(0, 4)], at(0.5)))
    assert found(looks, [shot(0, 4)], at(0.1)) == ()


def test_an_analysis_that_did_not_look_for_places_has_no_products() -> None:
    assert found([look(0.5, 0.9, None), look(1.5, 0.9, None)], [shot(0, 4)]) == ()
