"""A stage's work divided with other machines: they begin at its beginning, this one at its end, and where they meet it is done.

Nobody waits for anybody: what a machine that died had left to do, this one reaches in its own turn. Everything is content-addressed,
so what two of them make at the same moment is the same file.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from pipeline import analysis as analysis_room
from pipeline import render as render_room
from pipeline.documents.batch import ClipBatch, SentFile, WorkBatch
from pipeline.documents.clip import Clip
from pipeline.documents.plan import RenderPlan
from pipeline.errors import FieldCutError
from pipeline.media import ffmpeg_version
from pipeline.other_machines import OtherMachines, Work
from pipeline.resources import fieldcut_version
from pipeline.settings import read_settings
from pipeline.store import content_key
from pipeline.store.disk import document_text
from pipeline.store.shared import BATCHES, SharedStore, travelling_name
from pipeline.workspace import StoryContext

BATCHES_EACH = 2
"""Batches for each helper: one would leave a fast helper without work, more would cost it their beginnings."""
JUDGING_S = 0.3
"""Processor seconds that judging one second of a clip takes, about."""


def dividing_chunks(context: StoryContext, plans: Sequence[RenderPlan]) -> AbstractContextManager[render_room.Sharing]:
    """Have other machines render the first chunks that are missing, while the context lasts. It gives what this machine takes."""

    def batches(store: SharedStore, helpers: int) -> Iterator[WorkBatch]:
        missing = [request for key, request in render_room.chunk_requests(plans).items() if store.find("chunks", key, ".mp4") is None]
        least_s, total_s = least_batch_s(context), sum(map(render_room.chunk_seconds, missing))
        for part in render_room.batches_of(missing, batch_seconds(least_s, total_s, helpers), least_s) if total_s >= least_s else ():
            yield render_room.chunk_batch(context.job.story, fieldcut_version(), part, travelling_name)

    return _divided(context, "chunks", batches)


def dividing_clips(context: StoryContext, clips: Sequence[Clip]) -> AbstractContextManager[render_room.Sharing]:
    """Have other machines judge the first clips that are not judged yet, while the context lasts. It gives what this machine takes."""

    def batches(store: SharedStore, helpers: int) -> Iterator[WorkBatch]:
        missing = [clip for clip in clips if store.find("analyses", analysis_room.analysis_key(clip), ".json") is None]
        least_s, total_s = least_batch_s(context), _judging_s(missing)
        for part in clip_batches(missing, batch_seconds(least_s, total_s, helpers), least_s) if total_s >= least_s else ():
            yield clip_batch(context.job.story, part)

    return _divided(context, "clips", batches)


def batch_seconds(least_s: float, total_s: float, helpers: int) -> float:
    """Processor seconds of a batch: as the settings say at least, and so many that each helper has two.

    With two each, the slow ones leave their second one to the others.
    """
    return max(least_s, total_s / (BATCHES_EACH * helpers))


def least_batch_s(context: StoryContext) -> float:
    """Processor seconds of a batch, at least, by the workspace's settings."""
    return read_settings(context.root).store.batch_seconds


def clip_batches(clips: Sequence[Clip], batch_s: float, least_s: float) -> list[list[Clip]]:
    """Divide clips into batches of `batch_s` seconds of work, in order; less than `least_s` at the end joins the last one."""
    batches: list[list[Clip]] = []
    current: list[Clip] = []
    for clip in clips:
        current.append(clip)
        if _judging_s(current) >= batch_s:
            batches.append(current)
            current = []
    if current and batches and _judging_s(current) < least_s:
        batches[-1] += current
    elif current:
        batches.append(current)
    return batches


def _judging_s(clips: Sequence[Clip]) -> float:
    return sum(clip.duration_s for clip in clips) * JUDGING_S


def clip_batch(story: str, clips: Sequence[Clip]) -> ClipBatch:
    """Make the document of a batch of clips."""
    files = tuple(SentFile(path=clip.path, name=travelling_name(Path(clip.path), clip.sha256), sha256=clip.sha256) for clip in clips)
    return ClipBatch(story=story, program=fieldcut_version(), tool=ffmpeg_version(), files=files, clips=tuple(clips))


@contextmanager
def _divided(
    context: StoryContext, work: Work, batches: Callable[[SharedStore, int], Iterable[WorkBatch]]
) -> Iterator[render_room.Sharing]:
    machines, store = context.machines, context.store
    helpers = _waiting(machines, work) if machines is not None and isinstance(store, SharedStore) else 0
    if machines is None or not isinstance(store, SharedStore) or not helpers:
        yield "alone"
        return
    asked, unwanted = False, True
    made = list(batches(store, helpers))
    try:
        with suppress(FieldCutError):  # a shared place or a server that does not answer: this machine does the rest alone
            for number, batch in enumerate(made, 1):
                for file in batch.files:
                    store.send_file(Path(file.path), file.sha256)
                name = f"{BATCHES}/{content_key(batch=batch)}.json"
                store.shared.write(name, document_text(batch).encode())
                asked = True
                machines.order(work, name, number, len(made))
        yield "last" if asked else "alone"
        unwanted = False
    finally:
        if asked:
            machines.withdraw(unwanted=unwanted)


def _waiting(machines: OtherMachines, work: Work) -> int:
    try:
        return machines.waiting(work)
    except FieldCutError:
        return 0
