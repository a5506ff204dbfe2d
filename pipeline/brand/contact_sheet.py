"""The contact sheet of a style: the frames of a preview, its keep-out areas, colours and patterns on one picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from pipeline.brand import paint
from pipeline.brand.fonts import face
from pipeline.brand.preview import PreviewFrame
from pipeline.brand.style import Style
from pipeline.resources import FONTS

WIDTH = 2000
MARGIN = 24
ROW_HEIGHTS = {"9:16": 620, "3:4": 480, "1:1": 380, "16:9": 380}
PAPER, TEXT, QUIET_TEXT = "#FFFFFF", "#222222", "#666666"


@dataclass(frozen=True)
class SheetWords:
    """The sheet's own words in the reader's language. frames: by name of a frame. limits: one line of numbers."""

    heading: str
    line: str
    frames: Mapping[str, str]
    keep_out: str
    limits: str


WORDS_FONT = FONTS / "NotoSansSC-Regular.ttf"
"""Of the sheet's own words, whatever fonts the style has."""


class _Page:
    """A page that grows downward."""

    def __init__(self) -> None:
        self._face = face(WORDS_FONT)
        self.image = Image.new("RGB", (WIDTH, 12_000), PAPER)
        self.pen = ImageDraw.Draw(self.image)
        self.x, self.y, self._row = MARGIN, MARGIN, 0

    def text(self, words: str, size: int, colour: str = TEXT) -> None:
        """Write a line over the whole width."""
        self.end_row()
        self.pen.text((MARGIN, self.y), words, font=self._face.at(size), fill=colour)
        self.y += round(size * 1.6)

    def picture(self, image: Image.Image, caption: str) -> None:
        """Lay a picture to the right of the last one, or below where there is no room."""
        if self.x + image.width > WIDTH - MARGIN:
            self.end_row()
        self.image.paste(image, (self.x, self.y))
        font = self._face.at(16)
        while caption and font.getlength(caption) > image.width + 10:
            caption = caption[:-2].rstrip("…") + "…"
        self.pen.text((self.x, self.y + image.height + 6), caption, font=font, fill=QUIET_TEXT)
        self.x += image.width + 16
        self._row = max(self._row, image.height + 40)

    def end_row(self) -> None:
        """Go on below the pictures that stand side by side."""
        self.x, self.y, self._row = MARGIN, self.y + self._row, 0

    def finished(self) -> Image.Image:
        """The page as high as it is full."""
        self.end_row()
        return self.image.crop((0, 0, WIDTH, self.y + MARGIN))


def contact_sheet(style: Style, frames: Sequence[PreviewFrame], areas: Sequence[tuple[str, Image.Image]], words: SheetWords) -> Image.Image:
    """The whole sheet, RGB. areas: name and picture of every destination's keep-out area."""
    page = _Page()
    page.text(words.heading, 44)
    page.text(words.line, 22, QUIET_TEXT)
    last = ""
    for frame in frames:
        if frame.shape != last and last in ("", "9:16"):
            page.end_row()
        last = frame.shape
        height = ROW_HEIGHTS[frame.shape]
        small = frame.image.resize((round(frame.image.width * height / frame.image.height), height), Image.Resampling.LANCZOS)
        page.picture(small, f"{words.frames.get(frame.name, frame.name)} · {frame.shape} · {frame.language}")
    page.text(words.keep_out, 26)
    for name, image in areas:
        page.picture(image.resize((203, 360), Image.Resampling.LANCZOS), name)
    page.end_row()
    _patterns(page, style)
    page.text(words.limits, 22, QUIET_TEXT)
    return page.finished()


def _patterns(page: _Page, style: Style) -> None:
    """The three pictures, and every colour with its names."""
    band, ornament, ground = (style.picture(which) for which in ("band", "ornament", "ground"))
    if band is not None:
        page.picture(paint.band(band, 640, 120).convert("RGB"), "band")
    if ornament is not None:
        tile = Image.new("RGBA", (240, 240), style.palette.ground.fill)
        tile.alpha_composite(paint.motif(ornament, 240))
        page.picture(tile.convert("RGB"), "ornament")
    if ground is not None:
        page.picture(paint.tiled(ground, 480, 240, 240).convert("RGB"), "ground")
    page.end_row()
    for colour, names in colours_of(style).items():
        page.picture(Image.new("RGB", (170, 60), colour), f"{colour} {names[0]}")
    page.end_row()


def colours_of(style: Style) -> dict[str, list[str]]:
    """Every colour of a style with the names and keys that have it."""
    found: dict[str, list[str]] = {}
    for name, colour in style.colours.items():
        found.setdefault(colour.upper(), []).append(name)
    for surface, colours in style.palette:
        for role, colour in colours:
            found.setdefault(colour.upper(), []).append(f"{surface}.{role}")
    return found
