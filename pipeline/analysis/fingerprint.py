"""What a picture looks like in 64 bits, so that a re-sent copy of a clip is known again."""

import cv2
import numpy as np

from pipeline.analysis.detector import Detector
from pipeline.analysis.frame import Frame
from pipeline.documents.clip import Clip


class Fingerprint(Detector[list[tuple[float, str]]]):
    """Perceptual hash: signs of the lowest 8x8 cosine coefficients of a 32x32 picture (Zauner 2010)."""

    name = "fingerprint"
    every_s = 0.4

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip)
        self._hashes: list[tuple[float, str]] = []

    def feed(self, frame: Frame) -> None:
        """Hash one frame."""
        small = cv2.resize(frame.grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
        low = cv2.dct(small)[:8, :8].reshape(-1)
        bits = low > np.median(low[1:])
        self._hashes.append((frame.at_s, f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"))

    def result(self) -> list[tuple[float, str]]:
        """(seconds, 16 hex digits)."""
        return self._hashes
