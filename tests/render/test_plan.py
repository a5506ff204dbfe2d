"""The timeline as chunks: nothing lost, nothing twice, boundaries that stay where they are, and a crop path that goes on across them."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.documents.edit import CropKey, CropPath
from pipeline.documents.look import Box, Layer
from pipeline.documents.plan import RenderPlan
from pipeline.render.chunks import chunk_keys
from pipeline.render.plan import LONGEST_CHUNK_S, SHORTEST_CHUNK_S, crop_centre
from tests import builders

FPS = 30
SHORTEST, LONGEST = round(SHORTEST_CHUNK_S * FPS), round(LONGEST_CHUNK_S * FPS)


A, B = (builders.clip(letter, captured_at=datetime(2026, 10, 12, tzinfo=UTC)) for letter in "ab")
SPANS = [(A, 0.05, 1), (B, 1.0, 2), (A, 2.0, 29), (B, 3.0, 700), (A, 30.25, 61), (B, 60.0, 3), (A, 70.0, 151)]


def edges(plan: RenderPlan) -> list[int]:
    """First frame of every chunk but the first."""
    return [chunk.start_frame for chunk in plan.chunks[1:]]


def test_no_frame_is_lost_or_twice(planned):
    plan = planned(SPANS)
    assert plan.frames == sum(frames for _, _, frames in SPANS)
    assert [chunk.start_frame for chunk in plan.chunks] == [sum(c.frames for c in plan.chunks[:n]) for n in range(len(plan.chunks))]
    assert all(sum(piece.frames for piece in chunk.pieces) == chunk.frames for chunk in plan.chunks)


def some_cuts(seed: int, *, dissolves: bool) -> list[tuple]:
    """A timeline of cuts as edits have them, some of them flashes, some a minute long."""
    dice = random.Random(seed)
    return [
        (
            dice.choice((A, B)),
            round(dice.uniform(0, 200), 3),
            dice.choice((2, 9, 18, 25, 40, 66, 84, 90, 120, 260, 900)),
            {"dissolve": dice.choice((0, 9, 15)) if dissolves else 0},
        )
        for _ in range(dice.randint(1, 16))
    ]


def test_chunks_are_neither_too_long_nor_needlessly_short(planned):
    for seed in range(150):
        plan = planned(some_cuts(seed, dissolves=False))
        assert all(chunk.frames < LONGEST + SHORTEST for chunk in plan.chunks), seed  # a flash on both sides
        for place, chunk in enumerate(plan.chunks):
            beside = [other.frames for other in (*plan.chunks[max(0, place - 1) : place], *plan.chunks[place + 1 : place + 2])]
            assert chunk.frames >= SHORTEST or all(chunk.frames + other > LONGEST for other in beside), seed


def test_with_dissolves_chunks_are_hardly_longer(planned):
    for seed in range(150):
        plan = planned(some_cuts(seed, dissolves=True))
        assert all(chunk.frames < LONGEST + 2 * SHORTEST for chunk in plan.chunks), seed


def test_the_parts_of_a_split_cut_follow_each_other_in_its_source(planned):
    parts = [piece for chunk in planned(SPANS).chunks for piece in chunk.pieces if piece.clip_sha256 == B.sha256 and piece.frames > 3]
    assert sum(piece.frames for piece in parts) == 700
    for piece, after in pairwise(parts):
        assert after.source_start_s == pytest.approx(piece.source_start_s + piece.frames / FPS, abs=2e-6)


def test_the_parts_of_a_sped_cut_follow_each_other_at_its_speed(planned):
    parts = [piece for chunk in planned([(A, 3.0, 700, {"speed": 8.0})]).chunks for piece in chunk.pieces]
    assert len(parts) > 5
    assert {piece.speed for piece in parts} == {8.0}
    for piece, after in pairwise(parts):
        assert after.source_start_s == pytest.approx(piece.source_start_s + piece.frames * 8 / FPS, abs=2e-6)


def test_a_long_cut_is_split_where_a_subtitle_begins(planned):
    breaks = [17, 71, 139, 205, 260, 331]
    plan = planned([(A, 1.0, 12), (B, 3.0, 400)], breaks=breaks)
    assert set(edges(plan)) - {12} == set(breaks) - {17}
    assert all(SHORTEST <= chunk.frames <= LONGEST for chunk in plan.chunks)


def test_breaks_that_would_make_flashes_or_lie_too_far_apart_are_passed_over(planned):
    plan = planned([(B, 3.0, 400)], breaks=[3, 9, 230, 238, 396])
    assert 230 in edges(plan) or 238 in edges(plan)
    assert not {3, 9, 396} & set(edges(plan))
    assert all(SHORTEST <= chunk.frames <= LONGEST for chunk in plan.chunks)


def test_breaks_move_nothing_in_other_cuts(planned):
    spans = [(A, 1.0, 200), (B, 3.0, 300), (A, 40.0, 150)]
    there = {edge for edge in edges(planned(spans)) if not 200 < edge < 500}
    assert {edge for edge in edges(planned(spans, breaks=[245, 331, 400])) if not 200 < edge < 500} == there


def inner(plan: RenderPlan, spans: Sequence[tuple]) -> list[list[int]]:
    """Where each cut is split, on its own frames; the frame before its end is where a dissolve's chunk begins, and belongs to the join."""
    starts = [sum(span[2] for span in spans[:place]) for place in range(len(spans))]
    return [[edge - start for edge in edges(plan) if start < edge < start + span[2] - 1] for start, span in zip(starts, spans, strict=True)]


