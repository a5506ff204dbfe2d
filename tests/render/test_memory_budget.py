"""Memory: it does not grow with the length of the video, and no more chunks run side by side than fit."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.documents.plan import MusicBed, RenderPlan, SoundPlan
from pipeline.render import choose_music
from pipeline.render.chunk_command import ChunkRequest
from pipeline.render.memory_budget import LIMIT_MB, available_mb, estimate_process_mb
from pipeline.resources import ROOT
from pipeline.store import file_sha256
from tests import builders

FPS = 30
pytestmark = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").is_file(), reason="only Linux tells proportional set sizes")
THREADS = 2
RENDER = f"""
import resource
import sys
from pathlib import Path
from pipeline.documents.plan import RenderPlan
from pipeline.render import CpuBudget, render
from pipeline.store import Store
plan = RenderPlan.from_json(Path(sys.argv[1]).read_bytes())
before = plan.model_copy(update={{"picture": plan.picture.model_copy(update={{"crf": 30}})}})
made = render(plan, Store(Path(sys.argv[2])), CpuBudget(threads={THREADS}), before)
assert made.frames == plan.frames
print(*(resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
"""


def peak_mb(plan: RenderPlan, folder: Path) -> float:
    """The most that a render's own process ever held, and two of its children beside it, each at the worst moment of any of them, in MB.

    The kernel keeps these peaks, so none is missed on a busy machine. They count shared pages in full, and so stand above
    the summed PSS that `benchmarks/render.py` samples.
    """
    folder.mkdir()
    (folder / "plan.json").write_text(plan.model_dump_json())
    run = [sys.executable, "-c", RENDER, str(folder / "plan.json"), str(folder / "cache")]
    own, child = subprocess.run(run, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()[-2:]
    return (int(own) + THREADS * int(child)) / 1000


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory, run_ffmpeg, picture_options, sound_options, look_at):
    """Twelve seconds of picture and sound."""
    path = tmp_path_factory.mktemp("talk") / "talk.mp4"
    source = ["-f", "lavfi", "-i", "testsrc2=s=160x96:r=30:d=12", "-f", "lavfi", "-i", "anoisesrc=d=12:a=0.1:seed=1"]
    return look_at(run_ffmpeg(*source, *picture_options, *sound_options, out=path))


def long_plan(planned, talk, seconds: int) -> RenderPlan:
    """A video of five-second shots that come again and again, talk over all of it, music under it."""
    shots = [(talk, 1.0 + shot % 2, 5 * FPS) for shot in range(seconds // 5)]
    plan = planned(shots, size=(96, 160), ass=lambda *_: "")
    voices = tuple(
        builders.voice(talk.sha256, talk.path, source_start_s=0.5 + place % 7, at_s=5.0 * place, length_s=4.5, clean=True)
        for place in range(seconds // 5)
    )
    music = choose_music("auto", "warm", "s")
    assert music is not None
    bed = MusicBed(path=str(music), sha256=file_sha256(music), gain_db=-8.0, ducked_db=12.0, fade_out_s=1.5)
    return plan.model_copy(update={"sound": SoundPlan(length_s=float(seconds), voices=voices, music=bed)})


@pytest.mark.system
def test_ten_minutes_take_no_more_memory_than_thirty_seconds(planned, talk, tmp_path: Path):
    short = peak_mb(long_plan(planned, talk, 30), tmp_path / "30")
    assert peak_mb(long_plan(planned, talk, 600), tmp_path / "600") < short * 1.1


def test_a_chunk_of_more_and_larger_sources_is_known_to_take_more(planned, talk):
    plan = planned([(talk, 1.0, 30)])
    one = plan.chunks[0]
    chunk = one.model_copy(update={"pieces": one.pieces * 4})
    large = chunk.model_copy(update={"pieces": tuple(piece.model_copy(update={"width": 3840, "height": 2160}) for piece in chunk.pieces)})
    hdr = chunk.model_copy(update={"pieces": tuple(piece.model_copy(update={"transfer": "hlg"}) for piece in large.pieces)})
    sizes = [estimate_process_mb([ChunkRequest("k", shape, plan.picture)]) for shape in (one, chunk, large, hdr)]
    assert sizes == sorted(sizes)
    assert sizes[3] > LIMIT_MB  # so it runs alone
    full = ChunkRequest("f", chunk, plan.picture.model_copy(update={"width": 1080, "height": 1920}))
    assert estimate_process_mb([full]) > sizes[1] + 50
    assert estimate_process_mb([full]) < estimate_process_mb([full, full]) < 2 * estimate_process_mb([full])  # its sources are open once


def test_the_room_is_what_this_process_leaves():
    before = available_mb()
    ballast = bytearray(b"x" * 80_000_000)
    after = available_mb()
    assert 0 < before < LIMIT_MB
    assert before - after > 60
    assert len(ballast)
