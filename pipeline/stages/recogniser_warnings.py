"""What a person is told of the model that wrote the speech down."""

from collections.abc import Iterable

from pipeline.documents.message import M, Message
from pipeline.documents.transcript import Transcript


def recogniser_warnings(transcripts: Iterable[Transcript]) -> list[Message]:
    """Return a warning for each model that nobody calibrated, and what is switched off with one that cannot weigh a text."""
    spoken = [transcript for transcript in transcripts if transcript.phrases]
    warnings = []
    for name in sorted({transcript.model for transcript in spoken if not transcript.scored}):
        warnings.append(
            M(
                "The speech model {model} cannot say how probable a text is in the sound: names, prices and units are corrected by how "
                "they sound alone, and no line is held for doubt. Read every subtitle before you publish.",
                model=name,
            )
        )
    for name in sorted({transcript.model for transcript in spoken if transcript.scored and not transcript.calibrated}):
        warnings.append(
            M(
                "Nobody has measured how far the words of the speech model {model} may be trusted: doubtful lines are held by the "
                "thresholds of the base model. Read every subtitle before you publish.",
                model=name,
            )
        )
    return warnings
