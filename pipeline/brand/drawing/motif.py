"""The shape of a motif: what every step of a recipe may say, and how it is laid on a sheet."""

from abc import abstractmethod
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from pipeline.brand.drawing.sheet import Shape, Sheet
from pipeline.documents.base import Frozen

Number = Annotated[float, Field(ge=-2000, le=2000)]
Length = Annotated[float, Field(gt=0, le=2000)]
MOST_COPIES = 400
"""Of one step: more is no pattern but a way to keep a machine busy."""
Point = tuple[Number, Number]


class Around(Frozen):
    """Copies on a circle, each turned so that its top points outward. start: degrees clockwise from the top."""

    count: int = Field(ge=1, le=120)
    radius: float = Field(ge=0, le=2000)
    start: float = Field(default=0, ge=-360, le=360)


class MotifStep(Frozen):
    """One step of a recipe. Lengths are in design units of its sheet, angles in degrees clockwise.

    at: where it stands, the middle of the sheet without it. size: of a motif that has one. around: copies round each of these points.
    soft: blur. opacity: 1 covers. inside: radius of a disc that cuts it.
    """

    at: tuple[Point, ...] = Field(default=(), max_length=200)
    size: Length = 100
    turn: float = Field(default=0, ge=-360, le=360)
    around: Around | None = None
    soft: float = Field(default=0, ge=0, le=60)
    opacity: float = Field(default=1, ge=0, le=1)
    inside: float = Field(default=0, ge=0, le=2000)

    @field_validator("around")
    @classmethod
    def _few_enough(cls, around: Around | None, values: ValidationInfo) -> Around | None:
        if around is not None and around.count * max(1, len(values.data.get("at", ()))) > MOST_COPIES:
            raise ValueError(f"more than {MOST_COPIES} copies")
        return around

    @abstractmethod
    def shapes(self, sheet: Sheet) -> list[Shape]:
        """Return its outlines, lowest first, in units of its size round the origin; of a whole-sheet motif in design units."""

    @abstractmethod
    def colour_names(self) -> tuple[str, ...]:
        """Return the colours it uses, by name."""

    def laid(self, sheet: Sheet) -> list[Shape]:
        """Return its outlines where they stand on the sheet."""
        own = self.shapes(sheet)
        laid: list[Shape] = []
        for x, y in self.at or ((sheet.width / 2, sheet.height / 2),):
            if self.around is None:
                laid += [shape.placed(x, y, self.size, self.turn) for shape in own]
                continue
            for number in range(self.around.count):
                angle = self.around.start + 360 * number / self.around.count
                laid += [shape.placed(0, -self.around.radius / self.size, 1, self.turn).placed(x, y, self.size, angle) for shape in own]
        return laid


class OneColour(MotifStep):
    """A motif in one colour."""

    colour: str

    def colour_names(self) -> tuple[str, ...]:
        """Return its one colour."""
        return (self.colour,)


class WholeSheet(OneColour):
    """A motif that covers the sheet from edge to edge and has no place of its own."""

    def laid(self, sheet: Sheet) -> list[Shape]:
        """Return its outlines as they are."""
        return self.shapes(sheet)
