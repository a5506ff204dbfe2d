"""Checks that sound and picture begin and end together."""

from collections.abc import Sequence

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.context import InspectionContext
from pipeline.inspection.decode import DecodedFrame
from pipeline.inspection.remedies import make_afresh

MOST_OFFSET_S = 0.065
"""Two AAC frames at 48 kHz (2 × 21.3 ms: the encoder fills its last one, and a player may count its first) and half a picture
frame at 25 a second. Sound that leads by 45 ms is just noticed (ITU-R BT.1359), at the ends there is nothing to be in step with."""


class SoundLengthCheck(InspectionCheck):
    """Compares start and end of both tracks."""

    name = "sound_length"

    def __init__(self, context: InspectionContext) -> None:
        super().__init__(context)
        self.first_s: float | None = None
        self.end_s = 0.0

    def feed(self, frame: DecodedFrame) -> None:
        """Note when the picture begins and ends."""
        self.first_s = frame.at_s if self.first_s is None else self.first_s
        self.end_s = frame.at_s + 1 / self.context.fps

    def result(self) -> Sequence[Finding]:
        """Fails when sound is missing, or begins or ends apart from the picture."""
        sound = self.context.sound
        if sound is None:
            return [self.failed(M("The video has no sound track that can be heard."), make_afresh(self.context))]
        findings = []
        if abs(sound.start_s - (self.first_s or 0.0)) > MOST_OFFSET_S:
            apart = round(sound.start_s - (self.first_s or 0.0), 3)
            findings.append(
                self.failed(M("The sound begins {apart} s after the picture.", apart=apart), make_afresh(self.context), sound.start_s)
            )
        if abs(sound.end_s - self.end_s) > MOST_OFFSET_S:
            text = M("The sound ends at {sound} s, the picture at {picture} s.", sound=round(sound.end_s, 2), picture=round(self.end_s, 2))
            findings.append(self.failed(text, make_afresh(self.context), min(sound.end_s, self.end_s)))
        return findings or [self.passed(M("Sound and picture have the same length ({seconds} s).", seconds=round(sound.end_s, 2)))]
