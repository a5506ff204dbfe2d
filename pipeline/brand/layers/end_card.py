"""The last picture: a ground with pattern and photo, and over it the product, its price and how to buy, or the story's title."""

from dataclasses import dataclass, replace
from typing import Literal

from PIL import Image

from pipeline.brand import paint
from pipeline.brand.content import LookContent
from pipeline.brand.end_picture import LEAST_SIDE, LivingPicture, end_picture
from pipeline.brand.fonts import clean, reads_downward
from pipeline.brand.ground import draw_ground
from pipeline.brand.layers.base import LayerDesign, Words
from pipeline.brand.layers.offer import LEGIBLE, PROOF, DrawnButton, Stack, button, card_words, notes, product_words
from pipeline.brand.layers.pen import Pen
from pipeline.brand.layers.sign import CoopSign, coop_sign
from pipeline.brand.layout import Canvas
from pipeline.brand.motion import Drawing
from pipeline.brand.paint import lay
from pipeline.brand.template import FontRole
from pipeline.brand.timing import NOTES_DELAY_S
from pipeline.brand.type import Block, set_downward, set_text
from pipeline.documents.card import Card
from pipeline.documents.look import Box
from pipeline.documents.message import M
from pipeline.errors import UserMistake

SCALES = (1.3, 1.2, 1.1, 1.0, 0.92, 0.84, 0.76, 0.68, 0.6, 0.54, 0.48)


Shape = Literal["tall", "wide", "cross"]
"""Tall: picture over words over call. Wide: picture left, all else right. Cross: picture and words side by side, the call under both."""


@dataclass(frozen=True)
class _Plan:
    """Measured parts and their places, in pixels of the picture."""

    picture: Box
    """Where photo or ornament stands."""
    words: Stack
    notes: Stack
    button: DrawnButton | None
    code: Image.Image | None
    words_at: Box
    action_at: Box
    """Room of code, call and notes."""

    def told_height(self, gap: int) -> int:
        """Height of call and notes under each other."""
        return self.notes.height + (self.button.image.height if self.button else 0) + (gap if self.notes.blocks and self.button else 0)

    def action_height(self, gap: int) -> int:
        """Height of code, call and notes together: call and notes stand beside the code."""
        return max(self.told_height(gap), self.code.height if self.code else 0)


def draw_end_card(canvas: Canvas, card: Card | None, photo: Image.Image | None, title: str, subtitle: str) -> Drawing:
    """The words as a layer, over the picture that lies under them. Without a product the title stands there.

    Raises UserMistake when a text is too long to be read at any size.
    """
    layout = canvas.style.layout.end_card
    band = canvas.part(layout.band) if canvas.style.picture("band") else 0
    margin = band + canvas.px(30) if band else 0
    top = max(canvas.safe.y, margin if layout.bands != "bottom" else 0)
    bottom = min(canvas.safe.y + canvas.safe.height, canvas.height - (margin if layout.bands != "top" else 0))
    # Brush strokes and slashes reach a little past the room that a font claims for them.
    overhang = canvas.px(10)
    x, width = canvas.safe.x + overhang, canvas.safe.width - 2 * overhang
    sign = _sign(canvas, width)
    above = sign.height + canvas.px(20) if sign is not None else 0
    area = Box(x=x, y=top + above, width=width, height=bottom - top - above)
    plan = _fitting(canvas, card, photo is not None, title, subtitle, area)
    ground, living = _ground(canvas, photo, plan, band)
    return replace(_write(canvas, card, plan, sign, (x, top, width)), backdrop=ground, living=living)


def _sign(canvas: Canvas, width: int) -> CoopSign | None:
    """The co-op's own sign, which stands at the top."""
    name = clean(canvas.style.coop.name)
    return coop_sign(canvas, name, canvas.style.palette.ground.ink, size=0.034, width=width) if name else None


def _fitting(canvas: Canvas, card: Card | None, photo: bool, title: str, subtitle: str, area: Box) -> _Plan:
    """The largest type in the first arrangement that holds everything; the code goes only when no arrangement has the height for it."""
    trouble = UserMistake(
        M("The texts of the end card do not fit on a picture of {width}x{height}. Shorten them.", width=canvas.width, height=canvas.height)
    )
    for with_code in (True, False) if card is not None and card.qr else (False,):
        too_long = False
        for shape, share in _shapes(canvas, card is not None and with_code):
            for scale in SCALES:
                try:
                    plan = _plan(canvas, card, photo, title, subtitle, area, shape, share, scale, with_code)
                except UserMistake as mistake:
                    trouble, too_long = mistake, True
                    continue
                if plan is not None:
                    return plan
        if too_long and canvas.short >= PROOF:
            break
    raise trouble


