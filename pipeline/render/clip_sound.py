"""Cuts the clips' own sound to the sample and keeps it in the content store as mono 32-bit samples at 48 kHz."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from pipeline.documents.message import M
from pipeline.documents.plan import Voice
from pipeline.errors import UserMistake
from pipeline.media import FFMPEG, TOLERANT, Child, ffmpeg_version, run_side_by_side
from pipeline.render.denoise import RATE, Samples, reduce_noise, remove_rumble
from pipeline.store import Store, content_key
from pipeline.store.disk import disk_fault

VERSION = 1
CONTEXT = 4 * RATE
"""Samples of the clip on both sides of a cut from which its noise is estimated."""
SEGMENT = 20 * RATE
"""A long cut is processed in segments, so that memory stays bounded and a changing noise is followed."""
BLEND = RATE // 10
SMALLEST_HOLE = RATE // 200
"""Exact silence this long in a recording is a hole in its track."""
HOLE_FADE = RATE // 125
RINGING = 32
"""Samples by which a resampler smears an edge."""
DEAD_CHANNEL_RATIO = 10 ** (-20 / 10)
"""Power of one channel over the other's, below which its plug was not in."""
CANCELLED_RATIO = 0.1
"""Power of the sum of two channels over the louder one's, below which they cancel each other."""


def join_contiguous(voices: Sequence[Voice]) -> list[Voice]:
    """The voices in order of time, with those joined that continue each other in clip and timeline: no fade is needed there."""
    joined: list[Voice] = []
    for voice in sorted(voices, key=lambda v: v.at_s):
        index = next((i for i in reversed(range(len(joined))) if _continues(joined[i], voice)), None)
        if index is not None:
            length = voice.at_s + voice.length_s - joined[index].at_s
            joined[index] = joined[index].model_copy(update={"length_s": length, "fade_out_s": voice.fade_out_s})
        elif voice.length_s > 0:
            joined.append(voice)
    return joined


def _continues(previous: Voice, following: Voice) -> bool:
    same = ("clip_sha256", "stream", "gain_db", "clean", "speech")
    offset = (following.source_start_s - previous.source_start_s) - (following.at_s - previous.at_s)
    return (
        all(getattr(previous, name) == getattr(following, name) for name in same)
        and abs(previous.at_s + previous.length_s - following.at_s) < 1 / RATE
        and abs(offset) < 5e-4
    )


