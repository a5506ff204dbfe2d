"""Probes one file: its facts, read with PyAV from its header, its packets and one decoded frame."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from math import atan2, degrees
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream

from pipeline.documents.clip import AsideKind, Clip, Sound, Transfer
from pipeline.documents.message import M, Message
from pipeline.footage.archives import archive_reason
from pipeline.footage.generated_marks import generated_mark
from pipeline.footage.interlacing import fields_of
from pipeline.footage.sound_tracks import choose_sound
from pipeline.settings import coop_zone

TRANSFERS: dict[int, Transfer] = {16: "pq", 18: "hlg"}
"""Transfer characteristics of ITU-T H.273: 16 is SMPTE ST 2084, 18 is ARIB STD-B67."""
STILL_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif")
"""Brands of still pictures in the container that films use as well (ISO 23008-12)."""
STILL_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*")
"""First bytes of PNG and TIFF: a decoder would unpack two gigabytes to learn what they are."""
MIN_SHARE_OF_DECLARED = 0.9
"""A file whose packets end before this share of the length in its header is truncated."""
MIN_PICTURES = 2
LEAST_SLOW_FPS = 100.0
"""Frames a second from which on a rate of capture is one of slow motion."""
LONGEST_CLIP_S = 3 * 3600.0
"""A live stream of three hours; its sound alone takes 0.7 GB while it is judged."""
LARGEST_PICTURE = 8192 * 8192
"""Display pixels, four times those of the largest phone cameras' films (8K)."""
LONGEST_HOLE_S, LONGEST_STREAM_HOLE_S = 60.0, 10.0
"""Between two packets of a track. A screen recording of a page that stands still has few pictures, but some every few seconds; a longer
hole is a clock that was set anew, as between two pieces of a stream. In MPEG streams ffmpeg itself takes ten seconds for that, and moves
all that follows (its option dts_delta_threshold)."""
COUNTED_GAP_S, LEAST_COVERED = 2.0, 0.5
"""Of a clip's length, at least half must be near a picture: otherwise it is its clock that makes it so long."""
LONGEST_STEP_BACK_S = 2.0
"""Packets come in the order of decoding; containers interleave them within less."""
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
        head = _head(path)
        if reason := archive_reason(path, name, head):
            raise UnusableFile("unsupported", reason)
        if head.startswith(STILL_SIGNATURES):
            raise _photo(name)
        with av.open(str(path), metadata_errors="replace") as container:
            if container.format.name.endswith("_pipe") or container.format.name == "image2" or head[8:12] in STILL_BRANDS:
                raise _photo(name)
            return _clip_facts(container, path, name, sha256)
    except UnusableFile:
        raise
    except Exception as error:  # whatever the libraries raise over a damaged file: it is one file, and ends no story
        raise _unreadable(path, name) from error


def _clip_facts(container: InputContainer, path: Path, name: str, sha256: str) -> Clip:
    tracks = [stream for stream in container.streams.video if not _cover_art(stream)]
    if not tracks and not container.streams.audio:
        raise _unreadable(path, name)
    if not tracks:
        raise UnusableFile("no_video", M("{name} has no picture, only sound. Only clips with a picture are cut.", name=name))
    if not any(map(_area, tracks)):
        raise _no_decoder(name)
    times, clocks = _packet_times(container, tracks)
    stream = max(tracks, key=lambda track: (len(times[track.index]), _area(track)))
    _check_picture(stream, name)
    times_sorted = sorted(times[stream.index])
    if len(times_sorted) < MIN_PICTURES:
        raise _truncated(name)
    gaps = [later - earlier for earlier, later in pairwise(times_sorted) if later > earlier]
    usual_gap = sorted(gaps)[len(gaps) // 2] if gaps else 0.04
    duration = times_sorted[-1] + usual_gap
    covered_s = sum(min(gap, COUNTED_GAP_S) for gap in gaps)
    clocks[stream.index].jumps |= covered_s < LEAST_COVERED * (times_sorted[-1] - times_sorted[0])
    _check_clocks([clocks[track.index] for track in (stream, *container.streams.audio)], duration, name)
    if _ends_early(container, path, stream, duration, max((clocks[track.index].end_s for track in container.streams.audio), default=0.0)):
        raise _truncated(name)
    frame = _first_frame(container, stream, name)
    rotation, mirrored = _display_turn(frame)
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
        mirrored=mirrored,
        frame_rate=round(len(times_sorted) / (duration - times_sorted[0]), 3),
        variable_rate=max(gaps) - min(gaps) > usual_gap * GAP_TOLERANCE if gaps else False,
        longest_gap_s=round(max(gaps, default=usual_gap), 4),
        duration_s=round(duration, 4),
        meant_slow=_meant_slow(container.metadata),
        transfer=TRANSFERS.get(int(frame.color_trc), "sdr"),
        sound=choose_sound(path, _sound_tracks(container, clocks)),
        fields="" if rotation or mirrored else fields_of(container, stream, frame, duration),
        captured_at=captured_at(name, container.metadata),
        generated=generated_mark(path, container.metadata),
    )


