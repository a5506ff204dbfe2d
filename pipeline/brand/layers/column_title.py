"""The title as a column, as on a shop's board: at the right of the safe area, its second line to its left; Mongolian script stands left."""

from pipeline.brand.fonts import reads_downward
from pipeline.brand.layers.panel import lay_panel
from pipeline.brand.layers.pen import Pen
from pipeline.brand.layout import Canvas, subtitles_top
from pipeline.brand.motion import Drawing
from pipeline.brand.template import FontRole
from pipeline.brand.type import Block, TextLine, set_downward, set_text

MOST_TITLE, MOST_SMALL = 8, 16
"""Characters that one column takes."""
STEP = 1.1
"""From one character to the next, over its size."""
LEAST, ACROSS = 0.026, 0.6
"""Smallest size over the picture's shorter side; the share of the safe area that a line across takes."""
SCALES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4)


def stands_in_column(title: str, subtitle: str) -> bool:
    """Whether both lines can be read from the top down: Chinese characters, and numbers of one digit at a time in the second line."""
    return not reads_downward(title + subtitle) and (
        0 < len(title) <= MOST_TITLE
        and len(subtitle) <= MOST_SMALL
        and all(_is_chinese(character) for character in title)
        and not any(character.isascii() and character.isalpha() for character in subtitle)
    )


def _is_chinese(character: str) -> bool:
    return "㐀" <= character <= "鿿" or "𠀀" <= character <= "𲎯"


def draw_column_title(canvas: Canvas, title: str, subtitle: str, largest: float = 1.0) -> Drawing:
    """The plate with one or two columns. largest: scale of the style's sizes at most.

    Beside Mongolian script, Chinese that is no column goes across. Raises UserMistake when Mongolian does not fit, or is mixed.
    """
    layout, colours, safe = canvas.style.layout.title, canvas.style.palette.plate, canvas.safe
    pad_x, pad_y, band = canvas.px(34), canvas.px(40), canvas.part(layout.band)
    floor = subtitles_top(canvas) - canvas.px(20)
    room = floor - safe.y - 2 * (pad_y + band)
    for scale in (scale for scale in SCALES if scale <= largest):
        large = _set(canvas, title, "title", layout.size * scale * canvas.short, colours.title, room, MOST_TITLE)
        small = _set(canvas, subtitle, "strong", layout.small * max(scale, 0.6) * canvas.short, colours.ink, room, MOST_SMALL)
        height = max(large.height, small.height) + 2 * (pad_y + band)
        if height <= floor - safe.y:
            break
    left_one, right_one = (large, small) if reads_downward(title) else (small, large)
    between = canvas.px(18) if subtitle else 0
    width = large.width + between + small.width + 2 * pad_x
    left = safe.x + safe.width - width
    top = max(safe.y, min(safe.y + round(layout.place * safe.height), floor - height))
    pen = Pen(canvas.style.motion.manner)
    lay_panel(pen, canvas, left, top, width, height, radius=canvas.part(0.012), band=band, both=True, edging=layout)
    y = top + band + pad_y
    if right_one.lines:
        pen.write(right_one, left + width - pad_x - right_one.width, y, "rise", 0.12)
    if left_one.lines:
        pen.write(left_one, left + pad_x, y, "rise", 0.24)
    return pen.drawing()


def _set(canvas: Canvas, text: str, role: FontRole, size: float, colour: str, height: float, most: int) -> Block:
    """A text from the top down, or across where it cannot be. most: characters of a column."""
    faces = canvas.style.faces(role)
    if reads_downward(text):
        return set_downward(text, faces, size=size, least=LEAST * canvas.short, height=height, most_columns=2, colour=colour)
    upright = text.replace(" ", "")
    if len(upright) <= most and not any(character.isascii() and character.isalpha() for character in upright):
        return _column(canvas, upright, role, size, colour)
    width = ACROSS * canvas.safe.width
    return set_text(text, faces, size=size, least=LEAST * canvas.short, width=width, most_lines=4, colour=colour, cut=True)


def _column(canvas: Canvas, text: str, role: FontRole, size: float, colour: str) -> Block:
    """Characters under each other, each in the middle of the column."""
    em, faces = max(1, round(size)), canvas.style.faces(role)
    lines = []
    for row, character in enumerate(text):
        face = next((face for face in faces if face.has(character)), faces[0])
        across = face.at(em).getlength(character)
        lines.append(TextLine(character, (em - across) / 2, row * em * STEP + 0.88 * em, em, faces, colour))
    return Block(tuple(lines), em if text else 0, round(len(text) * em * STEP), (text,))
