"""Renders the whole timeline's sound in one pass: cut, denoise, mix, duck, and master to one loudness.

ffmpeg cuts, decodes and encodes. The mixing is done here, because hundreds of voices are more inputs and longer expressions than one
ffmpeg accepts, and adding samples is exact.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from pipeline.documents.base import Document
from pipeline.documents.plan import SoundPlan
from pipeline.media import ffmpeg_version
from pipeline.render.clip_sound import cut_clip_sounds, join_contiguous
from pipeline.render.denoise import RATE
from pipeline.render.gain import ambient_gain_db, speech_gain_db
from pipeline.render.loudness import encode_master
from pipeline.render.mixdown import write_mixdown
from pipeline.render.music import choose_music, decode_music
from pipeline.store import Store, content_key, copy_atomically, write_atomically
from pipeline.store.disk import disk_fault

__all__ = ["SoundResult", "ambient_gain_db", "choose_music", "render_sound", "sound_key", "speech_gain_db"]

VERSION = 3
CUT_SHARE, MUSIC_SHARE, MIX_SHARE = 0.4, 0.05, 0.15


class SoundResult(Document):
    """A finished sound track: AAC-LC, 48 kHz stereo, in an .m4a."""

    file: str
    length_s: float
    loudness_lufs: float | None
    """Integrated, after AAC; None for a track that is silence."""
    true_peak_dbtp: float | None
    gain_db: float
    """Gain that mastering added to the mix."""
    rounds: int
    """Number of encodings."""


def sound_key(plan: SoundPlan) -> str:
    """Content key of the track: content hashes, times and levels, never the paths of the files."""
    content = plan.model_dump(mode="json", exclude={"voices": {"__all__": {"path"}}, "music": {"path"}})
    return content_key(step="sound", version=VERSION, tool=ffmpeg_version(), plan=content)


def render_sound(
    plan: SoundPlan, out: Path | None = None, *, store: Store, progress: Callable[[float], None] = lambda _: None
) -> SoundResult:
    """Render the sound track of a plan, once, and keep it in the store.

    out: path of a copy; without it the result names the file in the store. progress: called with 0..1.
    Raises UserMistake when a clip has changed or is gone, MediaFault when one does not decode, Fault when the disk refuses.
    """
    key = sound_key(plan)
    track, facts = store.find("sound", key, ".m4a"), store.find("sound", key, ".json")
    if track is None or facts is None:
        result = _make_track(plan, key, store, progress)
    else:
        result = SoundResult.from_json(facts.read_bytes()).model_copy(update={"file": str(track)})
    if out is not None:
        copy_atomically(Path(result.file), out)
        result = result.model_copy(update={"file": str(out)})
    progress(1.0)
    return result


def _make_track(plan: SoundPlan, key: str, store: Store, progress: Callable[[float], None]) -> SoundResult:
    voices = join_contiguous(plan.voices)
    cuts = cut_clip_sounds(voices, store, lambda part: progress(part * CUT_SHARE))
    track = store.part("sound", key, ".m4a")
    samples = round(plan.length_s * RATE)
    progress_done = CUT_SHARE
    try:
        with tempfile.TemporaryDirectory(prefix=f"{key}.", suffix=".part", dir=track.parent) as folder:
            scratch = Path(folder)
            music = None
            if plan.music is not None:
                music = decode_music(
                    plan.music, plan.length_s, scratch / "music.f32", lambda part: progress(progress_done + part * MUSIC_SHARE)
                )
            progress_done += MUSIC_SHARE
            write_mixdown(scratch / "mix.f32", samples, voices, cuts, music, lambda part: progress(progress_done + part * MIX_SHARE))
            (scratch / "music.f32").unlink(missing_ok=True)
            progress_done += MIX_SHARE
            mastered = encode_master(
                scratch / "mix.f32",
                track,
                target_lufs=plan.target_lufs,
                peak_dbtp=plan.peak_dbtp,
                progress=lambda part: progress(progress_done + part * (1 - progress_done)),
            )
        result = SoundResult(file="", length_s=samples / RATE, **mastered.model_dump())
        store.make("sound", key, ".json", lambda part: write_atomically(part, result.model_dump_json()))
        file = store.adopt("sound", key, ".m4a", track)
    except OSError as error:
        raise disk_fault(track, error) from error
    finally:
        track.unlink(missing_ok=True)
    return result.model_copy(update={"file": str(file)})
