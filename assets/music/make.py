"""The music that comes with FieldCut, played by this script: three pieces that loop without a seam.

    python assets/music/make.py            writes calm.opus, warm.opus, lively.opus and music.yaml beside itself

Every note is laid on a ring as long as the piece, and the room is a convolution on the same ring, so that what still rings at
the end is already there at the beginning. The tunes were written for this project, in the five-tone scale.
"""

import argparse
import hashlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from pipeline.media import FFMPEG, run_media

Wave = npt.NDArray[np.float64]
Voice = Callable[[float, float, np.random.Generator], Wave]

RATE = 48000
HERE = Path(__file__).resolve().parent
PEAK = 0.7
"""Highest sample: leaves 3 dB for what Opus adds."""


def _clock(seconds: float) -> Wave:
    return np.arange(round(seconds * RATE)) / RATE


def _soft_ends(wave: Wave, attack_s: float, release_s: float = 0.03) -> Wave:
    attack, release = round(attack_s * RATE), round(release_s * RATE)
    wave[:attack] *= np.sin(np.linspace(0, np.pi / 2, attack)) ** 2
    wave[-release:] *= np.linspace(1, 0, release) ** 2
    return wave


def string(bright: float, ring_s: float, place: float, bend: float = 0.0) -> Voice:
    """A plucked string as a sum of stiff-string partials; high partials die first, and the pluck's place silences some.

    bright: 0..1 weight of the high partials. ring_s: time in which middle C falls to 1/e. place: of the pluck, 0..0.5 of the string.
    bend: semitones by which the note is caught from below, as a zheng player's left hand does.
    """

    def play(pitch_hz: float, _beats_s: float, rng: np.random.Generator) -> Wave:
        ring = ring_s * (262 / pitch_hz) ** 0.45
        t = _clock(min(5.0, 4.5 * ring))
        glide = 1 - (2 ** (bend / 12) - 1) * np.exp(-t / 0.045)
        turns = 2 * np.pi * np.cumsum(pitch_hz * glide) / RATE
        wave = np.zeros_like(t)
        for k in range(1, int(min(28, 11000 / pitch_hz)) + 1):
            loud = abs(np.sin(np.pi * k * place)) / k ** (2.1 - 1.1 * bright)
            fall = (1 + 0.11 * (1.3 - bright) * k**1.5) / ring
            wave += loud * np.exp(-t * fall) * np.sin(turns * k * np.sqrt(1 + 6e-5 * k * k) + rng.uniform(0, 0.4))
        nail = rng.normal(size=len(t)) * np.exp(-t / 0.004)
        wave += 0.05 * bright * np.convolve(nail, np.ones(6) / 6, "same")
        return _soft_ends(wave, 0.002, 0.2) / 1.6

    return play


def kalimba(pitch_hz: float, _beats_s: float, rng: np.random.Generator) -> Wave:
    """A plucked metal tongue: a pure tone, two inharmonic partials that are gone at once, and a tap of wood."""
    t = _clock(2.2)
    wave = np.exp(-t * 2.4) * np.sin(2 * np.pi * pitch_hz * t) + 0.22 * np.exp(-t * 4.5) * np.sin(4 * np.pi * pitch_hz * t)
    for ratio, loud, fall in ((2.76, 0.16, 14.0), (5.4, 0.12, 30.0)):
        wave += loud * np.exp(-t * fall) * np.sin(2 * np.pi * pitch_hz * ratio * t)
    wave += 0.12 * np.exp(-t * 120) * np.convolve(rng.normal(size=len(t)), np.ones(12) / 12, "same")
    return _soft_ends(wave, 0.0015, 0.2)