def test_a_changed_cut_moves_no_boundary_in_another(planned):
    """Made shorter, made longer, or taken from another clip."""
    for seed in range(150):
        dice = random.Random(seed)
        spans = some_cuts(seed, dissolves=seed % 2 == 1)
        before = inner(planned(spans), spans)
        place = dice.randrange(len(spans))
        source, start, frames, how = spans[place]
        spans[place] = (B if source is A else A, start + 1, max(16, frames + dice.choice((-40, -7, 5, 31, 200))), how)
        after = inner(planned(spans), spans)
        assert before[:place] + before[place + 1 :] == after[:place] + after[place + 1 :], seed


def test_a_changed_cut_leaves_the_chunks_of_far_cuts_as_they_are(planned):
    """Also in a row of flashes, where only the content says which join is a boundary."""
    flashes = [(A if n % 3 else B, round(1.37 * n, 3), 11 + n % 7) for n in range(60)]
    keys = chunk_keys(planned(flashes))
    changed = list(flashes)
    changed[20] = (B, 250.0, 14)
    others = chunk_keys(planned(changed))
    assert len(set(keys) - set(others)) <= 4
    assert len(keys) > 12


def test_a_chunks_key_holds_only_what_lies_in_it(planned):
    """The cut's length, window and neighbours elsewhere, and the place on the timeline, change nothing in it."""
    path = CropPath(width=0.3, height=1, keys=tuple(CropKey(frame=f, x=x, y=0.5) for f, x in ((0, 0.3), (80, 0.4), (170, 0.7), (260, 0.5))))
    other = path.model_copy(update={"keys": (*path.keys[:3], CropKey(frame=260, x=0.2, y=0.5))})
    whole = CropPath(width=1, height=1, keys=(CropKey(frame=0, x=0.5, y=0.5),))
    breaks = [85, 170]
    one = chunk_keys(planned([(A, 2.0, 255)], crops=[path], breaks=breaks))
    two = chunk_keys(planned([(A, 2.0, 255)], crops=[other], breaks=breaks))
    moved = chunk_keys(planned([(B, 2.0, 45), (A, 2.0, 255)], crops=[whole, path], breaks=[edge + 45 for edge in breaks]))
    assert len(one) == 3
    assert one[:2] == two[:2]
    assert one[2] != two[2]
    assert moved[1:] == one


def test_a_split_cuts_window_stands_where_the_whole_cuts_would(planned):
    keys = tuple(CropKey(frame=frame, x=x, y=0.5) for frame, x in ((0, 0.3), (140, 0.3), (180, 0.7), (420, 0.65), (699, 0.4)))
    path = CropPath(width=0.3, height=1, keys=keys)
    plan = planned([(B, 3.0, 700)], crops=[path])
    pieces = [piece for chunk in plan.chunks for piece in chunk.pieces]
    assert len(pieces) > 3
    at = 0
    for piece in pieces:
        for frame in range(piece.frames):
            assert crop_centre(piece.crop, frame).x == pytest.approx(crop_centre(path, at + frame).x, abs=1e-8)
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
