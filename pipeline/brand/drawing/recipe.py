"""What a style's pictures are drawn from, as data in template.yaml."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from pipeline.brand.drawing.bands import Crackle, Lattice, PlainGround, Ripples, Sawtooth, Scallops, Stripes, Teeth, Threads
from pipeline.brand.drawing.creatures import Bird, Butterfly, Fish, Maize, Pomegranate
from pipeline.brand.drawing.figures import Chart, Disc, Fern, Flower, Horns, Leaf, Lozenge, Polygon, Rays, Ring, Spiral, Sprig, Stem
from pipeline.brand.drawing.sheet import CLEAR
from pipeline.documents.base import Frozen

Motif = Annotated[
    PlainGround
    | Stripes
    | Sawtooth
    | Teeth
    | Ripples
    | Scallops
    | Lattice
    | Threads
    | Crackle
    | Disc
    | Ring
    | Rays
    | Lozenge
    | Spiral
    | Horns
    | Leaf
    | Stem
    | Sprig
    | Fern
    | Flower
    | Polygon
    | Chart
    | Fish
    | Bird
    | Butterfly
    | Maize
    | Pomegranate,
    Field(discriminator="motif"),
]
Steps = Annotated[tuple[Motif, ...], Field(max_length=80)]


class Recipe(Frozen):
    """The steps of each picture, lowest first; a picture without steps is the author's own file.

    band: on a sheet of 320 x 160 that tiles to the right. ornament: on 900 x 900 round a clear middle. ground: on 240 x 240 that tiles
    both ways.
    """

    band: Steps = ()
    ornament: Steps = ()
    ground: Steps = ()

    def steps(self) -> Iterator[tuple[str, Motif]]:
        """Yield every step with its key, `band.3`."""
        for picture in ("band", "ornament", "ground"):
            for number, step in enumerate(getattr(self, picture)):
                yield f"{picture}.{number}", step

    def colour_names(self) -> set[str]:
        """The names of the style's colours that the pictures use."""
        return {name for _, step in self.steps() for name in step.colour_names()} - {CLEAR}
