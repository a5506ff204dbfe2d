"""The timeline as chunks: nothing lost, nothing twice, and a crop path that goes on where a cut is split."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.documents.clip import Clip
from pipeline.documents.edit import CropKey, CropPath
from pipeline.documents.look import Box, Layer
from pipeline.render.plan import LONGEST_CHUNK_S, SHORTEST_CHUNK_S, centre_at

FPS = 30


def clip(letter: str) -> Clip:
    return Clip(
        id=letter * 16,
        sha256=letter * 64,
        name=f"{letter}.mp4",
        path=f"/nowhere/{letter}.mp4",
        size_bytes=1,
        container="mp4",
        codec="h264",
        video_stream=0,
        width=1920,
        height=1080,
        rotation=0,
        frame_rate=30,
        variable_rate=False,
        longest_gap_s=0.034,
        duration_s=300,
        transfer="sdr",
        sound=None,
        captured_at=datetime(2026, 10, 12, tzinfo=UTC),
    )


A, B = clip("a"), clip("b")
SPANS = [(A, 0.05, 1), (B, 1.0, 2), (A, 2.0, 29), (B, 3.0, 700), (A, 30.25, 61), (B, 60.0, 3), (A, 70.0, 151)]


def test_no_frame_is_lost_or_twice(planned):
    plan = planned(SPANS)
    assert plan.frames == sum(frames for _, _, frames in SPANS)
    assert [chunk.start_frame for chunk in plan.chunks] == [sum(c.frames for c in plan.chunks[:n]) for n in range(len(plan.chunks))]
    assert all(sum(piece.frames for piece in chunk.pieces) == chunk.frames for chunk in plan.chunks)


def test_chunks_are_neither_too_long_nor_needlessly_short(planned):
    plan = planned(SPANS)
    assert all(chunk.frames <= LONGEST_CHUNK_S * FPS for chunk in plan.chunks)
    for chunk, after in pairwise(plan.chunks):
        first_piece = after.pieces[0].frames
        assert chunk.frames >= SHORTEST_CHUNK_S * FPS or chunk.frames + first_piece > LONGEST_CHUNK_S * FPS


def test_the_parts_of_a_split_cut_follow_each_other_in_its_source(planned):
    parts = [piece for chunk in planned(SPANS).chunks for piece in chunk.pieces if piece.clip_sha256 == B.sha256 and piece.frames > 3]
    assert sum(piece.frames for piece in parts) == 700
    for piece, after in pairwise(parts):
        assert after.source_start_s == pytest.approx(piece.source_start_s + piece.frames / FPS, abs=2e-6)


def test_a_split_cuts_window_stands_where_the_whole_cuts_would(planned):
    keys = tuple(CropKey(frame=frame, x=x, y=0.5) for frame, x in ((0, 0.3), (140, 0.3), (180, 0.7), (420, 0.65), (699, 0.4)))
    path = CropPath(width=0.3, height=1, keys=keys)
    plan = planned([(B, 3.0, 700)], crops=[path])
    pieces = [piece for chunk in plan.chunks for piece in chunk.pieces]
    assert len(pieces) > 3
    at = 0
    for piece in pieces:
        for frame in range(piece.frames):
            assert centre_at(piece.crop, frame).x == pytest.approx(centre_at(path, at + frame).x, abs=1e-9)
        at += piece.frames


def test_a_layer_is_laid_on_each_of_its_frames_once(planned):
    box = Box(x=0, y=0, width=8, height=8)
    layers = [
        Layer(kind="card", start_frame=s, frames=n, box=box, file=str(Path("/x") / f), key=f, still="", rest_start=0, rest_end=n)
        for s, n, f in ((0, 5, "a.png"), (148, 300, "b.mov"), (940, 7, "c.png"))
    ]
    plan = planned(SPANS, layers=layers)
    for layer in layers:
        laid = [(chunk, piece) for chunk in plan.chunks for piece in chunk.laid if piece.key == layer.key]
        frames = [chunk.start_frame + piece.first + n for chunk, piece in laid for n in range(piece.frames)]
        assert frames == list(range(layer.start_frame, layer.start_frame + layer.frames))
        assert [piece.skip for _, piece in laid] == [chunk.start_frame + piece.first - layer.start_frame for chunk, piece in laid]
        assert all(piece.still == layer.file.endswith(".png") for _, piece in laid)


def test_a_plan_says_the_same_twice(planned):
    assert planned(SPANS) == planned(SPANS)
