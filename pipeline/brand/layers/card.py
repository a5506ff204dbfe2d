"""The product card: photo, name, price and how to buy, in the upper part of the picture where no face is there."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from PIL import Image

from pipeline.brand import paint
from pipeline.brand.content import LookContent
from pipeline.brand.layers.base import PlacedLayerDesign, Words
from pipeline.brand.layers.lower_third import lower_third_top
from pipeline.brand.layers.mark import below_signs
from pipeline.brand.layers.offer import PROOF, DrawnButton, Stack, button, card_words, notes, product_words
from pipeline.brand.layers.panel import lay_panel
from pipeline.brand.layers.pen import Pen
from pipeline.brand.layers.price_tag import TAG_SCALES, draw_price_tag
from pipeline.brand.layout import Canvas, subtitles_top
from pipeline.brand.motion import Drawing
from pipeline.brand.placement import LayerForm
from pipeline.brand.timing import Span
from pipeline.documents.card import Card
from pipeline.documents.message import M
from pipeline.errors import UserMistake

HIGHEST = 0.36
"""Most of the picture's height that a card takes."""
SMALL_HEIGHT = 0.19
"""The same of a small card on an upright picture: over or under a face that fills a third of it."""
SMALL_WIDTH = 0.6
"""Share of its width that a small card keeps on other pictures: beside a face."""
SMALL = M("The product card is a small one: the whole card would stand on a face or on the product wherever and whenever it stood.")
TAG = M("The product card is only a price tag: the whole card would stand on a face or on the product wherever and whenever it stood.")
NOTE_GAP = 10
"""Between price and notes, in pixels of 1080."""
SCALES = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 0.58, 0.52, 0.46)


@dataclass(frozen=True)
class _Plan:
    """The card's parts measured, before anything is drawn. All in pixels."""

    photo: int
    """Width of the photo, which is as high as the body."""
    words: Stack
    column_notes: Stack
    """Under the price, on wide pictures."""
    foot_notes: Stack
    """Under photo and price, on upright ones."""
    button: DrawnButton | None
    code: Image.Image | None
    code_right: bool
    """The code stands at the right of the words, not under the photo."""
    column: int
    """Width of the words' column."""
    body: int
    """Height of photo and words."""
    foot: int
    """Height of what stands under them."""
    pad: int

    @property
    def height(self) -> int:
        """The whole plate without pattern band."""
        return self.body + self.foot

    @property
    def button_height(self) -> int:
        """Height of the call, 0 without one."""
        return self.button.image.height if self.button else 0


