"""Compares an overlay, such as the card, with a finished frame.

The overlay is known to the pixel, the footage under it is not. A block of picture that shows an overlay of alpha a and
premultiplied colour c lies between c (black under it) and c + (1 - a) * 255 (white under it), within the losses of x264. That
holds for opaque and translucent pixels, and for means over a block as well, so blocks are compared: means of small squares
tolerate ringing at the edges of letters, but not a wrong letter. Brightness tells letters apart; colour, which video stores at half the
size, is compared over squares of twice the side.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.documents.look import Box
from pipeline.inspection.decode import Picture

TOLERANCE = 26
"""Most difference of a block, in levels of 255. Measured on a drawn card with large and small words over noise and over soft colours, at
270×480 and 1080×1920, x264 crf 18 to 30, slow to ultrafast: 99 of 100 blocks of the right card were off by 22 at most."""

LEAST_MATCHING_SHARE = 0.95
"""Share of an overlay's blocks that must be within the tolerance. Measured as above: right 0.996 and more; moved by 2 pixels 0.86
at 270 and 0.935 at 1080 wide; missing 0.15 and less."""

CLEAR_TOLERANCE = 34
"""Difference of a block that counts for a wrong letter; between the two lie fine strokes that x264 blurs."""

MOST_CLUSTERED_SHARE = 0.35
"""Share of blocks in any small window that may mismatch clearly in most of the frames compared: a wrong digit is in one spot and stays,
coding errors are scattered and go. In one frame alone x264 leaves remains of the entrance, where the picture moves under it, up to 0.48.
Measured on the stories of `benchmarks/quality/inspection.py` at 270 to 480 wide, draft to best, over five frames of a layer's rest: right
0.16 and less, one character of a title, a name or a price changed mostly 0.4 and more."""

MOST_PERSISTING_SHARE = 0.2
"""The same for blocks that mismatch clearly in every frame, so that small letters count as well: right 0.16 in one of 144 layers (a single
block of colour, which is four of brightness) and under 0.12 in all others."""

CLUSTER_WINDOW = 5
"""Side of that window in blocks."""

LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""Brightness of red, green and blue (ITU-R BT.709)."""

LEAST_OPACITY = 0.5
"""Blocks less opaque than this say little about the overlay and are not compared."""


@dataclass(frozen=True)
class Overlay:
    """A drawn overlay and its box on the picture: colour over black, and transparency (0 opaque to 255 clear)."""

    box: Box
    over_black: Picture
    """(rows, columns, 3)"""
    transparency: Picture
    """(rows, columns)"""


@dataclass(frozen=True)
class OverlayMatch:
    """How well a frame shows an overlay, by blocks (rows, columns)."""

    excess: npt.NDArray[np.float32]
    """Levels of 255 by which a block is beyond what the overlay allows there."""
    compared: npt.NDArray[np.bool_]
    """The blocks that were compared."""

    @property
    def share(self) -> float:
        """Share of the compared blocks that are within the tolerance; 1 where none could be compared."""
        return float((self.excess[self.compared] <= TOLERANCE).mean()) if self.compared.any() else 1.0

    @property
    def clustered(self) -> float:
        """Largest share of mismatching blocks in any window of `CLUSTER_WINDOW` blocks."""
        return largest_cluster(self.compared & (self.excess > TOLERANCE))

    @property
    def is_present(self) -> bool:
        """Whether the overlay is there and in its position; a wrong letter is not seen in one frame alone."""
        return self.share >= LEAST_MATCHING_SHARE


class OverlayRecord:
    """One overlay's matches over several frames: what is wrong in it stays wrong, what coding leaves goes."""

    def __init__(self) -> None:
        self._compared: npt.NDArray[np.int16] | int = 0
        self._off: npt.NDArray[np.int16] | int = 0

    def add(self, match: OverlayMatch) -> None:
        """Add the match of another frame."""
        self._compared = self._compared + match.compared.astype(np.int16)
        self._off = self._off + (match.compared & (match.excess > CLEAR_TOLERANCE)).astype(np.int16)

    @property
    def clustered(self) -> float:
        """Largest share of blocks in a window that mismatch clearly in most of their frames."""
        return largest_cluster(np.greater(2 * self._off, self._compared))

    @property
    def persisting(self) -> float:
        """Largest share of blocks in a window that mismatch clearly in all of their frames."""
        return largest_cluster(np.greater(self._compared, 0) & np.equal(self._off, self._compared))

    @property
    def is_match(self) -> bool:
        """Whether every letter is right."""
        return self.clustered <= MOST_CLUSTERED_SHARE and self.persisting <= MOST_PERSISTING_SHARE


def largest_cluster(wrong: npt.NDArray[np.bool_]) -> float:
    """Largest share of marked blocks in any window of `CLUSTER_WINDOW` blocks."""
    if not wrong.any():
        return 0.0
    return float(cv2.boxFilter(wrong.astype(np.float32), -1, (CLUSTER_WINDOW, CLUSTER_WINDOW), borderType=cv2.BORDER_CONSTANT).max())


