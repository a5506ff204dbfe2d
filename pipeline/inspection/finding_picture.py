"""Writes the picture that goes with a failed finding."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from pipeline.documents.look import Box
from pipeline.inspection.decode import Picture

PICTURE_WIDTH = 540
RED = (230, 40, 30)


def save_finding_picture(frame: Picture, name: str, scratch: Path, boxes: Sequence[Box] = ()) -> str:
    """Write a frame as `<name>.png` into `scratch`, with the boxes framed in red, and return its path.

    frame: RGB, or a frame's small grey picture. boxes: in pixels of `frame`.
    """
    colour = frame if frame.ndim == 3 else np.repeat(frame[..., None], 3, axis=2)
    rows, columns = colour.shape[:2]
    shrink = PICTURE_WIDTH / columns
    sharp = cv2.INTER_AREA if shrink < 1 else cv2.INTER_LINEAR
    picture = Image.fromarray(np.asarray(cv2.resize(colour, (PICTURE_WIDTH, round(rows * shrink)), interpolation=sharp), dtype=np.uint8))
    pen = ImageDraw.Draw(picture)
    for box in boxes:
        left, top = box.x * shrink - 4, box.y * shrink - 4
        pen.rectangle((left, top, (box.x + box.width) * shrink + 4, (box.y + box.height) * shrink + 4), outline=RED, width=3)
    path = scratch / f"{name}.png"
    picture.save(path)
    return str(path)
