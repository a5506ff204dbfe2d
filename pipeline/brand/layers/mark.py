"""Small signs that stay: the co-op's own mark, and the label that says footage was generated."""

from typing import Literal

from pipeline.brand import paint
from pipeline.brand.content import LookContent
from pipeline.brand.layers.base import LayerDesign, Words
from pipeline.brand.layers.pen import Pen
from pipeline.brand.layers.sign import coop_sign
from pipeline.brand.layout import Canvas
from pipeline.brand.motion import Drawing
from pipeline.brand.type import Block, set_text


def _words(canvas: Canvas, text: str) -> Block:
    return set_text(
        text,
        canvas.style.faces("strong"),
        size=0.030 * canvas.short,
        least=0.020 * canvas.short,
        width=round(canvas.safe.width * 0.46) - 2 * canvas.px(16),
        most_lines=2,
        colour=canvas.style.palette.plate.ink,
    )


def mark_height(canvas: Canvas, text: str) -> int:
    """How far the sign reaches down from the top of the safe area, in pixels."""
    return _words(canvas, text).height + 2 * canvas.px(8 if not canvas.style.coop.logo else 12)


def below_signs(content: LookContent) -> int:
    """The first row of pixels under the signs at the top of the safe area, with the distance that other layers keep."""
    canvas = content.canvas
    return canvas.safe.y + max((mark_height(canvas, text) + canvas.px(14) for text in (content.mark, content.label) if text), default=0)


def draw_coop_mark(canvas: Canvas, text: str) -> Drawing:
    """The co-op's sign on a small still plate in the right upper corner of the safe area."""
    pad = canvas.px(16)
    sign = coop_sign(canvas, text, canvas.style.palette.plate.ink, size=0.030, width=round(canvas.safe.width * 0.46) - 2 * pad)
    width, height = sign.width + 2 * pad, max(mark_height(canvas, text), sign.height + 2 * canvas.px(4))
    left = canvas.safe.x + canvas.safe.width - width
    pen = Pen(canvas.style.motion.manner)
    pen.put(paint.plate(width, height, canvas.style.palette.plate.fill, canvas.part(0.008)), left, canvas.safe.y, "still")
    sign.lay(pen, left + pad, canvas.safe.y + (height - sign.height) // 2, "still")
    return pen.drawing()


def draw_mark(canvas: Canvas, text: str, side: Literal["left", "right"]) -> Drawing:
    """A small still plate in an upper corner of the safe area."""
    words = _words(canvas, text)
    width, height = words.width + 2 * canvas.px(16), mark_height(canvas, text)
    left = canvas.safe.x if side == "left" else canvas.safe.x + canvas.safe.width - width
    pen = Pen(canvas.style.motion.manner)
    pen.put(paint.plate(width, height, canvas.style.palette.plate.fill, canvas.part(0.008)), left, canvas.safe.y, "still")
    pen.write(words, left + canvas.px(16), canvas.safe.y + canvas.px(8), "still")
    return pen.drawing()


class MarkLayer(LayerDesign):
    """The co-op's own mark, at the right until the end card."""

    name = "mark"

    def span(self, content: LookContent) -> tuple[int, int] | None:
        """Return everything before the end card."""
        return (0, content.body_frames) if content.mark and content.body_frames else None

    def draw(self, content: LookContent) -> Drawing:
        """Draw the mark."""
        return draw_coop_mark(content.canvas, content.mark)

    def words(self, content: LookContent) -> Words:
        """Return the mark."""
        return (("strong", (content.mark,)),)


class LabelLayer(LayerDesign):
    """The label that says footage was generated, at the left for the whole length."""

    name = "label"

    def span(self, content: LookContent) -> tuple[int, int] | None:
        """Return the whole length."""
        return (0, content.total_frames) if content.label and content.total_frames > 0 else None

    def draw(self, content: LookContent) -> Drawing:
        """Draw the label."""
        return draw_mark(content.canvas, content.label, "left")

    def words(self, content: LookContent) -> Words:
        """Return the label."""
        return (("strong", (content.label,)),)
