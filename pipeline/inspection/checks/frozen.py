"""Checks that no picture stands still while its clip moves."""

from collections.abc import Sequence

import numpy as np

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.context import InspectionContext, Mask
from pipeline.inspection.decode import DecodedFrame, Picture
from pipeline.inspection.planned_frames import render_planned_frames
from pipeline.inspection.remedies import look_at_clip

STILL_DIFFERENCE = 0.4
"""Levels of 255 by which the small picture may differ, on average, from the first of a still stretch. x264 repeats a
standing picture within 0.1 to 0.3; a hand that holds a phone passes 0.4 within two or three frames."""
FROZEN_S = 0.5
"""A stretch is worth a look from half a second: shorter ones are the source's own low or uneven frame rate."""
MOVING_DIFFERENCE = 2.0
"""The source moves when its small picture leaves the first one of the stretch by this much, and five times as far as the video does."""
MOVING_RATIO = 5.0
LEAST_BARE_SHARE = 0.15
MOST_SAMPLES = 40


class FrozenPictureCheck(InspectionCheck):
    """Finds still stretches and looks whether the source stands still there too."""

    name = "frozen"

    def __init__(self, context: InspectionContext) -> None:
        super().__init__(context)
        self.stretches: list[tuple[int, int, float, Picture]] = []
        self.anchor: Picture | None = None
        self.uncovered: Mask | None = None
        self.first = self.last = 0
        self.difference = 0.0

    def feed(self, decoded: DecodedFrame) -> None:
        """Lengthen the still stretch, or begin another."""
        uncovered = self.context.uncovered(decoded.number, decoded.small.shape[:2])
        if self.anchor is not None and self.uncovered is not None:
            both = self.uncovered & uncovered
            difference = _mean_difference(self.anchor, decoded.small, both)
            if both.mean() >= LEAST_BARE_SHARE and difference < STILL_DIFFERENCE:
                self.last, self.uncovered, self.difference = decoded.number, both, max(self.difference, difference)
                return
            self._end_stretch()
        self.anchor, self.uncovered, self.first, self.last, self.difference = decoded.small, uncovered, decoded.number, decoded.number, 0.0

    def _end_stretch(self) -> None:
        if self.anchor is not None and self.last - self.first + 1 >= FROZEN_S * self.context.fps:
            self.stretches.append((self.first, self.last, self.difference, self.anchor))

    def result(self) -> Sequence[Finding]:
        """Fails on every still stretch whose source moves."""
        self._end_stretch()
        findings, fps = [], self.context.fps
        for first, last, difference, picture in self.stretches:
            numbers = sorted({int(number) for number in np.linspace(first, last, min(MOST_SAMPLES, last - first + 1)).round()})
            planned = render_planned_frames(self.context, numbers)
            if not planned:
                continue
            uncovered = self.context.uncovered(first, picture.shape[:2]) & self.context.uncovered(last, picture.shape[:2])
            start = planned[min(planned)]
            source_difference = max(_mean_difference(start, frame, uncovered) for frame in planned.values())
            if source_difference > max(MOVING_DIFFERENCE, MOVING_RATIO * difference):
                text = M(
                    "The picture stands still from {start} s for {length} s, but the clip under it moves.",
                    start=round(first / fps, 2),
                    length=round((last - first + 1) / fps, 2),
                )
                findings.append(self.failed(text, look_at_clip(self.context, first), first / fps, picture))
        return findings or [self.passed(M("No picture stands still that was filmed moving."))]


def _mean_difference(first: Picture, second: Picture, mask: Mask) -> float:
    if not mask.any():
        return 0.0
    return float(np.abs(first[mask].astype(np.int16) - second[mask]).mean())
