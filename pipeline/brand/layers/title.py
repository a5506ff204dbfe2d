"""The title over the opening: the product or the headline, and its place under it."""

from collections.abc import Iterator, Sequence

from pipeline.brand.content import LookContent
from pipeline.brand.fonts import reads_downward
from pipeline.brand.layers.base import PlacedLayerDesign, Words
from pipeline.brand.layers.column_title import draw_column_title, stands_in_column
from pipeline.brand.layers.panel import lay_panel
from pipeline.brand.layers.pen import Pen
from pipeline.brand.layout import Canvas, subtitles_top
from pipeline.brand.motion import Drawing
from pipeline.brand.placement import LayerForm
from pipeline.brand.timing import Span
from pipeline.brand.type import set_text
from pipeline.documents.message import M

SCALES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4)
SMALLER = ((0.7, True), (0.5, True), (0.5, False))
"""Forms that a title takes where the style's own would stand on a face: its scale, and whether it keeps its second line."""


def draw_title(canvas: Canvas, title: str, subtitle: str, largest: float = 1.0) -> Drawing:
    """A plate in the upper part of the safe area, no wider than its words; a title that is too long ends in an ellipsis.

    largest: scale of the style's sizes at most.
    """
    layout, colours, safe = canvas.style.layout.title, canvas.style.palette.plate, canvas.safe
    if reads_downward(title + subtitle) or (layout.form == "column" and stands_in_column(title, subtitle)):
        return draw_column_title(canvas, title, subtitle, largest)
    centred = layout.align == "centre"
    floor = subtitles_top(canvas) - canvas.px(20)
    bar, band = canvas.part(layout.bar), canvas.part(layout.band)
    pad_x, pad_y = canvas.px(46), canvas.px(30)
    room = safe.width - 2 * pad_x - bar
    for scale in (scale for scale in SCALES if scale <= largest):
        large = set_text(
            title,
            canvas.style.faces("title"),
            size=layout.size * scale * canvas.short,
            least=0.045 * canvas.short * min(1.0, scale * 1.4),
            width=room,
            most_lines=2,
            colour=colours.title,
            centred=centred,
            cut=True,
        )
        small = set_text(
            subtitle,
            canvas.style.faces("strong"),
            size=layout.small * max(scale, 0.6) * canvas.short,
            least=0.022 * canvas.short,
            width=room,
            most_lines=2,
            colour=colours.ink,
            centred=centred,
            cut=True,
        )
        between = canvas.px(10) if subtitle else 0
        height = large.height + (small.height + between if subtitle else 0) + 2 * (pad_y + band)
        if height <= floor - safe.y:
            break
    inner = max(large.width, small.width if subtitle else 0, canvas.part(0.42) if band else 0)
    ribbon = layout.form == "ribbon"
    width = safe.width if ribbon else inner + 2 * pad_x + bar
    inner = width - 2 * pad_x - bar
    left = safe.x + ((safe.width - width) // 2 if centred else 0)
    top = max(safe.y, min(safe.y + round(layout.place * safe.height), floor - height))
    pen = Pen(canvas.style.motion.manner)
    lay_panel(
        pen,
        canvas,
        left,
        top,
        width,
        height,
        radius=canvas.part(0.012),
        band=band,
        both=True,
        bar=bar,
        edge=0,
        wipe=not centred,
        edging=layout,
    )
    x, y = left + bar + pad_x, top + band + pad_y
    pen.write(large, x + ((inner - large.width) // 2 if centred else 0), y, "rise", 0.12)
    if subtitle:
        pen.write(small, x + ((inner - small.width) // 2 if centred else 0), y + large.height + between, "rise", 0.24)
    return pen.drawing()


class TitleLayer(PlacedLayerDesign):
    """The title, until the card comes."""

    name = "title"
    turn = 0
    noun = M("title")
    left_out = M("The title is left out: it would stand on a face wherever and whenever it stood.")

    def spans(self, content: LookContent) -> Sequence[Span]:
        """Return the time from the first frame on, then others."""
        return content.times.title() if content.title else ()

    def forms(self, content: LookContent) -> Iterator[LayerForm]:
        """Draw title and subtitle, smaller each time."""
        spans = self.spans(content)
        smaller = M("The title is set smaller: at the style's size it would stand on a face or on the product wherever it stood.")
        yield LayerForm(draw_title(content.canvas, content.title, content.subtitle), spans)
        for largest, whole in SMALLER:
            yield LayerForm(draw_title(content.canvas, content.title, content.subtitle if whole else "", largest), spans, smaller)

    def words(self, content: LookContent) -> Words:
        """Return title and subtitle, which the end card shows where there is no product."""
        return ("title", (content.title,)), ("strong", (content.subtitle,))
