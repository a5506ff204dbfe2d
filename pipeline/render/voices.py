"""Pieces of the clips' own sound, cut to the sample and kept in the content store as mono 32-bit samples at 48 kHz."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from pipeline.documents.message import M
from pipeline.documents.plan import Voice
from pipeline.errors import UserMistake
from pipeline.media import FFMPEG, Child, ffmpeg_version, run_side_by_side
from pipeline.render.denoise import RATE, Samples, without_noise, without_rumble
from pipeline.store import Store, content_key
from pipeline.store.disk import disk_fault

VERSION = 1
CONTEXT = 4 * RATE
"""Sound of the clip on both sides of a cut from which its noise is learnt."""
SEGMENT = 20 * RATE
"""A long cut is worked on in segments, so that memory stays bounded and a changing noise is followed."""
BLEND = RATE // 10
SMALLEST_HOLE = RATE // 200
"""Exact silence this long in a recording is a hole in its track."""
HOLE_FADE = RATE // 125
RINGING = 32
"""Samples by which a resampler smears an edge."""
DEAD_CHANNEL = 10 ** (-20 / 10)
"""A channel this far below the other is a plug that was not in."""
CANCELLED = 0.1
"""What is left of two channels that oppose each other when they are added."""


def merged(voices: Sequence[Voice]) -> list[Voice]:
    """The voices by time, with those joined that go straight on in clip and timeline: a join needs no fade."""
    out: list[Voice] = []
    for voice in sorted(voices, key=lambda v: v.at_s):
        place = next((i for i in reversed(range(len(out))) if _goes_on(out[i], voice)), None)
        if place is not None:
            length = voice.at_s + voice.length_s - out[place].at_s
            out[place] = out[place].model_copy(update={"length_s": length, "fade_out_s": voice.fade_out_s})
        elif voice.length_s > 0:
            out.append(voice)
    return out


def _goes_on(last: Voice, then: Voice) -> bool:
    same = ("clip_sha256", "stream", "gain_db", "clean", "speech")
    offset = (then.source_start_s - last.source_start_s) - (then.at_s - last.at_s)
    return (
        all(getattr(last, name) == getattr(then, name) for name in same)
        and abs(last.at_s + last.length_s - then.at_s) < 1 / RATE
        and abs(offset) < 5e-4
    )


def cut_voices(voices: Sequence[Voice], store: Store, progress: Callable[[float], None]) -> list[Path]:
    """Files of the cuts, in order. A file is shorter than its voice where the clip's sound ends earlier.

    Raises UserMistake for a clip that cannot be opened or has no such sound, MediaFault for one whose sound does not decode.
    """
    keys = [_key(voice) for voice in voices]
    missing = {key: voice for key, voice in zip(keys, voices, strict=True) if store.find("voices", key, ".f32") is None}
    done = 0
    children: list[Child] = []
    parts: list[Path] = []

    def child(key: str, voice: Voice) -> Child:
        raw = store.part("voices", key, ".raw")
        parts.append(raw)
        clip = Path(voice.path).name
        zero, channels = _sound(voice)
        start, length, context = round(voice.source_start_s * RATE), round(voice.length_s * RATE), CONTEXT if voice.clean else 0
        first = max(0, start - context)
        seek = max(0, first // RATE - 1)

        def finish(_log: str) -> None:
            nonlocal done
            cut = store.part("voices", key, ".f32")
            parts.append(cut)
            try:
                with cut.open("wb") as file:
                    for samples in _worked(raw, channels, start - first, length, voice.clean):
                        file.write(samples.tobytes())
            except OSError as error:
                raise disk_fault(cut, error) from error
            store.adopt("voices", key, ".f32", cut)
            raw.unlink()
            done += 1
            progress(done / len(missing))

        return Child(_command(voice, raw, zero, channels, seek, first - seek * RATE, start - first + length + context), clip, after=finish)

    try:
        children = [child(key, voice) for key, voice in missing.items()]
        run_side_by_side(children, at_once=2)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
    return [_found(store, key) for key in keys]


def _key(voice: Voice) -> str:
    where = (voice.clip_sha256, voice.stream, round(voice.source_start_s * RATE), round(voice.length_s * RATE), voice.clean)
    return content_key(step="voice", version=VERSION, tool=ffmpeg_version(), where=where)


def _found(store: Store, key: str) -> Path:
    path = store.find("voices", key, ".f32")
    assert path is not None
    return path


def _sound(voice: Voice) -> tuple[Fraction, int]:
    """The container's start on its own clock (seconds), and how many channels (1 or 2) are taken."""
    try:
        with av.open(voice.path, metadata_errors="replace") as container:
            stream = container.streams.audio[voice.stream]
            return Fraction(container.start_time or 0, av.time_base), 1 if stream.channels == 1 else 2
    except (av.FFmpegError, OSError, IndexError) as error:
        name = Path(voice.path).name
        raise UserMistake(M("{clip}: its sound cannot be read any more. Put the file back as it was and run again.", clip=name)) from error


