"""Branding: a style template applied to one story.

In: a template's name, the product card's content, the words of title and lower third, the destination, the picture's size. Out: a `Look`,
whose layers are in the store as pictures and short clips with alpha. `load_style` reads and checks a template, `make_look` draws,
`with_end_card` draws another end card, `check_subtitles` checks in advance that every character of the subtitles has a glyph.
"""

from pipeline.brand.fonts import check_glyphs, check_subtitles, missing_characters
from pipeline.brand.look import make_look, with_end_card
from pipeline.brand.style import Pace, Style, drawable, load_style, template_names

__all__ = [
    "Pace",
    "Style",
    "check_glyphs",
    "check_subtitles",
    "drawable",
    "load_style",
    "make_look",
    "missing_characters",
    "template_names",
    "with_end_card",
]
