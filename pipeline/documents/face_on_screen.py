"""A face on the finished picture for a few frames: what the layers over the footage must leave free."""

from pipeline.documents.base import Frozen


class FaceOnScreen(Frozen):
    """The visible part of a face: its upper left corner and its size in fractions of the output picture."""

    first_frame: int
    end_frame: int
    """Frames of the timeline [first_frame, end_frame) in which it is there."""
    x: float
    y: float
    width: float
    height: float
