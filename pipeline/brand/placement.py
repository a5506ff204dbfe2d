"""Finds where and when a layer may stand, so that no close face is under it, nor much of the product: the face wins over everything.

A layer has forms (the style's own first, smaller ones after it), each drawn where the style puts it, and times at which it may stand. It
keeps the style's place and time where it is clear of faces and product. Else it takes the nearest clear place in its room, else another
time, else a smaller form, else what is clear of faces and hides least of the product, else it is left out. What moves is a preference: of
the clear places it takes one beside it, where there is one. It is held still while it stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.brand.motion import Drawing
from pipeline.documents.look import Box
from pipeline.documents.message import Message
from pipeline.documents.on_screen import FaceOnScreen, MoverOnScreen, OnScreen, ProductOnScreen

CLOSE = 0.08
"""A face as large as this, as a fraction of the picture's shorter side, is close: at 1080 some 86 pixels, a person seen to the knees."""
MOST_COVERED = 0.005
"""Share of a face that a layer may cover: a row of pixels."""
MOST_OF_MARGINS = 0.03
"""Share of a face with its margins that a layer may cover: of another detector's box, which is larger, well under a twentieth."""
MARGINS = (0.12, 0.30, 0.12, 0.14)
"""Left, top, right, bottom of a face over its size: the detector's box reaches from the brows to the chin, a face to the hair."""
CLOSE_UP = 0.1
"""A product whose box takes this share of the picture is a close-up: the view is there to show it."""
MOST_OF_PRODUCT = 0.1
"""Share of a product in close-up that a layer may cover."""
MOST_OF_MOVER = 0.2
"""Share of what moves that a layer covers without giving way to it, on the average of the time that the layer stands."""
STEPS = 36
"""Heights that are tried in a room."""

Span = tuple[int, int]
"""First frame and length in frames."""
Thing = TypeVar("Thing", bound=OnScreen)
Boxes = NDArray[np.float64]
"""(n, 4): left, top, right, bottom in pixels."""


@dataclass(frozen=True)
class LayerForm:
    """A layer drawn in one way where its style puts it, and the times at which it may stand, its own first."""

    drawing: Drawing
    spans: Sequence[Span]
    reason: Message | None = None
    """Why it is not the style's own form; None for that one."""


@dataclass(frozen=True)
class Placement:
    """Where and when a layer stands, and by how much that differs from what its style wants."""

    drawing: Drawing
    span: Span
    form: LayerForm
    moved: bool
    shortened: bool
    """It goes earlier than the style wants."""
    own_hidden: "Hidden"
    """What would be covered at the style's own place and time."""
    on_product: float
    """Share of the product that it covers nevertheless; 0 while that is no more than may be."""
    beside_mover: bool = False
    """It stands where it does to leave free what moves."""


@dataclass(frozen=True)
class Hidden:
    """The most that a layer would cover of a face, or else of the product. share: 0 where it covers nothing that matters."""

    share: float = 0.0
    frame: int = 0
    is_face: bool = False


@dataclass(frozen=True)
class Standing:
    """A layer that has its place already."""

    box: Box
    span: Span


def close_faces(faces: Sequence[FaceOnScreen], width: int, height: int) -> list[FaceOnScreen]:
    """The faces that no layer may cover on a picture of that size."""
    least = CLOSE * min(width, height)
    return [face for face in faces if max(face.width * width, face.height * height) >= least]


def close_ups(products: Sequence[ProductOnScreen]) -> list[ProductOnScreen]:
    """The products of which no layer may cover much."""
    return [product for product in products if product.width * product.height >= CLOSE_UP]


def place(
    forms: Iterable[LayerForm],
    room: Box,
    *,
    faces: Sequence[FaceOnScreen],
    products: Sequence[ProductOnScreen] = (),
    movers: Sequence[MoverOnScreen] = (),
    size: tuple[int, int],
    standing: Sequence[Standing] = (),
    travel: int = 0,
    entering: int = 0,
) -> Placement | None:
    """The first form, time and place that are clear of faces, of products and of what stands already; None where nothing is.

    Where nothing is clear of products, the one that covers least of them, clear of the rest.
    forms: the style's own first. room: the pixels that layers may use. faces: close ones. products: in close-up. movers: what moves. size:
    width and height of the picture. travel: pixels below its place at which a plate that rises begins. entering: frames in which it gets
    there.
    """
    own: Span | None = None
    own_hidden = Hidden()
    best: Placement | None = None
    for form in forms:
        drawing = form.drawing
        for span in form.spans:
            reach = travel if drawing.panel_rises else 0
            places = _places(drawing.plate, room, reach)
            bodies, rising = _as_boxes(drawing.plate, places, 0), _as_boxes(drawing.plate, places, reach)
            plates = _PlateAtPlaces(bodies, rising, span[0] + entering, size)
            faces_here, products_here = _shown(faces, span), _shown(products, span)
            covered, hidden = plates.share_of(faces_here), plates.share_of(faces_here, with_margins=True)
            on_products = plates.share_of(products_here)
            if own is None:
                own, face = span, _hidden(hidden[0], faces_here, 0.0, is_face=True)
                own_hidden = face or _hidden(on_products[0], products_here, MOST_OF_PRODUCT, is_face=False) or Hidden()
            clear = ((covered <= MOST_COVERED) & (hidden <= MOST_OF_MARGINS)).all(axis=1)
            for other in standing:
                if other.span[0] < span[0] + span[1] and other.span[0] + other.span[1] > span[0]:
                    clear &= ~_touches(rising, other.box)
            if not clear.any():
                continue
            worst = np.where(clear, on_products.max(axis=1, initial=0.0), np.inf)
            free = worst <= MOST_OF_PRODUCT
            beside = free & (plates.average_share_of(_shown(movers, span), span) <= MOST_OF_MOVER)
            nearest = int(free.argmax())
            chosen = int(beside.argmax()) if beside.any() else nearest if free.any() else int(worst.argmin())
            share = 0.0 if free.any() else float(worst[chosen])
            if best is None or share < best.on_product:
                x, y = places[chosen]
                shortened = span[0] == own[0] and span[1] < own[1]
                gave_way = bool(beside.any()) and chosen != nearest
                best = Placement(drawing.moved(x, y), span, form, (x, y) != (0, 0), shortened, own_hidden, share, gave_way)
            if free.any():
                return best
    return best


