"""No black picture that the plan does not have."""

from collections.abc import Sequence

import numpy as np

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.case import Case
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.planned import planned_frames
from pipeline.inspection.reading import DecodedFrame, Picture

DARK = 25.5
"""A pixel is black under a tenth of full brightness, and a picture when 98 of 100 are: the defaults of ffmpeg's blackdetect."""
BLACK_SHARE = 0.98
LIT = 51
"""A source pixel over a fifth of full brightness is no longer black under any grade; one in twenty makes a picture."""
LIT_SHARE = 0.05
BARE_SHARE = 0.15
"""Where overlays cover more than the rest of this, there is nothing left to judge."""
LOOKED_AT = 5
"""Frames of the source that are looked at for one black stretch."""


class BlackCheck(InspectionCheck):
    """Finds black frames, down to a single one at a join, and asks the source whether it is as dark there."""

    name = "black"

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.runs: list[tuple[list[int], Picture]] = []
        self.before = -2

    def feed(self, seen: DecodedFrame) -> None:
        """Note a frame that is black wherever no overlay lies."""
        bare = self.case.bare(seen.number, seen.small.shape[:2])
        if bare.mean() < BARE_SHARE or (seen.small[bare] < DARK).mean() < BLACK_SHARE:
            return
        if seen.index == self.before + 1:
            self.runs[-1][0].append(seen.number)
        else:
            self.runs.append(([seen.number], seen.small))
        self.before = seen.index

    def result(self) -> Sequence[Finding]:
        """Fails on every black stretch over a source that is not."""
        found, fps = [], self.case.fps
        for numbers, picture in self.runs:
            places = np.linspace(0, len(numbers) - 1, min(LOOKED_AT, len(numbers))).round().astype(int)
            planned = planned_frames(self.case, [numbers[place] for place in places])
            if any(self._lit(number, frame) for number, frame in planned.items()):
                text = M(
                    "The picture is black from {start} s for {length} s, but the clip under it is not.",
                    start=round(numbers[0] / fps, 2),
                    length=round(len(numbers) / fps, 2),
                )
                found.append(self.failed(text, numbers[0] / fps, picture))
        return found or [self.passed(M("No black picture that was not filmed so."))]

    def _lit(self, number: int, planned: Picture) -> bool:
        bare = self.case.bare(number, planned.shape[:2])
        return bool((planned[bare] > LIT).mean() > LIT_SHARE)
