"""What a machine does that works for others: it fetches a batch's files once, makes what is missing, and puts it into the shared place."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pipeline import analysis as analysis_room
from pipeline import render as render_room
from pipeline.documents.batch import ChunkBatch, ClipBatch, WorkBatch
from pipeline.documents.clip import Clip
from pipeline.documents.message import M
from pipeline.errors import Fault, FieldCutError, MediaFault, UserMistake
from pipeline.media import ffmpeg_version
from pipeline.resources import FONTS, fieldcut_version
from pipeline.store import prune
from pipeline.store.shared import SharedStore

B = TypeVar("B", bound=WorkBatch)


@dataclass(frozen=True)
class BatchResult:
    """What a batch came to: how many of its results were missing when it began, of all that it asks for."""

    story: str
    missing: int
    asked: int


def make_chunk_batch(store: SharedStore, name: str, cpu: render_room.CpuBudget = render_room.ALL_CORES) -> BatchResult:
    """Render a batch of chunks. name: of the batch in the shared place.

    Raises UserMistake when this machine has another release, SharedStoreUnreachable when the shared place does not answer, MediaFault when
    a chunk fails; finished chunks are in the shared place by then.
    """
    batch = _read(store, name, ChunkBatch)
    local = {file.path: store.fetch_file(file.name, file.sha256) for file in batch.files}
    try:
        requests = render_room.batch_requests(batch, local, FONTS)
    except ValueError:
        raise _other_release(batch) from None
    missing = render_room.make_requests(requests, store, cpu, lambda _: None, "first")
    return BatchResult(batch.story, len(missing), len(batch.chunks))


def make_clip_batch(store: SharedStore, name: str) -> BatchResult:
    """Judge a batch of clips. A clip that does not decode is left to whoever asked. Raises as `make_chunk_batch` does."""
    batch, made = _read(store, name, ClipBatch), 0
    local = {file.path: file for file in batch.files}
    for clip in batch.clips:
        key = analysis_room.analysis_key(clip)
        if store.has("analyses", key, ".json"):
            continue
        file = local[clip.path]
        here = clip.model_copy(update={"path": str(store.fetch_file(file.name, file.sha256))})
        made += _judge(store, key, here)
    return BatchResult(batch.story, made, len(batch.clips))


def keep_small(store: SharedStore, most_bytes: int, busy_since: datetime, now: datetime) -> None:
    """Delete what was longest unused from this machine's own store. busy_since: when the batch began (aware)."""
    prune(store, older_than=None, to_bytes=most_bytes, busy_since=busy_since, now=now)


def _judge(store: SharedStore, key: str, clip: Clip) -> bool:
    def write(path: Path) -> None:
        path.write_text(analysis_room.analyse(clip).model_dump_json(), encoding="utf-8")

    try:
        store.make("analyses", key, ".json", write)
    except MediaFault:
        return False
    except FieldCutError:
        raise
    except Exception:  # whatever the decoders raise over a damaged clip
        return False
    return True


def _read(store: SharedStore, name: str, model: type[B]) -> B:
    content = store.shared.read(name)
    if content is None:
        raise Fault(M("{file} is not in the shared store {place}.", file=name, place=store.shared.where))
    try:
        batch = model.from_json(content)
    except (ValueError, TypeError, LookupError) as error:  # a newer release wrote what this one does not know
        raise UserMistake(M("This machine's release of FieldCut, {here}, does not know this work.", here=fieldcut_version())) from error
    if (batch.program, batch.tool) != (fieldcut_version(), ffmpeg_version()):
        raise _other_release(batch)
    return batch


def _other_release(batch: WorkBatch) -> UserMistake:
    here, there = f"{fieldcut_version()} ({ffmpeg_version()})", f"{batch.program} ({batch.tool})"
    return UserMistake(M("This machine has FieldCut {here}, the story {there}. Install the same release.", here=here, there=there))
