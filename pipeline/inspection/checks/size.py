"""Checks the picture's size and that its pixels are square."""

from collections.abc import Sequence

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.decode import DecodedFrame, Picture
from pipeline.inspection.remedies import make_afresh


class SizeCheck(InspectionCheck):
    """Compares the coded size and the pixel shape with the plan."""

    name = "size"
    first: Picture | None = None

    def feed(self, frame: DecodedFrame) -> None:
        """Keep the first frame as evidence."""
        if self.first is None:
            self.first = frame.small

    def result(self) -> Sequence[Finding]:
        """Fails on another size than the plan's and on pixels that are not square."""
        facts, picture = self.context.facts, self.context.plan.picture
        findings = []
        if (facts.width, facts.height) != (picture.width, picture.height):
            text = M(
                "The picture is {width}×{height}, but {planned_width}×{planned_height} was planned.",
                width=facts.width,
                height=facts.height,
                planned_width=picture.width,
                planned_height=picture.height,
            )
            findings.append(self.failed(text, make_afresh(self.context), 0.0, self.first))
        if facts.pixel_shape != 1:
            text = M("The pixels are not square ({shape}): people would look too thin or too wide.", shape=str(facts.pixel_shape))
            findings.append(self.failed(text, make_afresh(self.context), 0.0, self.first))
        return findings or [self.passed(M("The picture is {width}×{height} with square pixels.", width=facts.width, height=facts.height))]
