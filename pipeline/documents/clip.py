"""Clips: the facts of every dropped file, and the files that were set aside."""

from datetime import datetime
from typing import Literal

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import Message

Transfer = Literal["sdr", "pq", "hlg"]
AsideKind = Literal["duplicate", "truncated", "empty", "no_video", "unsupported", "unreadable", "note", "photo"]


class Sound(Frozen):
    """The sound track that is used: its place among the container's audio streams, rate in Hz, channel count."""

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
    """Place among the container's video streams, as ffmpeg's `v:N` counts."""
    width: int
    height: int
    rotation: int
    """Clockwise degrees (0, 90, 180, 270) that the player turns the stored picture by."""
    frame_rate: float
    """Mean frames a second."""
    variable_rate: bool
    longest_gap_s: float
    """Longest time between two frames: how early a seek must start."""
    duration_s: float
    """Seconds of picture, from its first to the end of its last frame."""
    transfer: Transfer
    sound: Sound | None
    captured_at: datetime | None
    generated: str | None = None
    """The mark of a generator found in the file, when there is one."""

    @property
    def portrait(self) -> bool:
        """Taller than wide as it is shown."""
        return self.height > self.width


class SetAside(Frozen):
    """A dropped file that is not cut into the video, and why."""

    name: str
    path: str
    kind: AsideKind
    reason: Message
    duplicate_of: str | None = None


class Clips(Document):
    """Everything that lay in the dropped folder, in capture order."""

    clips: tuple[Clip, ...]
    set_aside: tuple[SetAside, ...]

    def by_id(self, clip_id: str) -> Clip:
        """The clip of that id. Raises KeyError."""
        for clip in self.clips:
            if clip.id == clip_id:
                return clip
        raise KeyError(clip_id)
