"""Probes one file: its facts, read with PyAV from its header, its packets and one decoded frame."""

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
from pipeline.settings import coop_zone

TRANSFERS: dict[int, Transfer] = {16: "pq", 18: "hlg"}
"""Transfer characteristics of ITU-T H.273: 16 is SMPTE ST 2084, 18 is ARIB STD-B67."""
GENERATORS = {"google": "Veo"}
"""Encoder tags that only generators of pictures write, and the generators' names."""
GENERATED_BYTES = {"C2PA": (b"c2pa", b"rainedAlgorithmicMedia"), "AIGC": (b"AIGC", b"Label")}
"""Marks of generated pictures inside the container: a C2PA manifest that names a trained model as the picture's source (a manifest
without it is a camera's signature), and the metadata of GB 45438-2025. All parts of a mark must be present: four letters alone
occur by chance."""
MARK_SEARCH_BYTES = 262_144
"""Bytes at either end of a file that are searched for marks."""
STILL_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif")
"""Brands of still pictures in the container that films use as well (ISO 23008-12)."""
MIN_SHARE_OF_DECLARED = 0.9
"""A file whose packets end before this share of the length in its header is truncated."""
MIN_PICTURES = 2
GAP_TOLERANCE = 0.15
"""Share of the usual frame gap by which gaps may differ in a clip of constant rate: phones' time bases round by up to 5 %."""


class UnusableFile(Exception):
    """A file that cannot be used as a clip: what kind it is, and the reason for a person."""

    def __init__(self, kind: AsideKind, reason: Message) -> None:
        super().__init__(str(reason))
        self.kind: AsideKind = kind
        self.reason = reason


def probe(path: Path, name: str, sha256: str) -> Clip:
    """Read the facts of a clip. name: relative to the dropped folder. Raises UnusableFile with a reason that a volunteer understands."""
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            if container.format.name.endswith("_pipe") or container.format.name == "image2" or _head(path)[8:12] in STILL_BRANDS:
                raise UnusableFile("photo", M("{name} is a photo; only clips are cut.", name=name))
            return _clip_facts(container, path, name, sha256)
    except (av.FFmpegError, ValueError, OSError) as error:
        raise _unreadable(path, name) from error


