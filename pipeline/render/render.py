"""A plan becomes a finished file."""

import os
from collections.abc import Callable
from pathlib import Path

from pipeline.documents.plan import RenderPlan
from pipeline.documents.rendition import Rendition
from pipeline.media import ffmpeg_version
from pipeline.render.chunks import VERSION, chunk_key, join, make_chunks
from pipeline.render.sound import render_sound
from pipeline.store import Store, content_key, file_sha256

SOUND_SHARE = 0.15
"""Share of the progress bar that the sound takes."""


def render(plan: RenderPlan, store: Store, progress: Callable[[float], None] = lambda _: None) -> Rendition:
    """Make what is not made yet, join it, and measure what came out. The file lies in the store."""
    result = render_sound(plan.sound, store=store, progress=lambda part: progress(part * SOUND_SHARE))
    sound = Path(result.file)
    at_once = min(2, os.cpu_count() or 1)
    files, made = make_chunks(plan, store, at_once=at_once, progress=lambda part: progress(SOUND_SHARE + part * (0.99 - SOUND_SHARE)))
    key = content_key(
        step="join",
        version=VERSION,
        tool=ffmpeg_version(),
        chunks=[chunk_key(chunk, plan.picture) for chunk in plan.chunks],
        sound=file_sha256(sound),
    )
    file = store.make("renditions", key, ".mp4", lambda part: join(files, sound, part))
    return Rendition(
        file=str(file),
        sha256=file_sha256(file),
        destination=plan.destination,
        width=plan.picture.width,
        height=plan.picture.height,
        fps=plan.picture.fps,
        frames=plan.frames,
        loudness_lufs=result.loudness_lufs,
        true_peak_dbtp=result.true_peak_dbtp,
        chunks_made=made,
        chunks_reused=len(plan.chunks) - made,
    )
