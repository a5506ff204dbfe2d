"""Looking and listening into a clip with PyAV. Zero of every clock here is the container's start, as it is for ffmpeg's seeks."""

from collections.abc import Iterator
from fractions import Fraction
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
"""What Whisper and the Silero voice detector were trained on."""
LEAST_HOLE = RATE_HZ // 50
"""Samples missing between two frames from which the gap is a hole in the track and not the rounding of its clock."""


def small_frames(clip: Clip, *, short_side: int, rate: float) -> Iterator[tuple[float, Picture]]:
    """One decode of the clip, as upright BGR frames of that short side (pixels), about `rate` of them a second.

    Frames that do not decode are passed over; the iteration ends where the file does. HDR is shown as it would look in
    ordinary video.
    """
    with av.open(clip.path, metadata_errors="replace") as container:
        zero = Fraction(container.start_time or 0, av.time_base)
        stream = container.streams.video[clip.video_stream]
        stream.thread_type = "AUTO"
        wide, high = small_size(clip, short_side)
        curve = _viewing_curve(clip.transfer)
        due = 0.0
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.FFmpegError:
                continue
            for frame in frames:
                if frame.pts is None or frame.time_base is None:
                    continue
                at = float(frame.pts * frame.time_base - zero)
                if at < due - 1e-4:
                    continue
                due = max(due + 1 / rate, at + 0.5 / rate)
                turned = clip.rotation in (90, 270)
                stored = frame.reformat(high if turned else wide, wide if turned else high, "bgr24", interpolation="AREA").to_ndarray()
                upright: Picture = np.ascontiguousarray(np.rot90(stored, -clip.rotation // 90 % 4)).astype(np.uint8)
                yield at, (cv2.LUT(upright, curve).astype(np.uint8) if curve is not None else upright)


def small_size(clip: Clip, short_side: int) -> tuple[int, int]:
    """Even width and height of the upright picture at that short side, never larger than the clip itself."""
    scale = min(1.0, short_side / min(clip.width, clip.height))
    return max(2, round(clip.width * scale / 2) * 2), max(2, round(clip.height * scale / 2) * 2)


def _viewing_curve(transfer: Transfer) -> Picture | None:
    """From HDR code values (8 bits) to what ordinary video would hold, both curves from ITU-R BT.2100; 203 nits is white."""
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


def read_sound(path: Path, stream: int) -> Samples:
    """One audio stream as mono samples of -1..1 at 16 kHz; sample 0 is the container's start, as for the picture.

    stream: its place among the audio streams. A track that begins late is preceded by silence, holes in it are silence, so that
    times stay the clip's own; damaged packets are skipped. Raises av.FFmpegError when nothing can be opened.
    """
    parts: list[Samples] = []
    filled = 0
    with av.open(str(path), metadata_errors="replace") as container:
        zero = Fraction(container.start_time or 0, av.time_base)
        resampler = av.AudioResampler("s16", "mono", RATE_HZ)
        for at_s, block in _sound_blocks(container, container.streams.audio[stream], resampler):
            if at_s is not None:
                due = round(float(at_s - zero) * RATE_HZ)
                if due - filled > LEAST_HOLE:
                    parts.append(np.zeros(due - filled, np.float32))
                    filled = due
                elif due < 0 and not filled:
                    block = block[-due:]
            parts.append(block)
            filled += len(block)
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _sound_blocks(container: InputContainer, track: AudioStream, resampler: av.AudioResampler) -> Iterator[tuple[Fraction | None, Samples]]:
    """Resampled blocks; the first of every decoded frame with the frame's time in seconds."""
    for packet in container.demux(track):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            continue
        for frame in frames:
            at_s = frame.pts * frame.time_base if frame.pts is not None and frame.time_base is not None else None
            for out in resampler.resample(frame):
                yield at_s, _floats(out)
                at_s = None
    for out in resampler.resample(None):
        yield None, _floats(out)


def _floats(frame: av.AudioFrame) -> Samples:
    return np.asarray(frame.to_ndarray()[0] / np.float32(32768), dtype=np.float32)
