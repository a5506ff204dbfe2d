"""The master: one loudness for every video, and no peak that a phone's decoder clips."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from pipeline import system
from pipeline.documents.base import Frozen
from pipeline.media import FFMPEG, run_media
from pipeline.render.denoise import RATE

SILENCE_LUFS = -60.0
"""Below this a track holds nothing that should be raised; a measured -70 means nothing to measure."""
MOST_GAIN_DB = 30.0
"""More would make a video of a microphone's noise."""
CLOSE_LU = 0.2
"""Near enough to stop; twice as near as what is asked of the finished file, in both directions."""
ROUNDS = 3
SOUGHT_LU, LOOKS = 0.05, 4
"""How near the gain is sought before anything is encoded, and in how many looks at most."""
LIMIT = 0.79
"""-2.05 dBFS: AAC at 192 kbit/s added 0.1 to 0.2 dB of true peak to most talk and music, 0.9 dB at worst."""
PEAK_MARGIN_DB = 0.1
"""The meter shows tenths."""
BIT_RATE = "192k"
RAW = ("-f", "f32le", "-ar", str(RATE), "-ac", "2")


class Level(Frozen):
    """EBU R128 loudness, LUFS, and true peak, dBTP; None where there is nothing to measure."""

    lufs: float | None
    peak_dbtp: float | None


class Master(Frozen):
    """What a finished track measures after AAC, the gain that made it so, and in how many rounds."""

    loudness_lufs: float | None
    true_peak_dbtp: float | None
    gain_db: float
    rounds: int


def measure(path: Path, *, raw: bool = False, peak: bool = True, stream: int = 0, after: str = "") -> Level:
    """Loudness of a file's sound over its whole length. raw: it is 32-bit stereo samples at 48 kHz. after: filters that it goes through
    first. Raises MediaFault."""
    meter = (f"{after}," if after else "") + "ebur128=framelog=quiet" + (":peak=true" if peak else "")
    args = [FFMPEG, "-hide_banner", "-nostdin", "-nostats", *(RAW if raw else ()), "-i", f"file:{path}", "-map", f"0:a:{stream}"]
    log = run_media([*args, "-af", meter, "-f", "null", "-"], name=path.name)
    summary = log.rpartition("Summary:")[2]
    lufs, highest = _number(r"\bI:\s*(\S+) LUFS", summary), _number(r"\bPeak:\s*(\S+) dBFS", summary)
    return Level(lufs=lufs if lufs is not None and lufs > -70 else None, peak_dbtp=highest)


def _number(pattern: str, text: str) -> float | None:
    found = re.search(pattern, text)
    return None if found is None or found[1] in ("-inf", "nan", "inf") else float(found[1])


def master(mix: Path, out: Path, *, target_lufs: float, peak_dbtp: float, progress: Callable[[float], None]) -> Master:
    """Encode a raw mix as AAC (.m4a) at the target loudness, measured on what came out.

    A limiter at four times the rate holds the true peak; what it takes from the loudness, the next round gives back. Silence
    stays as it is; where the target would take more than 30 dB of gain, the track stays quieter.
    """
    before = measure(mix, raw=True, peak=False).lufs
    progress(0.1)
    if before is None or before < SILENCE_LUFS:
        _encode(mix, out, 0.0, LIMIT)
        progress(1.0)
        return Master(loudness_lufs=None, true_peak_dbtp=measure(out).peak_dbtp, gain_db=0.0, rounds=1)
    limit, slope = LIMIT, 1.0
    gain, tried = _sought(mix, before, target_lufs), list[tuple[float, float]]()
    best: tuple[tuple[bool, float], Master] | None = None
    kept = out.with_name(out.stem + "-best" + out.suffix)
    try:
        for turn in range(1, ROUNDS + 1):
            _encode(mix, out, gain, limit)
            now = measure(out)
            progress(0.1 + 0.9 * turn / ROUNDS)
            lufs, peak = now.lufs if now.lufs is not None else before + gain, now.peak_dbtp if now.peak_dbtp is not None else -99.0
            over = peak - (peak_dbtp - PEAK_MARGIN_DB)
            off = target_lufs - lufs
            result = Master(loudness_lufs=lufs, true_peak_dbtp=now.peak_dbtp, gain_db=round(gain, 2), rounds=turn)
            if best is None or (over > 1e-6, abs(off)) < best[0]:
                best = (over > 1e-6, abs(off)), result
                shutil.copyfile(out, kept)
            if over <= 1e-6 and (abs(off) <= CLOSE_LU or (gain >= MOST_GAIN_DB and off > 0)):
                break
            slope = _slope(slope, tried, gain, lufs)
            tried.append((gain, lufs))
            gain = min(gain + off / slope, MOST_GAIN_DB)
            if over > 0:
                limit *= 10 ** (-(over + 0.1) / 20)
        assert best is not None
        system.replace(kept, out)
        progress(1.0)
        return best[1]
    finally:
        kept.unlink(missing_ok=True)


def _sought(mix: Path, before: float, target_lufs: float) -> float:
    """The gain that makes the mix so loud with its peaks held. The limiter works at the plain rate here, which takes a tenth of the time
    of an encoding and comes within 0.1 LU of it on talk and music."""
    gain, slope = min(target_lufs - before, MOST_GAIN_DB), 1.0
    tried: list[tuple[float, float]] = []
    for _ in range(LOOKS):
        lufs = measure(mix, raw=True, peak=False, after=_limited(gain, LIMIT)).lufs
        if lufs is None or abs(target_lufs - lufs) <= SOUGHT_LU or gain >= MOST_GAIN_DB:
            break
        slope = _slope(slope, tried, gain, lufs)
        tried.append((gain, lufs))
        gain = min(gain + (target_lufs - lufs) / slope, MOST_GAIN_DB)
    return gain


def _slope(before: float, tried: list[tuple[float, float]], gain: float, lufs: float) -> float:
    """How much louder a decibel of gain makes it, by the last two tries: 1 while the limiter does nothing."""
    if not tried or abs(gain - tried[-1][0]) <= SOUGHT_LU:
        return before
    return min(1.0, max(0.2, (lufs - tried[-1][1]) / (gain - tried[-1][0])))


def _limited(gain_db: float, limit: float, resampled: str = "") -> str:
    """Filters: the gain, and no peak over the limit. resampled: what comes between them."""
    return f"volume={gain_db:.3f}dB:precision=float,{resampled}alimiter=limit={limit:.4f}:level=false:latency=true"


def _encode(mix: Path, out: Path, gain_db: float, limit: float) -> None:
    chain = f"{_limited(gain_db, limit, f'aresample={4 * RATE}:resampler=soxr,')},aresample={RATE}:resampler=soxr"
    coder = ["-c:a", "aac", "-profile:a", "aac_low", "-b:a", BIT_RATE, "-ar", str(RATE), "-ac", "2"]
    plain = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-movflags", "+faststart"]
    out.unlink(missing_ok=True)
    run_media(
        [FFMPEG, "-hide_banner", "-nostdin", "-v", "error", "-y", *RAW, "-i", f"file:{mix}", "-af", chain, *coder, *plain, f"file:{out}"],
        name=out.name,
    )
