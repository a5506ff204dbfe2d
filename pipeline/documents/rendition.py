"""A rendition, which is a finished video file, and its inspection."""

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import M, Message


class ChunkFate(Frozen):
    """Whether one chunk was rendered in this run or reused, and why."""

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
    """The result of one check on the finished file."""

    check: str
    passed: bool
    message: Message
    at_s: float | None = None
    frame: str = ""
    """Path of a picture of the frame in question, for a check that failed."""
    remedy: Message | None = None
    """What a person does next; None for a check that passed, and in a document of an older release."""

    @property
    def told(self) -> Message:
        """The message with its remedy."""
        if self.remedy is None:
            return self.message
        return M("{problem}. What to do: {remedy}.", problem=(self.message,), remedy=(self.remedy,))


class Inspection(Document):
    """The comparison of a finished file with its plan."""

    rendition_sha256: str
    key: str = ""
    """Content key of everything that was compared: what passed once is not inspected again."""
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(finding.passed for finding in self.findings)