def _shown(things: Sequence[Thing], span: Span) -> list[Thing]:
    """Those that are seen while a layer stands."""
    return [thing for thing in things if thing.first_frame < span[0] + span[1] and thing.end_frame > span[0]]


def _hidden(shares: NDArray[np.float64], things: Sequence[OnScreen], more_than: float, *, is_face: bool) -> Hidden | None:
    """The thing of which most is hidden, where that is more than may be."""
    worst = int(shares.argmax()) if shares.size else 0
    return Hidden(float(shares[worst]), things[worst].first_frame, is_face) if shares.size and shares[worst] > more_than else None


@dataclass(frozen=True)
class _PlateAtPlaces:
    """The places of one plate. bodies: at rest; rising: with the way that it enters on, which counts until `at_rest` (a frame)."""

    bodies: Boxes
    rising: Boxes
    at_rest: int
    size: tuple[int, int]

    def share_of(self, things: Sequence[OnScreen], *, with_margins: bool = False) -> NDArray[np.float64]:
        """Share of every thing (columns) under the plate at every place (rows)."""
        if not things:
            return np.zeros((len(self.bodies), 0))
        boxes = _with_margins(things, self.size, 1.0 if with_margins else 0.0)
        early = np.array([thing.first_frame < self.at_rest for thing in things])
        return np.where(early, _covered(self.rising, boxes), _covered(self.bodies, boxes))

    def average_share_of(self, things: Sequence[OnScreen], span: Span) -> NDArray[np.float64]:
        """Share of things under the plate at every place, on the average of a span's frames."""
        frames = np.array([min(thing.end_frame, span[0] + span[1]) - max(thing.first_frame, span[0]) for thing in things], dtype=np.float64)
        return np.asarray(self.share_of(things) @ frames / max(1, span[1]), dtype=np.float64)


def _places(plate: Box, room: Box, travel: int) -> list[tuple[int, int]]:
    """Ways to move a plate within its room, in even pixels, nearest first: not at all, then as little as can be."""
    low, high = room.y, max(room.y, room.y + room.height - plate.height - travel)
    left, right = room.x, max(room.x, room.x + room.width - plate.width)
    tops = np.unique(np.concatenate([np.linspace(low, high, STEPS), [plate.y]]))
    lefts = {plate.x, left, right, (left + right) / 2}
    ways = {(_even(x - plate.x), _even(y - plate.y)) for x in lefts for y in tops}
    inside = [(x, y) for x, y in ways if left - 1 <= plate.x + x <= right + 1 and low - 1 <= plate.y + y <= high + 1]
    return [(0, 0), *sorted((way for way in inside if way != (0, 0)), key=lambda way: (_distance(way, room), way))]


def _distance(way: tuple[int, int], room: Box) -> float:
    """How far a plate is moved; to the side counts double, since a style aligns its layers."""
    return 2 * abs(way[0]) / max(1, room.width) + abs(way[1]) / max(1, room.height)


def _even(pixels: float) -> int:
    """Toward zero, so that a plate at the edge of its room stays inside, and even, as colour is stored at half the size."""
    return int(pixels / 2) * 2


def _as_boxes(plate: Box, places: Sequence[tuple[int, int]], travel: int) -> Boxes:
    corners = np.array(places, dtype=np.float64) + np.array([plate.x, plate.y])
    return np.hstack([corners, corners + np.array([plate.width, plate.height + travel])])


def _with_margins(faces: Sequence[OnScreen], size: tuple[int, int], share: float) -> Boxes:
    left, top, right, bottom = (share * margin for margin in MARGINS)
    boxes = np.array([[face.x, face.y, face.width, face.height] for face in faces], dtype=np.float64)
    x, y, width, height = boxes.T
    edges = np.stack([x - left * width, y - top * height, x + (1 + right) * width, y + (1 + bottom) * height], axis=1)
    return np.asarray(np.clip(edges, 0, 1) * np.array(size * 2), dtype=np.float64)


def _covered(bodies: Boxes, faces: Boxes) -> NDArray[np.float64]:
    """Share of every face (columns) under every body (rows)."""
    low = np.maximum(bodies[:, None, :2], faces[None, :, :2])
    high = np.minimum(bodies[:, None, 2:], faces[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    areas = (faces[:, 2:] - faces[:, :2]).prod(axis=1)
    return np.asarray(shared / np.maximum(areas, 1e-6), dtype=np.float64)


def _touches(bodies: Boxes, box: Box) -> NDArray[np.bool_]:
    x, y, right, bottom = bodies.T
    return np.asarray((x < box.x + box.width) & (right > box.x) & (y < box.y + box.height) & (bottom > box.y), dtype=np.bool_)
