"""What the card and the end card share: the name, the place, the price, and how to buy."""

from dataclasses import dataclass

from PIL import Image

from pipeline.brand import paint
from pipeline.brand.layers.base import Words
from pipeline.brand.layers.pen import Pen
from pipeline.brand.layout import Canvas
from pipeline.brand.motion import Move
from pipeline.brand.template import Surface
from pipeline.brand.type import Block, set_price, set_text
from pipeline.documents.card import Card

LEGIBLE = 0.024
"""Smallest text over the picture's shorter side: 26 px of 1080, about 1.6 mm on a phone held upright."""


NOTES_STEP_S = 0.06
"""Seconds between the entering of two blocks under each other."""
PROOF = 540
"""Pixels of the shorter side under which a picture is a proof: a code takes more than its share there, and gives way to the words."""


@dataclass(frozen=True)
class Stack:
    """Blocks under each other, each with the gap over it in pixels."""

    blocks: tuple[tuple[Block, int], ...]
    centred: bool

    @property
    def height(self) -> int:
        """Pixels from the first block's top to the last one's bottom."""
        return sum(block.height + gap for block, gap in self.blocks)

    @property
    def width(self) -> int:
        """Width of the widest block."""
        return max((block.width for block, _ in self.blocks), default=0)

    def lay(self, pen: Pen, x: float, y: float, room: int, move: Move = "rise", delay_s: float = 0.0, step_s: float = NOTES_STEP_S) -> None:
        """Write every block, one shortly after the other."""
        for number, (block, gap) in enumerate(self.blocks):
            y += gap
            pen.write(block, x + ((room - block.width) // 2 if self.centred else 0), y, move, delay_s + number * step_s)
            y += block.height


def product_words(canvas: Canvas, card: Card, colours: Surface, width: int, scale: float, *, centred: bool = False) -> Stack:
    """Name, origin and price for a column of that width; `scale` shrinks what is not yet at its smallest legible size."""
    short = canvas.short
    name = set_text(
        card.name,
        canvas.style.faces("name"),
        size=0.056 * short * scale,
        least=0.030 * short,
        width=width,
        most_lines=2 if scale > 0.6 else 3,
        colour=colours.ink,
        centred=centred,
    )
    blocks = [(name, 0)]
    if card.origin:
        origin = set_text(
            card.origin,
            canvas.style.faces("text"),
            size=0.030 * short * scale,
            least=LEGIBLE * short,
            width=width,
            most_lines=2,
            colour=colours.soft,
            centred=centred,
        )
        blocks.append((origin, round(0.006 * short * scale)))
    price = set_price(
        card.price,
        card.per,
        card.list_price,
        canvas.style.faces("price"),
        size=0.112 * short * scale,
        least=0.040 * short,
        width=width,
        colour=colours.price,
        soft=colours.soft,
    )
    blocks.append((price, round(0.010 * short * scale)))
    return Stack(tuple(blocks), centred)


def notes(canvas: Canvas, card: Card, colours: Surface, width: int, scale: float, *, centred: bool = False) -> Stack:
    """The group leader, cut-off and pick-up in strong type, then contact and after-sales."""
    blocks: list[tuple[Block, int]] = []
    told = ((card.leader, "strong", colours.title), (card.cutoff, "strong", colours.ink), (card.contact, "text", colours.soft))
    for text, role, colour in told:
        if text:
            block = set_text(
                text,
                canvas.style.faces("strong" if role == "strong" else "text"),
                size=0.034 * canvas.short * scale,
                least=LEGIBLE * canvas.short,
                width=width,
                most_lines=3,
                colour=colour,
                centred=centred,
            )
            blocks.append((block, canvas.px(8) if blocks else 0))
    return Stack(tuple(blocks), centred)


@dataclass(frozen=True)
class DrawnButton:
    """The call to buy on its own coloured ground."""

    words: Block
    image: Image.Image

    def lay(self, pen: Pen, x: float, y: float, move: Move = "fade", delay_s: float = 0.0) -> None:
        """Lay ground and words with the corner at (x, y)."""
        pen.put(self.image, x, y, move, delay_s)
        left, top = (self.image.width - self.words.width) // 2, (self.image.height - self.words.height) // 2
        pen.write(self.words, round(x) + left, round(y) + top, move, delay_s)


def button(canvas: Canvas, wording: str, most: int, scale: float, *, fill_width: bool = False, radius: int | None = None) -> DrawnButton:
    """A button no wider than `most` pixels; `fill_width` makes it exactly that wide."""
    pad_x, pad_y = round(canvas.px(36) * scale), round(canvas.px(14) * scale)
    colours = canvas.style.palette.button
    words = set_text(
        wording,
        canvas.style.faces("strong"),
        size=0.040 * canvas.short * scale,
        least=LEGIBLE * canvas.short,
        width=most - 2 * pad_x,
        most_lines=2,
        colour=colours.ink,
        centred=True,
    )
    width, height = most if fill_width else words.width + 2 * pad_x, words.height + 2 * pad_y
    return DrawnButton(words, paint.plate(width, height, colours.fill, height / 2 if radius is None else radius))


def card_words(card: Card | None) -> Words:
    """Return every text of a card by its font; nothing without a card."""
    if card is None:
        return ()
    return (
        ("name", (card.name,)),
        ("price", (card.price, card.per, card.list_price)),
        ("text", (card.origin, card.contact)),
        ("strong", (card.wording, card.leader, card.cutoff)),
    )
