"""The file is the one that was made, and decodes to its end."""

from collections.abc import Sequence

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.case import Case
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.reading import DecodedFrame, Picture, Reading


class WholeFileCheck(InspectionCheck):
    """Holds the bytes against the rendition's hash and notes where decoding stopped."""

    name = "whole"
    last: Picture | None = None
    last_s: float | None = None

    def __init__(self, case: Case, reading: Reading) -> None:
        super().__init__(case)
        self.reading = reading

    def feed(self, seen: DecodedFrame) -> None:
        """Keep the last frame that decoded."""
        self.last, self.last_s = seen.small, seen.at_s

    def result(self) -> Sequence[Finding]:
        """Fails on other bytes than the renderer's and on data that no decoder understands."""
        found = []
        if self.case.sha256 != self.case.rendition.sha256:
            found.append(self.failed(M("{file} was changed after it was rendered.", file=self.case.video.name)))
        missing = self.case.facts.missing_bytes
        if missing:
            text = M("The file breaks off: {kilobytes} kB are missing at its end.", kilobytes=-(-missing // 1000))
            found.append(self.failed(text, self.last_s, self.last))
        broken = self.reading.broken_at_s
        if broken is not None and not missing:
            found.append(self.failed(M("The video cannot be decoded after {at} s.", at=round(broken, 2)), broken, self.last))
        return found or [self.passed(M("The file is whole and is the one that was rendered."))]
