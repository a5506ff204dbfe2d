"""Where the picture changes to another: a clip may be a video that somebody cut before."""

import cv2
from scenedetect import FrameTimecode
from scenedetect.detectors import AdaptiveDetector

from pipeline.analysis.detector import Detector
from pipeline.analysis.frame import RATE, Frame
from pipeline.documents.clip import Clip


class Cuts(Detector[list[float]]):
    """PySceneDetect's adaptive content detector, which does not take a fast pan for a cut."""

    name = "cuts"

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip)
        rate = min(RATE, clip.frame_rate)
        self._detector = AdaptiveDetector(adaptive_threshold=3.0, min_scene_len=FrameTimecode(3, fps=rate), min_content_val=20.0)
        self._rate = rate
        self._at: list[float] = []
        self._cuts: list[float] = []

    def feed(self, frame: Frame) -> None:
        """Compare one frame with those before it."""
        timecode = FrameTimecode(len(self._at), fps=self._rate)
        self._at.append(frame.at_s)
        small = cv2.resize(frame.image, frame.tiny.shape[::-1], interpolation=cv2.INTER_AREA)
        self._cuts.extend(self._at[cut.frame_num] for cut in self._detector.process_frame(timecode, small))

    def result(self) -> list[float]:
        """Seconds at which a new picture begins."""
        return self._cuts