def _shapes(canvas: Canvas, with_code: bool) -> tuple[tuple[Shape, float], ...]:
    """Arrangements from the best to the last resort, each with the picture's share of the area's height (tall) or width."""
    if canvas.portrait:
        return ("tall", 0.46), ("tall", 0.36), ("tall", 0.26)
    if canvas.width < canvas.height * 1.4:
        return (("cross", 0.42), ("cross", 0.34)) if with_code else (("wide", 0.46), ("wide", 0.38), ("cross", 0.34))
    return ("wide", 0.46), ("wide", 0.38), ("cross", 0.3)


def _plan(
    canvas: Canvas,
    card: Card | None,
    photo: bool,
    title: str,
    subtitle: str,
    area: Box,
    shape: Shape,
    share: float,
    scale: float,
    with_code: bool,
) -> _Plan | None:
    """The plan at one size of type, or None when it is higher than the area."""
    colours, gap, between = canvas.style.palette.ground, canvas.px(26), canvas.px(56)
    if not photo:
        share *= 0.8
    has_picture = photo or canvas.style.picture("ornament") is not None
    side = min(area.width, area.height, round(share * (area.height if shape == "tall" else area.width))) if has_picture else 0
    beside = side + between if side and shape != "tall" else 0
    column, centred = area.width - beside, shape == "tall"
    if column < canvas.px(240):
        return None
    if card is None:
        words = _title_words(canvas, title, subtitle, column, scale, centred)
    else:
        words = product_words(canvas, card, colours, column, scale * 1.2, centred=centred)
    row = area.width if shape == "cross" else column
    code, told, call = None, Stack((), centred), None
    if card is not None and with_code:
        least = (len(card.qr) + 2 * paint.QUIET) * paint.least_module_px(canvas.short)
        module = paint.qr_module_px(card.qr, max(canvas.part(0.28), least), canvas.short)
        code = paint.qr_code(card.qr, module) if module else None
        if code is None or code.width > row * 0.62:
            return None
    if card is not None:
        aside = row - (code.width + canvas.px(34) if code else 0)
        told = notes(canvas, card, colours, aside, scale, centred=centred and code is None)
        # A call to scan says nothing where the code found no room.
        wording = card.wording if with_code or not card.qr else ""
        call = button(canvas, wording, aside, scale * 1.1) if wording else None
    plan = _Plan(Box(x=0, y=0, width=side, height=side), words, told, call, code, area, area)
    action = plan.action_height(gap)
    above = max(side, words.height) if shape == "cross" else words.height + (side + gap if shape == "tall" else 0)
    needed = above + (action + gap if action else 0)
    if needed > area.height:
        return None
    return _placed(plan, area, shape, beside, side, above, action, area.height - needed, gap)


