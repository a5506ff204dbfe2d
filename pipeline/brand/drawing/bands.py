"""Motifs that cover a sheet from edge to edge: grounds, stripes, teeth, ripples, lattices, threads, crackle."""

from typing import Literal

import numpy as np
from pydantic import Field

from pipeline.brand.drawing.curves import circle
from pipeline.brand.drawing.motif import Length, Number, WholeSheet
from pipeline.brand.drawing.sheet import Points, Shape, Sheet


def _rectangle(left: float, top: float, right: float, bottom: float) -> Points:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


class PlainGround(WholeSheet):
    """One colour over everything."""

    motif: Literal["cover"]

    def shapes(self, sheet: Sheet) -> list[Shape]:
        """Return the whole sheet."""
        return [Shape(_rectangle(-1, -1, sheet.width + 1, sheet.height + 1), self.colour)]


class Stripes(WholeSheet):
    """Bars from left to right, or from top to bottom. tops: their upper, or left, edges. height: of each."""

    motif: Literal["stripes"]
    tops: tuple[Number, ...] = Field(min_length=1, max_length=60)
    height: Length
    upright: bool = False

    def shapes(self, sheet: Sheet) -> list[Shape]:
        """Return the bars."""
        if self.upright:
            return [Shape(_rectangle(left, -1, left + self.height - 1 / sheet.unit, sheet.height + 1), self.colour) for left in self.tops]
        return [Shape(_rectangle(-1, top, sheet.width + 1, top + self.height - 1 / sheet.unit), self.colour) for top in self.tops]


class Sawtooth(WholeSheet):
    """A row of triangles. pitch: width of one; it must divide the sheet's width so that repeats join."""

    motif: Literal["sawtooth"]
    top: Number
    height: Length
    pitch: Length
    down: bool = False

    def shapes(self, sheet: Sheet) -> list[Shape]:
        """Return the triangles."""
        base, tip = (self.top, self.top + self.height) if self.down else (self.top + self.height, self.top)
        lefts = np.arange(round(sheet.width / self.pitch)) * self.pitch
        return [Shape(np.array([(x, base), (x + self.pitch, base), (x + self.pitch / 2, tip)]), self.colour) for x in lefts]


class Teeth(WholeSheet):
    """The fringe of a paper-cut: narrow curved blades side by side along an edge. pitch: distance between two."""

    motif: Literal["teeth"]
    top: Number
    height: Length
    pitch: Length
    down: bool = False

    def shapes(self, sheet: Sheet) -> list[Shape]:
        """Return the blades."""
        part = np.linspace(0, 1, 9)
        half, lean = 0.42 * self.pitch * (1 - part) ** 0.7, 0.55 * self.pitch * part**2
        foot = self.top if self.down else self.top + self.height
        rows = foot + (1 if self.down else -1) * self.height * part
        blade = np.concatenate([np.stack([lean - half, rows], axis=1), np.stack([lean + half, rows], axis=1)[::-1]])
        lefts = (np.arange(round(sheet.width / self.pitch)) + 0.5) * self.pitch
        return [Shape(blade + np.array([x, 0]), self.colour) for x in lefts]


class Ripples(WholeSheet):
    """Wavy lines. rows: heights of their middles. lift: of the wave. waves: whole ones across the sheet. line: width."""

    motif: Literal["ripples"]
    rows: tuple[Number, ...] = Field(min_length=1, max_length=60)
    lift: float = Field(ge=0, le=200)
    waves: int = Field(ge=1, le=40)
    line: Length
    shift: float = Field(default=0, ge=0, le=1)
    """Share of a wave by which every second line is moved."""

    def shapes(self, sheet: Sheet) -> list[Shape]:
        """Return the lines, a little longer than the sheet."""
        x = np.linspace(-0.06, 1.06, 100)
        lines = []
        for number, row in enumerate(self.rows):
            y = row + self.lift * np.sin(2 * np.pi * (x * self.waves + self.shift * (number % 2)))
            lines.append(Shape(np.stack([x * sheet.width, y], axis=1), self.colour, self.line))
        return lines


