"""The edit: what is shown and heard when, and a reason for every choice.

Timeline positions are integers of output frames; source positions are seconds on the clip's own clock.
"""

from typing import Literal

from pydantic import Field

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import Message

Role = Literal["talk", "cover", "scenic", "opening", "end_card"]


class Cut(Frozen):
    """One picture on the timeline. Cuts lie end to end; the first begins at frame 0."""

    clip_id: str
    """Empty for the end card, which has no footage under it."""
    source_start_s: float
    frames: int
    role: Role
    reason: Message
    speed: float = Field(default=1.0, ge=0.25, le=16.0)
    """Source seconds that pass in one second of the timeline."""
    zoom: float = Field(default=1.0, ge=1.0, le=2.0)
    """How much nearer than the widest picture of that shape, around who is seen."""
    dissolve: int = Field(default=0, ge=0)
    """Frames at its beginning during which the cut before it still shows and runs on beneath. At most the cut's own length."""


class Heard(Frozen):
    """One piece of a clip's own sound on the timeline."""

    clip_id: str
    source_start_s: float
    at_frame: int
    frames: int
    kind: Literal["speech", "ambient"]
    words: str = ""


class Decision(Frozen):
    """A stretch of a clip that was kept or dropped, why, and what to film again when it was the footage's fault."""

    clip_id: str
    start_s: float
    end_s: float
    kept: bool
    reason: Message
    advice: Message | None = None
    words: str = ""


class Edit(Document):
    """The whole edit of a story. A person may change it by hand."""

    fps: int
    cuts: tuple[Cut, ...]
    heard: tuple[Heard, ...]
    decisions: tuple[Decision, ...]
    led_by: Literal["talk", "music"]
    product_frame: int | None = None
    """Frame at which the product is first named or shown, and its card appears."""
    warnings: tuple[Message, ...] = ()

    @property
    def frames(self) -> int:
        """Length of the timeline in frames."""
        return sum(cut.frames for cut in self.cuts)

    def starts(self) -> list[int]:
        """The first frame of every cut on the timeline."""
        starts, at = [], 0
        for cut in self.cuts:
            starts.append(at)
            at += cut.frames
        return starts


class CropKey(Frozen):
    """Where the crop window's centre stands (fractions of the display picture) at a frame of the cut."""

    frame: int
    x: float
    y: float


class CropPath(Frozen):
    """The window that is cropped out of one cut's picture: its size in fractions of the picture, and its path."""

    width: float
    height: float
    keys: tuple[CropKey, ...]


class Framing(Document):
    """One crop path for every cut of an edit, for one shape of picture."""

    aspect: str
    paths: tuple[CropPath | None, ...]
    """None where the cut has no footage (end card)."""
