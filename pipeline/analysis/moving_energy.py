"""What moves before the camera: three-frame difference of pictures that are laid over one another."""

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
EDGE = 7
"""Pixels at a warped picture's edge where its neighbour's own pixels stand in: they would seem to move."""
STILL = np.eye(3)
EnergyLook = tuple[float, NDArray[np.float32]]
"""(seconds, energy 0..`MOST_ENERGY` in cells, `CELLS` along the longer side)."""
_Matrix = NDArray[np.float64]


class MovingEnergy(Detector[list[EnergyLook]]):
    """Differences of a look to the one before and the one after, each laid over it by the camera's affine move; the smaller of both.

    The smaller one leaves no ghost where the subject was or will be. The camera's move between two looks is joined from the flow of the
    frames between them, which the camera's own motion needs as well.
    """

    name = "moving_energy"

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip)
        self._its_turn = Every(LOOK_EVERY_S)
        self._move = STILL
        self._last: list[tuple[float, Picture, _Matrix]] = []
        """The last two looks: time, luma, and the camera's move from the look before."""
        self._looks: list[EnergyLook] = []

    def feed(self, frame: Frame) -> None:
        """Follow the camera; when a look is due, compare the look before with its neighbours."""
        self._move = _camera_move(frame) @ self._move
        if not self._its_turn(frame.at_s):
            return
        scale = LONG_SIDE / max(frame.tiny.shape)
        size = (round(frame.tiny.shape[1] * scale), round(frame.tiny.shape[0] * scale))
        luma = cv2.resize(frame.tiny, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
        to_small = np.diag([scale, scale, 1.0])
        move = to_small @ self._move @ np.linalg.inv(to_small)
        self._move = STILL
        if len(self._last) == 2:
            (_, before, _), (at_s, this, came), _ = *self._last, None
            self._looks.append((at_s, _energy(before, this, luma, came, move)))
        self._last = [*self._last[-1:], (frame.at_s, luma, move)]

    def result(self) -> list[EnergyLook]:
        """Return the energy of every look but the first and the last."""
        return self._looks


def _camera_move(frame: Frame) -> _Matrix:
    """How the background went from the frame before to this one; 3x3, pixels of `Frame.tiny`."""
    if frame.flow is None:
        return STILL
    found, _ = cv2.estimateAffine2D(*frame.flow, ransacReprojThreshold=CAMERA_ERROR, maxIters=300)
    return STILL if found is None else np.vstack([found, [0.0, 0.0, 1.0]])


def _energy(before: Picture, this: Picture, after: Picture, came: _Matrix, goes: _Matrix) -> NDArray[np.float32]:
    """Energy of a look. came: the camera's move from the look before to it; goes: from it to the look after."""
    smooth = cv2.GaussianBlur(this, (0, 0), 1)
    differences = [
        cv2.absdiff(smooth, cv2.GaussianBlur(_laid_over(this, neighbour, matrix, flags), (0, 0), 1))
        for neighbour, matrix, flags in (
            (before, came, cv2.INTER_LINEAR),
            (after, goes, cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP),
        )
    ]
    difference = np.minimum(*differences).astype(np.float32)
    energy = np.clip(difference - NOISE - 2 * float(np.median(difference)), 0, MOST_ENERGY)
    high, wide = energy.shape
    cells = (max(1, round(CELLS * wide / max(high, wide))), max(1, round(CELLS * high / max(high, wide))))
    spread = cv2.GaussianBlur(energy, (0, 0), 0.04 * wide)
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
