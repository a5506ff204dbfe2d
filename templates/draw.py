"""Draws the pictures and colour tables of the templates beside it: `python templates/draw.py [folder]`.

The results are committed; run it again after changing a shape or a colour. Every shape is drawn four times too large and reduced.
The Liangshan set is our own geometry in the manner of Yi lacquerware: black ground, red and yellow drawing, bands of sawtooth, sheep's
horns as paired spirals, fern hooks, and the sun. It copies no existing piece and carries no writing.
"""

import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw

OVER = 4
Point = tuple[float, float]

BLACK, RED, YELLOW = "#17110F", "#C5281C", "#F2B222"
GREEN, LEAF, CREAM = "#1F5A3C", "#7FA663", "#FBF7EE"


class Sheet:
    """A transparent picture in design units, drawn `OVER` times too large."""

    def __init__(self, width: int, height: int, ground: str | None = None) -> None:
        self.size = (width, height)
        self.image = Image.new("RGBA", (width * OVER, height * OVER), ground or (0, 0, 0, 0))
        self.draw = ImageDraw.Draw(self.image)

    def area(self, points: Sequence[Point], fill: str) -> None:
        """A filled polygon."""
        self.draw.polygon([(x * OVER, y * OVER) for x, y in points], fill=fill)

    def path(self, points: Sequence[Point], fill: str, width: float) -> None:
        """A line with round ends and joints."""
        scaled = [(x * OVER, y * OVER) for x, y in points]
        self.draw.line(scaled, fill=fill, width=round(width * OVER), joint="curve")
        for end in (scaled[0], scaled[-1]):
            self._dot(end, width * OVER / 2, fill)

    def disc(self, x: float, y: float, radius: float, fill: str) -> None:
        """A filled circle."""
        self._dot((x * OVER, y * OVER), radius * OVER, fill)

    def ring(self, x: float, y: float, radius: float, width: float, fill: str) -> None:
        """A circle's line; `radius` is that of its middle."""
        outer = radius + width / 2
        box = [(x - outer) * OVER, (y - outer) * OVER, (x + outer) * OVER, (y + outer) * OVER]
        self.draw.ellipse(box, outline=fill, width=round(width * OVER))

    def _dot(self, at: Point, radius: float, fill: str) -> None:
        x, y = at
        self.draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=fill)

    def save(self, path: Path, scale: float = 1.0) -> None:
        """Reduce and write as PNG."""
        size = (round(self.size[0] * scale), round(self.size[1] * scale))
        self.image.resize(size, Image.Resampling.LANCZOS).save(path, optimize=True)


def spiral(x: float, y: float, radius: float, turns: float, start: float, way: int) -> list[Point]:
    """Points of a spiral from its centre outward, ending at angle `start` (radians) on the circle of `radius`; `way` is 1 or -1."""
    steps = round(48 * turns)
    points = []
    for step in range(steps + 1):
        part = step / steps
        angle = start - way * (1 - part) * turns * 2 * math.pi
        reach = radius * (0.10 + 0.90 * part)
        points.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
    return points


def horns(sheet: Sheet, x: float, y: float, size: float, fill: str, width: float, up: bool = True) -> None:
    """A pair of sheep's horns: two mirrored spirals that spring from one stem at (x, y)."""
    turn = -1 if up else 1
    for side in (-1, 1):
        radius = size * 0.27
        centre_x, centre_y = x + side * size * 0.31, y + turn * size * 0.55
        curl = spiral(centre_x, centre_y, radius, 1.35, math.pi if side > 0 else 0.0, side if up else -side)
        sheet.path([*curl, (x + side * size * 0.02, y + turn * size * 0.20), (x, y)], fill, width)


def sawtooth(sheet: Sheet, top: float, height: float, step: float, fill: str, *, down: bool = False) -> None:
    """A row of triangles over the whole width; `step` must divide the width so that the row tiles."""
    count = round(sheet.size[0] / step)
    for number in range(count):
        left = number * step
        base, tip = (top, top + height) if down else (top + height, top)
        sheet.area([(left, base), (left + step, base), (left + step / 2, tip)], fill)