def flute(breath: float) -> Voice:
    """A bamboo flute: few harmonics, a vibrato that comes late, breath round the tone."""

    def play(pitch_hz: float, beats_s: float, rng: np.random.Generator) -> Wave:
        t = _clock(beats_s + 0.12)
        late = np.clip((t - 0.25) / 0.5, 0, 1)
        pitch = pitch_hz * (1 + 0.0045 * late * np.sin(2 * np.pi * 4.9 * t) - 0.012 * np.exp(-t / 0.04))
        turns = 2 * np.pi * np.cumsum(pitch) / RATE
        swell = 1 + 0.1 * late * np.sin(2 * np.pi * 4.9 * t + 0.7)
        wave = swell * sum(a * np.sin(k * turns) for k, a in ((1, 1.0), (2, 0.28), (3, 0.13), (4, 0.04)))
        air = np.fft.rfft(rng.normal(size=len(t)))
        hz = np.fft.rfftfreq(len(t), 1 / RATE)
        air *= np.exp(-(np.log2(np.maximum(hz, 20) / (2 * pitch_hz)) ** 2))
        noise = np.fft.irfft(air, len(t))
        wave = wave + breath * noise / (np.abs(noise).max() + 1e-9)
        return _soft_ends(wave * np.exp(-0.25 * t), 0.07, 0.16) * 0.6

    return play


def bass(pitch_hz: float, beats_s: float, _rng: np.random.Generator) -> Wave:
    """A round low string."""
    t = _clock(min(beats_s + 0.3, 2.5))
    wave = sum(
        a * np.exp(-t * (1.1 + 0.9 * k)) * np.sin(2 * np.pi * pitch_hz * k * t) for k, a in ((1, 1.0), (2, 0.45), (3, 0.2), (4, 0.07))
    )
    return _soft_ends(np.asarray(wave), 0.008, 0.2)


def drum(pitch_hz: float, _beats_s: float, rng: np.random.Generator) -> Wave:
    """A hand on a skin: a tone that falls a little, and the slap."""
    t = _clock(0.5)
    fall = pitch_hz * (1 + 0.5 * np.exp(-t / 0.03))
    slap = np.convolve(rng.normal(size=len(t)), np.ones(24) / 24, "same") * np.exp(-t * 70)
    return _soft_ends(np.exp(-t * 11) * np.sin(2 * np.pi * np.cumsum(fall) / RATE) + 0.6 * slap, 0.002)


def shaker(_pitch_hz: float, _beats_s: float, rng: np.random.Generator) -> Wave:
    """Seeds in a gourd: a short breath of high noise."""
    t = _clock(0.11)
    noise = np.diff(np.diff(rng.normal(size=len(t) + 2)))
    return _soft_ends(noise * (t / 0.02) * np.exp(1 - t / 0.02) * 0.18, 0.004, 0.02)


def block(pitch_hz: float, _beats_s: float, _rng: np.random.Generator) -> Wave:
    """A small wooden block."""
    t = _clock(0.14)
    return _soft_ends(np.exp(-t * 45) * (np.sin(2 * np.pi * pitch_hz * t) + 0.4 * np.sin(2 * np.pi * 2.42 * pitch_hz * t)), 0.001)


@dataclass(frozen=True)
class Part:
    """One instrument's notes. tune: `degree:beats` words; `'` and `,` shift an octave, 0 rests, `|` is only for the eye."""

    voice: Voice
    tune: str
    loud: float
    pan: float
    """-1 left .. 1 right."""
    octave: int = 0
    room: float = 0.25
    """How much of it the room sends back."""
    sway: float = 0.008
    """How far a player strays from the beat, seconds."""


@dataclass(frozen=True)
class Piece:
    """A piece: its name, the moods it serves, tempo, tonic (Hz) and parts; all parts are equally long."""

    name: str
    moods: tuple[str, ...]
    bpm: float
    tonic_hz: float
    parts: tuple[Part, ...]
    seed: int


STEPS = {"1": 0, "2": 2, "3": 4, "4": 5, "5": 7, "6": 9, "7": 11}


def notes(tune: str) -> Iterator[tuple[float, int | None, float]]:
    """(beat, semitones above the tonic or None, beats) of every word of a tune."""
    at = 0.0
    for word in tune.replace("|", " ").split():
        name, _, length = word.partition(":")
        beats = float(length or 1)
        semitones = None if name[0] == "0" else STEPS[name[0]] + 12 * (name.count("'") - name.count(","))
        yield at, semitones, beats
        at += beats


