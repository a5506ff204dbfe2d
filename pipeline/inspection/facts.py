"""Reads what a video file states about itself, without decoding it."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.video.stream import VideoStream


@dataclass(frozen=True)
class Tag:
    """One metadata entry. owner: `file`, or the kind of the track that it belongs to."""

    owner: str
    key: str
    value: str


@dataclass(frozen=True)
class FileFacts:
    """What the container states. Colour numbers are those of ITU-T H.273, profile names those of FFmpeg."""

    track_kinds: tuple[str, ...]
    """Kind of every track: video, audio, data, subtitle, attachment."""
    width: int
    height: int
    pixel_shape: Fraction
    """Width over height of a pixel; 1 where the file does not say."""
    codec: str
    profile: str
    pixel_format: str
    primaries: int
    transfer: int
    matrix: int
    full_range: bool
    rate: Fraction | None
    time_base: Fraction
    sound_codec: str
    sound_profile: str
    sound_rate_hz: int
    sound_channels: int
    tags: tuple[Tag, ...]
    boxes: tuple[str, ...]
    """Names of the MP4's outermost boxes in order."""
    missing_bytes: int
    """Bytes by which the last box extends beyond the end of the file."""


def read_facts(video: Path) -> FileFacts | None:
    """Read a file's facts; None when it cannot be opened as a video with a picture."""
    try:
        with av.open(str(video)) as container:
            if not container.streams.video:
                return None
            picture = container.streams.video[0]
            sound = container.streams.audio[0] if container.streams.audio else None
            tags = [Tag("file", key, value) for key, value in container.metadata.items()]
            for stream in container.streams:
                tags += [Tag(str(stream.type), key, value) for key, value in stream.metadata.items()]
            kinds = tuple(str(stream.type) for stream in container.streams)
            return _facts(video, picture, sound, tuple(tags), kinds)
    except (av.FFmpegError, OSError):
        return None


def _facts(video: Path, picture: VideoStream, sound: AudioStream | None, tags: tuple[Tag, ...], kinds: tuple[str, ...]) -> FileFacts:
    context = picture.codec_context
    boxes, missing = outer_boxes(video)
    return FileFacts(
        track_kinds=kinds,
        width=context.width,
        height=context.height,
        pixel_shape=context.sample_aspect_ratio or Fraction(1),
        codec=context.name,
        profile=context.profile or "",
        pixel_format=context.pix_fmt or "",
        primaries=int(context.color_primaries),
        transfer=int(context.color_trc),
        matrix=int(context.colorspace),
        full_range=int(context.color_range) == 2,
        rate=picture.average_rate,
        time_base=picture.time_base or Fraction(1),
        sound_codec=sound.codec_context.name if sound else "",
        sound_profile=(sound.codec_context.profile or "") if sound else "",
        sound_rate_hz=sound.codec_context.sample_rate if sound else 0,
        sound_channels=sound.codec_context.channels if sound else 0,
        tags=tags,
        boxes=boxes,
        missing_bytes=missing,
    )


def outer_boxes(video: Path) -> tuple[tuple[str, ...], int]:
    """Names of the outermost boxes of an MP4 in order (ISO/IEC 14496-12, 4.2), and how many bytes of the last one are missing.

    The list ends at data that is not a box.
    """
    names: list[str] = []
    size, at = video.stat().st_size, 0
    with video.open("rb") as file:
        while at + 8 <= size and len(names) < 1000:
            file.seek(at)
            head = file.read(16)
            length = int.from_bytes(head[:4], "big")
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            names.append(head[4:8].decode("latin-1"))
            if length < 8:
                break
            at += length
    return tuple(names), max(0, at - size)
