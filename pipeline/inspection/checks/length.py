"""Checks that the file has as many frames as planned."""

from collections.abc import Sequence

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.decode import DecodedFrame, Picture
from pipeline.inspection.remedies import make_afresh, render_again


class LengthCheck(InspectionCheck):
    """Counts the frames that decode."""

    name = "length"
    count = 0
    last: Picture | None = None

    def feed(self, frame: DecodedFrame) -> None:
        """Count the frame."""
        self.count += 1
        self.last = frame.small

    def result(self) -> Sequence[Finding]:
        """Fails on another length than the plan's, the edit's or the rendition's, and on more than the destination allows."""
        planned, fps = self.context.plan.frames, self.context.fps
        findings, remedy = [], make_afresh(self.context)
        if self.count != planned:
            text = M(
                "The video has {count} frames ({seconds} s), but {planned} ({planned_seconds} s) were planned.",
                count=self.count,
                seconds=round(self.count / fps, 2),
                planned=planned,
                planned_seconds=round(planned / fps, 2),
            )
            findings.append(self.failed(text, remedy, min(self.count, planned) / fps, self.last))
        if self.context.edit.frames != planned:
            findings.append(
                self.failed(
                    M("The plan has {planned} frames, but the edit {edit}.", planned=planned, edit=self.context.edit.frames),
                    render_again(self.context),
                )
            )
        if self.context.rendition.frames != self.count:
            text = M("The renderer reported {said} frames, the file has {count}.", said=self.context.rendition.frames, count=self.count)
            findings.append(self.failed(text, remedy))
        limit = self.context.destination.max_seconds
        if limit is not None and self.count / fps > limit:
            text = M("{seconds} s is longer than the {limit} s allowed there.", seconds=round(self.count / fps, 1), limit=round(limit, 1))
            shorter = M("Run the same fieldcut make again with --seconds {limit}, or shorten cuts in edit.json.", limit=int(limit))
            findings.append(self.failed(text, shorter))
        return findings or [
            self.passed(M("All {count} frames are there ({seconds} s).", count=self.count, seconds=round(self.count / fps, 2)))
        ]
