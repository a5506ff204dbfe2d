"""Checks loudness and true peak."""

import math
import re
from collections.abc import Sequence

from pipeline.documents.limits import LOUDNESS_TOLERANCE_LU, SILENCE_LUFS
from pipeline.documents.message import M, Message
from pipeline.documents.rendition import Finding
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.context import InspectionContext
from pipeline.inspection.remedies import make_afresh
from pipeline.media import FFMPEG, Child


class LoudnessCheck(InspectionCheck):
    """Measures loudness and true peak of the finished track (ITU-R BS.1770, by ffmpeg's ebur128)."""

    name = "loudness"

    def __init__(self, context: InspectionContext) -> None:
        super().__init__(context)
        self.logs: list[str] = []

    def processes(self) -> Sequence[Child]:
        """Return the one that measures the track."""
        if self.context.sound is None:
            return ()
        args = [FFMPEG, "-hide_banner", "-nostdin", "-nostats", "-i", str(self.context.video), "-map", "0:a:0"]
        meter = ["-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"]
        return [Child([*args, *meter], self.context.video.name, after=self.logs.append)]

    def result(self) -> Sequence[Finding]:
        """Fails on loudness off the plan's target by more than half a unit, and on a true peak over its limit.

        What was planned decides: voices and music have the target, ambience alone may be quieter, nothing planned is silence.
        """
        if self.context.sound is None:
            return [self.failed(M("There is no sound to measure."), make_afresh(self.context))]
        lufs, peak = self._measure()
        plan = self.context.plan.sound
        if not plan.voices and plan.music is None:
            if lufs > SILENCE_LUFS:
                text = M("The sound track should be silence, but its loudness is {lufs} LUFS.", lufs=round(lufs, 1))
                return [self.failed(text, make_afresh(self.context))]
            return [self.passed(M("The sound track is silence, as planned."))]
        findings = []
        may_be_quiet = plan.music is None and not any(voice.speech for voice in plan.voices)
        if lufs > plan.target_lufs + LOUDNESS_TOLERANCE_LU or (lufs < plan.target_lufs - LOUDNESS_TOLERANCE_LU and not may_be_quiet):
            measured = str(round(lufs, 1)) if math.isfinite(lufs) else "-∞"
            text = M(
                "The loudness is {lufs} LUFS instead of {target} ±{within}.",
                lufs=measured,
                target=plan.target_lufs,
                within=LOUDNESS_TOLERANCE_LU,
            )
            findings.append(self.failed(text, self._other_music()))
        if peak >= plan.peak_dbtp:
            text = M("The sound peaks at {peak} dBTP; it must stay under {limit}.", peak=round(peak, 1), limit=plan.peak_dbtp)
            findings.append(self.failed(text, self._other_music()))
        if findings:
            return findings
        if lufs < plan.target_lufs - LOUDNESS_TOLERANCE_LU:
            quiet = str(round(lufs, 1)) if math.isfinite(lufs) else "-∞"
            return [
                self.passed(
                    M("Loudness {lufs} LUFS: the clips' own sound, quiet as it was filmed. Music would make it fuller.", lufs=quiet)
                )
            ]
        return [self.passed(M("Loudness {lufs} LUFS, true peak {peak} dBTP.", lufs=round(lufs, 1), peak=round(peak, 1)))]

    def _other_music(self) -> Message:
        if self.context.plan.sound.music is None:
            return M("Choose music: run the same fieldcut make again with --music auto.")
        return M("Choose other music: run the same fieldcut make again with --music auto, or with --music none.")

    def _measure(self) -> tuple[float, float]:
        summary = self.logs[0].rpartition("Summary:")[2]
        loudness = re.search(r"\bI:\s+(-?[\d.]+|-inf) LUFS", summary)
        peak = re.search(r"\bPeak:\s+(-?[\d.]+|-inf) dBFS", summary)
        return (float(loudness[1]) if loudness else -math.inf, float(peak[1]) if peak else -math.inf)
