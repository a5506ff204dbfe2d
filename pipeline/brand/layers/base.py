"""The shape of a layer: asked when it stands, and drawn once."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar

from pipeline.brand.content import LookContent
from pipeline.brand.motion import Drawing
from pipeline.brand.placement import LayerForm
from pipeline.brand.template import FontRole
from pipeline.brand.timing import Span
from pipeline.documents.message import Message

Words = Sequence[tuple[FontRole, tuple[str, ...]]]
"""Texts by the font they are set in."""


class LayerDesign(ABC):
    """One kind of layer.

    fades_out: it fades at its end; the last picture does not.
    """

    name: ClassVar[str]
    fades_out: ClassVar[bool] = True

    @abstractmethod
    def span(self, content: LookContent) -> tuple[int, int] | None:
        """Return its first frame and its length in frames; None when it is not shown."""

    @abstractmethod
    def draw(self, content: LookContent) -> Drawing:
        """Draw it. Raises UserMistake when a text is too long to be read at any size."""

    def words(self, content: LookContent) -> Words:  # noqa: ARG002 - a layer without words needs no content
        """Return the texts that it sets, so that every glyph is known to be in its font before anything is drawn."""
        return ()


class PlacedLayerDesign(LayerDesign):
    """A layer over footage, which gives way to faces: another place, another time, a smaller form.

    turn: layers of a lower one take their places first. noun: what it is called in the report.
    """

    turn: ClassVar[int]
    noun: ClassVar[Message]
    left_out: ClassVar[Message]
    """The report's sentence where it has no place at all."""

    @abstractmethod
    def spans(self, content: LookContent) -> Sequence[Span]:
        """Return the times at which it may stand, its own first; none when it is not shown."""

    @abstractmethod
    def forms(self, content: LookContent) -> Iterator[LayerForm]:
        """Draw its forms one after the other, each where the style puts it: the style's own first, then smaller ones."""

    def span(self, content: LookContent) -> Span | None:
        """Return its own time."""
        return next(iter(self.spans(content)), None)

    def draw(self, content: LookContent) -> Drawing:
        """Draw its own form."""
        return next(self.forms(content)).drawing
