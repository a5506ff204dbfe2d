"""Analyses, transcripts, the brief and a pace in; an `Edit` out, with a reason for every choice, and a `Framing` per shape.

Talk leads where there is talk; music leads where there is none.
"""

from pipeline.edit.crop import frame_story
from pipeline.edit.cut import VERSION, Wishes, cut_story
from pipeline.edit.product_card import card_frames

__all__ = ["VERSION", "Wishes", "card_frames", "cut_story", "frame_story"]
