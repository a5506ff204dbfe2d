"""The price tag: name, price and unit in one line, for pictures in which a whole card would stand on a face."""

from pipeline.brand.layers.offer import LEGIBLE
from pipeline.brand.layers.panel import lay_panel
from pipeline.brand.layers.pen import Pen
from pipeline.brand.layout import Canvas
from pipeline.brand.motion import Drawing
from pipeline.brand.template import Plate
from pipeline.brand.type import Block, set_price, set_text
from pipeline.documents.card import Card

TAG_SCALES = (1.0, 0.72)
"""Of the type and margins of a tag: the style's own, and a smaller one where that has no place."""
NAME_SHARE = 0.56
"""Most of the strip's width that the name takes: a price is never shortened."""


def draw_price_tag(canvas: Canvas, card: Card, top: int, scale: float = 1.0) -> Drawing:
    """A strip no wider than its words, its upper edge at a row of pixels. Photo, code and call are left to the end card.

    A name that is too long ends in an ellipsis. Raises UserMistake when the price does not fit at any size.
    scale: of its type and its margins.
    """
    layout, short = canvas.style.layout.card, canvas.short
    pad_x, pad_y, gap = (canvas.px(scale * design) for design in (30, 12, 26))
    edge = canvas.part(layout.edge)
    room = min(canvas.safe.width, canvas.part(layout.width)) - 2 * pad_x - gap
    price = _price(canvas, card, room, scale)
    name = set_text(
        card.name,
        canvas.style.faces("name"),
        size=0.046 * scale * short,
        least=LEGIBLE * short,
        width=max(room - price.width, round(room * (1 - NAME_SHARE) / 2)),
        most_lines=1,
        colour=canvas.style.palette.plate.ink,
        cut=True,
    )
    width, height = name.width + gap + price.width + 2 * pad_x, max(name.height, price.height) + 2 * pad_y
    across = canvas.safe.width - width
    left = canvas.safe.x + (across // 2 if canvas.portrait or canvas.width == canvas.height else 0)
    pen = Pen(canvas.style.motion.manner)
    bare = Plate(corner=layout.corner)  # a frame would stand in the words
    lay_panel(pen, canvas, left, top, width, height, radius=canvas.part(layout.radius), edge=edge, wipe=True, edging=bare)
    pen.write(name, left + pad_x, top + (height - name.height) // 2, "fade", 0.10)
    pen.write(price, left + pad_x + name.width + gap, top + (height - price.height) // 2, "fade", 0.16)
    return pen.drawing()


def _price(canvas: Canvas, card: Card, room: int, scale: float) -> Block:
    colours = canvas.style.palette.plate
    return set_price(
        card.price,
        card.per,
        "",
        canvas.style.faces("price"),
        size=0.074 * scale * canvas.short,
        least=0.034 * canvas.short,
        width=round(room * (1 - NAME_SHARE / 2)),
        colour=colours.price,
        soft=colours.soft,
    )
