"""The facts of one file, read with PyAV from its header, its packets and one decoded frame."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from pipeline.documents.clip import AsideKind, Clip, Sound, Transfer
from pipeline.documents.message import M, Message
from pipeline.settings import home_zone

TRANSFERS: dict[int, Transfer] = {16: "pq", 18: "hlg"}
"""Transfer characteristics of ITU-T H.273: 16 is SMPTE ST 2084, 18 is ARIB STD-B67."""
GENERATORS = {"google": "Veo"}
"""Encoder tags that only a generator writes."""
GENERATED_BYTES = {"C2PA": (b"c2pa", b"rainedAlgorithmicMedia"), "AIGC": (b"AIGC", b"Label")}
"""Marks of generated pictures inside the container: a C2PA manifest that names a trained model as the picture's source (one
without it is a camera's signature), and the metadata of GB 45438-2025. All parts of a mark must be there: four letters alone
come by chance."""
MARKS_WITHIN = 262_144
"""Bytes at either end of a file in which its marks are looked for."""
STILL_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif")
"""Brands of pictures in the container that films use, too (ISO 23008-12)."""
LEAST_SHARE = 0.9
"""A file whose packets end before this share of the length its header promises was broken off."""
PICTURE_TRACK_LEAST = 2
UNEVEN = 0.15
"""Share of the usual frame gap by which gaps may differ in a clip of constant rate: phones' time bases round by up to 5 %."""


class Unusable(Exception):
    """A file that is set aside."""

    def __init__(self, kind: AsideKind, reason: Message) -> None:
        super().__init__(str(reason))
        self.kind: AsideKind = kind
        self.reason = reason


def probe(path: Path, name: str, sha256: str) -> Clip:
    """Facts of a clip. Raises Unusable with the reason a villager understands."""
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            if container.format.name.endswith("_pipe") or container.format.name == "image2" or _head(path)[8:12] in STILL_BRANDS:
                raise Unusable("photo", M("{name} is a photo; only clips are cut.", name=name))
            return _facts(container, path, name, sha256)
    except (av.FFmpegError, ValueError, OSError) as error:
        raise _unreadable(path, name) from error


