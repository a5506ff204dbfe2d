"""Checks loudness and true peak."""

import math
import re
from collections.abc import Sequence

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.media import FFMPEG, run_media

TOLERANCE_LU = 0.5
SILENCE_LUFS = -60.0
"""Below this a track is silence: programme loudness gates at -70 (ITU-R BS.1770), phones' own noise lies above -60."""


class LoudnessCheck(InspectionCheck):
    """Measures loudness and true peak of the finished track (ITU-R BS.1770, by ffmpeg's ebur128)."""

    name = "loudness"

    def result(self) -> Sequence[Finding]:
        """Fails on loudness off the plan's target by more than half a unit, and on a true peak over its limit."""
        if self.context.sound is None:
            return [self.failed(M("There is no sound to measure."))]
        lufs, peak = self._measure()
        plan, reported = self.context.plan.sound, self.context.rendition.loudness_lufs
        if reported is None:
            if lufs > SILENCE_LUFS:
                text = M("The sound track should be silence, but its loudness is {lufs} LUFS.", lufs=round(lufs, 1))
                return [self.failed(text)]
            return [self.passed(M("The sound track is silence, as planned."))]
        findings = []
        if not abs(lufs - plan.target_lufs) <= TOLERANCE_LU:
            measured = str(round(lufs, 1)) if math.isfinite(lufs) else "-∞"
            text = M(
                "The loudness is {lufs} LUFS instead of {target} ±{within}.", lufs=measured, target=plan.target_lufs, within=TOLERANCE_LU
            )
            findings.append(self.failed(text))
        if peak >= plan.peak_dbtp:
            text = M("The sound peaks at {peak} dBTP; it must stay under {limit}.", peak=round(peak, 1), limit=plan.peak_dbtp)
            findings.append(self.failed(text))
        if findings:
            return findings
        return [self.passed(M("Loudness {lufs} LUFS, true peak {peak} dBTP.", lufs=round(lufs, 1), peak=round(peak, 1)))]

    def _measure(self) -> tuple[float, float]:
        args = [FFMPEG, "-hide_banner", "-nostdin", "-nostats", "-i", str(self.context.video), "-map", "0:a:0"]
        log = run_media([*args, "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"], name=self.context.video.name)
        summary = log.rpartition("Summary:")[2]
        loudness = re.search(r"\bI:\s+(-?[\d.]+|-inf) LUFS", summary)
        peak = re.search(r"\bPeak:\s+(-?[\d.]+|-inf) dBFS", summary)
        return (float(loudness[1]) if loudness else -math.inf, float(peak[1]) if peak else -math.inf)
