"""What a photo of the product sheet shows."""

from pathlib import Path

import cv2
import numpy as np
from PIL import ImageOps

from pipeline.analysis.image_network import VERSION, picture_content
from pipeline.documents.product_photos import PhotoContent
from pipeline.media.decode import Picture
from pipeline.media.pictures import PictureTooLarge, open_picture
from pipeline.store import content_key

BORDER = 0.06
"""Share of the picture's shorter side that is its border."""
WHITE_FROM, WHITE_SHARE = 235, 0.7
"""Least of red, green and blue in a white pixel, and the share of the border that is white behind a product cut out for a shop."""
SMALL_SIDE = 720
LARGE_BYTES = 600_000
"""A larger file is a phone's photo of several thousand pixels, which is read at a quarter of its size: 224 are looked at."""


def photo_key(sha256: str) -> str:
    """Return the content key of what a photo shows."""
    return content_key(step="photo", version=VERSION, photo=sha256)


def describe_photo(path: Path) -> PhotoContent:
    """Return what a photo shows; nothing for a file that is no picture."""
    picture = _read(path)
    if picture is None:
        return PhotoContent(content=None)
    return PhotoContent(content=picture_content(picture), white_ground=has_white_ground(picture))


def has_white_ground(picture: Picture) -> bool:
    """Return whether most of a BGR picture's border is white."""
    high, wide = picture.shape[:2]
    edge = max(1, round(BORDER * min(high, wide)))
    border = np.ones((high, wide), dtype=np.bool_)
    border[edge : high - edge, edge : wide - edge] = False
    return bool((picture.min(axis=2)[border] >= WHITE_FROM).mean() >= WHITE_SHARE)


def _read(path: Path) -> Picture | None:
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
        flags = cv2.IMREAD_REDUCED_COLOR_4 if data.size > LARGE_BYTES else cv2.IMREAD_COLOR
        picture = cv2.imdecode(data, flags) if data.size else None
    except (OSError, cv2.error):
        return None
    return _read_by_pillow(path) if picture is None else picture.astype(np.uint8)


def _read_by_pillow(path: Path) -> Picture | None:
    """What OpenCV does not know, as what iPhones save (HEIC); small, as only 224 pixels are looked at."""
    try:
        with open_picture(path) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, PictureTooLarge):
        return None
    upright.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return np.ascontiguousarray(np.asarray(upright)[:, :, ::-1])
