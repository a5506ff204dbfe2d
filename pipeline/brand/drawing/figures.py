"""Motifs that stand at a place: discs, rings, rays, lozenges, spirals, horns, leaves, ferns, flowers, and counted charts."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from pipeline.brand.drawing.curves import circle, leaf, lozenge, polygon, spiral
from pipeline.brand.drawing.motif import Length, MotifStep, OneColour
from pipeline.brand.drawing.sheet import Shape, Sheet


class Disc(OneColour):
    """A filled circle; size is its radius."""

    motif: Literal["disc"]

    def shapes(self, sheet: Sheet) -> list[Shape]:  # noqa: ARG002
        """Return the circle."""
        return [Shape(circle(1), self.colour)]


class Ring(OneColour):
    """A circle's line; size is the radius of its middle."""

    motif: Literal["ring"]
    line: Length

    def shapes(self, sheet: Sheet) -> list[Shape]:  # noqa: ARG002
        """Return the line, closed."""
        points = circle(1)
        return [Shape(np.concatenate([points, points[:2]]), self.colour, self.line)]


class Rays(MotifStep):
    """Triangles round a circle; size is their outer radius. inner: radius of their feet as a share of it. Colours alternate."""

    motif: Literal["rays"]
    colours: tuple[str, ...] = Field(min_length=1, max_length=6)
    count: int = Field(ge=3, le=120)
    inner: float = Field(ge=0.05, le=0.98)

    def colour_names(self) -> tuple[str, ...]:
        """Return its colours."""
        return self.colours

    def shapes(self, sheet: Sheet) -> list[Shape]:  # noqa: ARG002
        """Return the triangles."""
        half = np.pi / self.count
        shapes = []
        for number in range(self.count):
            angle = 2 * half * number
            foot = [(self.inner * np.sin(angle + turn), -self.inner * np.cos(angle + turn)) for turn in (-half, half)]
            tip = (np.sin(angle), -np.cos(angle))
            shapes.append(Shape(np.array([*foot, tip]), self.colours[number % len(self.colours)]))
        return shapes


class Lozenge(MotifStep):
    """Squares on their corners, one in another; size is half the width of the first. ratio: height over width."""

    motif: Literal["lozenge"]
    colours: tuple[str, ...] = Field(min_length=1, max_length=10)
    ratio: float = Field(default=1, ge=0.2, le=5)

    def colour_names(self) -> tuple[str, ...]:
        """Return its colours, outermost first."""
        return self.colours

    def shapes(self, sheet: Sheet) -> list[Shape]:  # noqa: ARG002
        """Return the squares, outermost first."""
        return [Shape(lozenge(1 - index / len(self.colours), self.ratio), colour) for index, colour in enumerate(self.colours)]


class Spiral(OneColour):
    """A spiral; size is its outer radius."""

    motif: Literal["spiral"]
    turns: float = Field(default=2, ge=0.5, le=8)
    line: Length
    way: Literal[-1, 1] = 1

    def shapes(self, sheet: Sheet) -> list[Shape]:  # noqa: ARG002
        """Return the line."""
        return [Shape(spiral(1, self.turns, 90, self.way), self.colour, self.line)]


class Horns(OneColour):
    """A pair of sheep's horns: two mirrored spirals that spring from one stem; size is their width and height together."""

    motif: Literal["horns"]
    line: Length

    def shapes(self, sheet: Sheet) -> list[Shape]:  # noqa: ARG002
        """Return both horns with their stem."""
        return [
            Shape(
                np.concatenate(
                    [
                        spiral(0.27, 1.35, 180 if side > 0 else 0, side, side * 0.31, -0.55),
                        np.array([(side * 0.02, -0.20), (0.0, 0.0)]),
                    ]
                ),
                self.colour,
                self.line,
            )
            for side in (-1, 1)
        ]


class Leaf(OneColour):
    """A leaf that grows upward from its place; size is its length. belly: half its width over its length."""

    motif: Literal["leaf"]
    belly: float = Field(default=0.24, ge=-0.6, le=0.6)

    def shapes(self, sheet: Sheet) -> list[Shape]:  # noqa: ARG002
        """Return the outline."""
        return [Shape(leaf((0, 0), (0, -1), self.belly), self.colour)]


class Stem(OneColour):
    """A straight line that grows upward from its place; size is its length."""

    motif: Literal["stem"]
    line: Length

    def shapes(self, sheet: Sheet) -> list[Shape]:  # noqa: ARG002
        """Return the line."""
        return [Shape(np.array([(0.0, 0.0), (0.0, -1.0)]), self.colour, self.line)]


class Sprig(OneColour):
    """A stem with leaves in pairs that grows upward from its place; size is its length."""

    motif: Literal["sprig"]
    pairs: int = Field(default=4, ge=1, le=12)
    line: Length
    belly: float = Field(default=0.26, ge=0.05, le=0.6)
    reach: float = Field(default=0.34, ge=0.05, le=0.9)
    """Length of the lowest leaves over the stem's; those above are shorter."""

    def shapes(self, sheet: Sheet) -> list[Shape]:  # noqa: ARG002
        """Return stem and leaves, with one at the tip."""
        shapes = [Shape(np.array([(0.0, 0.0), (0.0, -0.86)]), self.colour, self.line)]
        for number in range(self.pairs):
            foot = 0.14 + 0.66 * number / self.pairs
            long = self.reach * (1 - 0.5 * number / self.pairs)
            for side in (-1, 1):
                tip = (side * long * 0.78, -foot - long * 0.62)
                shapes.append(Shape(leaf((0, -foot), tip, self.belly), self.colour))
        return [*shapes, Shape(leaf((0, -0.76), (0, -1.0), self.belly), self.colour)]