def length_beats(tune: str) -> float:
    """How long a tune is."""
    return sum(beats for _, _, beats in notes(tune))


def broken(chords: str, figure: str) -> str:
    """A broken-chord accompaniment: one bar of `figure` for every chord; its letters are r root, t third, f fifth, o octave, T, F."""
    tones = {
        "1": ("1", "3", "5"), "2": ("2", "4", "6"), "3": ("3", "5", "7"),
        "4": ("4,", "6,", "1"), "5": ("5,", "7,", "2"), "6": ("6,", "1", "3"),
    }  # fmt: skip
    words = []
    for chord in chords.split():
        root, third, fifth = tones[chord]
        names = {"r": root, "t": third, "f": fifth, "o": root + "'", "T": third + "'", "F": fifth + "'", "0": "0"}
        words += [f"{names[word.partition(':')[0]]}:{word.partition(':')[2] or 1}" for word in figure.split()]
    return " ".join(words)


def repeated(bar: str, bars: int) -> str:
    """One bar again and again."""
    return " ".join([bar] * bars)


def rest(bars: int) -> str:
    """Bars of silence."""
    return f"0:{bars * 4}"


def room(length: int, rng: np.random.Generator, tail_s: float = 1.6) -> Wave:
    """Stereo answer of a wooden room, as spectra on the piece's ring: noise that decays, the high end first."""
    t = np.arange(length) / RATE
    sides = []
    for _ in range(2):
        noise = rng.normal(size=length) * np.exp(-t * 6.9 / tail_s) * (t > 0.012)
        dull = np.fft.rfft(noise) / (1 + (np.fft.rfftfreq(length, 1 / RATE) / 3200) ** 2)
        sides.append(dull / np.sqrt((np.abs(dull) ** 2).mean()))
    return np.asarray(sides)


def play(piece: Piece) -> Wave:
    """The piece as (samples, 2) on its ring."""
    rng = np.random.default_rng(piece.seed)
    beat_s = 60 / piece.bpm
    beats = length_beats(piece.parts[0].tune)
    length = round(beats * beat_s * RATE)
    dry, sent = np.zeros((2, length)), np.zeros((2, length))
    for part in piece.parts:
        if length_beats(part.tune) != beats:
            raise ValueError(f"{piece.name}: a part has {length_beats(part.tune)} beats, not {beats}")
        sides = np.array([np.cos((part.pan + 1) * np.pi / 4), np.sin((part.pan + 1) * np.pi / 4)])
        for at, semitones, long in notes(part.tune):
            if semitones is None:
                continue
            accent = 1.0 if at % 4 == 0 else 0.9 if at % 2 == 0 else 0.8
            arch = 0.88 + 0.12 * np.sin(np.pi * (at % 16) / 16)
            tone = part.voice(piece.tonic_hz * 2 ** (part.octave + semitones / 12), long * beat_s, rng)
            tone = tone * part.loud * accent * arch * rng.uniform(0.9, 1.05)
            ring = (round((at * beat_s + rng.normal() * part.sway) * RATE) + np.arange(len(tone))) % length
            for side in range(2):
                dry[side, ring] += tone * sides[side]
                sent[side, ring] += tone * sides[side] * part.room
    answer = room(length, rng)
    wet = np.fft.irfft(np.fft.rfft(sent.mean(axis=0)) * answer, length) * 0.9
    mixed = (dry + wet).T
    mixed -= mixed.mean(axis=0)
    return np.asarray(mixed * PEAK / np.abs(mixed).max())


