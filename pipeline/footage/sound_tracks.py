"""Which of several sound tracks is used: the one in which somebody is heard to speak."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from pipeline.documents.clip import Sound
from pipeline.media.decode import RATE_HZ, Samples, read_sound
from pipeline.media.voice import speech_spans

LISTENED_S = 120.0
"""Seconds of each track that are listened to: whoever wears a microphone says something in two minutes."""
AS_MUCH = 0.8
"""From this share of the most speech on, two tracks hold the same talk, and the clearer one is taken."""
SILENCE_RMS = 10 ** (-60 / 20)


@dataclass(frozen=True)
class _Heard:
    """What a track has: seconds of speech, how far it stands above the rest (a ratio), and its level (0..1)."""

    speech_s: float
    clearness: float
    level: float


def choose_sound(path: Path, tracks: list[Sound]) -> Sound | None:
    """Choose among the tracks of a file that can be decoded; the first where none has a voice, unless it is silent."""
    if len(tracks) < 2:
        return tracks[0] if tracks else None
    heard = {track.stream: _listen(path, track.stream) for track in tracks}
    most_s = max(facts.speech_s for facts in heard.values())
    if most_s > 0:
        talks = [track for track in tracks if heard[track.stream].speech_s >= AS_MUCH * most_s]
        return max(talks, key=lambda track: heard[track.stream].clearness)
    return next((track for track in tracks if heard[track.stream].level > SILENCE_RMS), tracks[0])


def _listen(path: Path, stream: int) -> _Heard:
    try:
        samples = read_sound(path, stream, most_s=LISTENED_S)
    except (av.FFmpegError, ValueError, IndexError):
        return _Heard(0.0, 0.0, 0.0)
    spans = speech_spans(samples)
    spoken = np.zeros(len(samples), bool)
    for span in spans:
        spoken[round(span.start_s * RATE_HZ) : round(span.end_s * RATE_HZ)] = True
    rest = _level(samples[~spoken])
    return _Heard(float(spoken.sum()) / RATE_HZ, _level(samples[spoken]) / max(rest, 1e-5), _level(samples))


def _level(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples**2))) if len(samples) else 0.0
