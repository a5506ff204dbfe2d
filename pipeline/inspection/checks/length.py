"""As many frames as planned, and no end before the end."""

from collections.abc import Sequence

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.reading import DecodedFrame, Picture


class LengthCheck(InspectionCheck):
    """Counts the frames that really decode."""

    name = "length"
    count = 0
    last: Picture | None = None

    def feed(self, seen: DecodedFrame) -> None:
        """Count it."""
        self.count += 1
        self.last = seen.small

    def result(self) -> Sequence[Finding]:
        """Compares with the plan and with what the renderer said it made."""
        planned, fps = self.case.plan.frames, self.case.fps
        found = []
        if self.count != planned:
            text = M(
                "The video has {count} frames ({seconds} s), but {planned} ({planned_seconds} s) were planned.",
                count=self.count,
                seconds=round(self.count / fps, 2),
                planned=planned,
                planned_seconds=round(planned / fps, 2),
            )
            found.append(self.failed(text, min(self.count, planned) / fps, self.last))
        if self.case.edit.frames != planned:
            found.append(self.failed(M("The plan has {planned} frames, but the edit {edit}.", planned=planned, edit=self.case.edit.frames)))
        if self.case.rendition.frames != self.count:
            text = M("The renderer reported {said} frames, the file has {count}.", said=self.case.rendition.frames, count=self.count)
            found.append(self.failed(text))
        limit = self.case.destination.max_seconds
        if limit is not None and self.count / fps > limit:
            text = M("{seconds} s is longer than the {limit} s allowed there.", seconds=round(self.count / fps, 1), limit=round(limit, 1))
            found.append(self.failed(text))
        return found or [
            self.passed(M("All {count} frames are there ({seconds} s).", count=self.count, seconds=round(self.count / fps, 2)))
        ]
