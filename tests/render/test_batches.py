"""A long video in batches: each is a document that another machine can make from its own copies, to the same bytes."""

import shutil
from pathlib import Path

import pytest
from PIL import Image

from pipeline.documents.batch import ChunkBatch
from pipeline.documents.edit import CropKey, CropPath
from pipeline.documents.look import Box, Layer
from pipeline.documents.plan import Chunk, Picture, RenderPlan
from pipeline.render import CpuBudget, batch_requests, batches_of, chunk_batch, chunk_requests, make_requests, render
from pipeline.render.batches import chunk_seconds
from pipeline.render.chunk_command import ChunkRequest
from pipeline.render.chunks import make_all_chunks
from pipeline.resources import FONTS
from pipeline.store import Store, file_sha256
from tests.builders import piece


def request(number: int, frames: int, source: str = "", width: int = 1080) -> ChunkRequest:
    """A chunk of a `standard` video; those with one source show the same frames of it."""
    picture = Picture(width=width, height=1920, fps=30, crf=21, speed="veryfast", lut="", lut_sha256="", fonts="")
    shown = piece("a" * 64, f"/clips/{source or number}.mp4", 0.0 if source else float(number), frames)
    return ChunkRequest(f"{number}", Chunk(start_frame=0, frames=frames, pieces=(shown,), laid=(), ass=""), picture)


def keys(batches: list[list[ChunkRequest]]) -> list[list[str]]:
    return [[one.key for one in batch] for batch in batches]


@pytest.mark.parametrize(
    ("frames", "batch_s", "least_s", "expected"),
    [
        ([], 30.0, 30.0, []),
        ([90], 30.0, 30.0, [["0"]]),
        ([90] * 6, 8.0, 8.0, [["0", "1"], ["2", "3"], ["4", "5"]]),
        ([90] * 7, 8.0, 8.0, [["0", "1"], ["2", "3"], ["4", "5", "6"]]),
        ([90] * 7, 8.0, 4.0, [["0", "1"], ["2", "3"], ["4", "5"], ["6"]]),
        ([90] * 7, 15.0, 8.0, [["0", "1", "2", "3"], ["4", "5", "6"]]),
        ([300, 30, 30, 300], 8.0, 8.0, [["0"], ["1", "2", "3"]]),
    ],
)
def test_chunks_are_divided_in_order_and_none_is_left_over(
    frames: list[int], batch_s: float, least_s: float, expected: list[list[str]]
) -> None:
    batches = batches_of([request(number, count) for number, count in enumerate(frames)], batch_s, least_s)
    assert keys(batches) == expected
    assert all(sum(map(chunk_seconds, batch)) >= (least_s if batch is batches[-1] else batch_s) for batch in batches[1:])


def test_sizes_that_are_made_from_one_reading_stay_together() -> None:
    several = [request(0, 90, "a"), request(1, 90), request(2, 90, "a", width=1920), request(3, 90)]
    assert keys(batches_of(several, 8.0, 8.0)) == [["0", "2"], ["1", "3"]]


@pytest.fixture
def plan(planned, tmp_path: Path, run_ffmpeg, picture_options, look_at) -> RenderPlan:
    """Four seconds of a clip under a layer, in four chunks."""
    clip = look_at(run_ffmpeg("-f", "lavfi", "-i", "testsrc2=s=160x96:r=30:d=4", *picture_options, out=tmp_path / "一 clip.mp4"))
    path = tmp_path / "title.png"
    Image.new("RGBA", (20, 20), (255, 255, 255, 255)).save(path)
    box = Box(x=8, y=8, width=20, height=20)
    title = Layer(kind="title", start_frame=20, frames=60, box=box, file=str(path), key="white", still=str(path), rest_start=0, rest_end=60)
    return planned([(clip, 0.0, 120)], layers=[title], longest_s=1.0, shortest_s=0.5)


def batch_of(plan: RenderPlan, *numbers: int) -> ChunkBatch:
    requests = list(chunk_requests([plan]).values())
    return chunk_batch("s", "1.0", [requests[number] for number in numbers], lambda path, sha256: f"files/{sha256}{path.suffix}")


