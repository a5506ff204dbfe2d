"""A style's colour table: a gentle grade as a .cube file."""

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.documents.base import Frozen

POINTS = 17
"""Points a side; the curves are gentle, so that what lies between is as good as straight."""
Colours = NDArray[np.float64]
"""(…, 3): R'G'B' 0..1."""


class Grade(Frozen):
    """How far colours are moved, in small fractions; 0 leaves them.

    warmth: lights towards yellow, under 0 towards blue. contrast: a soft S-curve. saturation: round luma. lift: black becomes that grey.
    """

    warmth: float = Field(default=0, ge=-0.1, le=0.1)
    contrast: float = Field(default=0, ge=-0.2, le=0.2)
    saturation: float = Field(default=0, ge=-0.4, le=0.2)
    lift: float = Field(default=0, ge=0, le=0.06)

    def apply(self, colours: Colours) -> Colours:
        """The graded colours."""
        red, green, blue = np.moveaxis(colours, -1, 0)
        luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        tint = self.warmth * luma * (1 - 0.45 * luma)
        lifted = np.stack([red + tint, green + 0.25 * tint, blue - tint], axis=-1)
        mixed = np.clip(luma[..., None] + (1 + self.saturation) * (lifted - luma[..., None]), 0, 1)
        curved = mixed + self.contrast * (mixed - 0.5) * (1 - (2 * mixed - 1) ** 2)
        return np.asarray(np.clip(self.lift + (1 - self.lift) * curved, 0, 1), dtype=np.float64)

    def cube(self, title: str) -> str:
        """The table as the .cube format wants it, red fastest."""
        steps = np.linspace(0, 1, POINTS)
        blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
        rows = self.apply(np.stack([red, green, blue], axis=-1).reshape(-1, 3))
        body = "\n".join(" ".join(f"{value:.4f}".rstrip("0").rstrip(".") for value in row) for row in rows)
        return f'TITLE "{title}"\nLUT_3D_SIZE {POINTS}\n{body}\n'
