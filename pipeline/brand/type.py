"""Typesetting in pixels: text of the requested size, smaller or on more lines where necessary, never wider than its space."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from PIL import Image, ImageDraw

from pipeline.brand.fonts import JOINERS, Face, check_direction, clean, reads_downward, reads_leftward
from pipeline.brand.wording import balanced, shortened
from pipeline.chinese.scripts import needs_shaping
from pipeline.documents.message import M
from pipeline.errors import UserMistake

LEADING = 1.26
"""Line height over em for Chinese set large: lines of a title belong together."""
STRIKE_REACH = 0.08
"""How far the line through an old price extends past it on both sides, over its size."""
_PRICE = re.compile(r"^(\D*)([\d,]+)(.*)$", re.DOTALL)


Ink = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""


@dataclass(frozen=True)
class TextLine:
    """Glyphs on one baseline, in pixels from the block's top left; `part_of` is the index in `Block.texts` of the text they belong to.

    downward: a column from the top down, its letters turned clockwise: it begins at `baseline`, and `x` is the left of its room.
    """

    text: str
    x: float
    baseline: float
    size: int
    faces: tuple[Face, ...]
    colour: str
    part_of: int = 0
    struck: bool = False
    downward: bool = False


@dataclass(frozen=True)
class Block:
    """Set text: `width` x `height` is the space that it takes in a layout, `texts` what a reader reads there."""

    lines: tuple[TextLine, ...]
    width: int
    height: int
    texts: tuple[str, ...]

    @property
    def size(self) -> int:
        """Size of the largest text in pixels."""
        return max((line.size for line in self.lines), default=0)

    def draw(self) -> "Inked":
        """Draw the block."""
        pad = max(2, self.size)
        canvas = Image.new("RGBA", (self.width + 2 * pad, self.height + 2 * pad), (0, 0, 0, 0))
        boxes: dict[int, Ink] = {}
        for line in self.lines:
            mask = Image.new("L", canvas.size, 0)
            if line.downward:
                _draw_column(mask, line, pad)
            pen, x = ImageDraw.Draw(mask), line.x + pad
            for part, face in () if line.downward else runs(line.text, line.faces):
                font = face.at(line.size, part)
                pen.text((x, line.baseline + pad), part, font=font, fill=255, anchor="ls")
                x += font.getlength(part)
            if line.struck:
                middle, half = line.baseline + pad - 0.35 * line.size, max(0.5, 0.04 * line.size)
                reach = STRIKE_REACH * line.size
                pen.rectangle((round(line.x + pad - reach), round(middle - half), round(x + reach), round(middle + half)), fill=255)
            ink = Image.new("RGBA", canvas.size, line.colour)
            ink.putalpha(mask)
            canvas.alpha_composite(ink)
            box = mask.getbbox()
            if box is not None:
                placed = (box[0] - pad, box[1] - pad, box[2] - pad, box[3] - pad)
                boxes[line.part_of] = _union(boxes.get(line.part_of, placed), placed)
        whole = canvas.getbbox() or (pad, pad, pad + 1, pad + 1)
        return Inked(canvas.crop(whole), whole[0] - pad, whole[1] - pad, tuple((self.texts[which], box) for which, box in boxes.items()))


def _draw_column(mask: Image.Image, line: TextLine, pad: int) -> None:
    """Draw a line across, and lay it turned clockwise, so that it is read from the top down."""
    lying = Image.new("L", (round(advance(line.text, line.faces, line.size)) + 2 * pad, 2 * line.size), 0)
    pen, x = ImageDraw.Draw(lying), float(pad)
    for part, face in runs(line.text, line.faces):
        font = face.at(line.size, part)
        pen.text((x, line.size), part, font=font, fill=255, anchor="lm")
        x += font.getlength(part)
    above, below = _reach(line.text, line.faces, line.size)
    room = _column_room(line.text, line.faces, line.size)
    standing = lying.transpose(Image.Transpose.ROTATE_270)
    left = line.x + pad + (room - (below - above)) / 2 - (line.size - below)
    mask.paste(standing, (round(left), round(line.baseline)), standing)


@lru_cache(maxsize=256)
def _reach(text: str, faces: tuple[Face, ...], size: int) -> tuple[int, int]:
    """How far the ink of a line reaches over and under its middle in pixels; the first is negative."""
    boxes = [face.at(size, part).getbbox(part, anchor="lm") for part, face in runs(text, faces)]
    return round(min(box[1] for box in boxes)), round(max(box[3] for box in boxes))


def _column_room(text: str, faces: tuple[Face, ...], size: int) -> float:
    """The width of a column: that of a line, or more where letters reach farther."""
    above, below = _reach(text, faces, size)
    return max(size * LEADING, below - above + 0.1 * size)


@dataclass(frozen=True)
class Inked:
    """A block as a tight RGBA picture at (x, y) from the block's corner; `inks` has each text with the box of its ink."""

    image: Image.Image
    x: int
    y: int
    inks: tuple[tuple[str, Ink], ...]