def cut_clip_sounds(voices: Sequence[Voice], store: Store, progress: Callable[[float], None]) -> list[Path]:
    """Cut the voices out of their clips and return their files, in order.

    A file is shorter than its voice where the clip's sound ends earlier. Raises UserMistake for a clip that cannot be opened or has no
    such sound track, MediaFault for one whose sound does not decode.
    """
    keys = [_cut_key(voice) for voice in voices]
    missing = {key: voice for key, voice in zip(keys, voices, strict=True) if store.find("voices", key, ".f32") is None}
    done = 0
    children: list[Child] = []
    parts: list[Path] = []

    def child(key: str, voice: Voice) -> Child:
        raw = store.part("voices", key, ".raw")
        parts.append(raw)
        clip = Path(voice.path).name
        container_start, channels = _stream_layout(voice)
        start, length, context = round(voice.source_start_s * RATE), round(voice.length_s * RATE), CONTEXT if voice.clean else 0
        context_start = max(0, start - context)
        seek = max(0, context_start // RATE - 1)

        def finish(_log: str) -> None:
            nonlocal done
            cut = store.part("voices", key, ".f32")
            parts.append(cut)
            try:
                with cut.open("wb") as file:
                    for samples in _process_segments(raw, channels, start - context_start, length, voice.clean):
                        file.write(samples.tobytes())
            except OSError as error:
                raise disk_fault(cut, error) from error
            store.adopt("voices", key, ".f32", cut)
            raw.unlink()
            done += 1
            progress(done / len(missing))

        return Child(
            _cut_command(
                voice, raw, container_start, channels, seek, context_start - seek * RATE, start - context_start + length + context
            ),
            clip,
            after=finish,
        )

    try:
        children = [child(key, voice) for key, voice in missing.items()]
        run_side_by_side(children, at_once=2)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
    return [_stored_cut(store, key) for key in keys]


def _cut_key(voice: Voice) -> str:
    where = (voice.clip_sha256, voice.stream, round(voice.source_start_s * RATE), round(voice.length_s * RATE), voice.clean)
    return content_key(step="voice", version=VERSION, tool=ffmpeg_version(), where=where)


def _stored_cut(store: Store, key: str) -> Path:
    path = store.find("voices", key, ".f32")
    assert path is not None
    return path


def _stream_layout(voice: Voice) -> tuple[Fraction, int]:
    """The container's start on its own clock (seconds), and how many channels (1 or 2) are used."""
    try:
        with av.open(voice.path, metadata_errors="replace") as container:
            stream = container.streams.audio[voice.stream]
            return Fraction(container.start_time or 0, av.time_base), 1 if stream.channels == 1 else 2
    except (av.FFmpegError, OSError, IndexError) as error:
        name = Path(voice.path).name
        raise UserMistake(M("{clip}: its sound cannot be read any more. Put the file back as it was and run again.", clip=name)) from error


def _cut_command(voice: Voice, out: Path, container_start: Fraction, channels: int, seek: int, first: int, samples: int) -> list[str]:
    """The ffmpeg command that cuts by the container's own clock.

    ffmpeg shifts a transport stream to the start of the streams in use, with a seek by another amount than without; with `-copyts` and
    our own zero every container agrees with the picture's clock. Holes in a track become silence, drifts under 30 ms are stretched away
    (less than 2 % of pitch), larger ones jump.
    """
    layout = "mono" if channels == 1 else "stereo"
    chain = (
        f"asetpts=PTS-{float(container_start) + seek:.6f}/TB,aresample={RATE}:async=1000:min_hard_comp=0.03:first_pts=0,"
        f"aformat=sample_fmts=flt:channel_layouts={layout},atrim=start_sample={first}:end_sample={first + samples}"
    )
    source = ["-copyts", "-ss", str(seek), "-i", f"file:{voice.path}", "-map", f"0:a:{voice.stream}"]
    return [FFMPEG, "-hide_banner", "-nostdin", "-v", "error", "-y", *TOLERANT, *source, "-af", chain, "-f", "f32le", f"file:{out}"]


def _process_segments(raw: Path, channels: int, skip: int, length: int, clean: bool) -> Iterator[Samples]:
    """Yield the cut's samples, segment by segment: one channel, holes softened, noise reduced if `clean`.

    skip: samples of context before the cut.
    """
    total = raw.stat().st_size // (4 * channels)
    end = min(skip + length, total)
    weights = _downmix_weights(raw, channels, total)
    margin = CONTEXT if clean else BLEND
    tail = np.zeros(0, np.float32)
    for start in range(skip, end, SEGMENT):
        stop = min(start + SEGMENT, end)
        low, high = max(0, start - margin), min(total, stop + margin)
        sound = _soften_holes(read_block(raw, low, high - low, channels) @ weights)
        if clean:
            sound = reduce_noise(remove_rumble(sound))
        segment = sound[start - low : stop - low]
        overlap = min(len(tail), len(segment))
        fade = np.linspace(0, 1, overlap, dtype=np.float32) if overlap else tail
        segment[:overlap] = segment[:overlap] * fade + tail[:overlap] * (1 - fade)
        tail = sound[stop - low : stop - low + BLEND] if stop < end else np.zeros(0, np.float32)
        yield np.ascontiguousarray(segment)


def read_block(path: Path, first: int, count: int, channels: int) -> Samples:
    """Read `count` frames of a raw 32-bit file from frame `first`, as (frames, channels); fewer at its end."""
    data = np.fromfile(path, np.float32, count=count * channels, offset=first * channels * 4)
    return data[: len(data) // channels * channels].reshape(-1, channels)


def _downmix_weights(raw: Path, channels: int, total: int) -> Samples:
    """Weight of each channel in the downmix to mono, which is as loud as the clip was measured to be.

    A dead channel is left out; of channels that cancel each other (a wrongly wired plug) only the louder is used.
    """
    single_channel = np.float32(np.sqrt(0.5))
    if channels == 1:
        return np.array([single_channel], np.float32)
    left = right = sum_power = 0.0
    for first in range(0, total, SEGMENT):
        block = read_block(raw, first, SEGMENT, 2).astype(np.float64)
        left, right = left + float((block[:, 0] ** 2).sum()), right + float((block[:, 1] ** 2).sum())
        sum_power += float((block.mean(axis=1) ** 2).sum())
    louder = [left >= right, left < right]
    if min(left, right) < DEAD_CHANNEL_RATIO * max(left, right):
        return np.array(louder, np.float32) * single_channel
    if sum_power < CANCELLED_RATIO * max(left, right):
        return np.array(louder, np.float32)
    return np.array([0.5, 0.5], np.float32)


def _soften_holes(sound: Samples) -> Samples:
    """Fade the sound on both sides of every hole in the track, so that it does not click."""
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