def draw_card(canvas: Canvas, card: Card, photo: Image.Image | None, top: int, bottom: int, share: float = 1.0) -> Drawing:
    """The card between two rows of pixels. Without room for a QR code that a phone can read, the code is left off.

    share: of the width that the style gives it. Raises UserMistake when a text is too long to be read at any size.
    """
    layout = canvas.style.layout.card
    width = round(share * min(canvas.safe.width, canvas.part(layout.width)))
    band = canvas.part(layout.band) if canvas.style.picture("band") else 0
    edge = canvas.part(layout.edge)
    plan = _fitting(canvas, card, photo is not None, width, (round(HIGHEST * canvas.height) - band, bottom - top - band))
    height = plan.height + band
    left = canvas.safe.x + ((canvas.safe.width - width) // 2 if canvas.portrait or canvas.width == canvas.height else 0)
    picture = paint.cropped(photo, plan.photo, plan.body) if photo is not None and plan.photo else None
    pen = Pen(canvas.style.motion.manner)
    at_left = layout.photo == "left"
    inside = (picture, 0 if at_left else width - plan.photo, band) if picture is not None else None
    radius = canvas.part(layout.radius)
    lay_panel(pen, canvas, left, top, width, height, radius=radius, band=band, edge=edge, edging=layout, inside=inside)
    x, y = left + (plan.photo if at_left else 0) + plan.pad, top + band
    gap = canvas.px(NOTE_GAP) if plan.column_notes.blocks else 0
    words_y = y + (plan.body - plan.words.height - plan.column_notes.height - gap) // 2
    plan.words.lay(pen, x, words_y, plan.column, delay_s=0.10)
    plan.column_notes.lay(pen, x, words_y + plan.words.height + gap, plan.column, delay_s=0.24)
    if plan.code is None:
        _lay_strip(pen, canvas, plan, left, y + plan.body, width)
    elif plan.code_right:
        _lay_code_right(pen, card, plan, plan.code, x + plan.column + plan.pad, y)
    else:
        _lay_code_under(pen, canvas, card, plan, plan.code, left + plan.pad, y + plan.body)
    return pen.drawing()


def draw_small_card(canvas: Canvas, card: Card, photo: Image.Image | None, top: int) -> Drawing:
    """The card without code and notes, which stand on the end card: flat on an upright picture, narrow on others.

    Raises UserMistake when a text is too long to be read at any size.
    """
    few = {"qr": (), "link": "", "contact": "", "cutoff": "", "leader": "", "wording": "" if card.qr else card.wording}
    share, height = (1.0, SMALL_HEIGHT) if canvas.portrait else (SMALL_WIDTH, HIGHEST)
    return draw_card(canvas, card.model_copy(update=few), photo, top, top + round(height * canvas.height), share)


def _fitting(canvas: Canvas, card: Card, photo: bool, width: int, heights: tuple[int, int]) -> _Plan:
    """The largest plan that fits the wished height, or else the room there is.

    The QR code is left off where no plan has the height for it, not because a text beside it is too long: that is said instead.
    """
    trouble = UserMistake(
        M(
            "The texts of {name} do not fit on a card of {width}x{height} pixels. Shorten its name, pick-up line or contact.",
            name=card.name,
            width=width,
            height=heights[1],
        )
    )
    for with_code in (True, False) if card.qr else (False,):
        too_long = False
        for highest in sorted(set(heights)):
            for scale in SCALES:
                try:
                    plan = _plan(canvas, card, photo, width, scale, with_code)
                except UserMistake as mistake:
                    trouble, too_long = mistake, True
                    continue
                if plan is not None and plan.height <= min(highest, heights[1]):
                    return plan
        if too_long and canvas.short >= PROOF:
            break
    raise trouble


def _plan(canvas: Canvas, card: Card, photo: bool, width: int, scale: float, with_code: bool) -> _Plan | None:
    colours, pad, wide = canvas.style.palette.plate, round(canvas.px(30) * max(scale, 0.6)), not canvas.portrait
    # A call to scan says nothing where the code found no room.
    wording = card.wording if with_code or not card.qr else ""
    code = None
    if with_code:
        room = max(canvas.px(230), (len(card.qr) + 2 * paint.QUIET) * paint.least_module_px(canvas.short))
        module = paint.qr_module_px(card.qr, room, canvas.short)
        code = paint.qr_code(card.qr, module) if module else None
        if code is None or code.width > width * 0.5:
            return None
    share = 0.24 if code is not None and wide else 0.31
    picture = round(width * share * (0.8 + 0.2 * scale)) if photo else 0
    column = width - picture - 2 * pad - (code.width + pad if code is not None and wide else 0)
    if column < canvas.px(200):
        return None
    words, none = product_words(canvas, card, colours, column, scale), Stack((), False)
    if wide:
        few = notes(canvas, card, colours, column, scale)
        body = words.height + (few.height + canvas.px(NOTE_GAP) if few.blocks else 0) + 2 * pad
        call_width = width if code is None else code.width
        square = 0 if code is None else canvas.part(0.008)
        call = button(canvas, wording, call_width, scale * 0.85, fill_width=True, radius=square) if wording else None
        if code is None:
            return _Plan(picture, words, few, none, call, None, False, column, body - pad // 2, call.image.height if call else 0, pad)
        body = max(body, code.height + (call.image.height + canvas.px(NOTE_GAP) if call else 0) + 2 * pad)
        return _Plan(picture, words, few, none, call, code, True, column, body, 0, pad)
    body = max(words.height + 2 * pad - canvas.px(8), round(picture * 0.8))
    room = width - 2 * pad if code is None else width - code.width - 3 * pad
    few = notes(canvas, card, colours, room, scale)
    if code is not None:
        call = button(canvas, wording, room, scale) if wording else None
        told = few.height + (call.image.height if call else 0) + (canvas.px(14) if few.blocks and call else 0)
        return _Plan(picture, words, none, few, call, code, False, column, body, max(code.height, told) + 2 * pad, pad)
    call = button(canvas, wording, width, scale, fill_width=True, radius=0) if wording else None
    foot = (few.height + 2 * canvas.px(16) if few.blocks else 0) + (call.image.height if call else 0)
    return _Plan(picture, words, none, few, call, None, False, column, body, foot, pad)


def _lay_code_right(pen: Pen, card: Card, plan: _Plan, code: Image.Image, x: int, y: int) -> None:
    """The code at the right of the words, the call under it."""
    between = max(0, plan.body - 2 * plan.pad - code.height - plan.button_height) // (3 if plan.button else 2)
    pen.code(code, x, y + plan.pad + between, card.link, "fade", 0.22)
    if plan.button:
        plan.button.lay(pen, x, y + plan.pad + 2 * between + code.height, "fade", 0.22)


def _lay_code_under(pen: Pen, canvas: Canvas, card: Card, plan: _Plan, code: Image.Image, x: int, y: int) -> None:
    """The code under the photo, call and notes at its right."""
    pen.code(code, x, y + plan.pad, card.link, "fade", 0.22)
    gap = canvas.px(14) if plan.button and plan.foot_notes.blocks else 0
    x, y = x + code.width + plan.pad, y + (plan.foot - plan.foot_notes.height - plan.button_height - gap) // 2
    if plan.button:
        plan.button.lay(pen, x, y, "fade", 0.24)
    plan.foot_notes.lay(pen, x, y + plan.button_height + gap, plan.foot_notes.width, "fade", 0.28)


def _lay_strip(pen: Pen, canvas: Canvas, plan: _Plan, left: int, y: int, width: int) -> None:
    """Notes, and the call as the plate's lower edge."""
    if plan.foot_notes.blocks:
        plan.foot_notes.lay(pen, left + plan.pad, y + canvas.px(16), plan.foot_notes.width, "fade", 0.24)
        y += plan.foot_notes.height + 2 * canvas.px(16)
    if plan.button:
        radius = canvas.part(canvas.style.layout.card.radius)
        mask = paint.rounded(width, plan.button_height, radius, corners=(False, False, True, True), corner=canvas.style.layout.card.corner)
        DrawnButton(plan.button.words, paint.masked(plan.button.image, mask)).lay(pen, left, y, "fade", 0.20)


class CardLayer(PlacedLayerDesign):
    """The product card, between the signs at the top and the lower third; or else the price tag."""

    name = "card"
    turn = 1
    noun = M("product card")
    left_out = M("The product card is left to the end card: it would stand on a face wherever and whenever it stood.")

    def spans(self, content: LookContent) -> Sequence[Span]:
        """Return the time from where the product is named on, when there is one, then others."""
        return content.times.card(content.title_end) if content.card is not None else ()

    def forms(self, content: LookContent) -> Iterator[LayerForm]:
        """Draw the card in the room that signs, lower third and subtitles leave, then a small one, then the price tag.

        What has no code may stand for a shorter time.
        """
        assert content.card is not None
        canvas = content.canvas
        top = below_signs(content)
        below = lower_third_top(canvas, content.lower_third) if content.lower_third else subtitles_top(canvas)
        yield LayerForm(draw_card(canvas, content.card, content.photo, top, below - canvas.px(16)), self.spans(content))
        spans = content.times.price_tag(content.title_end)
        with suppress(UserMistake):  # texts that fit a whole card need not fit a small one
            yield LayerForm(draw_small_card(canvas, content.card, content.photo, top), spans, SMALL)
        for scale in TAG_SCALES:
            yield LayerForm(draw_price_tag(canvas, content.card, top, scale), spans, TAG)

    def words(self, content: LookContent) -> Words:
        """Return the texts of the card."""
        return card_words(content.card)