def _union(first: Ink, second: Ink) -> Ink:
    return min(first[0], second[0]), min(first[1], second[1]), max(first[2], second[2]), max(first[3], second[3])


def runs(text: str, faces: Sequence[Face]) -> list[tuple[str, Face]]:
    """Split a text into stretches of one font: the first font that has all of it, or else font by font for each character."""
    for face in faces:
        if all(face.has(character) for character in text):
            return [(text, face)]
    stretches: list[tuple[str, Face]] = []
    for character in text:
        chosen = next((face for face in faces if face.has(character)), faces[0])
        if (
            stretches
            and needs_shaping(stretches[-1][0])
            and (character in JOINERS or (not character.isalpha() and stretches[-1][1].has(character)))
        ):
            chosen = stretches[-1][1]  # blanks and figures between words that are read leftward belong to them
        if stretches and stretches[-1][1] is chosen:
            stretches[-1] = (stretches[-1][0] + character, chosen)
        else:
            stretches.append((character, chosen))
    return stretches


@lru_cache(maxsize=8192)
def advance(text: str, faces: tuple[Face, ...], size: int) -> float:
    """Width of a line in pixels."""
    return sum(face.at(size, part).getlength(part) for part, face in runs(text, faces))


def set_text(
    text: str,
    faces: tuple[Face, ...],
    *,
    size: float,
    least: float,
    width: float,
    most_lines: int,
    colour: str,
    centred: bool = False,
    cut: bool = False,
) -> Block:
    """Set a text within `width` pixels on at most `most_lines` lines.

    size: em in pixels if there is space; least: smallest em that a viewer can read. One line down to four fifths of the size is preferred
    to two lines; then lines break at words; then within words; then the text ends in an ellipsis if `cut`. Otherwise raises UserMistake
    with the number of characters that fit, because a name or an address must not lose its end.
    """
    line = clean(text)
    check_direction((line,))
    largest, smallest = max(1, round(size)), max(1, min(round(least), round(size)))
    for tried in range(largest, max(smallest, round(largest * 0.8)) - 1, -1):
        if advance(line, faces, tried) <= width:
            return _block([line], faces, tried, colour, centred)
    for tear in (False, True):
        for tried in (*range(largest, smallest, -max(1, largest // 40)), smallest):
            lines = balanced(line, width, lambda part, em=tried: advance(part, faces, em), most_lines, tear=tear)  # type: ignore[misc]
            if lines is not None:
                return _block(lines, faces, tried, colour, centred)
    fitting = shortened(line, width, lambda part: advance(part, faces, smallest), most_lines)
    if not cut:
        room = sum(len(part) for part in fitting) - 1
        raise UserMistake(
            M("“{words}” is too long for the picture: about {room} characters can be read there. Shorten it.", words=line, room=room)
        )
    return _block(fitting, faces, smallest, colour, centred)


def set_downward(text: str, faces: tuple[Face, ...], *, size: float, least: float, height: float, most_columns: int, colour: str) -> Block:
    """Set a text in Mongolian script within `height` pixels in at most `most_columns` columns, which follow each other to the right.

    size, least: as in `set_text`. Raises UserMistake for a text that is too long at the smallest size, or has words in other letters too.
    """
    line = clean(text)
    if any(character.isalpha() and not reads_downward(character) for character in line):
        raise UserMistake(
            M("“{words}” has Mongolian and other words in one line. Write one as the title, the other as its second line.", words=line)
        )
    largest, smallest = max(1, round(size)), max(1, min(round(least), round(size)))
    for tried in (*range(largest, smallest, -max(1, largest // 40)), smallest):
        columns = balanced(line, height, lambda part, em=tried: advance(part, faces, em), most_columns)  # type: ignore[misc]
        if columns is not None:
            placed, x = [], 0.0
            for column in columns:
                placed.append(TextLine(column, x, 0.0, tried, faces, colour, downward=True))
                x += _column_room(column, faces, tried)
            longest = max(advance(column, faces, tried) for column in columns)
            return Block(tuple(placed), -int(-x // 1), -int(-longest // 1), (line,))
    raise UserMistake(M("“{words}” is too long to be read from the top down in this picture. Shorten it.", words=line))


def _block(lines: Sequence[str], faces: tuple[Face, ...], size: int, colour: str, centred: bool) -> Block:
    widths = [advance(line, faces, size) for line in lines]
    width, height = max(widths, default=0.0), size * LEADING
    placed = []
    for row, (line, taken) in enumerate(zip(lines, widths, strict=True)):
        # The body of a Chinese glyph reaches from 0.12 em under the baseline to 0.88 over it: its middle belongs on the line's.
        baseline = row * height + height / 2 + 0.38 * size
        left = (width - taken) / 2 if centred else width - taken if reads_leftward(line) else 0.0
        placed.append(TextLine(line, left, baseline, size, faces, colour))
    return Block(tuple(placed), -int(-width // 1), round(len(lines) * height), ("".join(lines) if len(lines) < 2 else _joined(lines),))


def _joined(lines: Sequence[str]) -> str:
    """Join lines to one text, with a blank only where Latin letters would run together."""
    text = lines[0]
    for line in lines[1:]:
        text += (" " if text[-1:].isascii() and line[:1].isascii() else "") + line
    return text


def set_price(
    price: str,
    per: str,
    list_price: str,
    faces: tuple[Face, ...],
    *,
    size: float,
    least: float,
    width: float,
    colour: str,
    soft: str,
) -> Block:
    """Set a price as a shop writes it: whole units large, sign and decimals smaller, the unit beside it, the old price struck out.

    The old price goes above the price where a row has no space for both. Raises UserMistake when not even the smallest size fits.
    """
    match = _PRICE.match(clean(price))
    sign, whole, rest = match.groups() if match else ("", clean(price), "")
    old, per = clean(list_price), clean(per)
    for over in (False, True) if old else (False,):
        floor = max(1, round(size * 0.72)) if old and not over else max(1, min(round(least), round(size)))
        for tried in range(max(1, round(size)), floor - 1, -1):
            row = [(sign, 0.56, colour), (whole, 1.0, colour), (rest, 0.62, colour), (per, 0.40, colour)]
            if old and not over:
                row.append((old, 0.36, soft))
            block = _row(row, faces, tried, over=old if over else "", soft=soft, struck=bool(old))
            if block.width <= width:
                return block
    raise UserMistake(M("The price {price} does not fit on the card. Shorten what it buys ({per}).", price=price, per=per))


def _row(row: Sequence[tuple[str, float, str]], faces: tuple[Face, ...], size: int, *, over: str, soft: str, struck: bool) -> Block:
    lines: list[TextLine] = []
    lifted = round(size * 0.36 * LEADING) if over else 0
    height = round(size * 1.08) + lifted
    baseline = lifted + size * 0.92
    x, gaps = 0.0, {3: 0.08, 4: 0.30 + STRIKE_REACH * 0.36}
    for index, (text, share, colour) in enumerate(row):
        if not text:
            continue
        em = max(1, round(size * share))
        x += size * gaps.get(index, 0.02) if lines else 0.0
        part_of = 0 if index < 3 else 1 if index == 3 or not row[3][0] else 2
        lines.append(TextLine(text, x, baseline, em, faces, colour, part_of))
        x += advance(text, faces, em)
    width = x
    texts = ["".join(text for text, _, _ in row[:3])] + [text for text, _, _ in row[3:] if text]
    if over:
        em = max(1, round(size * 0.36))
        lines.append(TextLine(over, STRIKE_REACH * em, lifted * 0.78, em, faces, soft, len(texts), struck=True))
        width = max(width, advance(over, faces, em) + 2 * STRIKE_REACH * em)
        texts.append(over)
    elif struck:
        lines[-1] = replace(lines[-1], struck=True)
        width += STRIKE_REACH * lines[-1].size
    return Block(tuple(lines), -int(-width // 1), height, tuple(texts))
