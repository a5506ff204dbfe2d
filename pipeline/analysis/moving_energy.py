"""What moves before the camera: three-frame difference of pictures that are laid over one another."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.analysis.detector import Detector
from pipeline.analysis.frame import Every, Frame
from pipeline.documents.clip import Clip
from pipeline.media.decode import Picture

LOOK_EVERY_S = 0.1
LONG_SIDE = 192
"""Pixels of the compared pictures' longer side: a subject of a seventh of the picture's height is 15 pixels high."""
CELLS = 32
"""Cells of the energy along the picture's longer side."""
NOISE = 6.0
"""Levels of luma that noise and compression change from look to look."""
MOST_ENERGY = 60.0
CAMERA_ERROR = 1.5
"""Pixels of `Frame.tiny` by which a corner of the background may miss the camera's move (RANSAC)."""
LEAST_AGREEING = 0.4
"""Share of the corners that go with the camera's move, under which the picture was torn round and nothing is known of what moved in it."""
EDGE = 7
"""Pixels at a warped picture's edge where its neighbour's own pixels stand in: they would seem to move."""
STILL = np.eye(3)
EnergyLook = tuple[float, NDArray[np.float32]]
"""(seconds, energy 0..`MOST_ENERGY` in cells, `CELLS` along the longer side)."""
_Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class _Look:
    """came: the camera's move from the look before; None where it was lost."""

    at_s: float
    luma: Picture
    came: _Matrix | None


class MovingEnergy(Detector[list[EnergyLook]]):
    """Differences of a look to the one before and the one after, each laid over it by the camera's affine move; the smaller of both.

    The smaller one leaves no ghost where the subject was or will be. The camera's move between two looks is joined from the flow of the
    frames between them, which the camera's own motion needs as well.
    """

    name = "moving_energy"

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip)
        self._its_turn = Every(LOOK_EVERY_S)
        self._move, self._lost = STILL, False
        self._last: list[_Look] = []
        self._looks: list[EnergyLook] = []

    def feed(self, frame: Frame) -> None:
        """Follow the camera; when a look is due, compare the look before with its neighbours."""
        step = _camera_move(frame)
        self._lost = self._lost or step is None
        if step is not None:
            self._move = step @ self._move
        if not self._its_turn(frame.at_s):
            return
        scale = LONG_SIDE / max(frame.tiny.shape)
        size = (round(frame.tiny.shape[1] * scale), round(frame.tiny.shape[0] * scale))
        luma = cv2.resize(frame.tiny, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
        to_small = np.diag([scale, scale, 1.0])
        move = to_small @ self._move @ np.linalg.inv(to_small)
        came = None if self._lost else move
        self._move, self._lost = STILL, False
        if len(self._last) == 2:
            before, look = self._last
            self._looks.append((look.at_s, _energy(before.luma, look, luma, came)))
        self._last = [*self._last[-1:], _Look(frame.at_s, luma, came)]

    def result(self) -> list[EnergyLook]:
        """Return the energy of every look but the first and the last."""
        return self._looks


def _camera_move(frame: Frame) -> _Matrix | None:
    """How the background went from the frame before to this one; 3x3, pixels of `Frame.tiny`. None where that cannot be said.

    Where there are hardly any corners, as before a wall, the camera is taken to rest.
    """
    if frame.flow is None:
        return STILL
    found, agreeing = cv2.estimateAffine2D(*frame.flow, ransacReprojThreshold=CAMERA_ERROR, maxIters=300)
    if found is None or float(np.mean(agreeing)) < LEAST_AGREEING:
        return None
    return np.vstack([found, [0.0, 0.0, 1.0]])


def _energy(before: Picture, look: _Look, after: Picture, goes: _Matrix | None) -> NDArray[np.float32]:
    """Energy of a look; none where the camera was lost. goes: the camera's move from it to the look after."""
    this = look.luma
    high, wide = this.shape
    cells = (max(1, round(CELLS * wide / max(high, wide))), max(1, round(CELLS * high / max(high, wide))))
    if look.came is None or goes is None:
        return np.zeros(cells[::-1], dtype=np.float32)
    smooth = cv2.GaussianBlur(this, (0, 0), 1)
    differences = [
        cv2.absdiff(smooth, cv2.GaussianBlur(_laid_over(this, neighbour, matrix, flags), (0, 0), 1))
        for neighbour, matrix, flags in (
            (before, look.came, cv2.INTER_LINEAR),
            (after, goes, cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP),
        )
    ]
    difference = np.minimum(*differences)
    energy = np.clip(difference.astype(np.float32) - NOISE - 2 * float(np.median(difference[::2, ::2])), 0, MOST_ENERGY)
    fine = cv2.resize(energy, (2 * cells[0], 2 * cells[1]), interpolation=cv2.INTER_AREA)
    spread = cv2.GaussianBlur(fine, (0, 0), 0.04 * fine.shape[1])
    return np.asarray(cv2.resize(spread, cells, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _laid_over(this: Picture, neighbour: Picture, matrix: _Matrix, flags: int) -> Picture:
    """A neighbour seen from this look's camera, with this look's own pixels where the neighbour has none."""
    size = (this.shape[1], this.shape[0])
    if np.allclose(matrix, STILL, atol=1e-3):
        return neighbour
    warped = cv2.warpAffine(neighbour, matrix[:2], size, flags=flags)
    there = cv2.warpAffine(np.full_like(neighbour, 255), matrix[:2], size, flags=flags)
    there = cv2.erode(there, np.ones((EDGE, EDGE), np.uint8))
    return np.where(there == 255, warped, this).astype(np.uint8)
