"""Several videos in one run: what they share is made once, what one of them lacks stops nothing that was finished."""

import shutil
import time
from pathlib import Path

import av
import pytest
from PIL import Image

from pipeline.documents.look import Box, Layer
from pipeline.documents.plan import SoundPlan
from pipeline.errors import MediaFault, UserMistake
from pipeline.language import say
from pipeline.render import CpuBudget, render, render_all
from pipeline.render.chunks import chunk_keys, make_all_chunks
from pipeline.store import Store
from tests import builders


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory, run_ffmpeg, picture_options, look_at):
    """Six seconds of a moving test picture."""
    path = tmp_path_factory.mktemp("busy") / "busy.mp4"
    return look_at(run_ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x192:r=30:d=6", *picture_options, out=path))


@pytest.fixture(scope="module")
def leader(tmp_path_factory: pytest.TempPathFactory):
    """`leader(number)`: a small picture of her own on the last second."""
    folder = tmp_path_factory.mktemp("leaders")

    def layer(number: int) -> Layer:
        path = folder / f"{number}.png"
        Image.new("RGBA", (20, 20), (40 * number, 255, 255, 255)).save(path)
        box = Box(x=10, y=10, width=20, height=20)
        return Layer(
            kind="end_card", start_frame=90, frames=30, box=box, file=str(path), key=path.name, still=str(path), rest_start=0, rest_end=30
        )

    return layer


@pytest.fixture
def variants(planned, busy, leader):
    """Three plans that differ in what lies over their last second."""
    return [planned([(busy, 0.0, 120)], layers=[leader(number)], longest_s=1.0, shortest_s=0.5) for number in (1, 2, 3)]


def frames_in(path: str) -> int:
    with av.open(path) as container:
        return sum(1 for _ in container.decode(video=0))


def test_variants_share_every_chunk_but_their_own(variants, tmp_path: Path):
    made = render_all(variants, Store(tmp_path))
    assert [(one.chunks_made, one.chunks_reused) for one in made] == [(4, 0), (1, 3), (1, 3)]
    assert [fate.made for fate in made[1].fates] == [False, False, False, True]
    assert len(list((tmp_path / "chunks").glob("*.mp4"))) == 6
    assert len({one.sha256 for one in made}) == 3
    assert [frames_in(one.file) for one in made] == [120, 120, 120]


def test_sound_that_is_the_same_is_made_once(variants, tmp_path: Path):
    render_all(variants, Store(tmp_path))
    assert len(list((tmp_path / "sound").glob("*.m4a"))) == 1


def test_a_video_made_with_others_is_the_one_made_alone(variants, tmp_path: Path):
    together = render_all(variants, Store(tmp_path / "together"))
    alone = render(variants[2], Store(tmp_path / "alone"))
    assert together[2].sha256 == alone.sha256


def test_several_sizes_come_out_each_in_its_own(planned, busy, tmp_path: Path):
    plans = [planned([(busy, 0.5, 60)], size=size) for size in ((96, 160), (128, 128))]
    made = render_all(plans, Store(tmp_path))
    assert [(one.width, one.height) for one in made] == [(96, 160), (128, 128)]
    for one in made:
        with av.open(one.file) as container:
            frame = next(container.decode(video=0))
        assert (frame.width, frame.height) == (one.width, one.height)


def test_nothing_is_made_twice(variants, tmp_path: Path):
    first = render_all(variants, Store(tmp_path), before=[None, None, None])
    again = render_all(variants, Store(tmp_path), before=variants)
    assert [one.chunks_made for one in again] == [0, 0, 0]
    assert {str(fate.why) for one in again for fate in one.fates} == {"unchanged"}
    assert [one.sha256 for one in again] == [one.sha256 for one in first]


@pytest.mark.system
def test_each_video_is_explained_by_its_own_last_plan(variants, planned, busy, leader, tmp_path: Path):
    store = Store(tmp_path)
    render_all(variants[:2], store)
    changed = planned([(busy, 0.0, 120)], layers=[leader(5)], longest_s=1.0, shortest_s=0.5)
    made = render_all([variants[0], changed, variants[2]], store, before=[variants[0], variants[1], None])
    assert [str(one.fates[-1].why) for one in made] == ["unchanged", "the end card changed", "made for the first time"]
    assert say(made[1].fates[-1].why, "zh") == "片尾变了"


@pytest.mark.system
def test_progress_of_several_only_grows_and_ends_at_the_end(variants, tmp_path: Path):
    told: list[float] = []
    render_all(variants, Store(tmp_path), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_one_video_that_fails_costs_the_others_nothing(variants, planned, busy, tmp_path: Path):
    lost = Path(shutil.copy(busy.path, tmp_path / "lost.mp4"))
    broken = planned([(busy.model_copy(update={"path": str(lost), "sha256": "0" * 64}), 0.0, 30)])
    lost.unlink()
    store = Store(tmp_path / "cache")
    with pytest.raises(MediaFault):
        make_all_chunks([*variants, broken], store, CpuBudget(threads=1), lambda _: None)
    assert not list((tmp_path / "cache" / "chunks").glob("*.part*"))
    assert all(store.find("chunks", key, ".mp4") for plan in variants for key in chunk_keys(plan))
    assert [one.chunks_made for one in render_all(variants, store)] == [0, 0, 0]


def test_a_run_that_failed_goes_on_where_it_ended(planned, busy, tmp_path: Path):
    lost = tmp_path / "lost.mp4"
    plan = planned([(busy, 0.0, 60), (busy.model_copy(update={"path": str(lost), "sha256": "1" * 64, "id": "lost"}), 0.0, 60)])
    store = Store(tmp_path / "cache")
    with pytest.raises(MediaFault):
        render(plan, store, CpuBudget(threads=1))
    shutil.copy(busy.path, lost)
    assert (render(plan, store).chunks_made, len(plan.chunks)) == (1, 2)


def test_sound_that_fails_ends_the_pictures_beside_it(planned, busy, tmp_path: Path):
    gone = builders.voice(
        "2" * 64, tmp_path / "gone.mp4", gain_db=0.0, clean=False, speech=True, source_start_s=0.0, at_s=0.0, length_s=5.0
    )
    slow = planned(
        [(busy, 0.0, 180)], size=(1920, 1080), preset=("veryslow", 18), sound=SoundPlan(length_s=6.0, voices=(gone,), music=None)
    )
    begun_s = time.monotonic()
    with pytest.raises(UserMistake):
        render(slow, Store(tmp_path / "cache"), CpuBudget(threads=1))
    assert time.monotonic() - begun_s < 10
    assert not list((tmp_path / "cache" / "chunks").glob("*"))
