"""Checks that no picture is black where the plan's is not."""

from collections.abc import Sequence

import numpy as np

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.context import InspectionContext
from pipeline.inspection.decode import DecodedFrame, Picture
from pipeline.inspection.planned_frames import render_planned_frames
from pipeline.inspection.remedies import look_at_clip

DARK_LEVEL = 25.5
"""A pixel is black under a tenth of full brightness, and a picture when 98 of 100 are: the defaults of ffmpeg's blackdetect."""
BLACK_SHARE = 0.98
LIT_LEVEL = 51
"""A source pixel over a fifth of full brightness is no longer black under any grade; one in twenty makes a picture."""
LIT_SHARE = 0.05
LEAST_BARE_SHARE = 0.15
"""Share of the picture that must not be covered by overlays: with less, there is nothing left to judge."""
MOST_SAMPLES = 5
"""Frames of the source that are compared at most for one black stretch."""


class BlackCheck(InspectionCheck):
    """Finds black frames, down to a single one at a join, and looks whether the source is as dark there."""

    name = "black"

    def __init__(self, context: InspectionContext) -> None:
        super().__init__(context)
        self.runs: list[tuple[list[int], Picture]] = []
        self.previous_index = -2

    def feed(self, decoded: DecodedFrame) -> None:
        """Note a frame that is black wherever no overlay covers it."""
        uncovered = self.context.uncovered(decoded.number, decoded.small.shape[:2])
        if uncovered.mean() < LEAST_BARE_SHARE or (decoded.small[uncovered] < DARK_LEVEL).mean() < BLACK_SHARE:
            return
        if decoded.index == self.previous_index + 1:
            self.runs[-1][0].append(decoded.number)
        else:
            self.runs.append(([decoded.number], decoded.small))
        self.previous_index = decoded.index

    def result(self) -> Sequence[Finding]:
        """Fails on every black stretch over a source that is not."""
        findings, fps = [], self.context.fps
        for numbers, picture in self.runs:
            samples = np.linspace(0, len(numbers) - 1, min(MOST_SAMPLES, len(numbers))).round().astype(int)
            planned = render_planned_frames(self.context, [numbers[index] for index in samples])
            if any(self._lit(number, frame) for number, frame in planned.items()):
                text = M(
                    "The picture is black from {start} s for {length} s, but the clip under it is not.",
                    start=round(numbers[0] / fps, 2),
                    length=round(len(numbers) / fps, 2),
                )
                findings.append(self.failed(text, look_at_clip(self.context, numbers[0]), numbers[0] / fps, picture))
        return findings or [self.passed(M("No black picture that was not filmed so."))]

    def _lit(self, number: int, planned: Picture) -> bool:
        uncovered = self.context.uncovered(number, planned.shape[:2])
        return bool((planned[uncovered] > LIT_LEVEL).mean() > LIT_SHARE)
