"""Batches of chunks: what another machine renders of a long video, as a document and back again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.documents.batch import BatchChunk, ChunkBatch, SentFile
from pipeline.documents.plan import Chunk, SourcePiece
from pipeline.media import ffmpeg_version
from pipeline.render.chunk_command import ChunkRequest, source_frames
from pipeline.render.chunks import chunk_key
from pipeline.store import file_sha256

NS_A_PIXEL: Mapping[str, float] = {"superfast": 14.0, "veryfast": 23.0, "slow": 80.0}
"""Processor time of a finished pixel by x264's preset, with everything around it, measured on two cores; `docs/performance.md`."""
OTHER_NS = 40.0


def chunk_seconds(request: ChunkRequest) -> float:
    """Estimate the processor seconds of a chunk. Batches are sized by it; nothing else depends on it."""
    picture = request.picture
    return request.chunk.frames * picture.width * picture.height * NS_A_PIXEL.get(picture.speed, OTHER_NS) / 1e9


def batches_of(requests: Sequence[ChunkRequest], batch_s: float, least_s: float) -> list[list[ChunkRequest]]:
    """Divide chunks into batches of `batch_s` seconds of work, in order; less than `least_s` at the end joins the last one.

    Chunks that one process makes from one reading of their sources stay together.
    """
    groups: dict[object, list[ChunkRequest]] = {}
    for request in requests:
        groups.setdefault(source_frames(request), []).append(request)
    batches: list[list[ChunkRequest]] = []
    current: list[ChunkRequest] = []
    for group in groups.values():
        current += group
        if sum(map(chunk_seconds, current)) >= batch_s:
            batches.append(current)
            current = []
    if current and batches and sum(map(chunk_seconds, current)) < least_s:
        batches[-1] += current
    elif current:
        batches.append(current)
    return batches


def chunk_batch(story: str, program: str, requests: Sequence[ChunkRequest], name_of: Callable[[Path, str], str]) -> ChunkBatch:
    """Make the document of a batch. name_of: the name under which a file with a hash travels."""
    pictures = list(dict.fromkeys(request.picture for request in requests))
    files = {path: sha256 for request in requests for path, sha256 in _files(request)}
    return ChunkBatch(
        story=story,
        program=program,
        tool=ffmpeg_version(),
        files=tuple(SentFile(path=path, name=name_of(Path(path), sha256), sha256=sha256) for path, sha256 in sorted(files.items())),
        pictures=tuple(pictures),
        chunks=tuple(BatchChunk(key=one.key, chunk=one.chunk, picture=pictures.index(one.picture)) for one in requests),
    )


def _files(request: ChunkRequest) -> Iterator[tuple[str, str]]:
    """Every file that a chunk is made from, with its hash; the fonts come with the program."""
    for piece in request.chunk.pieces:
        yield piece.path, piece.clip_sha256
        if piece.ground:
            yield piece.ground, piece.ground_sha256
        if piece.moving is not None:
            yield piece.moving.file, file_sha256(Path(piece.moving.file))
    for laid in request.chunk.laid:
        yield laid.file, file_sha256(Path(laid.file))
    if request.picture.lut:
        yield request.picture.lut, request.picture.lut_sha256


def batch_requests(batch: ChunkBatch, local: Mapping[str, Path], fonts: Path) -> dict[str, ChunkRequest]:
    """The chunks of a batch by their keys, made from this machine's files. local: where each file of the batch lies here.

    Raises ValueError when this machine would make another chunk than the one that was asked for.
    """
    requests: dict[str, ChunkRequest] = {}
    for one in batch.chunks:
        chunk = _moved(one.chunk, local)
        theirs = batch.pictures[one.picture]
        picture = theirs.model_copy(update={"fonts": str(fonts), "lut": str(local[theirs.lut]) if theirs.lut else ""})
        if chunk_key(chunk, picture) != one.key:
            raise ValueError(one.key)
        requests[one.key] = ChunkRequest(one.key, chunk, picture)
    return requests


def _moved(chunk: Chunk, local: Mapping[str, Path]) -> Chunk:
    pieces = tuple(_moved_piece(piece, local) for piece in chunk.pieces)
    laid = tuple(layer.model_copy(update={"file": str(local[layer.file])}) for layer in chunk.laid)
    return chunk.model_copy(update={"pieces": pieces, "laid": laid})


def _moved_piece(piece: SourcePiece, local: Mapping[str, Path]) -> SourcePiece:
    changes: dict[str, object] = {"path": str(local[piece.path]), "ground": str(local[piece.ground]) if piece.ground else ""}
    if piece.moving is not None:
        changes["moving"] = piece.moving.model_copy(update={"file": str(local[piece.moving.file])})
    return piece.model_copy(update=changes)
