"""Captions: one source of words → each destination, within its limits as it counts them.

In: a `CaptionSource` and a `Destination`. Out: a `CaptionSet`. `cut` and `pieces` are what it cuts with; `measure` counts as platforms do.
"""

from pipeline.publish.captions.compose import make_captions
from pipeline.publish.captions.cut import cut
from pipeline.publish.captions.measure import measure
from pipeline.publish.captions.pieces import pieces

__all__ = ["cut", "make_captions", "measure", "pieces"]
