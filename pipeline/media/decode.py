"""Decodes a clip's picture and sound with PyAV. All times count from the container's start, as ffmpeg's seeks do."""

from collections.abc import Iterator
from fractions import Fraction
from math import inf
from pathlib import Path

import av
import cv2
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from pipeline.documents.clip import Clip, Transfer

Picture = NDArray[np.uint8]
Samples = NDArray[np.float32]
RATE_HZ = 16_000
"""Sampling rate that Whisper and the Silero voice detector were trained on."""
SHORTEST_HOLE = RATE_HZ // 50
"""Missing samples between two frames from which a gap is a hole in the track, and not rounding of its clock."""


def small_frames(clip: Clip, *, short_side: int, rate: float, damaged: list[float] | None = None) -> Iterator[tuple[float, Picture]]:
    """Decode the clip once. Yields times (seconds) and upright BGR frames of that short side (pixels), about `rate` per second.

    Frames that do not decode are skipped; the iteration ends where the file does. HDR is converted to look as in ordinary video.
    damaged: takes the times of frames that did not decode whole, and of those that follow them up to the next key frame; another decoder,
    or the same one after a seek, may show something else there.
    """
    damaged = [] if damaged is None else damaged
    with av.open(clip.path, metadata_errors="replace") as container:
        container_start = Fraction(container.start_time or 0, av.time_base)
        stream = container.streams.video[clip.video_stream]
        stream.thread_type = "AUTO"
        wide, high = small_size(clip, short_side)
        curve = _viewing_curve(clip.transfer)
        next_due_s, broken = 0.0, False
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.FFmpegError:
                broken = True
                if packet.pts is not None and packet.time_base is not None:
                    damaged.append(float(packet.pts * packet.time_base - container_start))
                continue
            for frame in frames:
                if frame.pts is None or frame.time_base is None:
                    continue
                at = float(frame.pts * frame.time_base - container_start)
                broken = frame.is_corrupt or (broken and not frame.key_frame)
                if broken:
                    damaged.append(at)
                if at < next_due_s - 1e-4:
                    continue
                next_due_s = max(next_due_s + 1 / rate, at + 0.5 / rate)
                sideways = clip.rotation in (90, 270)
                picture = frame.reformat(high if sideways else wide, wide if sideways else high, "bgr24", interpolation="AREA").to_ndarray()
                upright = _upright(picture.astype(np.uint8, copy=False), clip)
                yield at, (cv2.LUT(upright, curve).astype(np.uint8) if curve is not None else upright)


def _upright(stored: Picture, clip: Clip) -> Picture:
    """The stored picture as a player shows it."""
    stored = stored[:, ::-1] if clip.mirrored else stored
    return np.ascontiguousarray(np.rot90(stored, -clip.rotation // 90 % 4))


def small_size(clip: Clip, short_side: int) -> tuple[int, int]:
    """Even width and height of the upright picture at that short side, never larger than the clip itself."""
    scale = min(1.0, short_side / min(clip.width, clip.height))
    return max(2, round(clip.width * scale / 2) * 2), max(2, round(clip.height * scale / 2) * 2)


def _viewing_curve(transfer: Transfer) -> Picture | None:
    """Lookup table from 8-bit HDR code values to those of ordinary video, by the curves of ITU-R BT.2100; 203 nits is white."""
    code = np.linspace(0, 1, 256)
    if transfer == "pq":
        m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 4096 * 128, 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
        root = code ** (1 / m2)
        light = 10000 / 203 * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1)
    elif transfer == "hlg":
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        light = np.where(code <= 0.5, code**2 / 3, (np.exp((code - c) / a) + b) / 12) * 1000 / 203
    else:
        return None
    toned = light / (1 + light) * 1.6
    return (np.clip(toned, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)


def read_sound(path: Path, stream: int, *, most_s: float = inf) -> Samples:
    """Decode one audio stream to mono samples of -1..1 at 16 kHz; sample 0 is the container's start, as for the picture.

    stream: index among the audio streams. most_s: seconds after which nothing more is read. A late start and holes are filled with silence,
    so that times stay the clip's own; damaged packets are skipped. Raises av.FFmpegError when the file or stream cannot be opened.
    """
    parts: list[Samples] = []
    sample_count = 0
    with av.open(str(path), metadata_errors="replace") as container:
        container_start = Fraction(container.start_time or 0, av.time_base)
        for at_s, block in _sound_blocks(container, container.streams.audio[stream]):
            if at_s is not None:
                expected = round(float(at_s - container_start) * RATE_HZ)
                if expected - sample_count > SHORTEST_HOLE:
                    parts.append(np.zeros(expected - sample_count, np.float32))
                    sample_count = expected
                elif expected < 0 and not sample_count:
                    block = block[-expected:]
            parts.append(block)
            sample_count += len(block)
            if sample_count >= most_s * RATE_HZ:
                break
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _sound_blocks(container: InputContainer, track: AudioStream) -> Iterator[tuple[Fraction | None, Samples]]:
    """Yield resampled blocks; the first block of every decoded frame has the frame's time in seconds, the others None.

    The sound may change its rate or channels on the way, as where two pieces of a live stream were joined.
    """
    resampler, form = av.AudioResampler("s16", "mono", RATE_HZ), None
    for packet in container.demux(track):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            continue
        for frame in frames:
            at_s = frame.pts * frame.time_base if frame.pts is not None and frame.time_base is not None else None
            if form not in (None, _form(frame)):
                for out in resampler.resample(None):
                    yield None, _floats(out)
                resampler = av.AudioResampler("s16", "mono", RATE_HZ)
            form = _form(frame)
            for out in resampler.resample(frame):
                yield at_s, _floats(out)
                at_s = None
    for out in resampler.resample(None):
        yield None, _floats(out)


def _form(frame: av.AudioFrame) -> tuple[int, str, str]:
    return frame.sample_rate, frame.layout.name, frame.format.name


def _floats(frame: av.AudioFrame) -> Samples:
    return np.asarray(frame.to_ndarray()[0] / np.float32(32768), dtype=np.float32)
