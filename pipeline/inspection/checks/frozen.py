"""No picture that stands still while its clip moves."""

from collections.abc import Sequence

import numpy as np

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.case import Case, Mask
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.planned import planned_frames
from pipeline.inspection.reading import DecodedFrame, Picture

STILL = 0.4
"""Levels of 255 by which the small picture may differ, on average, from the first of a still stretch. x264 repeats a
standing picture within 0.1 to 0.3; a hand that holds a phone passes 0.4 within two or three frames."""
FROZEN_S = 0.5
"""A stretch is worth a look from half a second: shorter ones are the source's own low or uneven frame rate."""
MOVES = 2.0
"""The source moves when its small picture leaves the first one of the stretch by this much, and five times as far as the video does."""
TIMES = 5.0
BARE_SHARE = 0.15
LOOKED_AT = 40


class FrozenPictureCheck(InspectionCheck):
    """Finds still stretches and asks the source whether it stands still there too."""

    name = "frozen"

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.stretches: list[tuple[int, int, float, Picture]] = []
        self.anchor: Picture | None = None
        self.bare: Mask | None = None
        self.first = self.last = 0
        self.travel = 0.0

    def feed(self, seen: DecodedFrame) -> None:
        """Lengthen the still stretch, or begin another."""
        bare = self.case.bare(seen.number, seen.small.shape[:2])
        if self.anchor is not None and self.bare is not None:
            both = self.bare & bare
            travel = _apart(self.anchor, seen.small, both)
            if both.mean() >= BARE_SHARE and travel < STILL:
                self.last, self.bare, self.travel = seen.number, both, max(self.travel, travel)
                return
            self._close()
        self.anchor, self.bare, self.first, self.last, self.travel = seen.small, bare, seen.number, seen.number, 0.0

    def _close(self) -> None:
        if self.anchor is not None and self.last - self.first + 1 >= FROZEN_S * self.case.fps:
            self.stretches.append((self.first, self.last, self.travel, self.anchor))

    def result(self) -> Sequence[Finding]:
        """Fails on every still stretch whose source moves."""
        self._close()
        found, fps = [], self.case.fps
        for first, last, travel, picture in self.stretches:
            numbers = sorted({int(number) for number in np.linspace(first, last, min(LOOKED_AT, last - first + 1)).round()})
            planned = planned_frames(self.case, numbers)
            if not planned:
                continue
            bare = self.case.bare(first, picture.shape[:2]) & self.case.bare(last, picture.shape[:2])
            start = planned[min(planned)]
            moved = max(_apart(start, frame, bare) for frame in planned.values())
            if moved > max(MOVES, TIMES * travel):
                text = M(
                    "The picture stands still from {start} s for {length} s, but the clip under it moves.",
                    start=round(first / fps, 2),
                    length=round((last - first + 1) / fps, 2),
                )
                found.append(self.failed(text, first / fps, picture))
        return found or [self.passed(M("No picture stands still that was filmed moving."))]


def _apart(one: Picture, other: Picture, where: Mask) -> float:
    if not where.any():
        return 0.0
    return float(np.abs(one[where].astype(np.int16) - other[where]).mean())
