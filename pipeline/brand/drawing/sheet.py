"""A transparent sheet in design units, drawn several times too large and reduced."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

OVER = 3
"""Drawn pixels for each pixel kept, on either side."""
CLEAR = "clear"
"""The colour that cuts a hole instead of painting."""
Points = NDArray[np.float64]
"""(n, 2): x to the right and y down."""


@dataclass(frozen=True)
class Shape:
    """An outline and its colour, a name of the style's palette or `clear`. line: width of a stroke in design units; 0 fills the outline."""

    points: Points
    colour: str
    line: float = 0.0

    def placed(self, x: float, y: float, size: float, turn_deg: float) -> "Shape":
        """The shape `size` times larger, turned clockwise round its origin, with the origin at (x, y)."""
        angle = np.radians(turn_deg)
        turned = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        return replace(self, points=self.points * size @ turned + np.array([x, y]))


@dataclass
class Sheet:
    """A picture to draw on.

    width, height: in design units. scale: pixels of the finished picture for a unit. tiles_x, tiles_y: what leaves at one side comes in
    at the other, so that repeats join without a seam.
    """

    width: int
    height: int
    scale: float = 1.0
    tiles_x: bool = False
    tiles_y: bool = False
    image: Image.Image = field(init=False)

    def __post_init__(self) -> None:
        """Begin with a clear picture."""
        self.image = self._blank()

    @property
    def unit(self) -> float:
        """Drawn pixels of a design unit."""
        return self.scale * OVER

    def paint(
        self, shapes: Sequence[Shape], colours: dict[str, str], *, soft: float = 0.0, opacity: float = 1.0, inside: float = 0.0
    ) -> None:
        """Paint shapes, lowest first.

        colours: #RRGGBB by name. soft: blur in design units. opacity: 0..1. inside: radius of a disc round the middle that cuts them; 0
        for none.
        """
        plain = not soft and opacity >= 1 and not inside
        layer = self.image if plain else self._blank()
        pen = ImageDraw.Draw(layer)
        for shape in shapes:
            fill = (0, 0, 0, 0) if shape.colour == CLEAR else colours.get(shape.colour, shape.colour)
            for points in self._copies(shape.points * self.unit, shape.line * self.unit):
                self._draw(pen, points, fill, shape.line * self.unit)
        if plain:
            return
        if soft:
            layer = _blurred(layer, soft * self.unit)
        alpha = layer.getchannel("A")
        if opacity < 1:
            alpha = alpha.point([round(level * opacity) for level in range(256)])
        if inside:
            alpha = ImageChops.multiply(alpha, self._disc(inside))
        layer.putalpha(alpha)
        self.image.alpha_composite(layer)

    def finished(self) -> Image.Image:
        """The picture in its own size, RGBA."""
        size = (round(self.width * self.scale), round(self.height * self.scale))
        return self.image.convert("RGBa").resize(size, Image.Resampling.BOX).convert("RGBA")

    def _blank(self) -> Image.Image:
        return Image.new("RGBA", (round(self.width * self.unit), round(self.height * self.unit)), (0, 0, 0, 0))

    def _disc(self, radius: float) -> Image.Image:
        mask, middle = Image.new("L", self.image.size, 0), np.array(self.image.size) / 2
        ImageDraw.Draw(mask).ellipse([*(middle - radius * self.unit), *(middle + radius * self.unit)], fill=255)
        return mask

    def _copies(self, points: Points, line: float) -> Iterator[Points]:
        """The points, and those of the neighbouring repeats that reach into the picture."""
        low, high = points.min(axis=0) - line, points.max(axis=0) + line
        across, down = self.image.size
        for step_x in (-across, 0, across) if self.tiles_x else (0,):
            for step_y in (-down, 0, down) if self.tiles_y else (0,):
                if low[0] + step_x < across and high[0] + step_x > 0 and low[1] + step_y < down and high[1] + step_y > 0:
                    yield points + np.array([step_x, step_y])

    @staticmethod
    def _draw(pen: ImageDraw.ImageDraw, points: Points, fill: str | tuple[int, ...], line: float) -> None:
        path = [(float(x), float(y)) for x, y in points]
        if not line:
            pen.polygon(path, fill=fill)
            return
        pen.line(path, fill=fill, width=max(1, round(line)), joint="curve")
        for x, y in (path[0], path[-1]):
            pen.ellipse([x - line / 2, y - line / 2, x + line / 2, y + line / 2], fill=fill)


def _blurred(layer: Image.Image, radius: float) -> Image.Image:
    """Blur with colours that keep their own value at the edge."""
    return layer.convert("RGBa").filter(ImageFilter.GaussianBlur(radius)).convert("RGBA")
