"""Faces, with BlazeFace full range (MediaPipe) run by OpenCV."""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.analysis.detector import Detector
from pipeline.analysis.frame import Frame
from pipeline.documents.analysis import Subject
from pipeline.documents.clip import Clip
from pipeline.resources import MODELS

SIDE = 192
CELLS = 48
SURE_FROM = 0.65
"""Score from which a box counts; MediaPipe's own default is 0.5, which takes patterned cloth for faces now and then."""
OVERLAP = 0.3
LOOK_EVERY_S = 0.4


@dataclass(frozen=True)
class FaceSightings:
    """Faces as boxes in fractions of the picture, weighted by score times width; and the seconds at which the detector looked."""

    subjects: list[Subject]
    looked_at: list[float]


class Faces(Detector[FaceSightings]):
    """Looks for faces a few times a second."""

    name = "faces"
    every_s = LOOK_EVERY_S

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip)
        self._net = cv2.dnn.readNetFromTFLite(str(MODELS / "face_detection_full_range.tflite"))
        self._sightings = FaceSightings([], [])

    def feed(self, frame: Frame) -> None:
        """Look at one frame."""
        self._sightings.looked_at.append(frame.at_s)
        self._sightings.subjects.extend(self._faces(frame))

    def result(self) -> FaceSightings:
        """Return every face that was seen."""
        return self._sightings

    def _faces(self, frame: Frame) -> list[Subject]:
        high, wide = frame.image.shape[:2]
        scale = SIDE / max(high, wide)
        inner = cv2.resize(frame.image, (round(wide * scale), round(high * scale)), interpolation=cv2.INTER_AREA)
        left, top = (SIDE - inner.shape[1]) // 2, (SIDE - inner.shape[0]) // 2
        square = np.zeros((SIDE, SIDE, 3), np.uint8)
        square[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
        blob = cv2.dnn.blobFromImage(square, 1 / 127.5, (SIDE, SIDE), (127.5, 127.5, 127.5), swapRB=True)
        self._net.setInput(blob)
        outputs = self._net.forward(self._net.getUnconnectedOutLayersNames())
        raw = next(out for out in outputs if out.shape[-1] == 16).reshape(-1, 16)
        logits = next(out for out in outputs if out.shape[-1] == 1).reshape(-1)
        scores = 1 / (1 + np.exp(-np.clip(logits, -80, 80)))
        likely = np.flatnonzero(scores >= SURE_FROM)  # to list all 2304 boxes took half as long as the network
        centre_x = ((likely % CELLS) + 0.5) / CELLS * SIDE + raw[likely, 0]
        centre_y = ((likely // CELLS) + 0.5) / CELLS * SIDE + raw[likely, 1]
        boxes = [
            [float(x - w / 2), float(y - h / 2), float(w), float(h)]
            for x, y, (w, h) in zip(centre_x, centre_y, raw[likely, 2:4], strict=True)
        ]
        scores = scores[likely]
        kept = cv2.dnn.NMSBoxes(boxes, scores.tolist(), SURE_FROM, OVERLAP)
        faces = []
        for index in np.asarray(kept).reshape(-1):
            x, y, w, h = boxes[int(index)]
            faces.append(
                Subject(
                    at_s=round(frame.at_s, 3),
                    x=round((x + w / 2 - left) / inner.shape[1], 4),
                    y=round((y + h / 2 - top) / inner.shape[0], 4),
                    width=round(w / inner.shape[1], 4),
                    height=round(h / inner.shape[0], 4),
                    kind="face",
                    weight=round(float(scores[int(index)]) * w / inner.shape[1], 4),
                )
            )
        return faces
