"""Areas of a picture of any shape: the safe area, the space of the subtitles, and what remains above it."""

from dataclasses import dataclass

from pipeline.brand.fonts import Face, face
from pipeline.brand.style import Style
from pipeline.chinese.scripts import ARABIC, TIBETAN, YI
from pipeline.documents.destination import Destination
from pipeline.documents.limits import SECOND_SIZE, SUBTITLE_LINES
from pipeline.documents.look import Box, ScriptFont, Typography
from pipeline.resources import FONTS

LEAST_MARGIN = 0.035
"""Least distance of text from an edge, as a fraction of the shorter side: phones have round corners."""


@dataclass(frozen=True)
class Canvas:
    """A picture to draw on: its style, its size in pixels, and the area in which text may stand."""

    style: Style
    width: int
    height: int
    safe: Box

    @property
    def short(self) -> int:
        """The shorter side."""
        return min(self.width, self.height)

    def px(self, design: float) -> int:
        """Convert a length designed for a shorter side of 1080 to whole pixels, at least one."""
        return max(1, round(design * self.short / 1080))

    def part(self, fraction: float) -> int:
        """Convert a fraction of the shorter side to whole pixels."""
        return round(fraction * self.short)

    @property
    def portrait(self) -> bool:
        """Whether the picture is taller than wide."""
        return self.height > self.width


def canvas_for(style: Style, destination: Destination, width: int, height: int) -> Canvas:
    """Make the canvas, with the destination's safe area for the nearest shape."""
    area = destination.safe_area(width, height)
    least = LEAST_MARGIN * min(width, height)
    left, right = max(area.left * width, least), max(area.right * width, least)
    top, bottom = max(area.top * height, least), max(area.bottom * height, least)
    box = Box(
        x=-int(-left // 1), y=-int(-top // 1), width=int(width - right) - -int(-left // 1), height=int(height - bottom) - -int(-top // 1)
    )
    return Canvas(style, width, height, box)


def typography_for(canvas: Canvas) -> Typography:
    """Subtitle typography for a canvas: centred at the bottom of the safe area, with equal side margins, as ASS needs them."""
    style = canvas.style.subtitles
    em = max(8.0, style.size * canvas.short)
    outline = style.outline * canvas.short
    own = canvas.style.subtitle_face()
    side = max(canvas.safe.x, canvas.width - canvas.safe.x - canvas.safe.width)
    line_px = canvas.width - 2 * side - 2 * outline
    return Typography(
        font=own.family,
        size_px=round(em * own.line_height),
        bold=own.bold,
        colour=style.colour.upper(),
        outline_colour=style.outline_colour.upper(),
        outline_px=round(outline, 2),
        shadow_px=round(style.shadow * canvas.short, 2),
        box=style.box,
        margin_bottom_px=canvas.height - canvas.safe.y - canvas.safe.height + canvas.px(16),
        margin_side_px=side,
        line_width=min(style.longest_line * (1.6 if canvas.width > canvas.height else 1.0), int(line_px / em * 2) / 2),
        scripts=tuple(_script_font(letters, face(FONTS / name), em, own.line_height, line_px) for name, letters in SECOND_SCRIPTS.items()),
    )


SECOND_SCRIPTS = {
    "NotoSansYi-Regular.ttf": YI,
    "NotoSerifTibetan-Regular.ttf": TIBETAN,
    "NotoNaskhArabic-Regular.ttf": ARABIC,
}
"""Characters of the scripts in which a second language may be, by the font that has them; Mongolian does not go across."""


def _script_font(letters: str, font: Face, em: float, own_height: float, line_px: float) -> ScriptFont:
    """A script's font at the size of a second language, or, where its lines are tall, at that of one line in the room of two."""
    lines = SUBTITLE_LINES if font.line_height <= own_height else 1
    size = SECOND_SIZE * em if lines > 1 else em * own_height / font.line_height
    return ScriptFont(
        letters=letters,
        family=font.family,
        size_px=int(size * font.line_height),
        lines=lines,
        line_width=int(line_px / size * 2) / 2,
    )


def subtitles_top(canvas: Canvas) -> int:
    """The uppermost row of pixels that two lines of subtitles take."""
    type_ = typography_for(canvas)
    return canvas.height - type_.margin_bottom_px - round(SUBTITLE_LINES * type_.size_px + type_.outline_px)
