"""Motifs of the field and the farmyard: fish, bird, butterfly, ear of maize, pomegranate. Outlines of our own, after nobody's piece."""

from typing import Literal

import numpy as np
from pydantic import Field

from pipeline.brand.drawing.curves import circle, leaf, mirrored, smooth
from pipeline.brand.drawing.motif import Length, MotifStep
from pipeline.brand.drawing.sheet import Shape, Sheet


class _TwoColours(MotifStep):
    """A figure and what is cut out of it, or drawn on it."""

    colour: str
    mark: str

    def colour_names(self) -> tuple[str, ...]:
        """Return both colours."""
        return self.colour, self.mark


class Fish(_TwoColours):
    """A fish that swims to the right; size is its length."""

    motif: Literal["fish"]
    line: Length

    def shapes(self, sheet: Sheet) -> list[Shape]:  # noqa: ARG002
        """Return body, fins, gill, eye and scales."""
        body = smooth([(0.5, 0.0), (0.34, -0.15), (0.06, -0.21), (-0.2, -0.1), (-0.3, 0.0), (-0.2, 0.1), (0.06, 0.21), (0.34, 0.15)])
        tail = smooth([(-0.26, 0.0), (-0.42, -0.19), (-0.52, -0.17), (-0.43, 0.0), (-0.52, 0.17), (-0.42, 0.19)])
        fins = [smooth([(0.14, side * 0.17), (-0.02, side * 0.31), (-0.16, side * 0.27), (-0.12, side * 0.13)]) for side in (-1, 1)]
        shapes = [Shape(points, self.colour) for points in (tail, *fins, body)]
        gill = np.radians(np.linspace(-60, 60, 12))
        shapes.append(Shape(np.stack([0.17 + 0.12 * np.cos(gill), 0.15 * np.sin(gill)], axis=1), self.mark, self.line))
        for x, count in ((0.08, 3), (-0.04, 3), (-0.15, 2)):
            for number in range(count):
                y = (number - (count - 1) / 2) * 0.1
                arc = np.radians(np.linspace(-75, 75, 10))
                shapes.append(Shape(np.stack([x + 0.05 * np.cos(arc), y + 0.05 * np.sin(arc)], axis=1), self.mark, self.line))
        return [*shapes, Shape(circle(0.032, 0.36, -0.035), self.mark)]


class Bird(_TwoColours):
    """A small bird of the fields that looks to the right; size is its length."""

    motif: Literal["bird"]
    line: Length

    def shapes(self, sheet: Sheet) -> list[Shape]:  # noqa: ARG002
        """Return tail, body, head, beak, wing and eye."""
        body = smooth([(0.27, -0.08), (0.20, 0.10), (0.02, 0.2), (-0.16, 0.14), (-0.26, -0.02), (-0.06, -0.08), (0.12, -0.13)])
        tail = [leaf((-0.16, 0.03), (-0.5, y), 0.12) for y in (-0.28, -0.15, -0.02)]
        beak = np.array([(0.33, -0.22), (0.5, -0.16), (0.33, -0.13)])
        wing = [leaf((0.12, 0.0), (-0.16, -0.02 + 0.1 * number), 0.17) for number in range(2)]
        legs = [np.array([(x, 0.16), (x + 0.04, 0.32)]) for x in (0.0, 0.1)]
        return [
            *(Shape(points, self.colour) for points in (*tail, body, circle(0.12, 0.25, -0.18), beak)),
            *(Shape(points, self.colour, self.line) for points in legs),
            *(Shape(points, self.mark) for points in wing),
            Shape(circle(0.03, 0.27, -0.2), self.mark),
        ]