def _calm() -> Piece:
    a = "5,:1 1:.5 2:.5 3:2 | 5:1 3:.5 2:.5 1:2 | 6,:1 1:.5 2:.5 3:1 5:1 | 2:3 0:1"
    a2 = "5,:1 1:.5 2:.5 3:2 | 5:1 6:.5 5:.5 3:2 | 2:1 3:.5 2:.5 1:1 6,:1 | 1:3 0:1"
    b = "6:1.5 1':.5 6:1 5:1 | 3:1 5:.5 6:.5 5:2 | 6:1.5 1':.5 2':1 1':1 | 6:1 5:.5 3:.5 2:2"
    c = "3:1 5:.5 3:.5 2:1 3:1 | 1:1 2:.5 1:.5 6,:2 | 5,:1 6,:.5 1:.5 2:1 3:1 | 1:3 0:1"
    chords = "1 6 4 5  1 3 5 1  6 1 4 5  6 4 5 1"
    strum = "r:.5 f:.5 o:.5 T:.5 F:.5 T:.5 o:.5 f:.5"
    flute_b = "0:4 | 0:2 1':1 2':1 | 3':3 2':1 | 2':3 0:1"
    flute_c = "5:3 0:1 | 6:2 5:1 3:1 | 2:3 5:1 | 5:3 0:1"
    return Piece("calm", ("calm", "unhurried"), 66, 293.66, (
        Part(string(0.75, 1.1, 0.13, 0.6), f"{a} {a2} {b} {c}", 0.85, -0.12, room=0.3, sway=0.014),
        Part(string(0.35, 1.2, 0.3), broken(chords, strum), 0.33, 0.35, octave=-1, room=0.3, sway=0.012),
        Part(flute(0.18), f"{rest(8)} {flute_b} {flute_c}", 0.3, 0.15, room=0.55, sway=0.02),
        Part(bass, broken(chords, "r:3 f:1"), 0.34, 0.0, octave=-2, room=0.1),
    ), 11)  # fmt: skip


def _warm() -> Piece:
    a = "3:.5 5:.5 6:1 5:.5 3:.5 2:1 | 3:.5 2:.5 1:1 6,:1 0:1 | 1:.5 2:.5 3:1 5:.5 6:.5 5:1 | 3:1 2:2 0:1"
    a2 = "3:.5 5:.5 6:1 5:.5 3:.5 5:1 | 6:.5 5:.5 3:1 2:1 0:1 | 1:.5 2:.5 3:1 2:.5 1:.5 6,:1 | 1:2 0:2"
    b = "1':1 6:.5 5:.5 6:1 0:.5 5:.5 | 6:.5 5:.5 3:1 5:2 | 1':1 6:.5 1':.5 2':1 1':1 | 6:.5 5:.5 6:1 5:2"
    c = "3:1 3:.5 5:.5 6:1.5 5:.5 | 3:1 2:.5 3:.5 1:2 | 2:1 2:.5 3:.5 5:1 3:1 | 2:3 0:1"
    chords = "1 6 4 5  1 6 5 1  4 1 4 5  1 6 5 1  6 3 2 5  1 6 5 1"
    answer = "0:3 5':.5 3':.5 | 0:4 | 0:3 6':.5 5':.5 | 0:4"
    strum = "r:.75 f:.25 o:.5 T:.5 f:.5 F:.5 T:.5 o:.5"
    return Piece("warm", ("warm", "unhurried"), 88, 196.0, (
        Part(kalimba, f"{a} {a2} {b} {a2} {c} {a2}", 0.5, -0.2, octave=1, room=0.3),
        Part(string(0.5, 0.75, 0.22), broken(chords, strum), 0.42, 0.3, room=0.22),
        Part(string(0.7, 0.9, 0.15, 0.5), f"{rest(4)} {answer} {b} {answer} {c} {answer}", 0.28, 0.5, octave=1, room=0.35),
        Part(bass, broken(chords, "r:1.5 r:.5 f:1 r:1"), 0.42, 0.0, octave=-1, room=0.06),
        Part(shaker, f"{rest(4)} {repeated('0:.5 1:.5 0:.5 1:.5 0:.5 1:.5 0:.5 1:.25 1:.25', 20)}", 0.3, -0.45, room=0.1, sway=0.004),
        Part(drum, f"{rest(8)} {repeated('1,:2 1,:1.5 5,:.5', 16)}", 0.3, 0.05, octave=-1, room=0.12, sway=0.004),
    ), 23)  # fmt: skip


