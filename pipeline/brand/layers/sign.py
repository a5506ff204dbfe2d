"""The co-op's sign: its logo and its name on one line."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from pipeline.brand import paint
from pipeline.brand.layers.pen import Pen
from pipeline.brand.layout import Canvas
from pipeline.brand.motion import Move
from pipeline.brand.type import Block, set_text

LOGO_HEIGHT = 1.25
"""Of the line that it stands on."""


@dataclass(frozen=True)
class CoopSign:
    """A measured sign: words, and the logo at its left where there is one."""

    words: Block
    logo: Image.Image | None
    gap: int

    @property
    def width(self) -> int:
        """Pixels of logo and words."""
        return self.words.width + (self.logo.width + self.gap if self.logo else 0)

    @property
    def height(self) -> int:
        """Pixels of the higher of both."""
        return max(self.words.height, self.logo.height if self.logo else 0)

    def lay(self, pen: Pen, x: int, y: int, move: Move, delay_s: float = 0.0) -> None:
        """Lay it with its corner at (x, y)."""
        if self.logo is not None:
            pen.put(self.logo, x, y + (self.height - self.logo.height) // 2, move, delay_s)
            x += self.logo.width + self.gap
        pen.write(self.words, x, y + (self.height - self.words.height) // 2, move, delay_s)


def coop_sign(canvas: Canvas, text: str, colour: str, *, size: float, width: int) -> CoopSign:
    """Measure a sign. text: the co-op's name. size: of its type over the shorter side. width: pixels that it may take."""
    path = canvas.style.coop.logo
    logo, gap = None, canvas.px(12)
    if path:
        picture, height = paint.load_logo(Path(path)), round(size * canvas.short * LOGO_HEIGHT * 1.26)
        logo = picture.resize((max(1, round(picture.width * height / picture.height)), height), Image.Resampling.LANCZOS)
    words = set_text(
        text,
        canvas.style.faces("strong"),
        size=size * canvas.short,
        least=0.020 * canvas.short,
        width=width - (logo.width + gap if logo else 0),
        most_lines=2,
        colour=colour,
    )
    return CoopSign(words, logo, gap)
