"""Mastering: one loudness for every video, and no true peak that a phone's decoder would clip."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from pipeline import system
from pipeline.documents.base import Frozen
from pipeline.documents.limits import LOUDNESS_TOLERANCE_LU, SILENCE_LUFS
from pipeline.media import FFMPEG, run_media
from pipeline.render.denoise import RATE

MOST_GAIN_DB = 30.0
"""More would make a video of a microphone's noise."""
TOLERANCE_LU = 0.4 * LOUDNESS_TOLERANCE_LU
"""Loudness error at which the search stops, in both directions."""
MOST_ROUNDS = 3
GAIN_TOLERANCE_LU, MOST_MEASUREMENTS = 0.05, 4
"""Tolerance of the gain search before anything is encoded, and its most measurements."""
PEAK_LIMIT = 0.79
"""-2.05 dBFS: AAC at 192 kbit/s added 0.1 to 0.2 dB of true peak to most talk and music, 0.9 dB at worst."""
PEAK_MARGIN_DB = 0.1
"""The meter shows tenths."""
BIT_RATE = "192k"
RAW = ("-f", "f32le", "-ar", str(RATE), "-ac", "2")


class Loudness(Frozen):
    """Integrated loudness (EBU R128, LUFS) and true peak (dBTP); None where there is nothing to measure."""

    lufs: float | None
    peak_dbtp: float | None


class Master(Frozen):
    """Loudness and true peak of a finished track after AAC, the gain that was applied, and the number of encodings."""

    loudness_lufs: float | None
    true_peak_dbtp: float | None
    gain_db: float
    rounds: int


def measure_loudness(path: Path, *, raw: bool = False, peak: bool = True, stream: int = 0, after: str = "") -> Loudness:
    """Measure the loudness of a file's sound over its whole length.

    raw: the file is 32-bit stereo samples at 48 kHz. after: ffmpeg filters applied before the measurement. Raises MediaFault.
    """
    meter = (f"{after}," if after else "") + "ebur128=framelog=quiet" + (":peak=true" if peak else "")
    args = [FFMPEG, "-hide_banner", "-nostdin", "-nostats", *(RAW if raw else ()), "-i", f"file:{path}", "-map", f"0:a:{stream}"]
    log = run_media([*args, "-af", meter, "-f", "null", "-"], name=path.name)
    summary = log.rpartition("Summary:")[2]
    lufs, peak_dbtp = _find_number(r"\bI:\s*(\S+) LUFS", summary), _find_number(r"\bPeak:\s*(\S+) dBFS", summary)
    return Loudness(lufs=lufs if lufs is not None and lufs > -70 else None, peak_dbtp=peak_dbtp)


def _find_number(pattern: str, text: str) -> float | None:
    match = re.search(pattern, text)
    return None if match is None or match[1] in ("-inf", "nan", "inf") else float(match[1])


