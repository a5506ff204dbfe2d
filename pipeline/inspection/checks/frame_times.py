"""Every frame comes exactly one frame after the last."""

from collections.abc import Sequence
from fractions import Fraction

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.case import Case
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.reading import DecodedFrame, Picture

SLACK_S = 0.0011
"""An MP4 made by joining rounds to its track's own clock; on a clock of milliseconds that is up to a millisecond."""


class FrameTimesCheck(InspectionCheck):
    """Holds the time of frame n against n / fps."""

    name = "frame_times"

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.last_s: float | None = None
        self.wrong: list[tuple[int, float, Picture]] = []
        self.wrong_count = 0
        self.backwards_at: float | None = None
        self.longest_s = 0.0

    def feed(self, seen: DecodedFrame) -> None:
        """Note a frame that comes at another time than its own."""
        if self.last_s is not None:
            self.longest_s = max(self.longest_s, seen.at_s - self.last_s)
            if seen.at_s <= self.last_s and self.backwards_at is None:
                self.backwards_at = seen.at_s
        self.last_s = seen.at_s
        if abs(seen.at_s - seen.index / self.case.fps) > SLACK_S:
            self.wrong_count += 1
            if not self.wrong:
                self.wrong.append((seen.index, seen.at_s, seen.small))

    def result(self) -> Sequence[Finding]:
        """Fails on the first frame that is early, late, missing or before its predecessor."""
        found = []
        fps = self.case.fps
        if self.backwards_at is not None:
            found.append(
                self.failed(M("At {at} s a frame comes before the one before it.", at=round(self.backwards_at, 3)), self.backwards_at)
            )
        for index, at_s, picture in self.wrong:
            text = M(
                "{count} frames do not come at their time; the first is frame {index} at {at} s instead of {right} s.",
                count=self.wrong_count,
                index=index,
                at=round(at_s, 3),
                right=round(index / fps, 3),
            )
            found.append(self.failed(text, at_s, picture))
        rate = self.case.facts.rate
        # A container states its rate as frames over length and may be a hair off; half a percent is a frame in seven seconds.
        if rate is None or abs(rate / Fraction(fps) - 1) > Fraction(1, 200):
            text = M("The file says {rate} frames a second instead of {fps}.", rate=str(round(float(rate), 3)) if rate else "?", fps=fps)
            found.append(self.failed(text))
        return found or [self.passed(M("Constant {fps} frames a second, every frame at its time.", fps=fps))]
