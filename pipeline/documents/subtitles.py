"""Subtitles on the timeline, each anchored to its speech in a clip."""

from pipeline.documents.base import Document, Frozen


class Cue(Frozen):
    """One subtitle. Frames are on the timeline; the source times are on the clip's own clock, so that a new edit can move the cue."""

    start_frame: int
    end_frame: int
    lines: tuple[str, ...]
    clip_id: str
    source_start_s: float
    source_end_s: float
    confidence: float = 1.0
    held: bool = False
    """Whether its words are doubtful: it is not burned in until a person decides."""
    by_hand: bool = False

    @property
    def text(self) -> str:
        """Its lines, joined by a line break."""
        return "\n".join(self.lines)


class Subtitles(Document):
    """All cues of one edit."""

    fps: int
    cues: tuple[Cue, ...]
    corrections_sha256: str = ""
    """SHA-256 of the subtitles.srt whose corrections were applied last; empty when no person has changed it."""

    set_aside: tuple[Cue, ...] = ()
    """Cues of a person whose speech is not on this edit's timeline: they come back with it."""

    @property
    def doubtful(self) -> tuple[Cue, ...]:
        """The cues that wait for a person's ear; what a person took out is not among them."""
        return tuple(cue for cue in self.cues if cue.held and not cue.by_hand)

    @property
    def shown(self) -> tuple[Cue, ...]:
        """The cues that are burned in."""
        return tuple(cue for cue in self.cues if not cue.held)
