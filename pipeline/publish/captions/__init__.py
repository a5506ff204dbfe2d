"""Captions: one source of words → each destination, within its limits as it counts them.

In: a `CaptionSource` and a `Destination`. Out: a `CaptionSet`. `truncate`, `unbreakable_pieces` and `text_length` are those of
`pipeline.chinese`.
"""

from pipeline.chinese.text_length import text_length
from pipeline.chinese.text_segmentation import unbreakable_pieces
from pipeline.chinese.text_truncation import truncate
from pipeline.publish.captions.compose import make_captions

__all__ = ["make_captions", "text_length", "truncate", "unbreakable_pieces"]