def liangshan_band() -> Sheet:
    """A tiling band: sawtooth rows that frame horns and lozenges."""
    sheet = Sheet(320, 160, BLACK)
    for top in (0, 154):
        sheet.area([(0, top), (320, top), (320, top + 6), (0, top + 6)], YELLOW)
    sawtooth(sheet, 10, 26, 40, RED, down=True)
    sawtooth(sheet, 124, 26, 40, RED)
    for top in (40, 116):
        sheet.area([(0, top), (320, top), (320, top + 4), (0, top + 4)], YELLOW)
    for x in (80, 240):
        horns(sheet, x, 108, 74, YELLOW, 6.5)
    for x in (0, 160, 320):
        for reach, fill in ((30, RED), (19, BLACK), (10, YELLOW)):
            sheet.area([(x - reach, 80), (x, 80 - reach), (x + reach, 80), (x, 80 + reach)], fill)
    return sheet


def liangshan_sun() -> Sheet:
    """The sun: rings, rays and four pairs of horns; its middle stays empty for a photo of 0.62 of its width."""
    sheet = Sheet(900, 900)
    sheet.disc(450, 450, 446, YELLOW)
    sheet.disc(450, 450, 436, BLACK)
    rays = 32
    for number in range(rays):
        angle, half = 2 * math.pi * number / rays, math.pi / rays
        inner, outer = 362.0, 426.0
        foot = [(450 + inner * math.cos(angle + turn), 450 + inner * math.sin(angle + turn)) for turn in (-half, half)]
        sheet.area([*foot, (450 + outer * math.cos(angle), 450 + outer * math.sin(angle))], RED if number % 2 else YELLOW)
    sheet.disc(450, 450, 364, RED)
    sheet.ring(450, 450, 352, 6, YELLOW)
    for number in range(24):
        angle = 2 * math.pi * number / 24
        x, y = 450 + 322 * math.cos(angle), 450 + 322 * math.sin(angle)
        sheet.disc(x, y, 13, YELLOW)
        sheet.disc(x, y, 7, BLACK)
    sheet.ring(450, 450, 295, 12, YELLOW)
    sheet.disc(450, 450, 289, BLACK)
    for number in range(4):
        arm = Sheet(900, 900)
        horns(arm, 450, 400, 230, YELLOW, 17)
        turned = arm.image.rotate(90 * number, Image.Resampling.BICUBIC)
        sheet.image.alpha_composite(turned)
    sheet.disc(450, 450, 46, RED)
    sheet.ring(450, 450, 46, 7, YELLOW)
    return sheet


def liangshan_ground() -> Sheet:
    """A quiet tile for the lacquer ground: fern hooks a little lighter than the black."""
    sheet = Sheet(240, 240, BLACK)
    shade = "#241916"
    for x, y, up in ((60, 100, True), (180, 20, False), (180, 220, True), (60, 140, False)):
        horns(sheet, x, y, 84, shade, 7, up)
    for x, y in ((0, 120), (240, 120), (120, 0), (120, 240), (120, 120), (0, 0), (240, 0), (0, 240), (240, 240)):
        sheet.area([(x - 14, y), (x, y - 14), (x + 14, y), (x, y + 14)], shade)
    return sheet


def plain_band() -> Sheet:
    """A tiling band of terraces: rows of ridges, one behind the other."""
    sheet = Sheet(320, 160, CREAM)
    for middle in (0, 160, 320):
        for radius, fill in ((150, GREEN), (134, CREAM), (124, GREEN), (104, CREAM), (92, LEAF), (66, CREAM), (54, GREEN), (22, CREAM)):
            sheet.disc(middle, 164, radius * 0.98, fill)
    for middle in (80, 240):
        for radius, fill in ((104, CREAM), (98, GREEN), (82, CREAM), (72, LEAF), (50, CREAM), (38, GREEN), (14, CREAM)):
            sheet.disc(middle, 176, radius, fill)
    return sheet


