"""What the picture shows, every second or so: enough to know later whether a view fits what is said."""

import cv2
import numpy as np

from pipeline.analysis.detector import Detector
from pipeline.analysis.frame import Frame
from pipeline.analysis.image_network import picture_content
from pipeline.documents.analysis import ContentSample, PictureContent
from pipeline.documents.clip import Clip
from pipeline.media.decode import Picture

LOOK_EVERY_S = 0.5
MOST_LOOKS = 48
"""Looks at one clip, about: a replay of hours is looked at more rarely."""
THUMBNAIL = 16
CHANGED_FROM = 6.0
"""Mean change of luma from which a picture is looked at anew: a speaker before a still camera stays under it, a crate set down does not."""
AT_LEAST_EVERY_S = 4.0
DARK_BELOW = 16.0
"""Mean luma under which nothing is recognised."""


class Contents(Detector[tuple[ContentSample, ...]]):
    """Looks at one frame in so many, and again only when the picture has changed."""

    name = "contents"
    every_s = LOOK_EVERY_S

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip)
        self._apart_s = max(LOOK_EVERY_S * 0.9, clip.duration_s / MOST_LOOKS)
        self._seen: list[ContentSample] = []
        self._looked_s = float("-inf")
        self._thumbnail: Picture | None = None
        self._content: PictureContent | None = None

    def feed(self, frame: Frame) -> None:
        """Look at one frame, unless the last look was just now."""
        if self._seen and frame.at_s - self._seen[-1].at_s < self._apart_s:
            return
        thumbnail = cv2.resize(frame.grey, (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA).astype(np.uint8)
        if thumbnail.mean() < DARK_BELOW:
            return
        if self._content is None or self._changed(thumbnail) or frame.at_s - self._looked_s >= AT_LEAST_EVERY_S:
            self._content = picture_content(frame.image)
            self._thumbnail, self._looked_s = thumbnail, frame.at_s
        self._seen.append(ContentSample(at_s=round(frame.at_s, 3), content=self._content))

    def result(self) -> tuple[ContentSample, ...]:
        """Return what was seen, in order of time."""
        return tuple(self._seen)

    def _changed(self, thumbnail: Picture) -> bool:
        return self._thumbnail is None or float(cv2.absdiff(thumbnail, self._thumbnail).mean()) >= CHANGED_FROM
