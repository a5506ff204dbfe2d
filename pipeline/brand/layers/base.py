"""The shape of a layer: asked when it stands, and drawn once."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from pipeline.brand.content import LookContent
from pipeline.brand.motion import Drawing
from pipeline.brand.style import FontRole

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
