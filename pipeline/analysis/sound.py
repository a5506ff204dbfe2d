"""The sound of a clip: how loud, how noisy, and where somebody speaks."""

import re
from pathlib import Path

import numpy as np

from pipeline.analysis.sound_print import sound_print
from pipeline.documents.analysis import SoundFacts
from pipeline.documents.clip import Clip
from pipeline.media import FFMPEG, TOLERANT, run_media
from pipeline.media.decode import read_sound
from pipeline.media.voice import speech_spans

SILENCE_LUFS = -70.0
"""The absolute gate of ITU-R BS.1770: below it there is nothing to hear."""
MOMENTARY = re.compile(r"\bt:\s*([\d.]+)\s.*?\bM:\s*(-?[\d.]+|nan|-inf)")
SUMMARY = re.compile(r"Summary:.*?\bI:\s*(-?[\d.]+|-inf) LUFS", re.DOTALL)


def measure_sound(clip: Clip) -> SoundFacts | None:
    """Speech spans (Silero VAD) and loudness (EBU R128) of a clip; None without a sound track."""
    if clip.sound is None:
        return None
    samples = read_sound(Path(clip.path), clip.sound.stream)
    speech = speech_spans(samples)
    log = run_media(
        [
            FFMPEG,
            "-hide_banner",
            "-nostdin",
            *TOLERANT,
            "-i",
            clip.path,
            "-map",
            f"0:a:{clip.sound.stream}",
            "-vn",
            "-af",
            "ebur128",
            "-f",
            "null",
            "-",
        ],
        name=clip.name,
    )
    momentary = [(float(at), float(level)) for at, level in MOMENTARY.findall(log) if level not in ("nan", "-inf")]
    summary = SUMMARY.search(log)
    loudness = float(summary[1]) if summary and summary[1] != "-inf" else None
    # a momentary value covers the 400 ms before its time
    spoken = [level for at, level in momentary if any(span.start_s <= at - 0.2 <= span.end_s for span in speech)]
    audible = [level for _, level in momentary if level > SILENCE_LUFS]
    return SoundFacts(
        loudness_lufs=loudness if loudness is not None and loudness > SILENCE_LUFS else None,
        speech_lufs=_energy_mean(spoken),
        noise_dbfs=round(float(np.percentile(audible, 10)), 1) if audible else None,
        speech=tuple(speech),
        fingerprint=sound_print(samples),
    )


def _energy_mean(levels: list[float]) -> float | None:
    if not levels:
        return None
    return round(float(10 * np.log10(np.mean(10 ** (np.array(levels) / 10)))), 1)
