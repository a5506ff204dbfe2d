"""Every output frame shows the source frame that is on screen at its time, on any phone's file, whole or split, across every join."""

from fractions import Fraction
from pathlib import Path

import av
import pytest

from pipeline.render.chunks import join_chunks, make_chunks
from pipeline.store import Store
from tests.tiers import sample

FPS = 30
KINDS = [
    "cfr30",
    "cfr25",
    "cfr24",
    "cfr60",
    "ntsc",
    "vfr",
    "mkv",
    "turned",
    "edit list",
    "stream",
    "late stream",
    "camcorder",
    "old camera",
    "switching",
    "no index",
]
AWKWARD_S = (0.0, 0.0167, 0.5, 0.65, 1.0, 1.2345, 1.25, 2.0333, 2.4999, 2.6, 3.3333, 3.7171, 5.1, 6.4321)


@pytest.mark.parametrize("name", sample(KINDS, "cfr30", "vfr", "edit list"))
def test_every_frame_is_the_one_on_screen_at_its_time(sources, planned, frames_of, barcode, tmp_path: Path, name: str):
    """Cuts of all lengths at awkward times, several of them from one file in one chunk: also every frame around every join."""
    source = sources[name]
    spans = [(source.clip, start, 11 + place) for place, start in enumerate(AWKWARD_S) if start + 25 / FPS < source.clip.duration_s]
    assert len(spans) > 8
    frames = frames_of(planned(spans), Store(tmp_path))
    assert [barcode.read(frame) for frame in frames] == [n for _, start, count in spans for n in source.through(start, count)]


@pytest.mark.system
@pytest.mark.parametrize("start_s", sample([0.05, 0.25, 0.3167, 0.35001], 0.25))
def test_a_long_cut_goes_on_without_a_jump_where_it_is_split(sources, planned, frames_of, barcode, tmp_path: Path, start_s: float):
    """0.25 s is half a frame: rounding each half by itself would show a frame twice."""
    for source in (sources["cfr60"], sources["cfr24"]):
        count = int((source.clip.duration_s - start_s) * FPS)
        plan = planned([(source.clip, start_s, count)], longest_s=1.0)
        assert len(plan.chunks) > 2
        assert [barcode.read(frame) for frame in frames_of(plan, Store(tmp_path))] == source.through(start_s, count)


def test_cuts_of_one_clip_share_a_chunk_in_any_order(sources, planned, frames_of, barcode, tmp_path: Path):
    source = sources["cfr30"]
    spans = [(source.clip, 3.0, 6), (source.clip, 3.0, 6), (source.clip, 2.9, 4), (source.clip, 0.0, 5), (source.clip, 3.0, 1)]
    plan = planned(spans)
    assert len(plan.chunks) == 1
    meant = [number for _, start, count in spans for number in source.through(start, count)]
    assert [barcode.read(frame) for frame in frames_of(plan, Store(tmp_path))] == meant


@pytest.mark.parametrize("name", ["cfr25", "cfr60", "vfr", "late stream"])
def test_a_cut_up_to_the_last_frame_holds_it_and_shows_nothing_else(sources, planned, frames_of, barcode, tmp_path: Path, name: str):
    source = sources[name]
    start = source.clip.duration_s - 0.4
    numbers = [barcode.read(frame) for frame in frames_of(planned([(source.clip, start, 14)]), Store(tmp_path))]
    assert numbers == source.through(start, 14)
    assert numbers[-1] == source.shown[-1][1]


def test_the_joined_file_has_every_frame_in_its_place_and_a_steady_clock(sources, planned, sound_of, barcode, tmp_path: Path):
    """One- and two-frame chunks among them: those break the clock when B-frames are in them."""
    kinds = [sources[name] for name in ("cfr30", "vfr", "cfr24", "turned")]
    spans = [(kinds[place % 4].clip, 0.3 * place, count) for place, count in enumerate((61, 1, 62, 2, 70, 5, 90))]
    plan = planned(spans, shortest_s=0.0)
    store = Store(tmp_path)
    files, _ = make_chunks(plan, store, at_once=2, progress=lambda _: None)
    part = store.part("renditions", "whole", ".mp4")
    join_chunks(files, sound_of(plan.frames / FPS), part)
    with av.open(str(part)) as container:
        shown = [(frame.pts * frame.time_base, barcode.read(frame.to_ndarray(format="gray"))) for frame in container.decode(video=0)]
        assert {str(stream.type) for stream in container.streams} == {"video", "audio"}
    assert [at for at, _ in shown] == [Fraction(place, FPS) for place in range(plan.frames)]
    meant = [number for place, (_, start, count) in enumerate(spans) for number in kinds[place % 4].through(start, count)]
    assert [number for _, number in shown] == meant
    assert not list(part.parent.glob("*.txt"))
