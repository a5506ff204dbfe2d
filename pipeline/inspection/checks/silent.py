"""Checks that there is no silence where a voice or music was planned."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.documents.message import M
from pipeline.documents.plan import Voice
from pipeline.documents.rendition import Finding
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.remedies import make_afresh
from pipeline.inspection.sound import WINDOW_S, Levels, read_sound

SILENT_DB = -60.0
"""Level under which ffmpeg's silencedetect too calls a track silent."""
SILENT_S = 0.4
"""Shorter ones are the gaps of speech: the edit closes pauses over 0.6 s, and a breath takes 0.3."""
AUDIBLE_DB = -45.0
"""A source at this level or above, its planned gain included, must be heard in the video: fifteen decibels over silence."""
DENOISED_DB = 12.0
"""How much louder a source must be when its noise is taken out."""
EDGE_S = 0.1
"""Left out of a voice at both ends: fades, and the frames of AAC."""


class SilentCheck(InspectionCheck):
    """Finds silent stretches and measures whether the sources that the plan puts there are silent too."""

    name = "silent"

    def result(self) -> Sequence[Finding]:
        """Fails on every silent stretch in which something was planned to be heard."""
        track, plan = self.context.sound, self.context.plan.sound
        if track is None:
            levels = np.full(max(1, round(plan.length_s / WINDOW_S)), -120.0)
        else:
            missing = max(0, round(plan.length_s / WINDOW_S) - len(track.levels))
            levels = np.concatenate([track.levels, np.full(missing, -120.0)])
        findings = []
        for start, end in quiet_stretches(levels, SILENT_DB, SILENT_S):
            if any(self._voice_heard(voice, start, end) for voice in plan.voices) or self._music_heard(start, end):
                text = M(
                    "Nothing is heard from {start} s to {end} s, though sound was planned there.", start=round(start, 2), end=round(end, 2)
                )
                findings.append(self.failed(text, make_afresh(self.context), start))
        return findings or [self.passed(M("No silence that was not planned."))]

    def _voice_heard(self, voice: Voice, start: float, end: float) -> bool:
        first, last = max(start, voice.at_s + EDGE_S), min(end, voice.at_s + voice.length_s - EDGE_S)
        if last - first < SILENT_S / 2:
            return False
        source_offset = voice.source_start_s - voice.at_s
        track = read_sound(Path(voice.path), voice.stream, from_s=first + source_offset, to_s=last + source_offset, source=True)
        if track is None:
            return False
        levels = track.levels[: max(1, round((last - first) / WINDOW_S))]
        # The loudest fifth: a syllable in a stretch is enough to miss it.
        level = float(np.quantile(levels, 0.8)) + voice.gain_db
        return level > AUDIBLE_DB + (DENOISED_DB if voice.clean else 0.0)

    def _music_heard(self, start: float, end: float) -> bool:
        music, plan = self.context.plan.sound.music, self.context.plan.sound
        if music is None or min(end, plan.length_s - music.fade_out_s) - start < SILENT_S:
            return False
        track = read_sound(Path(music.path))
        if track is None:
            return False
        # Where the loop stands at this moment is the mixer's matter: music with so long a rest of its own may be in it here.
        rests = quiet_stretches(track.levels + music.gain_db - abs(music.ducked_db), AUDIBLE_DB, 0.5 * (end - start))
        return not rests


def quiet_stretches(levels: Levels, under_db: float, at_least_s: float) -> list[tuple[float, float]]:
    """Start and end in seconds of every stretch in which the level stays under `under_db` for `at_least_s` or longer."""
    quiet = np.concatenate([[False], levels < under_db, [False]])
    edges = np.flatnonzero(quiet[1:] != quiet[:-1])
    stretches = [(float(a) * WINDOW_S, float(b) * WINDOW_S) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return [(start, end) for start, end in stretches if end - start >= at_least_s - 1e-6]
