"""Branding: a style template applied to one story.

In: a template's name, the product card's content, the words of title and lower third, the destination, the picture's size. Out: a `Look`,
whose layers are in the store as pictures and short clips with alpha. `load_style` reads and checks a template, `make_look` draws,
`with_end_card` draws another end card, `check_subtitles` checks in advance that every character of the subtitles has a glyph.
"""

from pipeline.brand.coop import with_coop
from pipeline.brand.fonts import check_glyphs, check_subtitles, missing_characters
from pipeline.brand.look import code_at_rest_s, make_look, short_codes, with_end_card
from pipeline.brand.reading_time import end_card_time
from pipeline.brand.style import Style, drawable, load_style, own_styles, style_labels, style_named, style_roots, template_names
from pipeline.brand.template import Pace
from pipeline.brand.timing import code_layer_s

__all__ = [
    "Pace",
    "Style",
    "check_glyphs",
    "check_subtitles",
    "code_at_rest_s",
    "code_layer_s",
    "drawable",
    "end_card_time",
    "load_style",
    "make_look",
    "missing_characters",
    "own_styles",
    "short_codes",
    "style_labels",
    "style_named",
    "style_roots",
    "template_names",
    "with_coop",
    "with_end_card",
]
