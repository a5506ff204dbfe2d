"""Clips as they may come from a phone, made by a seed: eight kinds of picture, seven kinds of sound, and what is said in them.

The picture is what overlays and letters must be told from: fine grain, hard edges in strong colours, near white, near black, pulsing light.
"""

import random
import wave
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.documents.transcript import Phrase, Word
from pipeline.media import FFMPEG, run_media

PICTURES = ("glide", "busy", "edges", "bright", "dark", "grain", "pulse", "still")
SOUNDS = ("none", "silence", "hush", "brook", "loud", "claps", "speech")
SIZES = ((1280, 720), (720, 1280), (640, 360), (960, 960))
RATES = (30, 25, 24, 60)
SAMPLE_HZ = 48000
SYLLABLE_S = 0.22
QUIETLY = (FFMPEG, "-hide_banner", "-nostdin", "-v", "error", "-y")
SENTENCES = (
    "大家好这里是我们的村子",
    "今天一早就下地干活了",
    "这就是我们的{product}",
    "山上的水特别清凉",
    "孩子们也跑来帮忙",
    "{product}都是现摘现装",
    "从地里到箱子里只要半天",
    "欢迎来我们这里看看",
    "昨晚下过一场小雨",
    "路修好了车子开得进来",
)


@dataclass(frozen=True)
class MadeClip:
    """A clip and what is said in it. speech: phrases with `{product}` not yet filled in; seconds on the clip's clock."""

    path: Path
    seconds: float
    sound: str
    spoken: tuple[tuple[float, str], ...] = field(default=())

    def phrases(self, product: str) -> tuple[Phrase, ...]:
        """Return what is said, a word a character; of `{product}` as many characters are heard as there was time for."""
        return tuple(_phrase(start_s, text.replace("{product}", product), _length_s(text)) for start_s, text in self.spoken)


def make_clip(folder: Path, seed: int) -> MadeClip:
    """Make the clip of a seed, unless it is there. Every eighth is of one kind of picture, every seventh of one kind of sound."""
    dice = random.Random(seed)
    picture, sound = PICTURES[seed % len(PICTURES)], SOUNDS[seed % len(SOUNDS)]
    size, rate = dice.choice(SIZES), dice.choice(RATES)
    seconds = round(dice.uniform(3.0, 6.5), 1)
    spoken: list[tuple[float, str]] = []
    if sound == "speech":
        at_s = dice.uniform(0.3, 0.6)
        for text in dice.sample(SENTENCES, 3):
            spoken.append((at_s, text))
            at_s += _length_s(text) + dice.uniform(0.35, 1.0)
        seconds = round(at_s + 0.2, 1)
    path = folder / f"VID_20261108_{seed:06}.mp4"
    if not path.is_file():
        _write(path, dice, picture, sound, size, rate, seconds, spoken)
    return MadeClip(path, seconds, sound, tuple(spoken))


def _length_s(text: str) -> float:
    return SYLLABLE_S * len(text.replace("{product}", "土豆土豆"))


def _phrase(start_s: float, text: str, seconds: float) -> Phrase:
    each_s = seconds / len(text)
    words = tuple(
        Word(start_s=round(start_s + number * each_s, 3), end_s=round(start_s + (number + 1) * each_s, 3), text=letter, probability=0.93)
        for number, letter in enumerate(text)
    )
    return Phrase(start_s=words[0].start_s, end_s=words[-1].end_s, words=words)


