"""No layer stands on a close face: another place, another time, a smaller form, or it is left out."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from pipeline.brand.motion import Drawing, LayerPart
from pipeline.brand.placement import LayerForm, Placement, Standing, close_faces, place
from pipeline.brand.timing import Times
from pipeline.documents.card import Card
from pipeline.documents.look import Box, Layer, Look
from pipeline.documents.on_screen import FaceOnScreen, MoverOnScreen, ProductOnScreen
from tests.tiers import sample

SIZE = 300, 500
SEEN = [
    (style, width, height, top)
    for style in ("plain", "liangshan")
    for width, height in ((270, 480), (480, 270), (360, 360))
    for top in (0.08, 0.3, 0.52)
]
ROOM = Box(x=10, y=20, width=280, height=400)


def drawn(x: int, y: int, width: int, height: int) -> Drawing:
    """A plate without words."""
    return Drawing((LayerPart(Image.new("RGBA", (width, height), "#224466"), x, y),))


def face(top: float, bottom: float, *, left: float = 0.35, right: float = 0.65, frames: tuple[int, int] = (0, 1000)) -> FaceOnScreen:
    return FaceOnScreen(first_frame=frames[0], end_frame=frames[1], x=left, y=top, width=right - left, height=bottom - top)


def placed(
    faces: list[FaceOnScreen], *, forms: list[Drawing] | None = None, spans: list[tuple[int, int]] | None = None
) -> Placement | None:
    timed = [LayerForm(form, spans or [(30, 60)]) for form in forms or [drawn(10, 40, 280, 120)]]
    return place(timed, ROOM, faces=faces, size=SIZE)


def covered(layer: Layer, seen: FaceOnScreen, look: Look) -> float:
    """Share of a face under what a layer paints at rest."""
    under = np.zeros((look.height, look.width))
    with Image.open(layer.still) as still:
        under[layer.box.y : layer.box.y + layer.box.height, layer.box.x : layer.box.x + layer.box.width] = np.asarray(still)[..., 3] > 127
    rows = slice(int(seen.y * look.height), int((seen.y + seen.height) * look.height))
    columns = slice(int(seen.x * look.width), int((seen.x + seen.width) * look.width))
    return float(under[rows, columns].mean())


@pytest.mark.parametrize(
    ("faces", "top"),
    [
        ([], 40),
        ([face(0.5, 0.7)], 40),
        ([face(0.15, 0.3)], pytest.approx(170, abs=12)),
        ([face(0.2, 0.35), face(0.6, 0.8)], None),
        ([face(0.15, 0.3, frames=(90, 200))], 40),
        ([face(0.15, 0.3, frames=(89, 90))], pytest.approx(170, abs=12)),
    ],
    ids=["nobody", "below", "under it", "above and below", "after it has gone", "in its last frame"],
)
def test_a_layer_keeps_the_styles_place_unless_a_face_is_there(faces: list[FaceOnScreen], top: float | None) -> None:
    found = placed(faces)
    assert (found.drawing.plate.y if found else None) == top


def test_a_layer_is_moved_by_whole_pairs_of_pixels_so_that_its_pixels_stay_the_same() -> None:
    found = placed([face(0.15, 0.3)], forms=[drawn(11, 41, 200, 101)])
    assert found is not None
    assert (found.drawing.plate.x - 11) % 2 == (found.drawing.plate.y - 41) % 2 == 0


def test_a_later_time_is_taken_before_a_smaller_form() -> None:
    forms = [drawn(10, 40, 280, 260), drawn(10, 40, 200, 40)]
    filling = face(0.3, 0.6, frames=(0, 100))
    later = placed([filling], forms=forms, spans=[(30, 60), (120, 60)])
    assert later is not None
    assert (later.form.drawing, later.span) == (forms[0], (120, 60))
    smaller = placed([filling], forms=forms, spans=[(30, 60), (90, 60)])
    assert smaller is not None
    assert (smaller.form.drawing, smaller.span) == (forms[1], (30, 60))
    assert smaller.own_hidden.share > 0.3


def product(top: float, bottom: float, *, frames: tuple[int, int] = (0, 1000)) -> ProductOnScreen:
    return ProductOnScreen(first_frame=frames[0], end_frame=frames[1], x=0.0, y=top, width=1.0, height=bottom - top)


def test_a_tenth_of_a_product_may_be_covered_and_no_more_where_there_is_another_place() -> None:
    whole, tag = drawn(10, 40, 280, 120), drawn(10, 40, 140, 30)
    forms = [LayerForm(form, [(30, 60), (120, 60)]) for form in (whole, tag)]

    def stands(*products: ProductOnScreen, faces: tuple[FaceOnScreen, ...] = ()) -> Placement:
        found = place(forms, ROOM, faces=faces, products=products, size=SIZE)
        assert found is not None
        return found

    beside = stands(product(0.0, 0.3))
    assert beside.form.drawing is whole
    assert beside.drawing.plate.y > 0.3 * SIZE[1] - 20
    assert not beside.own_hidden.is_face
    assert beside.own_hidden.share > 0.1
    later = stands(product(0.0, 1.0, frames=(0, 100)))
    assert (later.form.drawing, later.span) == (whole, (120, 60))
    filling = stands(product(0.0, 1.0))
    assert (filling.form.drawing, filling.on_product) == (tag, 0.0)
    crowded = stands(product(0.0, 1.0), product(0.1, 0.3), faces=(face(0.35, 0.8, left=0.0, right=1.0),))
    assert crowded.form.drawing is tag
    assert crowded.on_product == 0.0


def test_where_the_product_is_everywhere_the_face_still_wins_and_the_least_of_the_product_is_covered() -> None:
    products = [product(0.0, 0.2), product(0.2, 0.9)]
    found = place([LayerForm(drawn(10, 40, 280, 120), [(30, 60)])], ROOM, faces=(face(0.3, 0.5),), products=products, size=SIZE)
    assert found is not None
    assert found.drawing.plate.y >= 0.5 * SIZE[1]
    assert 0.1 < found.on_product < 0.4


def mover(top: float, bottom: float, *, frames: tuple[int, int] = (0, 1000)) -> MoverOnScreen:
    return MoverOnScreen(first_frame=frames[0], end_frame=frames[1], x=0.3, y=top, width=0.4, height=bottom - top)


@pytest.mark.parametrize(
    ("movers", "faces", "top"),
    [
        ([mover(0.1, 0.3)], [], pytest.approx(130, abs=12)),
        ([mover(0.1, 0.3, frames=(35, 45))], [], 40),
        ([mover(0.1, 0.3), mover(0.3, 0.9)], [], 40),
        ([mover(0.1, 0.3)], [face(0.42, 0.8, left=0.0, right=1.0)], 40),
    ],
    ids=["stands there", "crosses for ten of sixty frames", "is everywhere", "only a face is beside it"],
)
def test_a_layer_stands_beside_what_moves_where_that_costs_nothing_else(
    movers: list[MoverOnScreen], faces: list[FaceOnScreen], top: float
) -> None:
    whole, tag = drawn(10, 40, 280, 120), drawn(10, 40, 140, 30)
    forms = [LayerForm(form, [(30, 60), (120, 60)]) for form in (whole, tag)]
    found = place(forms, ROOM, faces=faces, movers=movers, size=SIZE)
    assert found is not None
    assert found.form.drawing is whole
    assert (found.span[0], found.drawing.plate.y) == (30, top)
    assert found.beside_mover == (found.drawing.plate.y != 40)


def test_a_layer_gives_way_to_what_stands_already_but_only_then() -> None:
    taken = Standing(Box(x=10, y=30, width=280, height=100), (80, 30))
    for span, top in (((30, 40), 40), ((30, 60), 130)):
        found = place([LayerForm(drawn(10, 40, 280, 60), [span])], ROOM, faces=(), size=SIZE, standing=[taken])
        assert found is not None
        assert found.drawing.plate.y == pytest.approx(top, abs=12)


def test_a_plate_that_rises_is_clear_of_a_face_while_it_enters_but_may_rest_nearer_to_one() -> None:
    rising = replace(drawn(10, 40, 280, 120), panel=Box(x=10, y=40, width=280, height=120), panel_rises=True)
    for frames, top in (((30, 90), None), ((50, 90), 40)):
        nearby = face(0.4, 0.6, frames=frames)
        found = place(
            [LayerForm(rising, [(30, 60)])], Box(x=10, y=40, width=280, height=140), faces=[nearby], size=SIZE, travel=40, entering=12
        )
        assert (found.drawing.plate.y if found else None) == top


def test_a_wide_picture_has_room_beside_the_face() -> None:
    room, beside = Box(x=20, y=10, width=760, height=300), face(0.1, 0.7, left=0.1, right=0.5)
    found = place([LayerForm(drawn(20, 20, 260, 200), [(0, 50)])], room, faces=[beside], size=(800, 400))
    assert found is not None
    assert found.drawing.plate.x >= 0.5 * 800


def test_a_face_far_off_is_not_close() -> None:
    assert [seen.y for seen in close_faces([face(0.1, 0.14, left=0.4, right=0.46), face(0.5, 0.6)], *SIZE)] == [0.5]


@pytest.mark.parametrize(
    ("times", "title", "lower_third", "card"),
    [
        (Times(10, 90), [(0, 26)], [(29, 32)], []),
        (Times(10, 90, (0, 18, 40), 50, 30), [(0, 26), (0, 18), (18, 26), (18, 22), (40, 15)], [(29, 32), (40, 32)], [(50, 30)]),
        (
            Times(10, 200, (0, 31, 80, 120), 60, 45),
            [(0, 26), (31, 26)],
            [(29, 32), (31, 32), (80, 32), (120, 32)],
            [(60, 45), (80, 45), (120, 45)],
        ),
        (
            Times(10, 200, (0, 31, 80, 120), 60, 45, 90),
            [(0, 26), (31, 26)],
            [(29, 32), (31, 32), (80, 32), (120, 32)],
            [(60, 45), (80, 45)],
        ),
        (Times(10, 120, (0, 80), 5, 45), [(0, 15)], [(18, 32), (80, 32)], [(15, 45)]),
    ],
    ids=["no cuts", "cuts", "later", "while it is spoken of", "too late for its time"],
)
def test_layers_come_later_only_with_a_cut_and_for_their_whole_time(
    times: Times, title: list[tuple[int, int]], lower_third: list[tuple[int, int]], card: list[tuple[int, int]]
) -> None:
    end = sum(title[0])
    assert (times.title(), times.lower_third(end), times.card(end)) == (title, lower_third, card)


def test_a_price_tag_may_stand_for_less_than_a_code_needs() -> None:
    times = Times(10, 200, (0, 31, 80, 120), 60, 45, 90)
    assert times.price_tag(0) == [(60, 45), (80, 45), (80, 40)]
    assert times.price_tag(0)[:2] == times.card(0)


@pytest.mark.parametrize(("style", "width", "height", "top"), sample(SEEN, SEEN[0], SEEN[9], SEEN[14]))
def test_no_layer_of_a_look_covers_a_face_wherever_it_is(
    look: Callable[..., Look], card: Card, style: str, width: int, height: int, top: float
) -> None:
    seen = face(top, top + 0.26, left=0.36, right=0.36 + 0.26 * height / width)
    made = look(
        card, style=style, width=width, height=height, faces=[seen], fps=4, total_frames=60, card_frame=20, card_frames=8, end_card_frames=8
    )
    for layer in made.layers:
        if layer.kind in ("title", "lower_third", "card"):
            assert covered(layer, seen, made) < 0.01, layer.kind
    assert made.reasons


def test_a_small_card_leaves_its_code_to_the_end(look: Callable[..., Look], card: Card) -> None:
    made = look(card, faces=[face(0.34, 0.5)])
    shown = next(layer for layer in made.layers if layer.kind == "card")
    assert {card.name, card.origin, card.price, card.per} <= set(shown.texts)
    assert card.wording not in shown.texts
    assert [layer.kind for layer in made.layers if layer.qr_link] == ["end_card"]
    assert any("small one" in str(reason) for reason in made.reasons)


def test_a_face_that_leaves_no_room_for_a_card_leaves_it_a_price_tag_with_the_code_at_the_end(
    look: Callable[..., Look], card: Card
) -> None:
    made = look(card, faces=[face(0.26, 0.64)])
    tag = next(layer for layer in made.layers if layer.kind == "card")
    assert set(tag.texts) == {"冕宁土豆", "¥29.9", "/10斤"}
    assert tag.box.height < 0.15 * made.height
    assert [layer.kind for layer in made.layers if layer.qr_link] == ["end_card"]
    assert any("price tag" in str(reason) for reason in made.reasons)


def test_a_face_that_fills_the_picture_wins_over_everything(look: Callable[..., Look], card: Card) -> None:
    made = look(card, faces=[face(0.0, 1.0, left=0.0, right=1.0, frames=(0, 90))])
    assert [layer.kind for layer in made.layers] == ["end_card"]
    assert len(made.reasons) == 3


def test_a_moved_layer_is_the_same_file(look: Callable[..., Look], card: Card) -> None:
    mine, moved = (next(layer for layer in look(card, faces=faces).layers if layer.kind == "title") for faces in ([], [face(0.15, 0.3)]))
    assert moved.box.y > mine.box.y
    assert (moved.key, moved.still_key) == (mine.key, mine.still_key)
    assert [box.y - moved.box.y for box in moved.text_boxes] == [box.y - mine.box.y for box in mine.text_boxes]
