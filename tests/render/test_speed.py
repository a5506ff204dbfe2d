"""Sped-up and slowed-down cuts: every output frame shows what the source shows at its start plus frame times speed, to the frame."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.documents.edit import CropKey, CropPath
from pipeline.store import Store
from tests.tiers import sample

FPS = 30
SPEEDS = (0.5, 1.5, 2.0, 4.0, 8.0, 0.25, 1.1, 16.0)


@pytest.mark.parametrize(
    "name",
    sample(
        ["cfr30", "cfr24", "cfr60", "ntsc", "vfr", "mkv", "turned", "edit list", "late stream", "camcorder"], "cfr24", "vfr", "late stream"
    ),
)
def test_every_frame_is_the_one_on_screen_at_its_time(sources, planned, frames_of, barcode, tmp_path: Path, name: str):
    """All speeds from one file, also with cuts at the clip's own speed between them."""
    source = sources[name]
    spans = []
    for place, speed in enumerate(SPEEDS):
        start, count = 0.1 + 0.4517 * place, 9 + place
        count = min(count, int((source.clip.duration_s - start) * FPS / speed))
        spans += [(source.clip, round(start, 4), count, {"speed": speed}), (source.clip, 0.3 * place, 3)]
    frames = frames_of(planned(spans), Store(tmp_path))
    meant = [n for _, start, count, *how in spans for n in source.through(start, count, how[0]["speed"] if how else 1.0)]
    assert [barcode.read(frame) for frame in frames] == meant


@pytest.mark.system
@pytest.mark.parametrize("speed", sample([0.5, 1.1, 1.5, 2.0, 4.0], 1.5))
def test_a_sped_cut_goes_on_without_a_jump_where_it_is_split(sources, planned, frames_of, barcode, tmp_path: Path, speed: float):
    for name in ("cfr60", "cfr24", "vfr"):
        source = sources[name]
        count = min(100, int((source.clip.duration_s - 0.3167) * FPS / speed))
        plan = planned([(source.clip, 0.3167, count, {"speed": speed})], longest_s=count / FPS / 3)
        assert len(plan.chunks) >= 3
        assert [barcode.read(frame) for frame in frames_of(plan, Store(tmp_path))] == source.through(0.3167, count, speed)


@pytest.mark.system
@pytest.mark.parametrize("longest_s", sample([3.0, 0.4], 0.4))
def test_cuts_of_all_kinds_and_speeds_follow_each_other(sources, planned, frames_of, barcode, tmp_path: Path, longest_s: float):
    """Around every join, in few chunks and in many."""
    names = ("cfr30", "vfr", "cfr24", "stream", "ntsc", "turned", "cfr60", "old camera")
    spans = [(sources[name].clip, 0.2 + 0.05 * place, 17, {"speed": SPEEDS[place % 5]}) for place, name in enumerate(names)]
    plan = planned(spans, longest_s=longest_s)
    assert (len(plan.chunks) > 8) == (longest_s < 1)
    meant = [
        n for name, (_, start, count, how) in zip(names, spans, strict=True) for n in sources[name].through(start, count, how["speed"])
    ]
    assert [barcode.read(frame) for frame in frames_of(plan, Store(tmp_path))] == meant


@pytest.mark.parametrize("speed", [1.5, 4.0, 16.0])
def test_a_fast_cut_up_to_the_last_frame_shows_and_holds_it(sources, planned, frames_of, barcode, tmp_path: Path, speed: float):
    for name in ("cfr24", "cfr60", "vfr"):
        source = sources[name]
        start = source.clip.duration_s - 6.5 * speed / FPS if speed < 16 else 0.2
        count = int((source.clip.duration_s - start) * FPS / speed) + 1
        numbers = [barcode.read(frame) for frame in frames_of(planned([(source.clip, start, count, {"speed": speed})]), Store(tmp_path))]
        assert numbers == source.through(start, count, speed)


@pytest.mark.parametrize(("speed", "longest_s"), [(0.5, 3.0), (2.0, 3.0), (2.0, 0.7)])
def test_a_windows_way_is_counted_in_the_cuts_own_frames(slope, planned, frames_of, tmp_path: Path, speed: float, longest_s: float):
    keys = (CropKey(frame=0, x=0.2, y=0.5), CropKey(frame=10, x=0.2, y=0.5), CropKey(frame=50, x=0.75, y=0.5))
    window = CropPath(width=0.25, height=1, keys=keys)
    plan = planned([(slope(20, 230), 0.2, 55, {"speed": speed})], size=(120, 120), crops=[window], longest_s=longest_s)
    centre = [float(frame[40:80, 56:64].mean()) for frame in frames_of(plan, Store(tmp_path))]
    moved = [(level - centre[0]) / 210 for level in centre]
    meant = [float(np.interp(place, [0, 10, 50], [0.2, 0.2, 0.75])) - 0.2 for place in range(55)]
    step = 0.55 / 40
    assert max(abs(there - here) for there, here in zip(moved, meant, strict=True)) < step / 2
