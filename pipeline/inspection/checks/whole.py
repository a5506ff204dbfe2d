"""Checks that the file is the one that was rendered, and that it decodes to its end."""

from collections.abc import Sequence

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.context import InspectionContext
from pipeline.inspection.decode import DecodedFrame, Picture, VideoDecoder
from pipeline.inspection.remedies import make_afresh


class WholeFileCheck(InspectionCheck):
    """Compares the bytes with the rendition's hash and notes where decoding stopped."""

    name = "whole"
    last: Picture | None = None
    last_s: float | None = None

    def __init__(self, context: InspectionContext, decoder: VideoDecoder) -> None:
        super().__init__(context)
        self.decoder = decoder

    def feed(self, frame: DecodedFrame) -> None:
        """Keep the last frame that decoded."""
        self.last, self.last_s = frame.small, frame.at_s

    def result(self) -> Sequence[Finding]:
        """Fails on bytes other than the renderer's, on a truncated file, and on data that does not decode."""
        findings, remedy = [], make_afresh(self.context)
        if self.context.sha256 != self.context.rendition.sha256:
            findings.append(self.failed(M("{file} was changed after it was rendered.", file=self.context.video.name), remedy))
        missing = self.context.facts.missing_bytes
        if missing:
            text = M("The file breaks off: {kilobytes} kB are missing at its end.", kilobytes=-(-missing // 1000))
            findings.append(self.failed(text, remedy, self.last_s, self.last))
        broken = self.decoder.broken_at_s
        if broken is not None and not missing:
            findings.append(self.failed(M("The video cannot be decoded after {at} s.", at=round(broken, 2)), remedy, broken, self.last))
        return findings or [self.passed(M("The file is whole and is the one that was rendered."))]
