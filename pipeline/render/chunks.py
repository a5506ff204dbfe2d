"""Chunks: each a pure function of its content, made once, and joined by copying."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import av
import ffmpeg

from pipeline.documents.message import M
from pipeline.documents.plan import Chunk, Picture, RenderPlan
from pipeline.errors import MediaFault
from pipeline.media import FFMPEG, Child, ffmpeg_version, fonts_environment, run_media, run_side_by_side
from pipeline.render.graph import chunk_stream
from pipeline.store import Store, content_key

VERSION = 1
TIMESCALE = 90_000
"""Chunks at this track and movie time scale join without losing a fraction of a frame."""


def chunk_key(chunk: Chunk, picture: Picture) -> str:
    """Address of a chunk by everything that changes its pixels and nothing that does not: content hashes, never paths."""
    return content_key(
        step="chunk",
        version=VERSION,
        tool=ffmpeg_version(),
        picture=picture.model_dump(exclude={"lut", "fonts"}),
        pieces=[piece.model_dump(exclude={"path"}) for piece in chunk.pieces],
        laid=[laid.model_dump(exclude={"file"}) for laid in chunk.laid],
        ass=chunk.ass,
        at=chunk.start_frame if chunk.ass else None,
    )


def make_chunks(plan: RenderPlan, store: Store, *, at_once: int, progress: Callable[[float], None]) -> tuple[list[Path], int]:
    """All chunk files in timeline order, and how many of them had to be made.

    at_once: processes side by side. Raises MediaFault when a process fails or gives another number of frames than planned.
    """
    keys = [chunk_key(chunk, plan.picture) for chunk in plan.chunks]
    missing = {key: chunk for key, chunk in zip(keys, plan.chunks, strict=True) if store.find("chunks", key, ".mp4") is None}
    done = {key: chunk.frames for key, chunk in zip(keys, plan.chunks, strict=True) if key not in missing}
    total = sum(chunk.frames for chunk in plan.chunks)

    def told(key: str) -> Callable[[str], None]:
        def on_line(line: str) -> None:
            if line.startswith("frame=") and line[6:].strip().isdigit():
                done[key] = min(int(line[6:]), missing[key].frames)
                progress(min(1.0, sum(done.values()) / total))

        return on_line

    with tempfile.TemporaryDirectory(prefix="fieldcut-") as folder:
        scratch = Path(folder)
        env = fonts_environment(Path(plan.picture.fonts), store.root / "fonts")
        children, parts = [], {}
        for key, chunk in missing.items():
            part = parts[key] = store.part("chunks", key, ".mp4")
            where = scratch / key
            where.mkdir()
            threads = max(1, (os.cpu_count() or 2) // at_once)
            name = M(
                "seconds {first}–{last} of the video",
                first=round(chunk.start_frame / plan.picture.fps, 1),
                last=round((chunk.start_frame + chunk.frames) / plan.picture.fps, 1),
            )
            children.append(
                Child(_command(chunk, plan.picture, part, where, threads), name, told(key), env, _keeper(store, key, chunk, part))
            )
        try:
            run_side_by_side(children, at_once=at_once)
        finally:
            for part in parts.values():
                part.unlink(missing_ok=True)
    return [_kept(store, key) for key in keys], len(missing)


def _kept(store: Store, key: str) -> Path:
    file = store.find("chunks", key, ".mp4")
    if file is None:
        raise MediaFault(M("A finished piece of the video is gone from the cache again. Run the same command again."))
    return file


def _keeper(store: Store, key: str, chunk: Chunk, part: Path) -> Callable[[str], None]:
    def keep(log: str) -> None:
        count = count_frames(part)
        if count != chunk.frames:
            reason = M("A chunk has {count} frames instead of {planned}; it was thrown away.", count=count, planned=chunk.frames)
            raise MediaFault(reason, log[-4000:])
        store.adopt("chunks", key, ".mp4", part)

    return keep


def _command(chunk: Chunk, picture: Picture, out: Path, scratch: Path, threads: int) -> list[str]:
    options: dict[str, str | int] = {
        "c:v": "libx264",
        "preset": picture.speed,
        "crf": picture.crf,
        "profile:v": "high",
        "pix_fmt": "yuv420p",
        "colorspace": "bt709",
        "color_primaries": "bt709",
        "color_trc": "bt709",
        "color_range": "tv",
        "x264-params": "open-gop=0:8x8dct=1",  # the transform that makes it High at every speed
        "g": picture.fps * 4,
        "frames:v": chunk.frames,
        "fps_mode": "passthrough",
        "video_track_timescale": TIMESCALE,
        "movie_timescale": TIMESCALE,
        "threads": threads,
        "map_metadata": -1,
        "fflags": "+bitexact",
        "flags:v": "+bitexact",
    }
    if chunk.frames < 3:
        options["bf"] = 0  # B-frames in so short a chunk break the decoding times at the join
    stream = ffmpeg.output(chunk_stream(chunk, picture, scratch), f"file:{out}", **options)
    arguments = [str(argument) for argument in stream.compile(cmd=FFMPEG, overwrite_output=True)]
    return [arguments[0], "-hide_banner", "-nostdin", "-loglevel", "warning", "-nostats", "-progress", "pipe:1", *arguments[1:]]


def count_frames(path: Path) -> int:
    """Pictures in a file, counted by its packets; 0 for a file that is none, as ffmpeg leaves when it had nothing to write."""
    try:
        with av.open(str(path)) as container:
            return sum(1 for packet in container.demux(container.streams.video) if packet.size) if container.streams.video else 0
    except (av.FFmpegError, OSError):
        return 0


def join(files: list[Path], sound: Path, out: Path) -> None:
    """Chunks end to end with their sound, by stream copy: no pixel is touched."""
    listing = out.with_suffix(".txt")
    try:
        # names only: the list lies where the chunks' folder is named relative to it, so no path needs quoting
        listing.write_text("".join(f"file '../chunks/{file.name}'\n" for file in files), encoding="utf-8")
        inputs = ["-f", "concat", "-safe", "0", "-i", f"file:{listing}", "-i", f"file:{sound}", "-map", "0:v", "-map", "1:a"]
        copied = ["-c", "copy", "-map_metadata", "-1", "-fflags", "+bitexact", "-movflags", "+faststart"]
        clock = ["-video_track_timescale", str(TIMESCALE), "-movie_timescale", str(TIMESCALE)]
        arguments = [FFMPEG, "-hide_banner", "-nostdin", "-y", "-loglevel", "warning", *inputs, *copied, *clock, f"file:{out}"]
        run_media(arguments, name=M("joining the video"))
    finally:
        listing.unlink(missing_ok=True)