@dataclass
class _Clock:
    """The times of a track's packets in the order of the file: when the last one ends (seconds), and whether they jump."""

    longest_hole_s: float
    end_s: float = 0.0
    last_s: float | None = None
    jumps: bool = False

    def add(self, at_s: float, length_s: float) -> None:
        if self.last_s is not None:
            self.jumps |= not -LONGEST_STEP_BACK_S <= at_s - self.last_s <= self.longest_hole_s
        self.last_s = at_s
        self.end_s = max(self.end_s, at_s + length_s)


def _area(stream: VideoStream) -> int:
    """Pixels of a track's picture; 0 where no decoder knows it, so that it has none."""
    return stream.width * stream.height if stream.codec_context is not None else 0


def _check_picture(stream: VideoStream, name: str) -> None:
    """Raise UnusableFile for a picture that no decoder knows, or that is too large to be asked for."""
    if not _area(stream):
        raise _no_decoder(name)
    if _area(stream) > LARGEST_PICTURE:
        size = f"{stream.width}×{stream.height}"
        raise UnusableFile("unsupported", M("{name} has a picture of {size} pixels, which cannot be worked on.", name=name, size=size))


def _check_clocks(clocks: list[_Clock], length_s: float, name: str) -> None:
    """Raise UnusableFile where times jump or never end: what is filled between them would take more memory than there is."""
    if any(clock.jumps for clock in clocks):
        reason = M("The clock of {name} jumps. Open it on the phone, save it anew as MP4, and copy that.", name=name)
        raise UnusableFile("unreadable", reason)
    if max(length_s, *(clock.end_s for clock in clocks)) > LONGEST_CLIP_S:
        hours = round(LONGEST_CLIP_S / 3600)
        reason = M("{name} is longer than {hours} hours. Cut it into parts and copy those.", name=name, hours=hours)
        raise UnusableFile("unsupported", reason)


def _ends_early(container: InputContainer, path: Path, stream: VideoStream, length_s: float, sound_end_s: float) -> bool:
    """Whether a file holds less than its header says."""
    if _declared_length(stream) * MIN_SHARE_OF_DECLARED > length_s:
        return True
    if _declared_riff_bytes(path) * MIN_SHARE_OF_DECLARED > path.stat().st_size:
        return True  # ffmpeg guesses the length of an AVI without its index from the bytes that are there
    # Matroska counts its length from zero, not from its first frame
    end_s = (container.start_time or 0) / av.time_base + max(length_s, sound_end_s)
    return not stream.duration and (container.duration or 0) / av.time_base * MIN_SHARE_OF_DECLARED > end_s


def _cover_art(stream: VideoStream) -> bool:
    return bool(stream.disposition & stream.disposition.attached_pic)


def _declared_length(stream: VideoStream) -> float:
    return float(stream.duration * (stream.time_base or 0)) if stream.duration else 0.0


def _declared_riff_bytes(path: Path) -> int:
    """The size that an AVI's header declares, bytes; 0 for every other file."""
    head = _head(path)
    return int.from_bytes(head[4:8], "little") if head[:4] == b"RIFF" else 0


