"""Captions: one source of words → each destination, within its limits as it counts them.

In: a `CaptionSource` and a `Destination`. Out: a `CaptionSet`. `cut` and `pieces` are what it cuts with; `measure` counts as platforms do.
"""

from pipeline.chinese.text_cutting import cut
from pipeline.chinese.text_length import measure
from pipeline.chinese.text_pieces import pieces
from pipeline.publish.captions.compose import make_captions

__all__ = ["cut", "make_captions", "measure", "pieces"]
