"""Does a finished frame show what was laid over it?

The overlay is known to the pixel, the footage under it is not. A block of picture that shows an overlay of alpha a and
premultiplied colour c lies between c (black under it) and c + (1 - a) * 255 (white under it), give or take what x264 loses. That
holds for opaque and for translucent places, and for means over a block as well, so blocks are compared: means of small squares
forgive ringing at the edges of letters, not a wrong letter. Brightness tells the letters apart; colour, which video keeps at half the
size, is compared over squares of twice the side.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.documents.look import Box
from pipeline.inspection.reading import Picture

TOLERANCE = 26
"""Levels of 255 that a block may be off. Measured on a drawn card with large and small words over noise and over soft colours, at
270×480 and 1080×1920, x264 crf 18 to 30, slow to ultrafast: 99 of 100 blocks of the right card were off by 22 at most."""

AGREE = 0.95
"""Share of an overlay's blocks that must be within the tolerance. Measured as above: right 0.996 and more; moved by 2 pixels 0.86
at 270 and 0.935 at 1080 wide; missing 0.15 and less."""

GATHERED = 0.45
"""Share of misfits in any small window that makes a wrong letter: errors of coding are scattered, a wrong digit is in one place.
Measured as above: right 0.16 and less, one digit of the price changed 0.72 and more."""

WINDOW = 5
"""Side of that window in blocks."""

LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""Brightness of red, green and blue (ITU-R BT.709)."""

INFORMATIVE = 0.5
"""Blocks less opaque than this say little of the overlay and are not asked."""


@dataclass(frozen=True)
class Overlay:
    """A drawn overlay as it stands on the picture: colour over black, and how much of the footage comes through (0..255)."""

    box: Box
    over_black: Picture
    """(rows, columns, 3)"""
    through: Picture
    """(rows, columns)"""


@dataclass(frozen=True)
class Match:
    """How much of an overlay a frame shows."""

    share: float
    """Of the blocks that were asked, those within the tolerance; 1 where none could be asked."""
    gathered: float
    """Of any window of `WINDOW` blocks, the largest share of misfits."""

    @property
    def good(self) -> bool:
        """The overlay is there, at its place, and every letter of it is the right one."""
        return self.share >= AGREE and self.gathered <= GATHERED


def overlay_of_png(path: str, box: Box) -> Overlay:
    """The overlay of a layer's still. Raises OSError when the picture is gone or is none."""
    with Image.open(path) as picture:
        fitting = picture.convert("RGBA").resize((box.width, box.height))
    rgba = np.asarray(fitting, dtype=np.uint16)
    alpha = rgba[..., 3]
    return Overlay(box, (rgba[..., :3] * alpha[..., None] // 255).astype(np.uint8), (255 - alpha).astype(np.uint8))


def match(frame: Picture, overlay: Overlay, hidden: tuple[Box, ...] = ()) -> Match:
    """Compare a frame with an overlay at its place, or at the even pixel before it: 4:2:0 video has no odd places for colour,
    so ffmpeg lays overlays on even ones.

    frame: full picture in RGB. hidden: boxes on the picture that something else stands over; they are not compared.
    """
    exact = _match(frame, overlay, hidden)
    box = overlay.box
    if box.x % 2 == 0 and box.y % 2 == 0:
        return exact
    even = replace(overlay, box=box.model_copy(update={"x": box.x - box.x % 2, "y": box.y - box.y % 2}))
    return max(exact, _match(frame, even, hidden), key=lambda found: found.share)


def _match(frame: Picture, overlay: Overlay, hidden: tuple[Box, ...]) -> Match:
    rows, columns = frame.shape[:2]
    side = max(2, round(min(rows, columns) / 270))
    box = overlay.box
    top, left = max(0, box.y), max(0, box.x)
    bottom, right = min(rows, box.y + box.height), min(columns, box.x + box.width)
    if bottom - top < side or right - left < side:
        return Match(0.0, 1.0)
    inside = np.s_[top - box.y : bottom - box.y, left - box.x : right - box.x]
    through = _blocks(overlay.through[inside][..., None], side)[..., 0]
    asked = through <= 255 * (1 - INFORMATIVE)
    for other in hidden:
        first_row, first_column = (other.y - top) // side, (other.x - left) // side
        last_row, last_column = -(-(other.y + other.height - top) // side), -(-(other.x + other.width - left) // side)
        asked[max(0, first_row) : max(0, last_row), max(0, first_column) : max(0, last_column)] = False
    bounds = frame[top:bottom, left:right], overlay.over_black[inside], overlay.through[inside]
    fits = _fits(*bounds, side, LUMA) & _spread(_fits(*bounds, 2 * side, None), asked.shape)
    if not asked.any():
        return Match(1.0, 0.0)
    gathered = cv2.boxFilter((asked & ~fits).astype(np.float32), -1, (WINDOW, WINDOW), borderType=cv2.BORDER_CONSTANT)
    return Match(float(fits[asked].mean()), float(gathered.max()))


def _fits(
    seen: Picture, over_black: Picture, through: Picture, side: int, weights: npt.NDArray[np.float32] | None
) -> npt.NDArray[np.bool_]:
    """Which blocks lie between the overlay over black and the overlay over white: in every colour, or in their weighted sum."""
    shown, low = _blocks(seen, side), _blocks(over_black, side)
    if weights is not None:
        shown, low = (shown @ weights)[..., None], (low @ weights)[..., None]
    high = low + _blocks(through[..., None], side)
    return np.asarray(((shown >= low - TOLERANCE) & (shown <= high + TOLERANCE)).all(axis=2), dtype=np.bool_)


def _spread(coarse: npt.NDArray[np.bool_], shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Blocks of twice the side on the grid of the small ones; what they do not reach at the edges fits."""
    fine = np.ones(shape, dtype=np.bool_)
    spread = coarse.repeat(2, axis=0).repeat(2, axis=1)
    fine[: spread.shape[0], : spread.shape[1]] = spread
    return fine


def shift_of(frame: Picture, overlay: Overlay, reach: int) -> tuple[int, int] | None:
    """Where the overlay really stands, in pixels right and down of its place, when it is found clearly within `reach` pixels."""
    rows, columns = frame.shape[:2]
    box = overlay.box
    top, left = max(0, box.y - reach), max(0, box.x - reach)
    field = frame[top : min(rows, box.y + box.height + reach), left : min(columns, box.x + box.width + reach)]
    mask = (overlay.through < 26).astype(np.float32)
    if field.shape[0] < box.height or field.shape[1] < box.width or mask.sum() < 64:
        return None
    grey = cv2.cvtColor(field, cv2.COLOR_RGB2GRAY).astype(np.float32)
    wanted = cv2.cvtColor(overlay.over_black, cv2.COLOR_RGB2GRAY).astype(np.float32)
    scores = cv2.matchTemplate(grey, wanted, cv2.TM_SQDIFF, mask=mask)
    best, _, (x, y), _ = cv2.minMaxLoc(scores)
    if best / float(mask.sum()) > TOLERANCE**2:
        return None
    return left + int(x) - box.x, top + int(y) - box.y


def _blocks(picture: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.float32]:
    rows, columns = picture.shape[0] // side, picture.shape[1] // side
    cut = picture[: rows * side, : columns * side].astype(np.float32)
    mean: npt.NDArray[np.float32] = cut.reshape(rows, side, columns, side, -1).mean(axis=(1, 3))
    return mean
