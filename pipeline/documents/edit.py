"""The edit: what is shown and heard when, and a reason for every choice.

Timeline positions are integers of output frames; source positions are seconds on the clip's own clock.
"""

from typing import Literal

from pydantic import Field

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import Message

Role = Literal["talk", "cover", "scenic", "opening", "end_card"]


class HandFraming(Frozen):
    """Which part of a clip's picture a shot shows, as a person set it."""

    show: Literal["place", "follow", "whole"]
    """place: a window that stands still about (x, y). follow: a window along whoever or whatever moves, however sure that is.
    whole: the whole picture, on a ground of the style where its shape is another."""
    x: float | None = None
    y: float | None = None
    """The middle of the window for `place`, in fractions of the picture from its left and top edge; 0.5 where y is not said."""


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
    framing: HandFraming | None = None
    """What a person set; None where the framing is found by what matters in the picture."""


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
    """The window that is cropped out of one cut's picture: its size in fractions of the picture, and its path.

    A window that is larger than the picture in one direction shows a ground of the style on both sides of it.
    """

    width: float
    height: float
    keys: tuple[CropKey, ...]

    @property
    def on_ground(self) -> bool:
        """Whether the picture does not fill the window."""
        return self.width > 1 or self.height > 1

    def picture_box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return x, y, width and height of what the clip's picture fills in a video of that size; even pixels, in the middle."""
        wide, high = (min(side, round(side / max(1.0, part) / 2) * 2) for side, part in ((width, self.width), (height, self.height)))
        return (width - wide) // 4 * 2, (height - high) // 4 * 2, wide, high


FramingReason = Literal["whole", "face", "moving", "interest", "fast", "unsure", "hand"]
"""Why a window is where it is. whole: hardly anything is cropped. face, moving: it holds who or what is there. interest: nothing moves and
there is no face, so it stands where most is to be seen. fast: what matters moves faster than a window should, so the window is wider.
unsure: it is not certain what of all that moves matters, so the window is wider. hand: a person set it."""


class Framing(Document):
    """One crop path for every cut of an edit, for one shape of picture."""

    aspect: str
    paths: tuple[CropPath | None, ...]
    """None where the cut has no footage (end card)."""
    reasons: tuple[FramingReason | None, ...] = ()
    """Why each path is as it is; empty in the framings of earlier releases."""
