"""Takes analyses, transcripts, the brief and a pace; makes an `Edit` with a reason for every choice, and a `Framing` for each shape.

Talk leads the edit where there is talk, music where there is none.
"""

from pipeline.edit.crop import frame_story
from pipeline.edit.cut import VERSION, EditParameters, cut_story
from pipeline.edit.product_card import card_frames

__all__ = ["VERSION", "EditParameters", "card_frames", "cut_story", "frame_story"]
