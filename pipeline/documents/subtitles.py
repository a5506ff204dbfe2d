"""Subtitles on the timeline, each anchored to the speech it came from."""

from pipeline.documents.base import Document, Frozen


class Cue(Frozen):
    """One subtitle. Frames are on the timeline; the anchor is on the clip's own clock, so a re-edit can move it along."""

    start_frame: int
    end_frame: int
    lines: tuple[str, ...]
    clip_id: str
    source_start_s: float
    source_end_s: float
    confidence: float = 1.0
    held: bool = False
    """Its words are not trusted: a person decides, it is not burned in."""
    by_hand: bool = False

    @property
    def text(self) -> str:
        """Both lines as one."""
        return "\n".join(self.lines)


class Subtitles(Document):
    """All cues of one edit."""

    fps: int
    cues: tuple[Cue, ...]
    corrections_sha256: str = ""
    """Of the subtitles.srt whose corrections were taken over last; empty when no person has changed one."""
