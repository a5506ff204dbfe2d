"""Looking and listening into a clip with PyAV. Zero of every clock here is the container's start, as it is for ffmpeg's seeks."""

from collections.abc import Iterator
from fractions import Fraction

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.documents.clip import Clip, Transfer

Picture = NDArray[np.uint8]
Samples = NDArray[np.float32]


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


def read_sound(clip: Clip, rate_hz: int = 16_000) -> Samples:
    """The clip's sound as mono float samples, -1..1, beginning at the container's start; gaps in the track are silence.

    Empty when the clip has no sound. Packets that do not decode are silence.
    """
    if clip.sound is None:
        return np.zeros(0, np.float32)
    with av.open(clip.path, metadata_errors="replace") as container:
        zero = Fraction(container.start_time or 0, av.time_base)
        stream = container.streams.audio[clip.sound.stream]
        resampler = av.AudioResampler(format="flt", layout="mono", rate=rate_hz)
        parts: list[Samples] = []
        filled = 0

        def put(frames: list[av.AudioFrame]) -> None:
            nonlocal filled
            for piece in frames:
                data = piece.to_ndarray().reshape(-1).astype(np.float32)
                parts.append(data)
                filled += len(data)

        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.FFmpegError:
                continue
            for frame in frames:
                assert isinstance(frame, av.AudioFrame)
                if frame.pts is not None and frame.time_base is not None:
                    due = round(float(frame.pts * frame.time_base - zero) * rate_hz)
                    if due - filled > rate_hz // 50:
                        parts.append(np.zeros(due - filled, np.float32))
                        filled = due
                frame.pts = None
                put(resampler.resample(frame))
        put(resampler.resample(None))
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)