def _placed(plan: _Plan, area: Box, shape: Shape, beside: int, side: int, above: int, action: int, spare: int, gap: int) -> _Plan:
    """Give every part its place; what is spare goes between the groups and round them, evenly but never far apart."""
    step = min(spare // (4 if shape == "tall" else 3), 3 * gap)
    groups = (1 if shape == "tall" and side else 0) + (1 if action else 0)
    top = area.y + (spare - groups * step) // 2
    left = area.x + ((area.width - side) // 2 if shape == "tall" else 0)
    if shape == "tall":
        picture_y, words_y = top, top + (side + gap + step if side else 0)
        action_y = words_y + plan.words.height + gap + step
    elif shape == "wide":
        picture_y, words_y = area.y + (area.height - side) // 2, top
        action_y = top + above + gap + step
    else:
        picture_y, words_y = top + (above - side) // 2, top + (above - plan.words.height) // 2
        action_y = top + above + gap + step
    x = area.x + beside
    return replace(
        plan,
        picture=Box(x=left, y=picture_y, width=side, height=side),
        words_at=Box(x=x, y=words_y, width=area.width - beside, height=plan.words.height),
        action_at=Box(
            x=area.x if shape == "cross" else x, y=action_y, width=area.width - (0 if shape == "cross" else beside), height=action
        ),
    )


def _title_words(canvas: Canvas, title: str, subtitle: str, width: int, scale: float, centred: bool) -> Stack:
    blocks = []
    colours, short, layout = canvas.style.palette.ground, canvas.short, canvas.style.layout.title
    if title:
        size, least = layout.size * short * scale, 0.045 * short
        blocks.append((_title_block(canvas, title, "title", size, least, width, colours.title, centred), 0))
    if subtitle:
        size = layout.small * short * scale
        blocks.append((_title_block(canvas, subtitle, "strong", size, LEGIBLE * short, width, colours.ink, centred), canvas.px(18)))
    return Stack(tuple(blocks), centred)


def _title_block(canvas: Canvas, text: str, role: FontRole, size: float, least: float, width: int, colour: str, centred: bool) -> Block:
    """A line of the title; Mongolian script from the top down, in columns no higher than a third of the picture's shorter side."""
    faces = canvas.style.faces(role)
    if reads_downward(text):
        return set_downward(text, faces, size=size, least=least, height=canvas.short / 3, most_columns=4, colour=colour)
    return set_text(text, faces, size=size, least=least, width=width, most_lines=3, colour=colour, centred=centred, cut=True)


def _write(canvas: Canvas, card: Card | None, plan: _Plan, sign: CoopSign | None, top: tuple[int, int, int]) -> Drawing:
    pen, gap, aside = Pen(canvas.style.motion.manner), canvas.px(26), canvas.px(34)
    if sign is not None:
        left, y, width = top
        sign.lay(pen, left + (width - sign.width) // 2, y, "fade")
    plan.words.lay(pen, plan.words_at.x, plan.words_at.y, plan.words_at.width, delay_s=0.10, step_s=0.10)
    x, y, width = plan.action_at.x, plan.action_at.y, plan.action_at.width
    if plan.code is None or card is None:
        _lay_call(pen, plan, x, y, width if plan.words.centred else None, gap)
        return pen.drawing()
    inner = plan.code.width + aside + max(plan.notes.width, plan.button.image.width if plan.button else 0)
    left = x + ((width - inner) // 2 if plan.words.centred else 0)
    pen.code(plan.code, left, y + (plan.action_at.height - plan.code.height) // 2, card.link, "fade", 0.40)
    _lay_call(pen, plan, left + plan.code.width + aside, y + (plan.action_at.height - plan.told_height(gap)) // 2, None, gap)
    return pen.drawing()


def _lay_call(pen: Pen, plan: _Plan, x: int, y: int, centred_in: int | None, gap: int) -> None:
    if plan.button:
        width = plan.button.image.width
        plan.button.lay(pen, x + ((centred_in - width) // 2 if centred_in else 0), y, "rise", 0.40)
        y += plan.button.image.height + gap
    plan.notes.lay(pen, x, y, centred_in or plan.notes.width, "rise", NOTES_DELAY_S)


def _ground(canvas: Canvas, photo: Image.Image | None, plan: _Plan, band: int) -> tuple[Image.Image, LivingPicture | None]:
    """The whole picture under the words: tile, bands along both edges, ornament, photo in its ring or frame; and what of it moves."""
    ground = draw_ground(canvas, band)
    side, x, y = plan.picture.width, plan.picture.x, plan.picture.y
    picture = end_picture(canvas, photo, side)
    living = LivingPicture(picture, ground.copy(), x, y) if picture.moves else None
    if side >= LEAST_SIDE:
        lay(ground, picture.at(0.0), x, y)
    return ground, living


class EndCardLayer(LayerDesign):
    """The end card over its backdrop: the product, or the title where there is none."""

    name = "end_card"
    fades_out = False

    def span(self, content: LookContent) -> tuple[int, int] | None:
        """Return the last frames, when there is something to say."""
        said = content.end_card is not None or content.title or content.subtitle
        return (content.body_frames, min(content.end_card_frames, content.total_frames)) if content.end_card_frames > 0 and said else None

    def draw(self, content: LookContent) -> Drawing:
        """Draw the words, with the picture that lies under them as the backdrop."""
        return draw_end_card(content.canvas, content.end_card, content.photo, content.title, content.subtitle)

    def words(self, content: LookContent) -> Words:
        """Return the texts of the card, and the co-op's name; those of the title are the title's own."""
        return (*card_words(content.end_card), ("strong", (clean(content.canvas.style.coop.name),)))
