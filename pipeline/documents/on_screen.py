"""A face, a product or something that moves on the finished picture for a few frames: what the layers over the footage leave free."""

from pipeline.documents.base import Frozen


class OnScreen(Frozen):
    """The visible part of a thing: its upper left corner and its size in fractions of the output picture."""

    first_frame: int
    end_frame: int
    """Frames of the timeline [first_frame, end_frame) in which it is there."""
    x: float
    y: float
    width: float
    height: float


class FaceOnScreen(OnScreen):
    """A face."""


class ProductOnScreen(OnScreen):
    """The story's product, or what looks like it."""


class MoverOnScreen(OnScreen):
    """What moves before the camera where no face leads."""
