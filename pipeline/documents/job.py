"""What a person asked for."""

from datetime import datetime
from fractions import Fraction
from typing import Literal

from pipeline.documents.base import Document

PresetName = Literal["draft", "standard", "best"]


class Job(Document):
    """One run over one dropped folder. Every stage gets it; a stage's key holds only the fields it uses."""

    story: str
    source: str
    """The dropped folder, absolute; never written to."""
    workspace: str
    catalog: str = ""
    product: str = ""
    template: str = "plain"
    destination: str = "shelf"
    max_seconds: float = 30.0
    width: int = 1080
    height: int = 1920
    fps: int = 30
    preset: PresetName = "standard"
    language: Literal["zh", "en"] = "zh"
    speech: Literal["zh", "en", "auto"] = "auto"
    music: str = "auto"
    """`auto`, `none`, or the absolute path of a sound file."""
    out: str = ""
    now: datetime
    """The clock of this run (aware): offers are judged against it."""

    @property
    def aspect(self) -> str:
        """Shape of the picture as W:H in lowest terms."""
        shape = Fraction(self.width, self.height)
        return f"{shape.numerator}:{shape.denominator}"