def _clip_facts(container: InputContainer, path: Path, name: str, sha256: str) -> Clip:
    tracks = [stream for stream in container.streams.video if not _cover_art(stream)]
    if not tracks and not container.streams.audio:
        raise _unreadable(path, name)
    if not tracks:
        raise UnusableFile("no_video", M("{name} has no picture, only sound. Only clips with a picture are cut.", name=name))
    if all(stream.codec_context is None for stream in tracks):
        raise UnusableFile("unsupported", M("{name} is in a format that cannot be read here. Save it as MP4 on the phone.", name=name))
    times, sounds = _packet_times(container, tracks)
    stream = max(tracks, key=lambda track: (len(times[track.index]), track.width * track.height))
    times_sorted = sorted(times[stream.index])
    if len(times_sorted) < MIN_PICTURES:
        raise _truncated(name)
    gaps = [later - earlier for earlier, later in pairwise(times_sorted) if later > earlier]
    usual_gap = sorted(gaps)[len(gaps) // 2] if gaps else 0.04
    duration = times_sorted[-1] + usual_gap
    if _declared_length(stream) * MIN_SHARE_OF_DECLARED > duration:
        raise _truncated(name)
    if _declared_riff_bytes(path) * MIN_SHARE_OF_DECLARED > path.stat().st_size:
        raise _truncated(name)  # ffmpeg guesses the length of an AVI without its index from the bytes that are there
    # Matroska counts its length from zero, not from its first frame
    end_s = (container.start_time or 0) / av.time_base + max(duration, *sounds.values(), 0.0)
    if not stream.duration and (container.duration or 0) / av.time_base * MIN_SHARE_OF_DECLARED > end_s:
        raise _truncated(name)
    frame = _first_frame(container, stream, name)
    rotation = round(-frame.rotation) % 360
    width, height = _display_size(stream, rotation)
    return Clip(
        id=sha256[:16],
        sha256=sha256,
        name=name,
        path=str(path.resolve()),
        size_bytes=path.stat().st_size,
        container=container.format.name,
        codec=stream.codec_context.name,
        video_stream=list(container.streams.video).index(stream),
        width=width,
        height=height,
        rotation=rotation,
        frame_rate=round(len(times_sorted) / (duration - times_sorted[0]), 3),
        variable_rate=max(gaps) - min(gaps) > usual_gap * GAP_TOLERANCE if gaps else False,
        longest_gap_s=round(max(gaps, default=usual_gap), 4),
        duration_s=round(duration, 4),
        transfer=TRANSFERS.get(int(frame.color_trc), "sdr"),
        sound=_sound(container, sounds),
        captured_at=captured_at(name, container.metadata),
        generated=_generator(path, container.metadata),
    )


def _cover_art(stream: VideoStream) -> bool:
    return bool(stream.disposition & stream.disposition.attached_pic)


def _declared_length(stream: VideoStream) -> float:
    return float(stream.duration * (stream.time_base or 0)) if stream.duration else 0.0


def _declared_riff_bytes(path: Path) -> int:
    """The size that an AVI's header declares, bytes; 0 for every other file."""
    head = _head(path)
    return int.from_bytes(head[4:8], "little") if head[:4] == b"RIFF" else 0


def _packet_times(container: InputContainer, tracks: list[VideoStream]) -> tuple[dict[int, list[float]], dict[int, float]]:
    """Display times of every picture packet, and the end of every sound track, by stream index; seconds from the container's start."""
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
        pass  # what could be read until here decides whether the file is truncated
    return times, sounds


def _first_frame(container: InputContainer, stream: VideoStream, name: str) -> av.VideoFrame:
    try:
        container.seek(0)
        for frame in container.decode(stream):
            return frame
    except av.FFmpegError:
        pass
    raise _truncated(name)


def _display_size(stream: VideoStream, rotation: int) -> tuple[int, int]:
    aspect = stream.sample_aspect_ratio or Fraction(1)
    width, height = round(stream.width * aspect), stream.height
    return (height, width) if rotation in (90, 270) else (width, height)


def _sound(container: InputContainer, ends: dict[int, float]) -> Sound | None:
    for index, stream in enumerate(container.streams.audio):
        end_s = ends[stream.index]
        if stream.codec_context is not None and stream.rate and stream.channels and end_s > 0:
            codec = stream.codec_context.name
            return Sound(stream=index, codec=codec, rate_hz=stream.rate, channels=stream.channels, duration_s=round(end_s, 4))
    return None


NAME_TIME = re.compile(r"(?<!\d)(20\d\d)[-_]?(\d\d)[-_]?(\d\d)[-_ T]?(\d\d)[-_.:]?(\d\d)[-_.:]?(\d\d)")
NAME_EPOCH = re.compile(r"(?<!\d)(?:1[3-9]|2\d)\d{11}(?!\d)")
"""Milliseconds since 1970, as chat apps name what they save."""


def captured_at(name: str, metadata: dict[str, str]) -> datetime | None:
    """When the clip was filmed: from the phone's file name (its local clock), else from the container (UTC); None when neither says.

    A name survives the re-encoding by a chat app, which the container's time does not, so it is believed first. Phones name files in
    local time, which is the co-op's.
    """
    return _named_time(Path(name).stem) or _written_time(metadata)


def _named_time(stem: str) -> datetime | None:
    for match in NAME_TIME.finditer(stem):
        with suppress(ValueError):  # digits that are no date
            return datetime(*(int(part) for part in match.groups()), tzinfo=coop_zone())  # type: ignore[misc,arg-type]
    if epoch := NAME_EPOCH.search(stem):
        return datetime.fromtimestamp(int(epoch[0]) / 1000, UTC)
    return None


def _written_time(metadata: dict[str, str]) -> datetime | None:
    text = metadata.get("com.apple.quicktime.creationdate") or metadata.get("creation_time", "")
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
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
        head = file.read(MARK_SEARCH_BYTES)
        file.seek(max(len(head), size - MARK_SEARCH_BYTES))
        ends = head + file.read()
    return next((name for name, parts in GENERATED_BYTES.items() if all(part in ends for part in parts)), None)


def _truncated(name: str) -> UnusableFile:
    return UnusableFile("truncated", M("{name} was broken off while it was copied. Copy it again from the phone.", name=name))


def _unreadable(path: Path, name: str) -> UnusableFile:
    """The reason why a file cannot be opened: a photo, a truncated video, or no video at all."""
    head = _head(path)
    if head[8:12] in STILL_BRANDS:
        return UnusableFile("photo", M("{name} is a photo; only clips are cut.", name=name))
    if head[4:8] in (b"ftyp", b"mdat", b"moov", b"wide", b"free", b"skip"):
        return _truncated(name)
    if head[:4] in (b"RIFF", b"\x1aE\xdf\xa3"):
        return _truncated(name)
    return UnusableFile("unsupported", M("{name} is not a video, whatever its name says. Check what was copied.", name=name))


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64)