def _lively() -> Piece:
    call = "6:.5 6:.25 5:.25 6:.5 1':.5 6:.5 5:.5 3:1"
    a = f"{call} | 5:.5 5:.25 3:.25 5:.5 6:.5 5:.5 3:.5 2:1 | 3:.5 5:.5 6:.5 5:.5 3:.5 2:.5 1:1 | 2:.5 3:.5 5:.5 3:.5 2:1 0:1"
    a2 = f"{call} | 5:.5 3:.5 5:.5 6:.5 1':1 6:1 | 5:.5 6:.25 5:.25 3:.5 2:.5 3:.5 5:.5 2:1 | 1:1 1:.5 6,:.5 1:1 0:1"
    b = "1':1.5 2':.5 1':.5 6:.5 5:1 | 6:1 1':.5 6:.5 5:2 | 3:1 5:.5 6:.5 1':1 2':1 | 6:1 5:.5 6:.5 5:2"
    c = "3':1 2':.5 1':.5 2':1 6:1 | 1':1 6:.5 5:.5 6:2 | 5:.5 6:.5 1':.5 6:.5 5:.5 3:.5 2:.5 3:.5 | 5:3 0:1"
    chords = "6 1 4 5  6 1 5 1  1 4 6 5  6 1 5 1  4 6 1 5  1 4 6 5  6 1 5 1"
    strum = "r:.5 F:.25 T:.25 f:.5 o:.5 r:.5 F:.25 T:.25 f:.5 o:.5"
    seeds = "1:.5 1:.25 1:.25 1:.5 1:.5 1:.5 1:.25 1:.25 1:.5 1:.5"
    return Piece("lively", ("lively",), 108, 220.0, (
        Part(string(0.85, 0.7, 0.12, 0.4), f"{a} {a2} {rest(4)} {a2} {rest(4)} {b} {a2}", 0.6, -0.2, octave=1, room=0.22, sway=0.006),
        Part(flute(0.22), f"{rest(8)} {b} {rest(4)} {c} {rest(4)} {a2}", 0.33, 0.2, octave=1, room=0.4),
        Part(string(0.55, 0.5, 0.25), broken(chords, strum), 0.36, 0.4, room=0.15, sway=0.005),
        Part(bass, broken(chords, "r:1 r:.5 f:.5 r:1 f:.5 r:.5"), 0.42, 0.0, octave=-1, room=0.05),
        Part(drum, f"{rest(4)} {repeated('1,:1 5,:.5 1,:.5 0:.5 1,:.5 5,:1', 24)}", 0.42, 0.05, octave=-1, room=0.12, sway=0.004),
        Part(block, f"{rest(8)} {repeated('0:1 3:1 0:1 3:.5 5:.5', 20)}", 0.09, -0.5, octave=2, room=0.2, sway=0.004),
        Part(shaker, f"{rest(4)} {repeated(seeds, 24)}", 0.2, 0.55, room=0.08, sway=0.003),
    ), 37)  # fmt: skip


def main() -> None:
    """Play, encode and list every piece."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="folder for the pieces and their list")
    out: Path = parser.parse_args().out
    listed = []
    for piece in (_calm(), _warm(), _lively()):
        samples = play(piece)
        path = out / f"{piece.name}.opus"
        with tempfile.NamedTemporaryFile(suffix=".f32") as raw:
            samples.astype("<f4").tofile(raw.name)
            source = ["-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", raw.name]
            plain = ["-fflags", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1"]
            run_media([FFMPEG, "-v", "error", "-y", *source, "-c:a", "libopus", "-b:a", "64k", *plain, str(path)], name=path.name)
        sha = hashlib.sha256(path.read_bytes()).hexdigest()
        length = round(len(samples) / RATE, 3)
        entry = {"name": piece.name, "file": path.name, "moods": list(piece.moods), "bpm": piece.bpm}
        listed.append({**entry, "length_s": length, "loops": True, "sha256": sha})
    (out / "music.yaml").write_text(yaml.safe_dump({"pieces": listed}, sort_keys=False))


if __name__ == "__main__":
    main()
