"""Plans become finished files."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.documents.plan import RenderPlan
from pipeline.documents.rendition import Rendition
from pipeline.media import ffmpeg_version
from pipeline.render.chunks import VERSION, chunk_keys, join, make_all
from pipeline.render.explain import explain
from pipeline.render.machine import WHOLE, Machine
from pipeline.render.sound import SoundResult, render_sound
from pipeline.store import Store, content_key, file_sha256

SOUND_SHARE, CHUNKS_SHARE = 0.15, 0.83
"""Shares of the progress bar; joining has the rest."""

Progress = Callable[[float], None]


def render(
    plan: RenderPlan,
    store: Store,
    machine: Machine = WHOLE,
    before: RenderPlan | None = None,
    progress: Progress = lambda _: None,
) -> Rendition:
    """One plan's finished file, as `render_all` makes it."""
    return render_all([plan], store, machine, [before], progress)[0]


def render_all(
    plans: Sequence[RenderPlan],
    store: Store,
    machine: Machine = WHOLE,
    before: Sequence[RenderPlan | None] = (),
    progress: Progress = lambda _: None,
) -> tuple[Rendition, ...]:
    """Make what is not made yet, join it, and measure what came out, in the order of the plans. The files lie in the store.

    What looks the same in several plans is made once. before: each video's plan of the last run, to explain by; empty for none.
    Raises MediaFault when a process fails, DiskFault when the disk refuses, UserMistake when a clip has changed or gone; what was
    finished stays, and the next run goes on from there.
    """
    share = Shares(progress, len(plans))
    sounds = [render_sound(plan.sound, store=store, progress=share(0.0, SOUND_SHARE, place)) for place, plan in enumerate(plans)]
    files, made = make_all(plans, store, machine, lambda part: progress(SOUND_SHARE + part * CHUNKS_SHARE))
    left, renditions = set(made), []
    for place, (plan, own, sound) in enumerate(zip(plans, files, sounds, strict=True)):
        file = _joined(plan, own, Path(sound.file), store, machine)
        last = before[place] if before else None
        renditions.append(_rendition(plan, file, sound, left, last))
        left.difference_update(chunk_keys(plan))
        share(SOUND_SHARE + CHUNKS_SHARE, 1.0, place)(1.0)
    return tuple(renditions)


class Shares:
    """Parts of one progress bar for things done one after the other."""

    def __init__(self, progress: Progress, things: int) -> None:
        self.progress, self.things = progress, things

    def __call__(self, begins: float, ends: float, place: int) -> Progress:
        """The progress of one of the things between two places of the bar."""
        return lambda part: self.progress(begins + (ends - begins) * (place + part) / self.things)


def _joined(plan: RenderPlan, files: Sequence[Path], sound: Path, store: Store, machine: Machine) -> Path:
    key = content_key(step="join", version=VERSION, tool=ffmpeg_version(), chunks=chunk_keys(plan), sound=file_sha256(sound))
    return store.make("renditions", key, ".mp4", lambda part: join(files, sound, part, nice=machine.nice))


def _rendition(plan: RenderPlan, file: Path, sound: SoundResult, made: set[str], before: RenderPlan | None) -> Rendition:
    fates = explain(plan, made, before)
    fresh = sum(fate.made for fate in fates)
    return Rendition(
        file=str(file),
        sha256=file_sha256(file),
        destination=plan.destination,
        width=plan.picture.width,
        height=plan.picture.height,
        fps=plan.picture.fps,
        frames=plan.frames,
        loudness_lufs=sound.loudness_lufs,
        true_peak_dbtp=sound.true_peak_dbtp,
        chunks_made=fresh,
        chunks_reused=len(fates) - fresh,
        fates=fates,
        encoder=plan.picture.encoder,
    )
