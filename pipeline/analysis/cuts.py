"""Where the picture changes to another: a clip may be a video that somebody cut before."""

import cv2
from scenedetect import FrameTimecode
from scenedetect.detectors import AdaptiveDetector

from pipeline.analysis.frame import Frame


class Cuts:
    """PySceneDetect's adaptive content detector, which does not take a fast pan for a cut.

    rate: frames a second that are fed.
    """

    def __init__(self, rate: float) -> None:
        self._detector = AdaptiveDetector(adaptive_threshold=3.0, min_scene_len=FrameTimecode(3, fps=rate), min_content_val=20.0)
        self._rate = rate
        self._at: list[float] = []
        self._cuts: list[float] = []

    def feed(self, frame: Frame) -> None:
        """Compare one frame with those before it."""
        place = FrameTimecode(len(self._at), fps=self._rate)
        self._at.append(frame.at_s)
        small = cv2.resize(frame.image, frame.tiny.shape[::-1], interpolation=cv2.INTER_AREA)
        self._cuts.extend(self._at[found.frame_num] for found in self._detector.process_frame(place, small))

    def result(self) -> list[float]:
        """Seconds at which a new picture begins."""
        return self._cuts
