"""The title on a cover: as large as its room allows, with line breaks between words only."""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from pydantic import Field

from pipeline.documents.base import Frozen
from pipeline.publish.captions import unbreakable_pieces
from pipeline.resources import FONTS

LEADING = 1.22
"""Height of a line over its em."""
SIZE_STEP = 0.94
"""From one size that is tried to the next."""
LINE_END_MARKS = "，、,；;"
"""Punctuation that is dropped at the end of a line, where the line break stands for it."""


class TitleStyle(Frozen):
    """Fonts and colours (#RRGGBB) of a cover's title."""

    fonts: tuple[Path, ...] = Field(default=(FONTS / "NotoSansSC-Bold.ttf", FONTS / "NotoSansYi-Regular.ttf"), min_length=1)
    """Each character comes from the first that has it."""
    ink: str = "#FFFFFF"
    accent: str = "#FFC845"


def draw_title(
    title: str, width: int, height: int, style: TitleStyle, *, most_lines: int = 3, names: Iterable[str] = ()
) -> Image.Image | None:
    """Draw a title within `width` × `height` pixels, with alpha and a soft shadow; None when no font has any of its characters.

    names: words that are not broken. A title that does not fit at the smallest size loses its last words.
    """
    words = unbreakable_pieces(_drawable_text(title, style), names)
    if not "".join(words).strip():
        return None
    least = max(8, round(width * 0.05))
    size = float(min(round(width * 0.17), round(height / LEADING)))
    while True:
        lines = _lines(words, width, most_lines, round(size), style)
        if lines and len(lines) * size * LEADING <= height:
            return _draw_lines(lines, round(size), style)
        if size <= least:
            if len(words) == 1:
                return _draw_lines(["".join(words).strip()], round(size), style).resize((width, max(1, round(size * LEADING))))
            words = words[:-1]
            continue
        size = max(least, size * SIZE_STEP)


def _lines(words: Sequence[str], width: int, most: int, size: int, style: TitleStyle) -> list[str]:
    """As few lines as it takes, of about the same length; empty when it takes more than `most`."""
    widths = [_advance(word, size, style) for word in words]
    for count in range(1, most + 1):
        goal = sum(widths) / count
        lines: list[str] = []
        line, taken = "", 0.0
        for word, wide, so_far in zip(words, widths, accumulate(widths), strict=True):
            full = taken + wide > width or (line and len(lines) < count - 1 and so_far - wide / 2 > goal * (len(lines) + 1))
            if full and line.strip():
                lines.append(line.strip())
                line, taken = "", 0.0
            line += word
            taken += wide
        lines += [line.strip()] if line.strip() else []
        lines = [line.rstrip(LINE_END_MARKS) for line in lines[:-1]] + lines[-1:]
        if len(lines) <= count and all(_advance(line, size, style) <= width for line in lines):
            return lines
    return []


def _draw_lines(lines: Sequence[str], size: int, style: TitleStyle) -> Image.Image:
    pad = size // 3
    wide = max(round(_advance(line, size, style)) for line in lines)
    mask = Image.new("L", (wide + 2 * pad, round(len(lines) * size * LEADING) + 2 * pad), 0)
    pen = ImageDraw.Draw(mask)
    for row, line in enumerate(lines):
        x = float(pad)
        for part, font in _runs(line, size, style):
            pen.text((x, pad + row * size * LEADING + size), part, font=font, fill=255, anchor="ls")
            x += font.getlength(part)
    shadow = Image.new("RGBA", mask.size, "#000000")
    shadow.putalpha(mask.filter(ImageFilter.GaussianBlur(size / 12)).point([min(255, level * 2) for level in range(256)]))
    ink = Image.new("RGBA", mask.size, style.ink)
    ink.putalpha(mask)
    shadow.alpha_composite(ink)
    return shadow.crop((pad // 2, 0, shadow.width, shadow.height))


def _advance(text: str, size: int, style: TitleStyle) -> float:
    return sum(font.getlength(part) for part, font in _runs(text, size, style))


def _runs(text: str, size: int, style: TitleStyle) -> list[tuple[str, ImageFont.FreeTypeFont]]:
    runs: list[tuple[str, ImageFont.FreeTypeFont]] = []
    for character in text:
        path = next((path for path in style.fonts if ord(character) in _characters(path)), style.fonts[0])
        font = _font(path, size)
        if runs and runs[-1][1] is font:
            runs[-1] = (runs[-1][0] + character, font)
        else:
            runs.append((character, font))
    return runs


def _drawable_text(title: str, style: TitleStyle) -> str:
    """The title without what no font can draw: emoji would be boxes."""
    line = " ".join(title.split())
    return "".join(character for character in line if any(ord(character) in _characters(path) for path in style.fonts)).strip()


@cache
def _characters(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap() or {})


@cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    # The basic layout needs no shaping library, so every machine sets the same pixels.
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
