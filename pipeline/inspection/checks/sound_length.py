"""Sound and picture begin and end together."""

from collections.abc import Sequence

from pipeline.documents.message import M
from pipeline.documents.rendition import Finding
from pipeline.inspection.case import Case
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.reading import DecodedFrame

APART_S = 0.065
"""Two AAC frames at 48 kHz (2 × 21.3 ms: the encoder fills its last one, and a player may count its first) and half a picture
frame at 25 a second. Sound that leads by 45 ms is just noticed (ITU-R BT.1359), at the ends there is nothing to be in step with."""


class SoundLengthCheck(InspectionCheck):
    """Compares first and last moment of both tracks."""

    name = "sound_length"

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.first_s: float | None = None
        self.end_s = 0.0

    def feed(self, seen: DecodedFrame) -> None:
        """Note where the picture begins and ends."""
        self.first_s = seen.at_s if self.first_s is None else self.first_s
        self.end_s = seen.at_s + 1 / self.case.fps

    def result(self) -> Sequence[Finding]:
        """Fails when sound is missing, begins or ends apart from the picture."""
        sound = self.case.sound
        if sound is None:
            return [self.failed(M("The video has no sound track that can be heard."))]
        found = []
        if abs(sound.start_s - (self.first_s or 0.0)) > APART_S:
            apart = round(sound.start_s - (self.first_s or 0.0), 3)
            found.append(self.failed(M("The sound begins {apart} s after the picture.", apart=apart), sound.start_s))
        if abs(sound.end_s - self.end_s) > APART_S:
            text = M("The sound ends at {sound} s, the picture at {picture} s.", sound=round(sound.end_s, 2), picture=round(self.end_s, 2))
            found.append(self.failed(text, min(sound.end_s, self.end_s)))
        return found or [self.passed(M("Sound and picture have the same length ({seconds} s).", seconds=round(sound.end_s, 2)))]
