"""The lower third: who or where, on one line just over the subtitles."""

from collections.abc import Iterator, Sequence

from pipeline.brand.content import LookContent
from pipeline.brand.layers.base import PlacedLayerDesign, Words
from pipeline.brand.layers.panel import lay_panel
from pipeline.brand.layers.pen import Pen
from pipeline.brand.layout import Canvas, subtitles_top
from pipeline.brand.motion import Drawing
from pipeline.brand.placement import LayerForm
from pipeline.brand.timing import Span
from pipeline.brand.type import Block, set_text
from pipeline.documents.message import M


def _words(canvas: Canvas, text: str) -> Block:
    layout = canvas.style.layout.lower_third
    room = min(canvas.safe.width, canvas.part(1.2)) - 2 * canvas.px(28) - canvas.part(layout.bar)
    return set_text(
        text,
        canvas.style.faces("strong"),
        size=layout.size * canvas.short,
        least=0.024 * canvas.short,
        width=room,
        most_lines=2,
        colour=canvas.style.palette.plate.ink,
        cut=True,
    )


def _band(canvas: Canvas) -> int:
    return canvas.part(canvas.style.layout.lower_third.band) if canvas.style.picture("band") else 0


def lower_third_top(canvas: Canvas, text: str) -> int:
    """The first row of pixels that the lower third takes."""
    return subtitles_top(canvas) - canvas.px(22) - _words(canvas, text).height - 2 * canvas.px(16) - _band(canvas)


def draw_lower_third(canvas: Canvas, text: str) -> Drawing:
    """A low plate at the left of the safe area."""
    layout = canvas.style.layout.lower_third
    bar, words = canvas.part(layout.bar), _words(canvas, text)
    pad_x, pad_y, band = canvas.px(28), canvas.px(16), _band(canvas)
    width, height = words.width + 2 * pad_x + bar, words.height + 2 * pad_y + band
    left, top = canvas.safe.x, lower_third_top(canvas, text)
    pen = Pen(canvas.style.motion.manner)
    lay_panel(pen, canvas, left, top, width, height, radius=canvas.part(0.008), bar=bar, band=band, wipe=True, edging=layout)
    pen.write(words, left + bar + pad_x, top + band + pad_y, "fade", 0.12)
    return pen.drawing()


class LowerThirdLayer(PlacedLayerDesign):
    """The lower third, once the title is gone."""

    name = "lower_third"
    turn = 2
    noun = M("line of place")
    left_out = M("The line of place is left out: wherever and whenever it stood, a face or the product card would be in its way.")

    def spans(self, content: LookContent) -> Sequence[Span]:
        """Return the time after the title, then others."""
        return content.times.lower_third(content.title_end) if content.lower_third else ()

    def forms(self, content: LookContent) -> Iterator[LayerForm]:
        """Draw its one line."""
        yield LayerForm(draw_lower_third(content.canvas, content.lower_third), self.spans(content))

    def words(self, content: LookContent) -> Words:
        """Return its one line."""
        return (("strong", (content.lower_third,)),)