class Scallops(WholeSheet):
    """Rows of arches like ripples or tiles, each of rings. pitch: width of an arch. rows: heights of their feet, upper ones first.

    rings: widths of the lines as shares of the arch, outermost first; they alternate with `under`.
    """

    motif: Literal["scallops"]
    rows: tuple[Number, ...] = Field(min_length=1, max_length=20)
    pitch: Length
    rings: int = Field(ge=1, le=8)
    under: str

    def colour_names(self) -> tuple[str, ...]:
        """Return the colour of the lines and of what lies between them."""
        return self.colour, self.under

    def shapes(self, sheet: Sheet) -> list[Shape]:
        """Return the arches, every second row between those of the first."""
        shapes = []
        for number, foot in enumerate(self.rows):
            lefts = (np.arange(-1, round(sheet.width / self.pitch) + 1) + (0.5 if number % 2 else 0)) * self.pitch
            for left in lefts:
                for ring in range(2 * self.rings):
                    radius = self.pitch * 0.5 * (1 - ring / (2 * self.rings))
                    shapes.append(Shape(circle(radius, left + self.pitch / 2, foot), self.under if ring % 2 else self.colour))
        return shapes


class Lattice(WholeSheet):
    """Window lattice: crossing lines. pitch: distance of two; it must divide the sheet. slanting: both ways diagonal."""

    motif: Literal["lattice"]
    pitch: Length
    line: Length
    slanting: bool = False

    def shapes(self, sheet: Sheet) -> list[Shape]:
        """Return the lines, past the edges."""
        width, height = sheet.width, sheet.height
        if self.slanting:
            starts = np.arange(-height - self.pitch, width + height + 2 * self.pitch, self.pitch)
            ends = [((x, -2.0), (x + way * (height + 4), height + 2.0)) for x in starts for way in (-1, 1)]
        else:
            ends = [((x, -2.0), (x, height + 2.0)) for x in np.arange(0, width + 1, self.pitch)]
            ends += [((-2.0, y), (width + 2.0, y)) for y in np.arange(0, height + 1, self.pitch)]
        return [Shape(np.array(line, dtype=np.float64), self.colour, self.line) for line in ends]


class Threads(WholeSheet):
    """Linen or felt: short fine lines both ways, the same in every drawing. count: of lines. seed: another number, other threads."""

    motif: Literal["threads"]
    count: int = Field(ge=1, le=2000)
    line: Length
    longest: Length = 120
    seed: int = Field(default=1, ge=0)

    def shapes(self, sheet: Sheet) -> list[Shape]:
        """Return the threads."""
        chance = np.random.default_rng(self.seed)
        spots = chance.uniform(0, 1, (self.count, 2)) * np.array([sheet.width, sheet.height])
        lengths = chance.uniform(0.3, 1, self.count) * min(self.longest, sheet.width / 2)
        upright = chance.uniform(0, 1, self.count) < 0.5
        ends = np.where(upright[:, None], np.stack([0 * lengths, lengths], axis=1), np.stack([lengths, 0 * lengths], axis=1))
        return [Shape(np.stack([spot, spot + end]), self.colour, self.line) for spot, end in zip(spots, ends, strict=True)]


class Crackle(WholeSheet):
    """The fine veins that dye leaves where wax broke: crooked lines, the same in every drawing."""

    motif: Literal["crackle"]
    count: int = Field(ge=1, le=200)
    line: Length
    seed: int = Field(default=1, ge=0)

    def shapes(self, sheet: Sheet) -> list[Shape]:
        """Return the veins."""
        chance = np.random.default_rng(self.seed)
        veins = []
        for _ in range(self.count):
            start, heading = chance.uniform(0, 1, 2) * np.array([sheet.width, sheet.height]), chance.uniform(0, 2 * np.pi)
            turns = heading + np.cumsum(chance.normal(0, 0.35, 7))
            steps = np.stack([np.cos(turns), np.sin(turns)], axis=1) * chance.uniform(5, 16, (7, 1))
            veins.append(Shape(start + np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)]), self.colour, self.line))
        return veins