def test_another_machine_makes_the_same_bytes_from_its_own_copies(plan: RenderPlan, tmp_path: Path) -> None:
    batch = ChunkBatch.from_json(batch_of(plan, 0, 2).model_dump_json())
    local = {}
    for number, file in enumerate(batch.files):
        assert file_sha256(Path(file.path)) == file.sha256
        local[file.path] = Path(shutil.copy(file.path, tmp_path / f"copy {number}{Path(file.path).suffix}"))
    assert len(local) == 2
    alone, other = Store(tmp_path / "alone"), Store(tmp_path / "other")
    render(plan, alone)
    requests = batch_requests(batch, local, FONTS)
    assert not {path for path in local if path in str(requests)}
    assert make_requests(requests, other, CpuBudget(threads=1), lambda _: None) == {one.key for one in batch.chunks}
    for one in batch.chunks:
        ours, theirs = (store.find("chunks", one.key, ".mp4") for store in (alone, other))
        assert ours is not None
        assert theirs is not None
        assert ours.read_bytes() == theirs.read_bytes()


def test_the_ground_under_a_picture_travels_with_it(plan: RenderPlan, tmp_path: Path) -> None:
    path = tmp_path / "ground.png"
    Image.new("RGB", (160, 96), (200, 60, 60)).save(path)
    wide = CropPath(width=2.0, height=2.0, keys=(CropKey(frame=0, x=0.5, y=0.5),))
    chunk = plan.chunks[0]
    shown = chunk.pieces[0].model_copy(update={"crop": wide, "ground": str(path), "ground_sha256": file_sha256(path)})
    on_ground = plan.model_copy(update={"chunks": (chunk.model_copy(update={"pieces": (shown,)}),)})
    batch = batch_of(on_ground, 0)
    assert (str(path), file_sha256(path)) in {(file.path, file.sha256) for file in batch.files}
    requests = batch_requests(batch, {file.path: Path("/there") / Path(file.path).name for file in batch.files}, FONTS)
    assert [piece.ground for one in requests.values() for piece in one.chunk.pieces] == [str(Path("/there/ground.png"))]


def test_a_machine_that_would_make_something_else_makes_nothing(plan: RenderPlan) -> None:
    batch = batch_of(plan, 1)
    other = batch.model_copy(update={"pictures": (batch.pictures[0].model_copy(update={"crf": 30}),)})
    with pytest.raises(ValueError, match=batch.chunks[0].key):
        batch_requests(other, {file.path: Path(file.path) for file in batch.files}, FONTS)


def test_who_takes_the_last_chunks_leaves_out_what_others_have_made_meanwhile(plan: RenderPlan, tmp_path: Path) -> None:
    whole = Store(tmp_path / "whole")
    render(plan, whole)
    ours, order = _Watched(tmp_path / "ours", whole), list(chunk_requests([plan]))
    told: list[float] = []
    files, made = make_all_chunks([plan], ours, CpuBudget(threads=1), told.append, "last")
    assert made == set(order)
    assert ours.adopted == [order[3], order[2]], "from the end, until it meets the others"
    assert [file.read_bytes() for file in files[0]] == [(whole.root / "chunks" / f"{key}.mp4").read_bytes() for key in order]
    assert told[-1] == 1.0


class _Watched(Store):
    """A store in which, once its machine has made two chunks, all that others have made is found."""

    def __init__(self, root: Path, others: Store) -> None:
        super().__init__(root)
        self._others, self.adopted = others, list[str]()

    def find(self, kind: str, key: str, suffix: str) -> Path | None:
        path = super().find(kind, key, suffix)
        if path is None and kind == "chunks" and len(self.adopted) == 2:
            part = self.part(kind, key, suffix)
            shutil.copy(self._others.root / kind / f"{key}{suffix}", part)
            super().adopt(kind, key, suffix, part)
            return super().find(kind, key, suffix)
        return path

    def adopt(self, kind: str, key: str, suffix: str, part: Path) -> Path:
        if kind == "chunks":
            self.adopted.append(key)
        return super().adopt(kind, key, suffix, part)
