"""Renders plans: chunks and sound are made side by side where they are missing, joined, and measured."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.documents.plan import RenderPlan
from pipeline.documents.rendition import Rendition
from pipeline.media import ffmpeg_version
from pipeline.media.beside import beside
from pipeline.render.chunks import VERSION, Sharing, chunk_keys, join_chunks, make_all_chunks
from pipeline.render.cpu_budget import ALL_CORES, CpuBudget
from pipeline.render.explain import explain_chunks
from pipeline.render.sound import SoundResult, render_sound
from pipeline.store import Store, content_key, file_sha256

SOUND_SHARE, CHUNKS_SHARE = 0.15, 0.83
"""Shares of the progress bar; joining has the rest."""

Progress = Callable[[float], None]


def render(
    plan: RenderPlan,
    store: Store,
    cpu: CpuBudget = ALL_CORES,
    before: RenderPlan | None = None,
    progress: Progress = lambda _: None,
) -> Rendition:
    """Render one plan, as `render_all` does."""
    return render_all([plan], store, cpu, [before], progress)[0]


def render_all(
    plans: Sequence[RenderPlan],
    store: Store,
    cpu: CpuBudget = ALL_CORES,
    before: Sequence[RenderPlan | None] = (),
    progress: Progress = lambda _: None,
    sharing: Sharing = "alone",
) -> tuple[Rendition, ...]:
    """Make the missing chunks and sound tracks, join them, and measure the result. Returns one rendition per plan, in order.

    The files lie in the store; chunks that several plans share are made once. before: each video's plan of the last run, which the
    explanations compare with; empty for none. progress: called with 0..1. sharing: who else makes the chunks at this moment.
    Raises MediaFault when a process fails, DiskFault when the disk refuses, UserMistake when a clip has changed or is gone. Finished
    chunks stay in the store, and the next run continues from there.
    """
    shares = ProgressShares(progress, len(plans))
    with beside(lambda report, alive: make_all_chunks(plans, store, cpu, report, sharing, alive)) as chunks:
        # the sound is many short processes one after the other, which leave a core to the picture
        sounds = [render_sound(plan.sound, store=store, progress=shares(0.0, SOUND_SHARE, index)) for index, plan in enumerate(plans)]
        chunk_files, made_keys = chunks(lambda part: progress(SOUND_SHARE + part * CHUNKS_SHARE))
    uncredited, renditions = set(made_keys), []
    for index, (plan, own_files, sound) in enumerate(zip(plans, chunk_files, sounds, strict=True)):
        file = _join_rendition(plan, own_files, Path(sound.file), store, cpu)
        previous_plan = before[index] if before else None
        renditions.append(_describe_rendition(plan, file, sound, uncredited, previous_plan))
        uncredited.difference_update(chunk_keys(plan))
        shares(SOUND_SHARE + CHUNKS_SHARE, 1.0, index)(1.0)
    return tuple(renditions)


class ProgressShares:
    """Shares of one progress bar for `count` tasks that run one after the other."""

    def __init__(self, progress: Progress, count: int) -> None:
        self.progress, self.things = progress, count

    def __call__(self, start: float, end: float, index: int) -> Progress:
        """Return a callback that maps 0..1 of the task at `index` to its share of the bar between `start` and `end`."""
        return lambda fraction: self.progress(start + (end - start) * (index + fraction) / self.things)


def _join_rendition(plan: RenderPlan, files: Sequence[Path], sound: Path, store: Store, cpu: CpuBudget) -> Path:
    key = content_key(step="join", version=VERSION, tool=ffmpeg_version(), chunks=chunk_keys(plan), sound=file_sha256(sound))
    return store.make("renditions", key, ".mp4", lambda part: join_chunks(files, sound, part, nice=cpu.nice))


def _describe_rendition(plan: RenderPlan, file: Path, sound: SoundResult, made_keys: set[str], before: RenderPlan | None) -> Rendition:
    fates = explain_chunks(plan, made_keys, before)
    made_count = sum(fate.made for fate in fates)
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
        chunks_made=made_count,
        chunks_reused=len(fates) - made_count,
        fates=fates,
        encoder=plan.picture.encoder,
    )