class Butterfly(_TwoColours):
    """A small butterfly seen from above, its head up; size is its width."""

    motif: Literal["butterfly"]
    line: Length

    def shapes(self, sheet: Sheet) -> list[Shape]:  # noqa: ARG002
        """Return wings with their eyes, body and feelers."""
        upper = smooth([(0.03, -0.02), (0.16, -0.26), (0.4, -0.36), (0.5, -0.24), (0.42, -0.06), (0.22, 0.04)])
        lower = smooth([(0.03, 0.02), (0.24, 0.06), (0.38, 0.18), (0.32, 0.34), (0.18, 0.34), (0.08, 0.2)])
        eyes = [circle(0.07, 0.34, -0.2), circle(0.05, 0.24, 0.2)]
        feeler = smooth([(0.01, -0.18), (0.06, -0.34), (0.14, -0.42)], closed=False)
        shapes = [Shape(way(points), self.colour) for points in (upper, lower) for way in (mirrored, np.copy)]
        shapes += [Shape(way(points), self.mark) for points in eyes for way in (mirrored, np.copy)]
        shapes += [Shape(way(feeler), self.colour, self.line) for way in (mirrored, np.copy)]
        return [*shapes, Shape(leaf((0, 0.3), (0, -0.22), 0.09), self.colour)]


class Maize(MotifStep):
    """An ear of maize with two husks, its tip up; size is its height."""

    motif: Literal["maize"]
    colour: str
    husk: str
    mark: str
    rows: int = Field(default=8, ge=3, le=16)

    def colour_names(self) -> tuple[str, ...]:
        """Return the colours of grains, husks and the lines between grains."""
        return self.colour, self.husk, self.mark

    def shapes(self, sheet: Sheet) -> list[Shape]:  # noqa: ARG002
        """Return ear, grains and husks."""
        ear = smooth([(0.0, -0.5), (0.12, -0.36), (0.16, -0.05), (0.12, 0.26), (0.0, 0.34), (-0.12, 0.26), (-0.16, -0.05), (-0.12, -0.36)])
        shapes = [Shape(leaf((side * 0.06, 0.42), (side * 0.36, -0.3), 0.2 * side), self.husk) for side in (-1, 1)]
        shapes.append(Shape(ear, self.mark))
        for row in range(self.rows):
            y = 0.25 - 0.68 * row / self.rows
            half = 0.145 * np.sqrt(max(0.08, 1 - ((y + 0.06) / 0.46) ** 2))
            for column in (-1, 0, 1):
                shapes.append(Shape(circle(0.30 / self.rows, column * half * 0.68, y), self.colour))
        shapes += [Shape(leaf((0, 0.5), (side * 0.24, 0.02), 0.26 * side), self.husk) for side in (-1, 1)]
        return [*shapes, Shape(leaf((0, 0.52), (0, 0.16), 0.2), self.husk)]


class Pomegranate(_TwoColours):
    """A pomegranate that has opened, its crown up; size is its height. mark: of its seeds and their chamber."""

    motif: Literal["pomegranate"]
    seeds: str

    def colour_names(self) -> tuple[str, ...]:
        """Return the colours of fruit, opening and seeds."""
        return self.colour, self.mark, self.seeds

    def shapes(self, sheet: Sheet) -> list[Shape]:  # noqa: ARG002
        """Return fruit, crown, opening and seeds."""
        fruit = smooth([(0, -0.24), (0.22, -0.18), (0.36, 0.06), (0.28, 0.34), (0, 0.46), (-0.28, 0.34), (-0.36, 0.06), (-0.22, -0.18)])
        crown = np.array([(-0.07, -0.2), (-0.15, -0.46), (-0.05, -0.34), (0.0, -0.5), (0.05, -0.34), (0.15, -0.46), (0.07, -0.2)])
        opening = leaf((0.02, 0.36), (0.04, -0.16), 0.26)
        spots = [(0.03, -0.02), (-0.03, 0.08), (0.08, 0.08), (0.03, 0.16), (-0.03, 0.24), (0.08, 0.22)]
        return [
            Shape(crown, self.colour),
            Shape(fruit, self.colour),
            Shape(opening, self.mark),
            *(Shape(circle(0.042, x, y), self.seeds) for x, y in spots),
        ]
