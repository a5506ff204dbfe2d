"""What a phone adds to a picture: a lens, a sensor, a microphone, and a file with the moment in it."""

from __future__ import annotations

import itertools
import math
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
from paint import Picture, as_picture

FFMPEG: str = imageio_ffmpeg.get_ffmpeg_exe()
FPS = 30
RATE = 48000


def voice(path: Path) -> Picture:
    """The recorded talk, mono."""
    raw = subprocess.run(
        [FFMPEG, "-v", "error", "-i", path, "-f", "f32le", "-ac", "1", "-ar", str(RATE), "-"],
        check=True,
        capture_output=True,
    ).stdout
    return np.frombuffer(raw, np.float32)


def breeze(seconds: float, seed: int, birds: int = 0) -> Picture:
    """Soft wind, and now and then a bird."""
    rng = np.random.default_rng(seed)
    n = round(seconds * RATE)
    spectrum = np.fft.rfft(rng.standard_normal(n))
    hertz = np.fft.rfftfreq(n, 1 / RATE)
    wind = np.fft.irfft(spectrum / (1 + (hertz / 260) ** 1.4) * (hertz > 60), n)
    t = np.arange(n) / RATE
    out = wind / np.abs(wind).max() * 0.05 * (0.7 + 0.3 * np.sin(t * 1.7 + seed))
    for _ in range(birds):
        start, pitch = rng.uniform(0.3, max(seconds - 0.8, 0.4)), rng.uniform(3200, 4600)
        for note in range(int(rng.integers(2, 5))):
            u = t - start - note * 0.13
            shape = np.exp(-(((u - 0.04) / 0.018) ** 2))
            out += 0.02 * shape * np.sin(2 * math.pi * (pitch * u + 4000 * (u - 0.04) ** 2 * math.sin(note + pitch)))
    return as_picture(out)


GENERATED = 'AIGC={"Label":"1","ContentProducer":"FieldCut demo"}'
"""The implicit mark of generated content that GB 45438-2025 asks for: the talk's voice is synthetic."""


def record(
    path: Path,
    frames: Iterable[Picture],
    taken: str,
    sound: Picture | None = None,
    crf: int = 24,
    turn: int = 0,
    generated: bool = False,
) -> None:
    """Encode pictures and sound the way a phone would: H.264 and AAC, the moment in the container, maybe turned.

    generated: a model made part of it, and the container says so.
    """
    feed = iter(frames)
    first = next(feed)
    h, w = first.shape[:2]
    with tempfile.TemporaryDirectory() as folder:
        wave, plain = Path(folder, "sound.f32"), Path(folder, "plain.mp4")
        tracks = ["-an"]
        if sound is not None:
            wave.write_bytes(as_picture(sound).tobytes())
            tracks = [
                "-f",
                "f32le",
                "-ar",
                str(RATE),
                "-ac",
                "1",
                "-i",
                str(wave),
                "-c:a",
                "aac",
                "-b:a",
                "80k",
                "-shortest",
            ]
        target = plain if turn else path
        tags = ["-metadata", f"creation_time={taken}", "-metadata:s:v", f"creation_time={taken}"]
        command = [
            FFMPEG,
            "-v",
            "error",
            "-y",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-s",
            f"{w}x{h}",
            "-r",
            str(FPS),
            "-i",
            "-",
            *tracks,
            "-vf",
            "scale=out_color_matrix=bt709:out_range=tv",
            "-c:v",
            "libx264",
            "-preset",
            "slow",
            "-crf",
            str(crf),
            "-pix_fmt",
            "yuv420p",
            "-colorspace",
            "bt709",
            "-color_primaries",
            "bt709",
            "-color_trc",
            "bt709",
            *tags,
            str(target),
        ]
        if generated:
            command[-1:-1] = ["-movflags", "use_metadata_tags", "-metadata", GENERATED]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            for frame in itertools.chain((first,), feed):
                process.stdin.write((np.clip(frame, 0, 1) * 255 + 0.5).astype(np.uint8).tobytes())
            process.stdin.close()
        if process.returncode:
            raise RuntimeError(f"ffmpeg could not write {path.name}")
        if turn:
            subprocess.run(
                [FFMPEG, "-v", "error", "-y", "-display_rotation", str(turn), "-i", plain, "-c", "copy", *tags, path],
                check=True,
            )


class Camera:
    """What a lens and a sensor add: warmth, darker corners, grain that never repeats."""

    def __init__(self, size: tuple[int, int], seed: int, grain: float = 0.012) -> None:
        w, h = size
        rng = np.random.default_rng(seed)
        yy, xx = np.mgrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j]
        self.corners = as_picture(1.03 - 0.12 * (xx**2 + yy**2) ** 1.2)[..., None]
        self.tiles = [as_picture(rng.normal(0, grain, (h + 32, w + 32))) for _ in range(5)]
        self.rng, self.size = rng, size

    def shoot(self, picture: Picture) -> Picture:
        """The picture as recorded."""
        w, h = self.size
        x, y = self.rng.integers(0, 32, 2)
        grain = self.tiles[int(self.rng.integers(5))][y : y + h, x : x + w, None]
        warm = picture * self.corners * as_picture((1.03, 1.0, 0.955))
        return as_picture(warm + 0.10 * (warm - 0.5) * np.clip(warm, 0, 1) + grain)


def shift(dx: float, dy: float, turn: float = 0.0, zoom: float = 1.0, centre: tuple[float, float] = (640, 360)) -> Picture:
    """Affine map: turn (degrees) and zoom round `centre`, then move."""
    matrix = cv2.getRotationMatrix2D(centre, turn, zoom)
    matrix[0, 2] += dx
    matrix[1, 2] += dy
    return as_picture(matrix)


def shots(frames: Iterable[Picture], camera: Camera) -> Iterator[Picture]:
    """Frames through a camera."""
    return (camera.shoot(frame) for frame in frames)


def loudness(sound: Picture) -> Picture:
    """How far the mouth opens in every frame, 0..1: the voice's level, quick to open, slower to close."""
    step = RATE // FPS
    blocks = sound[: len(sound) // step * step].reshape(-1, step)
    level = np.clip((np.sqrt((blocks**2).mean(1)) - 0.012) / 0.16, 0, 1) ** 0.7
    out, now = np.zeros(len(level), np.float32), 0.0
    for n, value in enumerate(level):
        now += (float(value) - now) * (0.75 if value > now else 0.45)
        out[n] = now
    return out
