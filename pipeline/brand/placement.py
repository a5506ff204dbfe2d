"""Finds where and when a layer may stand, so that no close face is under it: the face wins over everything.

A layer has forms (the style's own first, smaller ones after it), each drawn where the style puts it, and times at which it may stand. It
keeps the style's place and time where no face is under it. Else it takes the nearest clear place in its room, else another time, else a
smaller form, else it is left out. It is held still while it stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.brand.motion import Drawing
from pipeline.documents.face_on_screen import FaceOnScreen
from pipeline.documents.look import Box
from pipeline.documents.message import Message

CLOSE = 0.08
"""A face as large as this, as a fraction of the picture's shorter side, is close: at 1080 some 86 pixels, a person seen to the knees."""
MOST_COVERED = 0.005
"""Share of a face that a layer may cover: a row of pixels."""
MOST_OF_MARGINS = 0.03
"""Share of a face with its margins that a layer may cover: of another detector's box, which is larger, well under a twentieth."""
MARGINS = (0.12, 0.30, 0.12, 0.14)
"""Left, top, right, bottom of a face over its size: the detector's box reaches from the brows to the chin, a face to the hair."""
STEPS = 36
"""Heights that are tried in a room."""

Span = tuple[int, int]
"""First frame and length in frames."""
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
    own_cover: float
    """Share of a face that would be covered at the style's own place and time; 0 where none is there."""
    own_cover_frame: int


@dataclass(frozen=True)
class Standing:
    """A layer that has its place already."""

    box: Box
    span: Span


def close_faces(faces: Sequence[FaceOnScreen], width: int, height: int) -> list[FaceOnScreen]:
    """The faces that no layer may cover on a picture of that size."""
    least = CLOSE * min(width, height)
    return [face for face in faces if max(face.width * width, face.height * height) >= least]


def place(
    forms: Iterable[LayerForm],
    room: Box,
    *,
    faces: Sequence[FaceOnScreen],
    size: tuple[int, int],
    standing: Sequence[Standing] = (),
    travel: int = 0,
    entering: int = 0,
) -> Placement | None:
    """The first form, time and place that are clear of faces and of what stands already; None where nothing is.

    forms: the style's own first. room: the pixels that layers may use. faces:
    close ones. size: width and height of the picture. travel: pixels below its place at which a plate that rises begins. entering: frames
    in which it gets there.
    """
    own_cover, own_cover_frame = 0.0, 0
    own: Span | None = None
    for form in forms:
        drawing = form.drawing
        for span in form.spans:
            shown = [face for face in faces if face.first_frame < span[0] + span[1] and face.end_frame > span[0]]
            reach = travel if drawing.panel_rises else 0
            places = _places(drawing.plate, room, reach)
            bodies, rising = _as_boxes(drawing.plate, places, 0), _as_boxes(drawing.plate, places, reach)
            covered = hidden = np.zeros((len(places), 1))
            if shown:
                early = np.array([face.first_frame < span[0] + entering for face in shown])
                margins, bare = (_with_margins(shown, size, share) for share in (1.0, 0.0))
                covered = np.where(early, _covered(rising, bare), _covered(bodies, bare))
                hidden = np.where(early, _covered(rising, margins), _covered(bodies, margins))
            own, first = (own or span), own is None
            if first and shown:
                worst = int(hidden[0].argmax())
                own_cover, own_cover_frame = float(hidden[0, worst]), shown[worst].first_frame
            clear = ((covered <= MOST_COVERED) & (hidden <= MOST_OF_MARGINS)).all(axis=1)
            for other in standing:
                if other.span[0] < span[0] + span[1] and other.span[0] + other.span[1] > span[0]:
                    clear &= ~_touches(rising, other.box)
            if clear.any():
                x, y = places[int(clear.argmax())]
                shortened = span[0] == own[0] and span[1] < own[1]
                return Placement(drawing.moved(x, y), span, form, (x, y) != (0, 0), shortened, own_cover, own_cover_frame)
    return None


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


def _with_margins(faces: Sequence[FaceOnScreen], size: tuple[int, int], share: float) -> Boxes:
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
