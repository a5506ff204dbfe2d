"""Subtitles on the timeline, each anchored to its speech in a clip."""

from typing import Literal

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import Message

SubtitleManner = Literal["plain", "karaoke", "keyword"]
"""How the words of a cue are set. plain: price, product and numbers in the accent colour. karaoke: characters take it as they are said.
keyword: price, product, numbers and places in the accent colour and a little larger."""
StressKind = Literal["price", "product", "number", "place"]


class Stress(Frozen):
    """Words of a line that are set apart: from the character `start` up to, not including, `end`."""

    line: int
    start: int
    end: int
    kind: StressKind


class SpokenPart(Frozen):
    """Characters of a line, `start` up to `end`, and the frames of the timeline from and up to which they are said."""

    line: int
    start: int
    end: int
    from_frame: int
    to_frame: int


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
    second: tuple[str, ...] = ()
    """What stands under it in a second language, as a person wrote it, line by line; `lines` are empty where nothing else stands there."""
    stresses: tuple[Stress, ...] = ()
    """The words that are set apart in this cue, in order."""
    spoken: tuple[SpokenPart, ...] = ()
    """When its characters are said, in order; empty where that is not shown or not known."""

    @property
    def text(self) -> str:
        """Its lines, joined by a line break."""
        return "\n".join(self.lines)

    @property
    def shown_lines(self) -> tuple[str, ...]:
        """Everything that is burned in of it, line by line."""
        return (*self.lines, *self.second)

    @property
    def shown_text(self) -> str:
        """Its shown lines, joined by line breaks."""
        return "\n".join(self.shown_lines)


class Subtitles(Document):
    """All cues of one edit."""

    fps: int
    cues: tuple[Cue, ...]
    corrections_sha256: str = ""
    """SHA-256 of the subtitles.srt whose corrections were applied last; empty when no person has changed it."""

    set_aside: tuple[Cue, ...] = ()
    """Cues of a person whose speech is not on this edit's timeline: they come back with it."""

    notes: tuple[Message, ...] = ()
    """What of a second language could not be shown, and why."""

    @property
    def doubtful(self) -> tuple[Cue, ...]:
        """The cues that wait for a person's ear; what a person took out is not among them."""
        return tuple(cue for cue in self.cues if cue.held and not cue.by_hand)

    @property
    def shown(self) -> tuple[Cue, ...]:
        """The cues that are burned in."""
        return tuple(cue for cue in self.cues if not cue.held)
