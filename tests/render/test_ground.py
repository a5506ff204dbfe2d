"""A window that is larger than the picture: the whole picture stands in its middle, on the ground, and nothing of it is bent."""

import numpy as np
import pytest
from PIL import Image

from pipeline.documents.edit import CropKey, CropPath
from pipeline.render.chunks import chunk_keys
from pipeline.store import Store

PINK = (230, 90, 160)


@pytest.fixture(scope="module")
def busy(tmp_path_factory, run_ffmpeg, picture_options, look_at):
    """Three seconds of a moving test picture."""
    path = tmp_path_factory.mktemp("busy") / "busy.mp4"
    return look_at(run_ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x192:r=30:d=3", *picture_options, out=path))


@pytest.fixture
def on_ground(planned, tmp_path, busy):
    """The plan of one cut whose window is `times` as high as the picture, on a pink ground or on none, in another shape."""

    def plan(times: float = 2.0, *, ground: bool = True, moving: bool = False):
        path = tmp_path / "ground.png"
        Image.new("RGB", (160, 192), PINK).save(path)
        keys = (CropKey(frame=0, x=0.4, y=0.5), CropKey(frame=29, x=0.6, y=0.5))
        window = CropPath(width=1.0, height=times, keys=(CropKey(frame=0, x=0.5, y=0.5),))
        if moving:
            window = CropPath(width=0.8, height=0.8 * times, keys=keys)
        made = planned([(busy, 0.5, 30)], size=(160, 192), crops=[window])
        pieces = [
            [piece.model_copy(update={"ground": str(path), "ground_sha256": "f" * 64} if ground else {}) for piece in chunk.pieces]
            for chunk in made.chunks
        ]
        return made.model_copy(
            update={"chunks": tuple(chunk.model_copy(update={"pieces": tuple(p)}) for chunk, p in zip(made.chunks, pieces, strict=True))}
        )

    return plan


def test_the_picture_lies_whole_on_the_ground(on_ground, frames_of, tmp_path):
    frames = frames_of(on_ground(), Store(tmp_path / "store"), "rgb24")
    assert len(frames) == 30
    for frame in frames:
        assert np.abs(frame[:44].astype(int) - PINK).max() < 12
        assert np.abs(frame[-44:].astype(int) - PINK).max() < 12
        assert frame[52:140].std() > 30
    assert len({frame[52:140].tobytes() for frame in frames}) > 20


def test_a_wider_window_moves_on_the_ground(on_ground, frames_of, tmp_path):
    frames = frames_of(on_ground(moving=True), Store(tmp_path / "store"), "rgb24")
    assert len(frames) == 30
    assert all(np.abs(frame[:30].astype(int) - PINK).max() < 12 for frame in frames)


def test_a_plan_without_a_ground_has_black_there(on_ground, frames_of, tmp_path):
    frames = frames_of(on_ground(ground=False), Store(tmp_path / "store"))
    assert all(frame[:44].max() < 24 and frame[-44:].max() < 24 for frame in frames)


def test_the_ground_is_part_of_what_a_chunk_is_known_by_and_its_path_is_not(on_ground):
    plan = on_ground()
    elsewhere = plan.model_copy(
        update={
            "chunks": tuple(
                chunk.model_copy(update={"pieces": tuple(piece.model_copy(update={"ground": "/there.png"}) for piece in chunk.pieces)})
                for chunk in plan.chunks
            )
        }
    )
    assert chunk_keys(plan) == chunk_keys(elsewhere)
    assert chunk_keys(plan) != chunk_keys(on_ground(ground=False))
