"""The passes that the render benchmark compares with FieldCut make the same video: else its numbers would mean nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.documents.clip import Clip
from pipeline.documents.edit import CropKey, CropPath
from pipeline.documents.plan import Chunk, LaidLayer, Picture, RenderPlan, SoundPlan, SourcePiece
from pipeline.documents.subtitles import Cue
from pipeline.render import render
from pipeline.resources import FONTS, ROOT, TEMPLATES
from pipeline.store import Store, file_sha256
from pipeline.subtitles import to_ass
from tests import builders

pytestmark = pytest.mark.system
BENCHMARKS = ROOT / "benchmarks"
FPS, WIDE, HIGH = 30, 180, 320
LETTERS = builders.letters(outline_px=1)
CUE = Cue(start_frame=15, end_frame=60, lines=("冕宁土豆",), clip_id="", source_start_s=0, source_end_s=1)
WORDS = to_ass([CUE], LETTERS, WIDE, HIGH, FPS)


@pytest.fixture(scope="module")
def film(run_ffmpeg, look_at, picture_options, tmp_path_factory) -> tuple[Clip, Clip]:
    """A wide clip with something that moves, and a tall one at another rate."""
    folder = tmp_path_factory.mktemp("film")
    wide = run_ffmpeg("-f", "lavfi", "-i", "testsrc2=s=480x320:r=25:d=5", *picture_options, "-g", "25", out=folder / "wide.mp4")
    tall = run_ffmpeg("-f", "lavfi", "-i", "mandelbrot=s=180x320:r=30", "-t", "4", *picture_options, out=folder / "tall.mp4")
    return look_at(wide), look_at(tall)


@pytest.fixture(scope="module")
def plan(film, run_ffmpeg, tmp_path_factory) -> RenderPlan:
    """Two chunks of three cuts: a window that glides across the join, a dissolve into a picture on a ground, a layer and a cue over the
    join, a colour table."""
    wide, tall = film
    still = run_ffmpeg(
        "-f", "lavfi", "-i", "color=red@0.6:s=90x40,format=rgba", "-frames:v", "1", out=tmp_path_factory.mktemp("l") / "l.png"
    )
    glide = CropPath(width=0.375, height=1, keys=(CropKey(frame=0, x=0.25, y=0.5), CropKey(frame=60, x=0.75, y=0.5)))
    rest = CropPath(width=0.375, height=1, keys=(CropKey(frame=0, x=0.5, y=0.5), CropKey(frame=30, x=0.75, y=0.5)))
    small = CropPath(width=4 / 3, height=4 / 3, keys=(CropKey(frame=0, x=0.5, y=0.5),))
    ground = run_ffmpeg("-f", "lavfi", "-i", f"testsrc=s={WIDE}x{HIGH}", "-frames:v", "1", out=tmp_path_factory.mktemp("g") / "g.png")
    laid = {"key": "l", "file": str(still), "still": True, "x": 20, "y": 30}
    first = (_piece(wide, 1.0, 30, glide),)
    then = (_piece(wide, 2.0, 20, rest), _piece(tall, 0.5, 40, small).model_copy(update={"dissolve": 8, "ground": str(ground)}))
    return RenderPlan(
        story="s",
        destination="shelf",
        picture=Picture(
            width=WIDE,
            height=HIGH,
            fps=FPS,
            crf=6,  # so fine that what differs comes from the graphs and not from the encoder
            speed="ultrafast",
            lut=str(TEMPLATES / "liangshan" / "grade.cube"),
            lut_sha256="",
            fonts=str(FONTS),
        ),
        chunks=(
            Chunk(start_frame=0, frames=30, pieces=first, laid=(LaidLayer(**laid, first=20, frames=10, skip=0),), ass=WORDS),
            Chunk(start_frame=30, frames=60, pieces=then, laid=(LaidLayer(**laid, first=0, frames=15, skip=10),), ass=WORDS),
        ),
        sound=SoundPlan(length_s=3.0, voices=(), music=None),
    )


def _piece(clip: Clip, start_s: float, frames: int, crop: CropPath | None) -> SourcePiece:
    source = {"video_stream": clip.video_stream, "longest_gap_s": clip.longest_gap_s, "width": clip.width, "height": clip.height}
    return builders.piece(file_sha256(Path(clip.path)), clip.path, start_s, frames, transfer=clip.transfer, crop=crop, **source)


@pytest.fixture(scope="module")
def ours(plan, tmp_path_factory) -> Path:
    """The plan as FieldCut renders it."""
    return Path(render(plan, Store(tmp_path_factory.mktemp("store"))).file)


@pytest.fixture(autouse=True)
def _benchmarks_on_the_path(monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def test_one_ffmpeg_shows_what_the_chunks_show(plan, ours, tmp_path) -> None:
    from render_parts import likeness, single_pass

    out = tmp_path / "out.mp4"
    env = {**os.environ, **single_pass.environment(plan, tmp_path)}
    subprocess.run(single_pass.command(plan, out, tmp_path), check=True, cwd=tmp_path, env=env)
    assert likeness.frames_in(out) == plan.frames
    found = likeness.likeness(out, ours)
    assert found.worst > 0.99, found


def test_moviepy_shows_what_the_chunks_show(plan, ours, tmp_path) -> None:
    from render_parts import likeness

    paper, out = tmp_path / "plan.json", tmp_path / "out.mp4"
    paper.write_text(plan.model_dump_json(), encoding="utf-8")
    command = [sys.executable, "-m", "render_parts.moviepy_pass", str(paper), str(out), str(tmp_path)]
    subprocess.run(command, check=True, cwd=BENCHMARKS, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert likeness.frames_in(out) == plan.frames
    found = likeness.likeness(out, ours)
    assert found.mean > 0.9, found


def test_every_part_of_the_pass_can_be_left_out(plan, tmp_path) -> None:
    from render_parts import single_pass

    env = {**os.environ, **single_pass.environment(plan, tmp_path)}
    for count in range(1, len(single_pass.LADDER)):
        parts = single_pass.LADDER[:count]
        command = single_pass.command(plan, tmp_path / "out.mp4", tmp_path, parts)
        assert subprocess.run(command, cwd=tmp_path, env=env, check=False).returncode == 0, parts
