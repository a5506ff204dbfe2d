"""The finished file and what its inspection found."""

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import Message


class ChunkFate(Frozen):
    """What became of one chunk: made in this run or not, and why."""

    start_s: float
    """On the timeline's clock, as is the end."""
    end_s: float
    made: bool
    why: Message


class Rendition(Document):
    """One finished video file."""

    file: str
    sha256: str
    destination: str
    width: int
    height: int
    fps: int
    frames: int
    loudness_lufs: float | None
    """Measured after AAC; None for a track that is silence."""
    true_peak_dbtp: float | None
    chunks_made: int = 0
    chunks_reused: int = 0
    fates: tuple[ChunkFate, ...] = ()
    """Every chunk in timeline order; empty in a document of an older release."""
    encoder: str = "libx264"
    """ffmpeg's name of the encoder that made the picture."""

    @property
    def length_s(self) -> float:
        """Seconds of picture."""
        return self.frames / self.fps


class Finding(Frozen):
    """One thing that was checked on the finished file."""

    check: str
    passed: bool
    message: Message
    at_s: float | None = None
    frame: str = ""
    """A picture of the frame in question, for a finding that did not pass."""


class Inspection(Document):
    """A finished file held against its plan."""

    rendition_sha256: str
    key: str = ""
    """Content key of all that was held against each other: the same things are not looked at twice once they passed."""
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Nothing failed."""
        return all(finding.passed for finding in self.findings)