def _write(
    path: Path,
    dice: random.Random,
    picture: str,
    sound: str,
    size: tuple[int, int],
    rate: int,
    seconds: float,
    spoken: list[tuple[float, str]],
) -> None:
    width, height = size
    speed = {"busy": 5.0, "still": 0.0, "bright": 0.7, "dark": 1.0}.get(picture, 2.0) * 30 / rate
    travel = int(speed * seconds * rate) + 8
    ground = path.with_suffix(".png")
    Image.fromarray(_ground(dice.randrange(2**31), picture, width + travel, height + travel)).save(ground, compress_level=1)
    glide = f"crop={width}:{height}:{speed}*n:{speed / 2}*n" if speed else f"crop={width}:{height}:0:0"
    extra = {
        "grain": ",noise=alls=24:allf=t",
        "dark": ",noise=alls=10:allf=t",
        "pulse": ",eq=brightness='0.18*sin(2*PI*t*1.3)':eval=frame",
    }.get(picture, "")
    if picture == "edges":
        source = ["-f", "lavfi", "-i", f"testsrc2=s={width}x{height}:r={rate}:d={seconds}"]
        filters = "format=yuv420p"
    else:
        source, filters = ["-i", str(ground)], f"loop=-1:1:0,setpts=N/{rate}/TB,{glide}{extra},format=yuv420p"
    heard: list[str] = []
    track = path.with_suffix(".wav")
    if sound != "none":
        _write_wave(track, _sound(dice.randrange(2**31), sound, seconds, spoken))
        heard = ["-i", str(track)]
    codec = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-c:a", "aac", "-b:a", "128k"]
    part = path.with_suffix(".part.mp4")
    run_media(
        [*QUIETLY, *source, *heard, "-vf", filters, "-r", str(rate), "-t", str(seconds), *codec, str(part)],
        name=path.name,
    )
    part.replace(path)
    ground.unlink()
    track.unlink(missing_ok=True)


def _ground(seed: int, picture: str, width: int, height: int) -> npt.NDArray[np.uint8]:
    """A landscape of noise: clouds of several sizes, the finest a few pixels wide where the picture is busy."""
    rng = np.random.default_rng(seed)
    octaves = 7 if picture == "busy" else 5
    total = np.zeros((height, width, 3), np.float32)
    for octave in range(octaves):
        cells = min(6 * 2**octave, max(width, height))
        weight = 1.0 if picture == "busy" else 0.55**octave
        total += weight * cv2.resize(rng.random((cells, cells, 3), dtype=np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    low, high = {"bright": (205, 255), "dark": (2, 46)}.get(picture, (10, 245))
    scaled = (total - total.min()) / np.ptp(total)
    return np.asarray(low + scaled * (high - low), dtype=np.uint8)


def _sound(seed: int, kind: str, seconds: float, spoken: list[tuple[float, str]]) -> npt.NDArray[np.float64]:
    """Mono samples, -1..1."""
    rng, count = np.random.default_rng(seed), round(seconds * SAMPLE_HZ)
    at = np.arange(count) / SAMPLE_HZ
    noise = np.convolve(rng.standard_normal(count), np.ones(24) / 24, mode="same")
    noise /= np.abs(noise).max()
    level = {"silence": 0.0, "hush": 0.002, "brook": 0.05, "loud": 0.6, "claps": 0.004, "speech": 0.008}[kind]
    samples = noise * level * (0.8 + 0.2 * np.sin(2 * np.pi * 0.4 * at))
    if kind == "claps":
        for start in np.arange(0.7, seconds - 0.2, 1.3):
            clap = (at >= start) & (at < start + 0.12)
            samples[clap] += noise[clap] * 0.7 * np.exp(-(at[clap] - start) * 40)
    pitch = rng.uniform(110, 230)
    for start_s, text in spoken:
        said = (at >= start_s) & (at < start_s + _length_s(text))
        clock = at[said] - start_s
        glide = pitch * (1 + 0.12 * np.sin(2 * np.pi * 0.9 * clock))
        phase = 2 * np.pi * np.cumsum(glide) / SAMPLE_HZ
        tone = sum(np.sin(number * phase) / number for number in range(1, 14))
        samples[said] += 0.12 * tone * np.abs(np.sin(np.pi * clock / SYLLABLE_S)) ** 0.6
    return np.clip(samples, -1, 1)


def _write_wave(path: Path, samples: npt.NDArray[np.float64]) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_HZ)
        out.writeframes((samples * 32767).astype("<i2").tobytes())
