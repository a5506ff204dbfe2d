"""Beats of music are found where they are steady, and nobody cuts on beats that are not."""

import json
from pathlib import Path

import numpy as np
import pytest

from pipeline.render.beats import RATE, beats_of, find_beats
from pipeline.render.music import MUSIC_FOLDER, beats_to_cut_on, list_music_pieces
from pipeline.store import Store


def ticking(bpm: float, *, first_s: float = 0.0, seconds: float = 24.0, sway_s: float = 0.0) -> np.ndarray:
    """A drum on every beat over a chord, each beat early or late by chance."""
    chance = np.random.default_rng(7)
    time = np.arange(round(seconds * RATE)) / RATE
    sound = 0.05 * sum(np.sin(2 * np.pi * tone * time) for tone in (220, 277, 330))
    for at in np.arange(first_s, seconds - 0.3, 60 / bpm):
        start = max(0, round((at + chance.normal(0, sway_s)) * RATE)) if sway_s else round(at * RATE)
        length = min(round(0.12 * RATE), len(sound) - start)
        fall = np.exp(-np.arange(length) / (0.03 * RATE))
        sound[start : start + length] += 0.6 * fall * np.sin(2 * np.pi * 90 * np.arange(length) / RATE) + 0.1 * fall * chance.normal(
            0, 1, length
        )
    return sound.astype(np.float32)


@pytest.mark.parametrize(("bpm", "first_s"), [(72.0, 0.0), (96.0, 0.21), (104.0, 0.4), (128.0, 0.1)])
def test_a_steady_beat_is_found_with_its_phase(bpm: float, first_s: float) -> None:
    grid = beats_of(ticking(bpm, first_s=first_s))
    assert grid is not None
    assert grid.believed
    assert 60 / grid.beat_s == pytest.approx(bpm, rel=0.005)
    apart = (grid.offset_s - first_s) % grid.beat_s
    assert min(apart, grid.beat_s - apart) < 0.035


def test_a_beat_that_comes_as_it_likes_is_not_believed() -> None:
    grid = beats_of(ticking(92.0, sway_s=0.12))
    assert grid is None or not grid.believed


@pytest.mark.parametrize("sound", [np.zeros(RATE * 10, np.float32), ticking(90.0, seconds=2.0)])
def test_silence_and_a_jingle_have_no_beat(sound: np.ndarray) -> None:
    assert beats_of(sound) is None


@pytest.mark.parametrize("piece", list_music_pieces(), ids=lambda piece: piece.name)
def test_the_projects_own_pieces_are_heard_at_the_tempo_that_is_written_beside_them(piece) -> None:
    grid = find_beats(MUSIC_FOLDER / piece.file)
    assert grid is not None
    assert 60 / grid.beat_s == pytest.approx(piece.bpm, rel=0.01)
    assert min(grid.offset_s, grid.beat_s - grid.offset_s) < 0.04
    assert grid.believed


def test_a_file_is_listened_to_once(tmp_path: Path) -> None:
    store = Store(tmp_path)
    own = tmp_path / "own.opus"
    own.write_bytes((MUSIC_FOLDER / list_music_pieces()[0].file).read_bytes())
    assert beats_to_cut_on(None, store) == (0.0, 0.0)
    first = beats_to_cut_on(own, store)
    assert 60 / first[0] == pytest.approx(list_music_pieces()[0].bpm, rel=0.01)
    (kept,) = (tmp_path / "beats").glob("*.json")
    assert tuple(json.loads(kept.read_text(encoding="utf-8"))) == first
    assert beats_to_cut_on(own, store) == first