def encode_master(mix: Path, out: Path, *, target_lufs: float, peak_dbtp: float, progress: Callable[[float], None]) -> Master:
    """Encode a raw mix as AAC (.m4a) at the target loudness, measured on the encoded file.

    A limiter at four times the sampling rate holds the true peak; the next round makes up for the loudness that it takes. Silence
    stays silent; where the target needs more than 30 dB of gain, the track stays quieter.
    """
    mix_lufs = measure_loudness(mix, raw=True, peak=False).lufs
    progress(0.1)
    if mix_lufs is None or mix_lufs < SILENCE_LUFS:
        _encode_aac(mix, out, 0.0, PEAK_LIMIT)
        progress(1.0)
        return Master(loudness_lufs=None, true_peak_dbtp=measure_loudness(out).peak_dbtp, gain_db=0.0, rounds=1)
    limit, slope = PEAK_LIMIT, 1.0
    gain, attempts = _find_gain(mix, mix_lufs, target_lufs), list[tuple[float, float]]()
    best: tuple[tuple[bool, float], Master] | None = None
    best_file = out.with_name(out.stem + "-best" + out.suffix)
    try:
        for round_number in range(1, MOST_ROUNDS + 1):
            _encode_aac(mix, out, gain, limit)
            measured = measure_loudness(out)
            progress(0.1 + 0.9 * round_number / MOST_ROUNDS)
            lufs = measured.lufs if measured.lufs is not None else mix_lufs + gain
            peak = measured.peak_dbtp if measured.peak_dbtp is not None else -99.0
            over_db = peak - (peak_dbtp - PEAK_MARGIN_DB)
            missing_lu = target_lufs - lufs
            result = Master(loudness_lufs=lufs, true_peak_dbtp=measured.peak_dbtp, gain_db=round(gain, 2), rounds=round_number)
            if best is None or (over_db > 1e-6, abs(missing_lu)) < best[0]:
                best = (over_db > 1e-6, abs(missing_lu)), result
                shutil.copyfile(out, best_file)
            if over_db <= 1e-6 and (abs(missing_lu) <= TOLERANCE_LU or (gain >= MOST_GAIN_DB and missing_lu > 0)):
                break
            slope = _gain_slope(slope, attempts, gain, lufs)
            attempts.append((gain, lufs))
            gain = min(gain + missing_lu / slope, MOST_GAIN_DB)
            if over_db > 0:
                limit *= 10 ** (-(over_db + 0.1) / 20)
        assert best is not None
        system.replace(best_file, out)
        progress(1.0)
        return best[1]
    finally:
        best_file.unlink(missing_ok=True)


def _find_gain(mix: Path, mix_lufs: float, target_lufs: float) -> float:
    """Gain (dB) at which the limited mix has the target loudness.

    The limiter works at the plain sampling rate here, which takes a tenth of an encoding's time and comes within 0.1 LU of it on talk
    and music.
    """
    gain, slope = min(target_lufs - mix_lufs, MOST_GAIN_DB), 1.0
    attempts: list[tuple[float, float]] = []
    for _ in range(MOST_MEASUREMENTS):
        lufs = measure_loudness(mix, raw=True, peak=False, after=_limiter_filters(gain, PEAK_LIMIT)).lufs
        if lufs is None or abs(target_lufs - lufs) <= GAIN_TOLERANCE_LU or gain >= MOST_GAIN_DB:
            break
        slope = _gain_slope(slope, attempts, gain, lufs)
        attempts.append((gain, lufs))
        gain = min(gain + (target_lufs - lufs) / slope, MOST_GAIN_DB)
    return gain


def _gain_slope(previous: float, attempts: list[tuple[float, float]], gain: float, lufs: float) -> float:
    """Loudness gained per decibel of gain, from the last two attempts: 1 while the limiter does nothing."""
    if not attempts or abs(gain - attempts[-1][0]) <= GAIN_TOLERANCE_LU:
        return previous
    return min(1.0, max(0.2, (lufs - attempts[-1][1]) / (gain - attempts[-1][0])))


def _limiter_filters(gain_db: float, limit: float, resampled: str = "") -> str:
    """The ffmpeg filters for gain and limiter. resampled: the filter between them, with its comma."""
    return f"volume={gain_db:.3f}dB:precision=float,{resampled}alimiter=limit={limit:.4f}:level=false:latency=true"


def _encode_aac(mix: Path, out: Path, gain_db: float, limit: float) -> None:
    filters = f"{_limiter_filters(gain_db, limit, f'aresample={4 * RATE}:resampler=soxr,')},aresample={RATE}:resampler=soxr"
    codec = ["-c:a", "aac", "-profile:a", "aac_low", "-b:a", BIT_RATE, "-ar", str(RATE), "-ac", "2"]
    container = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-movflags", "+faststart"]
    out.unlink(missing_ok=True)
    run_media(
        [
            FFMPEG,
            "-hide_banner",
            "-nostdin",
            "-v",
            "error",
            "-y",
            *RAW,
            "-i",
            f"file:{mix}",
            "-af",
            filters,
            *codec,
            *container,
            f"file:{out}",
        ],
        name=out.name,
    )