def _packet_times(container: InputContainer, tracks: list[VideoStream]) -> tuple[dict[int, list[float]], dict[int, _Clock]]:
    """Display times of every picture packet, and the clock of every track, by stream index; seconds from the container's start."""
    zero = Fraction(container.start_time or 0, av.time_base)
    times: dict[int, list[float]] = {track.index: [] for track in tracks}
    hole_s = LONGEST_STREAM_HOLE_S if "mpeg" in container.format.name else LONGEST_HOLE_S
    clocks = {track.index: _Clock(hole_s) for track in (*tracks, *container.streams.audio)}
    try:
        for packet in container.demux():
            if packet.pts is None or packet.size == 0 or packet.is_discard or packet.time_base is None:
                continue
            at = float(packet.pts * packet.time_base - zero)
            index = packet.stream.index
            if index in times and not packet.is_corrupt:
                times[index].append(at)
            if index in clocks:
                # pictures may be shown in another order than they are decoded in
                decoded_at = at if packet.dts is None else float(packet.dts * packet.time_base - zero)
                clocks[index].add(decoded_at, float((packet.duration or 0) * packet.time_base))
    except av.FFmpegError:
        pass  # what could be read until here decides whether the file is truncated
    return times, clocks


def _first_frame(container: InputContainer, stream: VideoStream, name: str) -> av.VideoFrame:
    try:
        container.seek(0)
        for frame in container.decode(stream):
            return frame
    except av.FFmpegError:
        pass
    raise _truncated(name)


def _display_turn(frame: av.VideoFrame) -> tuple[int, bool]:
    """Clockwise degrees that a player turns a frame by, to a quarter, and whether it swaps left and right before that.

    The display matrix takes a stored point (x, y) to (ax + cy, bx + dy), in fixed point; ISO 14496-12, 6.2.2. Its angle alone, which is
    all that PyAV tells, takes a mirrored picture for one upside down.
    """
    side_data: Any = frame.side_data.get("DISPLAYMATRIX")  # PyAV's own types do not say that it is a buffer
    if side_data is None:
        return 0, False
    a, b, _, c, d, *_ = np.frombuffer(bytes(side_data), np.int32).astype(float)
    mirrored = a * d - b * c < 0
    turn = atan2(-b, -a) if mirrored else atan2(b, a)
    return round(degrees(turn) / 90) * 90 % 360, bool(mirrored)


def _meant_slow(metadata: dict[str, str]) -> bool | None:
    """What the phone's tags say of slow motion: Apple's intent (0 is slow, 1 is real time), Android's rate of capture; None without any."""
    intent = metadata.get("com.apple.quicktime.full-frame-rate-playback-intent")
    if intent is not None:
        return intent.strip() == "0"
    with suppress(ValueError):
        return float(metadata.get("com.android.capture.fps", "")) >= LEAST_SLOW_FPS
    return None


def _display_size(stream: VideoStream, rotation: int) -> tuple[int, int]:
    aspect = stream.sample_aspect_ratio or Fraction(1)
    width, height = round(stream.width * aspect), stream.height
    return (height, width) if rotation in (90, 270) else (width, height)


def _sound_tracks(container: InputContainer, clocks: dict[int, _Clock]) -> list[Sound]:
    """The sound tracks that can be decoded and hold something."""
    return [
        Sound(
            stream=index,
            codec=stream.codec_context.name,
            rate_hz=stream.rate,
            channels=stream.channels,
            duration_s=round(clocks[stream.index].end_s, 4),
        )
        for index, stream in enumerate(container.streams.audio)
        if stream.codec_context is not None and stream.rate and stream.channels and clocks[stream.index].end_s > 0
    ]


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


def _photo(name: str) -> UnusableFile:
    return UnusableFile("photo", M("{name} is a photo; only clips are cut.", name=name))


def _no_decoder(name: str) -> UnusableFile:
    return UnusableFile("unsupported", M("{name} is in a format that cannot be read here. Save it as MP4 on the phone.", name=name))


def _truncated(name: str) -> UnusableFile:
    return UnusableFile("truncated", M("{name} was broken off while it was copied. Copy it again from the phone.", name=name))


def _unreadable(path: Path, name: str) -> UnusableFile:
    """The reason why a file cannot be opened: a photo, a truncated video, or no video at all."""
    head = _head(path)
    if head[8:12] in STILL_BRANDS:
        return _photo(name)
    if head[4:8] in (b"ftyp", b"mdat", b"moov", b"wide", b"free", b"skip"):
        return _truncated(name)
    if head[:4] in (b"RIFF", b"\x1aE\xdf\xa3"):
        return _truncated(name)
    return UnusableFile("unsupported", M("{name} is not a video, whatever its name says. Check what was copied.", name=name))


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64)