class Fern(OneColour):
    """A young fern: a stem that ends in a curl, with short fronds at its outer side; size is its height."""

    motif: Literal["fern"]
    line: Length
    fronds: int = Field(default=6, ge=0, le=16)
    way: Literal[-1, 1] = 1

    def shapes(self, sheet: Sheet) -> list[Shape]:  # noqa: ARG002
        """Return the stem with its curl, and the fronds."""
        curl = spiral(0.22, 1.5, 180 if self.way > 0 else 0, self.way, self.way * 0.22, -0.74)
        shapes = [Shape(np.concatenate([curl, np.array([(0.0, -0.55), (0.0, 0.0)])]), self.colour, self.line)]
        for number in range(self.fronds):
            foot = -0.04 - 0.6 * number / max(1, self.fronds)
            long = 0.34 * (1 - 0.45 * number / max(1, self.fronds))
            shapes.append(Shape(leaf((0, foot), (-self.way * long, foot - 0.5 * long), 0.13), self.colour))
        return shapes


class Flower(MotifStep):
    """A flower seen from above; size is its radius. colours: petals from the outermost row to the heart.

    petals: in a row. belly: half a petal's width over its length. notch: depth of the dent at a petal's end, as a plum's or a peony's.
    """

    motif: Literal["flower"]
    colours: tuple[str, ...] = Field(min_length=1, max_length=8)
    petals: int = Field(default=5, ge=3, le=24)
    belly: float = Field(default=0.42, ge=0.1, le=0.8)
    notch: float = Field(default=0, ge=0, le=0.4)
    heart: str = ""
    heart_size: float = Field(default=0.2, ge=0, le=0.8)

    def colour_names(self) -> tuple[str, ...]:
        """Return its colours."""
        return (*self.colours, self.heart) if self.heart else self.colours

    def shapes(self, sheet: Sheet) -> list[Shape]:  # noqa: ARG002
        """Return the rows of petals, each turned by half a petal against the one under it, and the heart."""
        shapes = []
        for row, colour in enumerate(self.colours):
            size = 1 - 0.82 * row / max(1, len(self.colours)) if len(self.colours) > 1 else 1.0
            for number in range(self.petals):
                turn = 360 * (number + 0.5 * (row % 2)) / self.petals
                shapes.append(Shape(self._petal(), colour).placed(0, 0, size, turn))
        if self.heart:
            shapes.append(Shape(circle(self.heart_size), self.heart))
        return shapes

    def _petal(self) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        angle = np.linspace(0, 2 * np.pi, 33)[:-1]
        across, along = self.belly * np.sin(angle), 0.5 - 0.5 * np.cos(angle)
        along = along - self.notch * np.exp(-((across / (0.35 * self.belly)) ** 2)) * (along > 0.5)
        return np.stack([across * (0.55 + 0.45 * along), -along], axis=1)


class Polygon(OneColour):
    """A regular polygon, its first corner up; size is its radius."""

    motif: Literal["polygon"]
    corners: int = Field(ge=3, le=16)

    def shapes(self, sheet: Sheet) -> list[Shape]:  # noqa: ARG002
        """Return the outline."""
        return [Shape(polygon(self.corners, 1), self.colour)]


class Chart(MotifStep):
    """A counted pattern, as for weaving or cross-stitch: rows of characters, each a cell; size is a cell's side.

    keys: the colour of each character; `.` stays clear. mirror: the chart is one half, or one quarter, and the middle line is not doubled.
    """

    motif: Literal["chart"]
    rows: tuple[Annotated[str, Field(min_length=1, max_length=80)], ...] = Field(min_length=1, max_length=80)
    keys: dict[str, str]
    mirror: Literal["none", "right", "down", "both"] = "none"
    size: Length = 10

    def colour_names(self) -> tuple[str, ...]:
        """Return the colours of its keys."""
        return tuple(self.keys.values())

    def shapes(self, sheet: Sheet) -> list[Shape]:  # noqa: ARG002
        """Return stretches of equal cells, centred on the place."""
        rows = [row + row[-2::-1] if self.mirror in ("right", "both") else row for row in self.rows]
        rows = rows + rows[-2::-1] if self.mirror in ("down", "both") else rows
        left, top = -max(len(row) for row in rows) / 2, -len(rows) / 2
        shapes = []
        for y, row in enumerate(rows):
            start = 0
            for x in range(1, len(row) + 1):
                if x == len(row) or row[x] != row[start]:
                    if row[start] in self.keys:
                        corners = [(start, y), (x, y), (x, y + 1), (start, y + 1)]
                        shapes.append(Shape(np.array(corners, dtype=np.float64) + np.array([left, top]), self.keys[row[start]]))
                    start = x
        return shapes
