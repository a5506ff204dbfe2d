"""Font files: the characters they have, the family names that libass matches, and the glyph check before anything is drawn."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError
from PIL import ImageFont, features

from pipeline.chinese.scripts import MONGOLIAN, needs_shaping
from pipeline.documents.message import M
from pipeline.documents.subtitles import Subtitles
from pipeline.errors import UserMistake
from pipeline.resources import FONTS

_DOWNWARD = re.compile(f"[{MONGOLIAN}]")
JOINERS = "\u200c\u200d\u202f\u180b\u180c\u180d\u180e\u180f"
"""They part and join letters of Arabic script, and choose between forms of Mongolian letters."""
MOST_LISTED = 12
"""Most characters that one message lists; a text in an unknown script would otherwise list its whole alphabet."""


@dataclass(frozen=True)
class Face:
    """One font file."""

    path: Path
    family: str
    """Family name that fontconfig and libass match."""
    bold: bool
    line_height: float
    """Line height over em, as libass measures it (Windows ascent and descent): its Fontsize is the em times this."""
    characters: frozenset[int] = field(repr=False, compare=False)

    def has(self, character: str) -> bool:
        """Whether the font has a glyph of its own for this character."""
        return ord(character) in self.characters

    def at(self, size_px: int, text: str = "") -> ImageFont.FreeTypeFont:
        """The font at a size in pixels of its em, as that text needs it."""
        return _sized(self.path, size_px, needs_shaping(text))


@cache
def _sized(path: Path, size_px: int, shaped: bool) -> ImageFont.FreeTypeFont:
    # The basic layout needs no shaping library, so every machine sets the same pixels of Chinese, Latin and Yi.
    return ImageFont.truetype(str(path), size_px, layout_engine=ImageFont.Layout.RAQM if shaped else ImageFont.Layout.BASIC)


def reads_downward(text: str) -> bool:
    """Whether a text has words in Mongolian script, which is written from the top down."""
    return _DOWNWARD.search(text) is not None


def check_direction(texts: Iterable[str]) -> None:
    """Raise UserMistake for Mongolian script where lines go across."""
    for text in texts:
        if reads_downward(text):
            raise UserMistake(
                M(
                    "“{words}”: Mongolian script is written from the top down, as only the title and its second line are. Write it there.",
                    words=clean(text),
                )
            )


def reads_leftward(text: str) -> bool:
    """Whether a text begins in a script that is read from right to left."""
    first = next((character for character in text if unicodedata.bidirectional(character) in ("L", "R", "AL")), "")
    return bool(first) and unicodedata.bidirectional(first) in ("R", "AL")


def can_shape() -> bool:
    """Whether Pillow has what joins and stacks letters (raqm with HarfBuzz); its wheels have it, other builds may not."""
    return bool(features.check("raqm"))


def check_shaping(texts: Iterable[str]) -> None:
    """Raise UserMistake for a text whose letters this machine would leave apart, without an error."""
    if can_shape():
        return
    for text in texts:
        if needs_shaping(text):
            raise UserMistake(
                M(
                    "“{words}” needs letters that join, which this machine's Pillow cannot set. Install Pillow's own wheel: pip install"
                    " --force-reinstall pillow",
                    words=clean(text),
                )
            )


@cache
def face(path: Path) -> Face:
    """Read a font file's names and character map. Raises ValueError when it is not a font with a Unicode map."""
    try:
        with TTFont(path, lazy=True) as font:
            font.setGlyphOrder(range(font["maxp"].numGlyphs))  # numbers instead of names, which take ten times as long to read
            names, table = font["name"], font.getBestCmap()
            if table is None:
                raise ValueError(f"{path} has no Unicode character map")
            family = names.getDebugName(1) or path.stem
            metrics = font["OS/2"]
            line = (metrics.usWinAscent + metrics.usWinDescent) / font["head"].unitsPerEm
            return Face(path, family, bool(metrics.fsSelection & 0b100000), line, frozenset(table))
    except (TTLibError, KeyError, EOFError) as error:
        raise ValueError(f"{path} is not a font: {error}") from error


def clean(text: str) -> str:
    """Clean one line of text for drawing: composed (NFC), without control and invisible characters, blanks collapsed."""
    composed = unicodedata.normalize("NFC", text)
    kept = JOINERS if needs_shaping(text) else ""
    spaced = (" " if character.isspace() and character not in kept else character for character in composed)
    drawn = "".join(character for character in spaced if character in kept or not _invisible(character))
    return " ".join(word for word in drawn.split(" ") if word)


def _invisible(character: str) -> bool:
    """Whether a character draws nothing: controls, joiners, direction marks, variation selectors."""
    return unicodedata.category(character) in ("Cc", "Cf") or 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF


def missing_characters(text: str, fonts: Sequence[Path]) -> str:
    """Characters of a text, each once, that none of these fonts has."""
    return "".join(
        dict.fromkeys(
            character for character in clean(text) if character not in JOINERS and not any(face(path).has(character) for path in fonts)
        )
    )


def check_glyphs(texts: Iterable[str], fonts: Sequence[Path]) -> None:
    """Raise UserMistake for the first text with characters that none of the fonts can draw, and name them."""
    for text in texts:
        missing = missing_characters(text, fonts)
        if missing:
            raise UserMistake(
                M(
                    "“{words}” has characters that no font here can draw: {characters}. Write it without them.",
                    words=clean(text),
                    characters=_list_characters(missing),
                )
            )


def check_subtitles(subtitles: Subtitles, font: Path) -> None:
    """Raise UserMistake when a cue has a character that neither the subtitle font nor any font libass may fall back to has."""
    shown = [line for cue in subtitles.cues if not cue.held for line in cue.shown_lines]
    check_direction(shown)
    check_glyphs(shown, (font, *subtitle_fallbacks()))


def subtitle_fallbacks() -> list[Path]:
    """Every font of assets/fonts: fontconfig sees that folder only, and takes a missing glyph from any of them."""
    return sorted(FONTS.glob("*.[to]tf"))


def _list_characters(characters: str) -> str:
    listed = [f"{character} (U+{ord(character):04X})" for character in characters[:MOST_LISTED]]
    return ", ".join(listed) + (" …" if len(characters) > MOST_LISTED else "")