def leaf(root: Point, tip: Point, belly: float) -> list[Point]:
    """Outline of a leaf from root to tip, `belly` times its length wide on each side."""
    (x0, y0), (x1, y1) = root, tip
    along, across = (x1 - x0, y1 - y0), (-(y1 - y0), x1 - x0)
    outline: list[Point] = []
    for side, parts in ((1, range(0, 41)), (-1, range(40, -1, -1))):
        for step in parts:
            part = step / 40
            swell = side * belly * math.sin(math.pi * part**0.8)
            outline.append((x0 + along[0] * part + across[0] * swell, y0 + along[1] * part + across[1] * swell))
    return outline


def plain_sprout() -> Sheet:
    """A sprout over furrows in a ring."""
    sheet = Sheet(900, 900)
    sheet.disc(450, 450, 440, GREEN)
    sheet.disc(450, 450, 424, CREAM)
    sheet.disc(450, 450, 408, GREEN)
    field = Sheet(900, 900)
    for radius, fill in (
        (520, LEAF),
        (470, GREEN),
        (440, CREAM),
        (422, GREEN),
        (372, LEAF),
        (332, GREEN),
        (296, CREAM),
        (280, GREEN),
        (220, LEAF),
        (170, GREEN),
    ):
        field.disc(450, 1060, radius, fill)
    mask = Sheet(900, 900)
    mask.disc(450, 450, 408, "#FFFFFF")
    sheet.image.paste(
        field.image, (0, 0), Image.composite(field.image.getchannel("A"), Image.new("L", field.image.size, 0), mask.image.getchannel("A"))
    )
    sheet.path([(450, 640), (450, 430)], CREAM, 22)
    sheet.area(leaf((450, 470), (220, 230), 0.26), CREAM)
    sheet.area(leaf((450, 520), (650, 300), -0.27), LEAF)
    return sheet


def plain_ground() -> Sheet:
    """Warm white with faint furrows."""
    sheet = Sheet(240, 240, CREAM)
    for row in range(6):
        line = [(x, row * 40 + 20 + 6 * math.sin(2 * math.pi * x / 240)) for x in range(-20, 261, 4)]
        sheet.path(line, "#F3EDDE", 5)
    return sheet


def grade(warmth: float, contrast: float, saturation: float) -> Callable[[float, float, float], tuple[float, float, float]]:
    """A gentle grade on R'G'B' 0..1: soft S-curve, warmer lights, saturation around luma. All arguments are small fractions."""

    def curve(value: float) -> float:
        return value + contrast * (value - 0.5) * (1 - (2 * value - 1) ** 2)

    def colour(red: float, green: float, blue: float) -> tuple[float, float, float]:
        luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        tint = warmth * luma * (1 - 0.45 * luma)
        lifted = (red + tint, green + 0.25 * tint, blue - tint)
        mixed = [luma + (1 + saturation) * (channel - luma) for channel in lifted]
        limited = [min(1.0, max(0.0, curve(min(1.0, max(0.0, channel))))) for channel in mixed]
        return limited[0], limited[1], limited[2]

    return colour


def write_lut(path: Path, title: str, colour: Callable[[float, float, float], tuple[float, float, float]], size: int = 17) -> None:
    """A .cube file, red fastest, as the format wants it. The curves are gentle, so 17 points a side are enough."""
    steps = [index / (size - 1) for index in range(size)]
    rows = ["{:.5f} {:.5f} {:.5f}".format(*colour(red, green, blue)) for blue in steps for green in steps for red in steps]
    path.write_text(f'TITLE "{title}"\nLUT_3D_SIZE {size}\n' + "\n".join(rows) + "\n", encoding="utf-8")


def main(folder: Path) -> None:
    """Draw everything into `folder`/plain and `folder`/liangshan."""
    for name in ("plain", "liangshan"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    plain_band().save(folder / "plain" / "band.png")
    plain_sprout().save(folder / "plain" / "ornament.png")
    plain_ground().save(folder / "plain" / "ground.png")
    write_lut(folder / "plain" / "grade.cube", "FieldCut plain", grade(0.02, 0.06, 0.04))
    liangshan_band().save(folder / "liangshan" / "band.png")
    liangshan_sun().save(folder / "liangshan" / "ornament.png")
    liangshan_ground().save(folder / "liangshan" / "ground.png")
    write_lut(folder / "liangshan" / "grade.cube", "FieldCut liangshan", grade(0.05, 0.12, 0.08))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
