"""Where things may stand on a picture of any shape: the safe area, the subtitles' room, and what remains over it."""

from dataclasses import dataclass

from pipeline.brand.style import Style
from pipeline.documents.destination import Destination, SafeArea
from pipeline.documents.look import Box, Typography

PLAIN_MARGIN = 0.05
"""Margin where a destination says nothing of a shape: the title-safe five percent of television."""
LEAST_MARGIN = 0.035
"""Text never stands nearer to an edge than this part of the shorter side: phones round their corners."""
SUBTITLE_LINES = 2


def shape_of(width: int, height: int) -> str:
    """The nearest of the shapes that destinations know."""
    ratio = width / height
    return min((abs(ratio - w / h), f"{w}:{h}") for w, h in ((9, 16), (1, 1), (16, 9)))[1]


@dataclass(frozen=True)
class Canvas:
    """One picture to be drawn on: its style, size in pixels, and the area in which text may stand."""

    style: Style
    width: int
    height: int
    safe: Box

    @property
    def short(self) -> int:
        """The shorter side."""
        return min(self.width, self.height)

    def px(self, design: float) -> int:
        """Whole pixels for a length designed on a picture whose shorter side is 1080; at least one."""
        return max(1, round(design * self.short / 1080))

    def part(self, fraction: float) -> int:
        """Whole pixels for a fraction of the shorter side."""
        return round(fraction * self.short)

    @property
    def portrait(self) -> bool:
        """Taller than wide."""
        return self.height > self.width


def canvas_for(style: Style, destination: Destination, width: int, height: int) -> Canvas:
    """The canvas with the safe area that the destination has for the nearest shape."""
    area = destination.safe_areas.get(shape_of(width, height)) or SafeArea(
        top=PLAIN_MARGIN, bottom=PLAIN_MARGIN, left=PLAIN_MARGIN, right=PLAIN_MARGIN
    )
    least = LEAST_MARGIN * min(width, height)
    left, right = max(area.left * width, least), max(area.right * width, least)
    top, bottom = max(area.top * height, least), max(area.bottom * height, least)
    box = Box(
        x=-int(-left // 1), y=-int(-top // 1), width=int(width - right) - -int(-left // 1), height=int(height - bottom) - -int(-top // 1)
    )
    return Canvas(style, width, height, box)


def typography_for(canvas: Canvas) -> Typography:
    """How subtitles are set here: centred at the bottom of the safe area, both side margins equal, as ASS wants them."""
    wanted = canvas.style.subtitles
    em = max(8.0, wanted.size * canvas.short)
    outline = wanted.outline * canvas.short
    side = max(canvas.safe.x, canvas.width - canvas.safe.x - canvas.safe.width)
    room = canvas.width - 2 * side - 2 * outline
    return Typography(
        font=canvas.style.subtitle_face().family,
        size_px=round(em * canvas.style.subtitle_face().line_height),
        bold=canvas.style.subtitle_face().bold,
        colour=wanted.colour.upper(),
        outline_colour=wanted.outline_colour.upper(),
        outline_px=round(outline, 2),
        shadow_px=round(wanted.shadow * canvas.short, 2),
        box=wanted.box,
        margin_bottom_px=canvas.height - canvas.safe.y - canvas.safe.height + canvas.px(16),
        margin_side_px=side,
        line_width=min(wanted.longest_line * (1.6 if canvas.width > canvas.height else 1.0), int(room / em * 2) / 2),
    )


def subtitles_top(canvas: Canvas) -> int:
    """The first row of pixels that two lines of subtitles take."""
    type_ = typography_for(canvas)
    return canvas.height - type_.margin_bottom_px - round(SUBTITLE_LINES * type_.size_px + type_.outline_px)
