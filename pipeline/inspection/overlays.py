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

MOST_CLUSTERED_SHARE = 0.45
"""Share of mismatching blocks in any small window above which a letter is wrong: coding errors are scattered, a wrong digit is in one
spot. Measured as above: right 0.16 and less, one digit of the price changed 0.72 and more."""

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
    """How well a frame shows an overlay."""

    share: float
    """Share of the compared blocks that are within the tolerance; 1 where none could be compared."""
    clustered: float
    """Largest share of mismatching blocks in any window of `CLUSTER_WINDOW` blocks."""

    @property
    def is_match(self) -> bool:
        """Whether the overlay is there, in its position, with every letter right."""
        return self.share >= LEAST_MATCHING_SHARE and self.clustered <= MOST_CLUSTERED_SHARE


def load_overlay(path: str, box: Box) -> Overlay:
    """Load the overlay of a layer's still picture. Raises OSError when the file is missing or no picture."""
    with Image.open(path) as picture:
        resized = picture.convert("RGBA").resize((box.width, box.height))
    rgba = np.asarray(resized, dtype=np.uint16)
    alpha = rgba[..., 3]
    return Overlay(box, (rgba[..., :3] * alpha[..., None] // 255).astype(np.uint8), (255 - alpha).astype(np.uint8))


def compare_overlay(frame: Picture, overlay: Overlay, hidden: tuple[Box, ...] = ()) -> OverlayMatch:
    """Compare a frame with an overlay at its box, or at the even pixel before it.

    ffmpeg puts overlays on even pixels, because 4:2:0 video has no odd ones for colour. frame: full picture in RGB.
    hidden: boxes on the picture that something else covers; they are not compared.
    """
    exact = _compare_at_box(frame, overlay, hidden)
    box = overlay.box
    if box.x % 2 == 0 and box.y % 2 == 0:
        return exact
    even = replace(overlay, box=box.model_copy(update={"x": box.x - box.x % 2, "y": box.y - box.y % 2}))
    return max(exact, _compare_at_box(frame, even, hidden), key=lambda comparison: comparison.share)


def _compare_at_box(frame: Picture, overlay: Overlay, hidden: tuple[Box, ...]) -> OverlayMatch:
    rows, columns = frame.shape[:2]
    side = max(2, round(min(rows, columns) / 270))
    box = overlay.box
    top, left = max(0, box.y), max(0, box.x)
    bottom, right = min(rows, box.y + box.height), min(columns, box.x + box.width)
    if bottom - top < side or right - left < side:
        return OverlayMatch(0.0, 1.0)
    inside = np.s_[top - box.y : bottom - box.y, left - box.x : right - box.x]
    transparency = _block_means(overlay.transparency[inside][..., None], side)[..., 0]
    compared = transparency <= 255 * (1 - LEAST_OPACITY)
    for other in hidden:
        first_row, first_column = (other.y - top) // side, (other.x - left) // side
        last_row, last_column = -(-(other.y + other.height - top) // side), -(-(other.x + other.width - left) // side)
        compared[max(0, first_row) : max(0, last_row), max(0, first_column) : max(0, last_column)] = False
    bounds = frame[top:bottom, left:right], overlay.over_black[inside], overlay.transparency[inside]
    within = _blocks_within_tolerance(*bounds, side, LUMA) & _upsample(_blocks_within_tolerance(*bounds, 2 * side, None), compared.shape)
    if not compared.any():
        return OverlayMatch(1.0, 0.0)
    clustered = cv2.boxFilter((compared & ~within).astype(np.float32), -1, (CLUSTER_WINDOW, CLUSTER_WINDOW), borderType=cv2.BORDER_CONSTANT)
    return OverlayMatch(float(within[compared].mean()), float(clustered.max()))


def _blocks_within_tolerance(
    frame: Picture, over_black: Picture, transparency: Picture, side: int, weights: npt.NDArray[np.float32] | None
) -> npt.NDArray[np.bool_]:
    """Mask of the blocks between the overlay over black and the overlay over white: in every colour, or in their weighted sum."""
    values, low = _block_means(frame, side), _block_means(over_black, side)
    if weights is not None:
        values, low = (values @ weights)[..., None], (low @ weights)[..., None]
    high = low + _block_means(transparency[..., None], side)
    return np.asarray(((values >= low - TOLERANCE) & (values <= high + TOLERANCE)).all(axis=2), dtype=np.bool_)


def _upsample(coarse: npt.NDArray[np.bool_], shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """A mask of double-size blocks on the grid of the small ones; True at the edges that they do not reach."""
    fine = np.ones(shape, dtype=np.bool_)
    spread = coarse.repeat(2, axis=0).repeat(2, axis=1)
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
    cut = picture[: rows * side, : columns * side].astype(np.float32)
    mean: npt.NDArray[np.float32] = cut.reshape(rows, side, columns, side, -1).mean(axis=(1, 3))
    return mean
