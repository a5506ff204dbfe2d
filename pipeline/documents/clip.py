"""The clips of a story: the facts of every usable file, and the files that were set aside."""

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import Message

DECLARED = "declared"
"""What `Clip.generated` holds when a person says so, and not the file."""
PHOTO_NEARER = 1.1
"""How much nearer than the largest window a photo is shown, so that the window can move over it."""
Transfer = Literal["sdr", "pq", "hlg"]
Fields = Literal["", "auto", "tff", "bff"]
AsideKind = Literal["duplicate", "truncated", "empty", "no_video", "unsupported", "unreadable", "note", "photo", "link"]


class Sound(Frozen):
    """The sound track that is used. stream: its index among the container's audio streams."""

    stream: int
    codec: str
    rate_hz: int
    channels: int
    duration_s: float


class Clip(Frozen):
    """One usable dropped file. Sizes are those of the display picture: after rotation and with square pixels."""

    id: str
    """First 16 hex digits of the file's SHA-256: two equal files are one clip."""
    sha256: str
    name: str
    path: str
    size_bytes: int
    container: str
    codec: str
    video_stream: int
    """Index among the container's video streams, as in ffmpeg's `v:N`."""
    width: int
    height: int
    rotation: int
    """Clockwise degrees (0, 90, 180, 270) that the player turns the stored picture by."""
    mirrored: bool = False
    """Whether the player swaps left and right of the stored picture before it turns it, as for front cameras."""
    frame_rate: float
    """Mean frames a second."""
    variable_rate: bool
    longest_gap_s: float
    """Longest time between two frames: how early a seek must start."""
    duration_s: float
    """Seconds from the container's start to the end of the last frame."""
    meant_slow: bool | None = None
    """Whether the phone says that it recorded slow motion; None where it says nothing."""
    transfer: Transfer
    sound: Sound | None
    fields: Fields = ""
    """How its pictures are woven of fields: top or bottom one first, or as each frame says; empty where they are whole."""
    captured_at: datetime | None
    generated: str | None = None
    """The name of the generator whose mark the file carries; None without one."""
    photo: str = ""
    """Where the dropped file was a photo, the path of its upright picture; `path` is then a film of it that stands still."""

    @property
    def portrait(self) -> bool:
        """Whether the shown picture is taller than wide."""
        return self.height > self.width


class SetAside(Frozen):
    """A dropped file that is not cut into the video, and why."""

    name: str
    path: str
    kind: AsideKind
    reason: Message
    duplicate_of: str | None = None


class Clips(Document):
    """Every file of the dropped folder: usable clips in capture order, and files that were set aside."""

    clips: tuple[Clip, ...]
    set_aside: tuple[SetAside, ...]

    def by_id(self, clip_id: str) -> Clip:
        """The clip of that id. Raises KeyError."""
        for clip in self.clips:
            if clip.id == clip_id:
                return clip
        raise KeyError(clip_id)


class AiDeclaration(Frozen):
    """What a person said by command of a clip: that it was made with AI, or that it was not after all."""

    clip_sha256: str
    generated: bool
    by: str
    at: AwareDatetime


class AiDeclarations(Document):
    """Everything that was said by command of a story's clips, the oldest first."""

    declarations: tuple[AiDeclaration, ...] = ()

    def newest(self, clip_sha256: str) -> AiDeclaration | None:
        """The last declaration about a clip; None without any."""
        return next((said for said in reversed(self.declarations) if said.clip_sha256 == clip_sha256), None)
