"""What a picture looks like in 64 bits, so that a re-sent copy of a clip is known again."""

from pipeline.analysis.detector import Detector
from pipeline.analysis.frame import Frame
from pipeline.documents.clip import Clip
from pipeline.media.perceptual_hash import perceptual_hash


class Fingerprint(Detector[list[tuple[float, str]]]):
    """Hashes a frame every so often."""

    name = "fingerprint"
    every_s = 0.4

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip)
        self._hashes: list[tuple[float, str]] = []

    def feed(self, frame: Frame) -> None:
        """Hash one frame."""
        self._hashes.append((frame.at_s, perceptual_hash(frame.grey)))

    def result(self) -> list[tuple[float, str]]:
        """(seconds, 16 hex digits)."""
        return self._hashes