def _facts(container: InputContainer, path: Path, name: str, sha256: str) -> Clip:
    tracks = [stream for stream in container.streams.video if not _cover_art(stream)]
    if not tracks and not container.streams.audio:
        raise _unreadable(path, name)
    if not tracks:
        raise Unusable("no_video", M("{name} has no picture, only sound. Only clips with a picture are cut.", name=name))
    if all(stream.codec_context is None for stream in tracks):
        raise Unusable("unsupported", M("{name} is in a format that cannot be read here. Save it as MP4 on the phone.", name=name))
    times, sounds = _packet_times(container, tracks)
    stream = max(tracks, key=lambda track: (len(times[track.index]), track.width * track.height))
    shown = sorted(times[stream.index])
    if len(shown) < PICTURE_TRACK_LEAST:
        raise _broken_off(name)
    gaps = [later - earlier for earlier, later in pairwise(shown) if later > earlier]
    typical = sorted(gaps)[len(gaps) // 2] if gaps else 0.04
    duration = shown[-1] + typical
    if _promised(stream) * LEAST_SHARE > duration:
        raise _broken_off(name)
    if _riff_bytes(path) * LEAST_SHARE > path.stat().st_size:
        raise _broken_off(name)  # ffmpeg guesses the length of an AVI without its index from the bytes that are there
    # Matroska counts its length from zero, not from its first frame
    ends = (container.start_time or 0) / av.time_base + max(duration, *sounds.values(), 0.0)
    if not stream.duration and (container.duration or 0) / av.time_base * LEAST_SHARE > ends:
        raise _broken_off(name)
    frame = _first_frame(container, stream, name)
    rotation = round(-frame.rotation) % 360
    wide, high = _display_size(stream, rotation)
    return Clip(
        id=sha256[:16],
        sha256=sha256,
        name=name,
        path=str(path.resolve()),
        size_bytes=path.stat().st_size,
        container=container.format.name,
        codec=stream.codec_context.name,
        video_stream=list(container.streams.video).index(stream),
        width=wide,
        height=high,
        rotation=rotation,
        frame_rate=round(len(shown) / (duration - shown[0]), 3),
        variable_rate=max(gaps) - min(gaps) > typical * UNEVEN if gaps else False,
        longest_gap_s=round(max(gaps, default=typical), 4),
        duration_s=round(duration, 4),
        transfer=TRANSFERS.get(int(frame.color_trc), "sdr"),
        sound=_sound(container, sounds),
        captured_at=captured_at(name, container.metadata),
        generated=_generator(path, container.metadata),
    )


def _cover_art(stream: VideoStream) -> bool:
    return bool(stream.disposition & stream.disposition.attached_pic)


def _promised(stream: VideoStream) -> float:
    return float(stream.duration * (stream.time_base or 0)) if stream.duration else 0.0


def _riff_bytes(path: Path) -> int:
    """How long an AVI says it is; 0 for every other file."""
    head = _head(path)
    return int.from_bytes(head[4:8], "little") if head[:4] == b"RIFF" else 0


def _packet_times(container: InputContainer, tracks: list[VideoStream]) -> tuple[dict[int, list[float]], dict[int, float]]:
    """Display times of every picture packet, and where every sound track ends, by stream; seconds from the container's start."""
    zero = Fraction(container.start_time or 0, av.time_base)
    times: dict[int, list[float]] = {track.index: [] for track in tracks}
    sounds = {track.index: 0.0 for track in container.streams.audio}
    try:
        for packet in container.demux():
            if packet.pts is None or packet.size == 0 or packet.is_discard or packet.time_base is None:
                continue
            at = float(packet.pts * packet.time_base - zero)
            if packet.stream.index in times:
                if not packet.is_corrupt:
                    times[packet.stream.index].append(at)
            elif (index := packet.stream.index) in sounds:
                sounds[index] = max(sounds[index], at + float((packet.duration or 0) * packet.time_base))
    except av.FFmpegError:
        pass  # what could be read until here decides whether the file was broken off
    return times, sounds


def _first_frame(container: InputContainer, stream: VideoStream, name: str) -> av.VideoFrame:
    try:
        container.seek(0)
        for frame in container.decode(stream):
            return frame
    except av.FFmpegError:
        pass
    raise _broken_off(name)


def _display_size(stream: VideoStream, rotation: int) -> tuple[int, int]:
    aspect = stream.sample_aspect_ratio or Fraction(1)
    wide, high = round(stream.width * aspect), stream.height
    return (high, wide) if rotation in (90, 270) else (wide, high)


def _sound(container: InputContainer, ends: dict[int, float]) -> Sound | None:
    for place, stream in enumerate(container.streams.audio):
        end_s = ends[stream.index]
        if stream.codec_context is not None and stream.rate and stream.channels and end_s > 0:
            codec = stream.codec_context.name
            return Sound(stream=place, codec=codec, rate_hz=stream.rate, channels=stream.channels, duration_s=round(end_s, 4))
    return None


NAME_TIME = re.compile(r"(?<!\d)(20\d\d)[-_]?(\d\d)[-_]?(\d\d)[-_ T]?(\d\d)[-_.:]?(\d\d)[-_.:]?(\d\d)")
NAME_EPOCH = re.compile(r"(?<!\d)(?:1[3-9]|2\d)\d{11}(?!\d)")
"""Milliseconds since 1970, as chat apps name what they save."""


def captured_at(name: str, metadata: dict[str, str]) -> datetime | None:
    """When the clip was filmed: from the phone's file name (its local clock), else from the container (UTC).

    A name outlives the re-encoding that a chat app does to the container, so it is believed first. Phones name in local
    time, which is the co-op's.
    """
    return _named_time(Path(name).stem) or _written_time(metadata)


def _named_time(stem: str) -> datetime | None:
    for found in NAME_TIME.finditer(stem):
        with suppress(ValueError):  # digits that are no date
            return datetime(*(int(part) for part in found.groups()), tzinfo=home_zone())  # type: ignore[misc,arg-type]
    if epoch := NAME_EPOCH.search(stem):
        return datetime.fromtimestamp(int(epoch[0]) / 1000, UTC)
    return None


def _written_time(metadata: dict[str, str]) -> datetime | None:
    written = metadata.get("com.apple.quicktime.creationdate") or metadata.get("creation_time", "")
    try:
        moment = datetime.fromisoformat(written.replace("Z", "+00:00"))
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment if moment.year > 1990 else None  # an unset camera clock says 1904 or 1970


def _generator(path: Path, metadata: dict[str, str]) -> str | None:
    encoder = metadata.get("encoder", "").strip().lower()
    if encoder in GENERATORS:
        return GENERATORS[encoder]
    if any(key.lower() == "aigc" for key in metadata):  # in a long film the index before it is larger than what is searched below
        return "AIGC"
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(MARKS_WITHIN)
        file.seek(max(len(head), size - MARKS_WITHIN))
        ends = head + file.read()
    return next((name for name, parts in GENERATED_BYTES.items() if all(part in ends for part in parts)), None)


def _broken_off(name: str) -> Unusable:
    return Unusable("truncated", M("{name} was broken off while it was copied. Copy it again from the phone.", name=name))


def _unreadable(path: Path, name: str) -> Unusable:
    """Why a file that no reader opens is none: a video without its end, or no video at all."""
    head = _head(path)
    if head[8:12] in STILL_BRANDS:
        return Unusable("photo", M("{name} is a photo; only clips are cut.", name=name))
    if head[4:8] in (b"ftyp", b"mdat", b"moov", b"wide", b"free", b"skip"):
        return _broken_off(name)
    if head[:4] in (b"RIFF", b"\x1aE\xdf\xa3"):
        return _broken_off(name)
    return Unusable("unsupported", M("{name} is not a video, whatever its name says. Check what was copied.", name=name))


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64)
