"""Checks that frame n is shown at n / fps."""

from collections.abc import Sequence
from fractions import Fraction

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.context import InspectionContext
from pipeline.inspection.decode import DecodedFrame, Picture
from pipeline.inspection.remedies import make_afresh

TOLERANCE_S = 0.0011
"""An MP4 made by joining rounds to its track's own clock; on a clock of milliseconds that is up to a millisecond."""


class FrameTimesCheck(InspectionCheck):
    """Compares the time of every frame with its number."""

    name = "frame_times"

    def __init__(self, context: InspectionContext) -> None:
        super().__init__(context)
        self.last_s: float | None = None
        self.wrong: list[tuple[int, float, Picture]] = []
        self.wrong_count = 0
        self.backwards_at: float | None = None
        self.longest_s = 0.0

    def feed(self, frame: DecodedFrame) -> None:
        """Note a frame whose time is wrong."""
        if self.last_s is not None:
            self.longest_s = max(self.longest_s, frame.at_s - self.last_s)
            if frame.at_s <= self.last_s and self.backwards_at is None:
                self.backwards_at = frame.at_s
        self.last_s = frame.at_s
        if abs(frame.at_s - frame.index / self.context.fps) > TOLERANCE_S:
            self.wrong_count += 1
            if not self.wrong:
                self.wrong.append((frame.index, frame.at_s, frame.small))

    def result(self) -> Sequence[Finding]:
        """Fails on the first frame that is early, late, missing or before its predecessor."""
        findings, remedy = [], make_afresh(self.context)
        fps = self.context.fps
        if self.backwards_at is not None:
            findings.append(
                self.failed(
                    M("At {at} s a frame comes before the one before it.", at=round(self.backwards_at, 3)), remedy, self.backwards_at
                )
            )
        for index, at_s, picture in self.wrong:
            text = M(
                "{count} frames do not come at their time; the first is frame {index} at {at} s instead of {right} s.",
                count=self.wrong_count,
                index=index,
                at=round(at_s, 3),
                right=round(index / fps, 3),
            )
            findings.append(self.failed(text, remedy, at_s, picture))
        rate = self.context.facts.rate
        # A container states its rate as frames over length and may be a hair off; half a percent is a frame in seven seconds.
        if rate is None or abs(rate / Fraction(fps) - 1) > Fraction(1, 200):
            text = M("The file says {rate} frames a second instead of {fps}.", rate=str(round(float(rate), 3)) if rate else "?", fps=fps)
            findings.append(self.failed(text, remedy))
        return findings or [self.passed(M("Constant {fps} frames a second, every frame at its time.", fps=fps))]
