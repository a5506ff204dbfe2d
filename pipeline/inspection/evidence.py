"""The picture that goes with a finding."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from pipeline.documents.look import Box
from pipeline.inspection.reading import Picture

EVIDENCE_WIDTH = 540
RED = (230, 40, 30)


def save_evidence(frame: Picture, name: str, scratch: Path, boxes: Sequence[Box] = ()) -> str:
    """Write a frame as `<name>.png`, with the places in question framed in red, and return its path.

    frame: RGB, or the grey small picture of a frame. boxes: pixels of the full picture.
    """
    colour = frame if frame.ndim == 3 else np.repeat(frame[..., None], 3, axis=2)
    rows, columns = colour.shape[:2]
    shrink = EVIDENCE_WIDTH / columns
    sharp = cv2.INTER_AREA if shrink < 1 else cv2.INTER_LINEAR
    picture = Image.fromarray(np.asarray(cv2.resize(colour, (EVIDENCE_WIDTH, round(rows * shrink)), interpolation=sharp), dtype=np.uint8))
    pen = ImageDraw.Draw(picture)
    for box in boxes:
        left, top = box.x * shrink - 4, box.y * shrink - 4
        pen.rectangle((left, top, (box.x + box.width) * shrink + 4, (box.y + box.height) * shrink + 4), outline=RED, width=3)
    path = scratch / f"{name}.png"
    picture.save(path)
    return str(path)
