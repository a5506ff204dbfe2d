"""Sped-up footage and dissolves are planned: they pass where they are right, and fail where the film shows something else."""

from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from types import SimpleNamespace

import av
import cv2
import numpy as np
import pytest

from pipeline.documents.plan import Chunk, SourcePiece
from pipeline.inspection.checks.black import BlackCheck
from pipeline.inspection.checks.footage import FootageCheck
from pipeline.inspection.checks.frozen import FrozenPictureCheck
from pipeline.inspection.context import PlacedPiece
from pipeline.inspection.planned_frames import render_planned_frames
from pipeline.render.chunks import make_chunks
from pipeline.store import Store

CHECKED = (BlackCheck, FootageCheck, FrozenPictureCheck)
DARK = "drawbox=t=fill:color=black:enable='lt(t,4)'"


@pytest.fixture
def shown(good, tmp_path: Path):
    """A film of these pieces without layers or words, as the renderer makes it: one chunk, and a plan of it."""

    def make(*pieces: SourcePiece):
        frames = sum(piece.frames for piece in pieces)
        chunk = Chunk(start_frame=0, frames=frames, pieces=pieces, laid=(), ass="")
        plan = good.plan.model_copy(update={"chunks": (chunk,), "picture": good.plan.picture.model_copy(update={"speed": "ultrafast"})})
        files, _ = make_chunks(plan, Store(tmp_path), at_once=1, progress=lambda _: None)
        look = good.look.model_copy(update={"layers": ()})
        return replace(good, video=files[0], plan=plan, look=look, subtitles=good.subtitles.model_copy(update={"cues": ()}))

    return make


def piece(good, source: Path, start_s: float, frames: int, **how: float) -> SourcePiece:
    like = good.plan.chunks[0].pieces[0]
    return like.model_copy(
        update={"path": str(source), "clip_sha256": source.name, "source_start_s": start_s, "frames": frames, "crop": None, **how}
    )


def end_card(good, frames: int, dissolve: int) -> SourcePiece:
    card = next(one for chunk in good.plan.chunks for one in chunk.pieces if one.still)
    return card.model_copy(update={"frames": frames, "dissolve": dissolve})


def test_every_planned_frame_is_the_one_that_is_shown(studio, good, shown, tmp_path):
    """Sped up and slowed down, mixed in dissolves, into the end card."""
    pieces = (
        piece(good, studio.source(1), 0.4, 20, speed=2.0),
        piece(good, studio.source(2), 1.0, 24, speed=0.5, dissolve=12),
        piece(good, studio.source(3), 0.2, 20, speed=4.0, dissolve=9),
        end_card(good, 20, 10),
    )
    made = shown(*pieces)
    placed = tuple(PlacedPiece(one, at) for one, at in zip(pieces, accumulate((p.frames for p in pieces), initial=0), strict=False))
    context = SimpleNamespace(plan=made.plan, fps=30, placed_pieces=placed, temporary=tmp_path, store=Store(tmp_path / "store"))
    planned = render_planned_frames(context, range(made.plan.frames))
    with av.open(str(made.video)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            grey = frame.to_ndarray(format="gray")
            small = cv2.resize(grey, planned[number].shape[::-1], interpolation=cv2.INTER_AREA)
            assert np.abs(small.astype(float) - planned[number]).mean() < 4, number


@pytest.mark.parametrize("speed", [0.25, 0.5, 2.0, 8.0])
def test_good_dissolves_and_sped_up_footage_pass(studio, good, shown, speed):
    made = shown(
        piece(good, studio.source(1), 0.2, 18, speed=speed),
        piece(good, studio.source(2), 0.5, 18, speed=speed, dissolve=15),
        end_card(good, 24, 12),
    )
    for check in CHECKED:
        assert not made.wrong(check), check.name


@pytest.mark.system
def test_a_dissolve_out_of_the_dark_and_one_over_a_held_last_frame_pass(studio, good, shown):
    """The second piece ends with its clip: beneath the end card its last frame is held."""
    made = shown(
        piece(good, studio.source(1, DARK), 0.5, 40),
        piece(good, studio.source(2, DARK), 3.8, 30, dissolve=15),
        piece(good, studio.source(3), 5.5, 16, dissolve=5),
        end_card(good, 60, 30),
    )
    for check in CHECKED:
        assert not made.wrong(check), check.name


def test_footage_that_runs_at_another_speed_than_planned_fails(studio, good, shown):
    made = shown(piece(good, studio.source(1), 0.2, 60, speed=1.0), end_card(good, 20, 0))
    chunk = made.plan.chunks[0]
    faster = chunk.model_copy(update={"pieces": (chunk.pieces[0].model_copy(update={"speed": 2.5}), chunk.pieces[1])})
    wrong = replace(made, plan=made.plan.model_copy(update={"chunks": (faster,)})).wrong(FootageCheck)
    assert wrong[0].at_s == pytest.approx(1.0, abs=0.05)
    assert "2.7 s" in str(wrong[0].message)  # where in its clip it should have been: 0.2 s and thirty frames at that speed


@pytest.mark.system
def test_a_picture_that_stands_still_instead_of_dissolving_fails(studio, good, shown):
    made = shown(piece(good, studio.source(1), 0.2, 30), piece(good, studio.source(2), 0.5, 40, dissolve=30))
    held = studio.finished(made, "held-dissolve", base=made.video, vf="loop=40:1:29,trim=end_frame=70,setpts=N/30/TB")
    assert held.wrong(FrozenPictureCheck)