def load_overlay(path: str, box: Box) -> Overlay:
    """Load the overlay of a layer's still picture. Raises OSError when the file is missing or no picture."""
    with Image.open(path) as picture:
        resized = picture.convert("RGBA").resize((box.width, box.height))
    rgba = np.asarray(resized, dtype=np.uint16)
    alpha = rgba[..., 3]
    return Overlay(box, (rgba[..., :3] * alpha[..., None] // 255).astype(np.uint8), (255 - alpha).astype(np.uint8))


def on_even_pixel(overlay: Overlay) -> Overlay:
    """The overlay at the even pixel before its box: ffmpeg puts overlays there, because 4:2:0 video has no odd ones for colour."""
    box = overlay.box
    return replace(overlay, box=box.model_copy(update={"x": box.x - box.x % 2, "y": box.y - box.y % 2}))


def compare_overlay(frame: Picture, overlay: Overlay, hidden: tuple[Box, ...] = ()) -> OverlayMatch:
    """Compare a frame with an overlay at its box.

    frame: full picture in RGB. hidden: boxes on the picture that something else covers; they are not compared. A box that lies outside
    the picture matches nowhere.
    """
    rows, columns = frame.shape[:2]
    side = max(2, round(min(rows, columns) / 270))
    box = overlay.box
    top, left = max(0, box.y), max(0, box.x)
    bottom, right = min(rows, box.y + box.height), min(columns, box.x + box.width)
    if bottom - top < side or right - left < side:
        return OverlayMatch(np.full((1, 1), 255, dtype=np.float32), np.ones((1, 1), dtype=np.bool_))
    inside = np.s_[top - box.y : bottom - box.y, left - box.x : right - box.x]
    transparency = _block_means(overlay.transparency[inside][..., None], side)[..., 0]
    compared = transparency <= 255 * (1 - LEAST_OPACITY)
    for other in hidden:
        first_row, first_column = (other.y - top) // side, (other.x - left) // side
        last_row, last_column = -(-(other.y + other.height - top) // side), -(-(other.x + other.width - left) // side)
        compared[max(0, first_row) : max(0, last_row), max(0, first_column) : max(0, last_column)] = False
    bounds = frame[top:bottom, left:right], overlay.over_black[inside], overlay.transparency[inside]
    excess = np.maximum(_block_excess(*bounds, side, LUMA), _upsample(_block_excess(*bounds, 2 * side, None), compared.shape))
    return OverlayMatch(excess, compared)


def _block_excess(
    frame: Picture, over_black: Picture, transparency: Picture, side: int, weights: npt.NDArray[np.float32] | None
) -> npt.NDArray[np.float32]:
    """How far each block lies beyond the overlay over black or over white: in its worst colour, or in their weighted sum."""
    values, low = _block_means(frame, side), _block_means(over_black, side)
    if weights is not None:
        values, low = (values @ weights)[..., None], (low @ weights)[..., None]
    high = low + _block_means(transparency[..., None], side)
    return np.asarray(np.maximum(np.maximum(low - values, values - high), 0).max(axis=2), dtype=np.float32)


def _upsample(coarse: npt.NDArray[np.float32], shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Blocks of double size on the grid of the small ones; 0 at the edges that they do not reach."""
    fine = np.zeros(shape, dtype=np.float32)
    spread = coarse.repeat(2, axis=0).repeat(2, axis=1)[: shape[0], : shape[1]]
    fine[: spread.shape[0], : spread.shape[1]] = spread
    return fine


def find_shift(frame: Picture, overlay: Overlay, distance: int) -> tuple[int, int] | None:
    """Find a misplaced overlay within `distance` pixels of its box. Returns pixels right and down; None when it is not found clearly."""
    rows, columns = frame.shape[:2]
    box = overlay.box
    top, left = max(0, box.y - distance), max(0, box.x - distance)
    surroundings = frame[top : min(rows, box.y + box.height + distance), left : min(columns, box.x + box.width + distance)]
    mask = (overlay.transparency < 26).astype(np.float32)
    if surroundings.shape[0] < box.height or surroundings.shape[1] < box.width or mask.sum() < 64:
        return None
    grey = cv2.cvtColor(surroundings, cv2.COLOR_RGB2GRAY).astype(np.float32)
    template = cv2.cvtColor(overlay.over_black, cv2.COLOR_RGB2GRAY).astype(np.float32)
    scores = cv2.matchTemplate(grey, template, cv2.TM_SQDIFF, mask=mask)
    best, _, (x, y), _ = cv2.minMaxLoc(scores)
    if best / float(mask.sum()) > TOLERANCE**2:
        return None
    return left + int(x) - box.x, top + int(y) - box.y


def _block_means(picture: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.float32]:
    rows, columns = picture.shape[0] // side, picture.shape[1] // side
    cut = picture[: rows * side, : columns * side]
    means = cv2.resize(cut, (columns, rows), interpolation=cv2.INTER_AREA)
    return means.astype(np.float32).reshape(rows, columns, -1)