def _command(voice: Voice, out: Path, zero: Fraction, channels: int, seek: int, first: int, samples: int) -> list[str]:
    """Cut by the container's own clock. ffmpeg shifts a transport stream to the start of the streams that are used, by another
    amount with a seek than without; with `-copyts` and our own zero every container agrees with what the picture's clock means.

    A track's holes become silence, drifts under 30 ms are stretched away (less than 2 % of pitch), larger ones jump.
    """
    layout = "mono" if channels == 1 else "stereo"
    chain = (
        f"asetpts=PTS-{float(zero) + seek:.6f}/TB,aresample={RATE}:async=1000:min_hard_comp=0.03:first_pts=0,"
        f"aformat=sample_fmts=flt:channel_layouts={layout},atrim=start_sample={first}:end_sample={first + samples}"
    )
    source = ["-copyts", "-ss", str(seek), "-i", f"file:{voice.path}", "-map", f"0:a:{voice.stream}"]
    return [FFMPEG, "-hide_banner", "-nostdin", "-v", "error", "-y", *source, "-af", chain, "-f", "f32le", f"file:{out}"]


def _worked(raw: Path, channels: int, skip: int, length: int, clean: bool) -> Iterator[Samples]:
    """The cut's samples, segment by segment: one channel, holes softened, noise lowered where asked.

    skip: samples of context before the cut begins.
    """
    total = raw.stat().st_size // (4 * channels)
    end = min(skip + length, total)
    to_mono = _mixdown(raw, channels, total)
    margin = CONTEXT if clean else BLEND
    tail = np.zeros(0, np.float32)
    for start in range(skip, end, SEGMENT):
        stop = min(start + SEGMENT, end)
        low, high = max(0, start - margin), min(total, stop + margin)
        sound = _soft_holes(read_block(raw, low, high - low, channels) @ to_mono)
        if clean:
            sound = without_noise(without_rumble(sound))
        now = sound[start - low : stop - low]
        over = min(len(tail), len(now))
        fade = np.linspace(0, 1, over, dtype=np.float32) if over else tail
        now[:over] = now[:over] * fade + tail[:over] * (1 - fade)
        tail = sound[stop - low : stop - low + BLEND] if stop < end else np.zeros(0, np.float32)
        yield np.ascontiguousarray(now)


def read_block(path: Path, first: int, count: int, channels: int) -> Samples:
    """Frames of a raw 32-bit file as (frames, channels); fewer at its end."""
    data = np.fromfile(path, np.float32, count=count * channels, offset=first * channels * 4)
    return data[: len(data) // channels * channels].reshape(-1, channels)


def _mixdown(raw: Path, channels: int, total: int) -> Samples:
    """Weights that make one channel for both sides, as loud as the clip was measured to be.

    A dead channel is left out; channels that cancel each other (a wrongly wired plug) are not added.
    """
    alone = np.float32(np.sqrt(0.5))
    if channels == 1:
        return np.array([alone], np.float32)
    left = right = both = 0.0
    for first in range(0, total, SEGMENT):
        block = read_block(raw, first, SEGMENT, 2).astype(np.float64)
        left, right = left + float((block[:, 0] ** 2).sum()), right + float((block[:, 1] ** 2).sum())
        both += float((block.mean(axis=1) ** 2).sum())
    louder = [left >= right, left < right]
    if min(left, right) < DEAD_CHANNEL * max(left, right):
        return np.array(louder, np.float32) * alone
    if both < CANCELLED * max(left, right):
        return np.array(louder, np.float32)
    return np.array([0.5, 0.5], np.float32)


def _soft_holes(sound: Samples) -> Samples:
    """A short fade on both sides of every hole in the track, so that it does not click."""
    silent = np.concatenate([[False], sound == 0, [False]])
    edges = np.flatnonzero(silent[1:] != silent[:-1])
    ramp = np.concatenate([np.zeros(RINGING), np.sin(np.linspace(0, np.pi / 2, HOLE_FADE)) ** 2]).astype(np.float32)
    for start, stop in edges.reshape(-1, 2):
        if stop - start < SMALLEST_HOLE:
            continue
        before = sound[max(0, start - len(ramp)) : start]
        before *= ramp[::-1][len(ramp) - len(before) :]
        after = sound[stop : stop + len(ramp)]
        after *= ramp[: len(after)]
    return sound
