"""Chunks: layers and words on their frames, equal content made once, nothing half made taken for whole."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from pipeline.brand.layout import Canvas
from pipeline.brand.motion import Drawing, LayerPart, make_layer
from pipeline.brand.style import load_style
from pipeline.documents.edit import CropKey, CropPath
from pipeline.documents.look import Box, Layer
from pipeline.errors import MediaFault
from pipeline.media import FFMPEG, ffmpeg_version
from pipeline.render import CpuBudget
from pipeline.render.chunks import chunk_key, make_all_chunks, make_chunks
from pipeline.resources import ROOT
from pipeline.store import Store
from tests.tiers import sample

FPS = 30


@pytest.fixture(scope="module")
def grey(tmp_path_factory: pytest.TempPathFactory, run_ffmpeg, picture_options, look_at):
    """Four seconds of flat dark grey."""
    path = tmp_path_factory.mktemp("grey") / "grey.mp4"
    return look_at(run_ffmpeg("-f", "lavfi", "-i", "color=0x303030:s=160x96:r=30:d=4", *picture_options, out=path))


def layer(file: Path, start: int, frames: int, box: tuple[int, int, int, int]) -> Layer:
    x, y, width, height = box
    place = Box(x=x, y=y, width=width, height=height)
    return Layer(
        kind="card",
        start_frame=start,
        frames=frames,
        box=place,
        file=str(file),
        key=file.name,
        still=str(file),
        rest_start=0,
        rest_end=frames,
    )


@pytest.fixture(scope="module")
def white(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("layer") / "白 [1]'s.png"
    Image.new("RGBA", (20, 20), (255, 255, 255, 255)).save(path)
    return path


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A moving layer of 40 frames that grows brighter by 4 each, opaque."""
    path = tmp_path_factory.mktemp("layer") / "moving.mov"
    raw = b"".join(bytes((255, 80 + 4 * n, 80 + 4 * n, 80 + 4 * n)) * 400 for n in range(40))
    how = ["-f", "rawvideo", "-pix_fmt", "argb", "-s", "20x20", "-r", "30", "-i", "pipe:0", "-c:v", "qtrle", str(path)]
    subprocess.run([FFMPEG, "-y", "-loglevel", "error", *how], input=raw, check=True)
    return path


@pytest.mark.parametrize(("start", "frames"), [(0, 1), (7, 50), (29, 2), (30, 30), (59, 61), (119, 1)])
def test_a_still_layer_is_seen_on_its_frames_and_no_other(grey, white, planned, frames_of, tmp_path, start, frames):
    plan = planned([(grey, 0.0, 120)], layers=[layer(white, start, frames, (40, 30, 20, 20))], longest_s=1.0, shortest_s=0.5)
    assert len(plan.chunks) == 4
    seen = [place for place, frame in enumerate(frames_of(plan, Store(tmp_path))) if frame[32:48, 42:58].mean() > 150]
    assert seen == list(range(start, start + frames))


@pytest.mark.parametrize(
    ("start", "frames", "stills"),
    sample(
        [
            (5, 110, [False, True, True, True, True, False]),
            (35, 70, [False, True, True, True, False]),
            (62, 24, [False]),
            (90, 30, [False]),
            (0, 30, [False]),
            (0, 33, [False, False]),
        ],
        (35, 70, [False, True, True, True, False]),
        (0, 33, [False, False]),
    ),
)
def test_a_layer_at_rest_is_a_still_and_looks_the_same(grey, planned, frames_of, tmp_path, start, frames, stills):
    """It rises, rests and fades, with colours and every degree of opacity; the boundaries of chunks lie anywhere."""
    shades = np.zeros((40, 80, 4), np.uint8)
    shades[..., 0], shades[..., 1], shades[..., 3] = 230, np.arange(80) * 3, (np.arange(40) * 6)[:, None]
    drawing = Drawing((LayerPart(Image.fromarray(shades), 41, 31, "rise"),))
    canvas = Canvas(load_style("plain"), 160, 96, Box(x=0, y=0, width=160, height=96))
    moving = make_layer("card", drawing, canvas, start_frame=start, frames=frames, fps=FPS, store=Store(tmp_path / "layers"))
    assert 0 < moving.rest_start < moving.rest_end < frames
    once, always = (
        planned([(grey, 0.0, 120)], layers=[one], longest_s=1.0, shortest_s=0.5, preset=("ultrafast", 4))
        for one in (moving, moving.model_copy(update={"still_key": ""}))
    )
    assert [laid.still for chunk in once.chunks for laid in chunk.laid] == stills
    assert not any(laid.still for chunk in always.chunks for laid in chunk.laid)
    pairs = list(zip(frames_of(once, Store(tmp_path / "a")), frames_of(always, Store(tmp_path / "b")), strict=True))
    assert len(pairs) == 120
    assert max(np.abs(a.astype(int) - b).max() for a, b in pairs) == 0


@pytest.mark.parametrize("start", [0, 5, 25, 80])
def test_a_moving_layer_shows_each_of_its_frames_once_across_chunks(grey, counting, planned, frames_of, tmp_path, start):
    plan = planned([(grey, 0.0, 120)], layers=[layer(counting, start, 40, (40, 30, 20, 20))], longest_s=1.0, shortest_s=0.5)
    levels = [float(frame[34:46, 44:56].mean()) for frame in frames_of(plan, Store(tmp_path))]
    seen = [place for place, level in enumerate(levels) if level > 70]
    assert seen == list(range(start, start + 40))
    steps = [round((levels[place] - levels[start]) / 4) for place in seen]
    assert steps == list(range(40))


def test_layers_lie_over_each_other_in_their_order(grey, white, counting, planned, frames_of, tmp_path):
    box = (40, 30, 20, 20)
    over = planned([(grey, 0.0, 30)], layers=[layer(white, 0, 30, box), layer(counting, 0, 30, box)])
    under = planned([(grey, 0.0, 30)], layers=[layer(counting, 0, 30, box), layer(white, 0, 30, box)])
    assert frames_of(over, Store(tmp_path / "a"))[3][34:46, 44:56].mean() < 150
    assert frames_of(under, Store(tmp_path / "b"))[3][34:46, 44:56].mean() > 200


ASS = """[Script Info]
PlayResX: 160
PlayResY: 96

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Bold, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV
Style: Default,Noto Sans SC,30,&H00FFFFFF,0,1,0,0,2,4,4,30

[Events]
Format: Layer, Start, End, Style, Text
Dialogue: 0,{start},{end},Default,{text}
"""


def cue(first: int, last: int, text: str = "土豆"):
    """A subtitle script for the chunks that the frames [first, last) of the timeline touch."""

    def clock(frame: int) -> str:
        hundredths = frame * 100 // FPS
        return f"0:00:{hundredths // 100:02}.{hundredths % 100:02}"

    script = ASS.format(start=clock(first), end=clock(last), text=text)
    return lambda begins, ends: script if begins < last and ends > first else ""


@pytest.mark.parametrize(("first", "last"), [(0, 10), (13, 47), (29, 31), (95, 120)])
def test_words_are_seen_on_their_frames_and_no_other(grey, planned, frames_of, tmp_path, first, last):
    plan = planned([(grey, 0.0, 120)], ass=cue(first, last), longest_s=1.0, shortest_s=0.5)
    seen = [place for place, frame in enumerate(frames_of(plan, Store(tmp_path))) if frame.max() > 150]
    assert seen == list(range(first, last))


def test_a_changed_cue_makes_only_the_chunks_under_it_again(grey, planned, tmp_path):
    store = Store(tmp_path)
    plans = [planned([(grey, 0.0, 120)], ass=cue(35, 50, text), longest_s=1.0, shortest_s=0.5) for text in ("土豆", "苹果")]
    assert make_chunks(plans[0], store, at_once=2, progress=lambda _: None)[1] == 4
    assert make_chunks(plans[0], store, at_once=2, progress=lambda _: None)[1] == 0
    assert make_chunks(plans[1], store, at_once=2, progress=lambda _: None)[1] == 1


def test_equal_content_has_equal_keys_wherever_the_files_lie(grey, white, planned, tmp_path, look_at):
    there = look_at(Path(shutil.copy(grey.path, tmp_path / "别处 copy.mp4")))
    mark = Path(shutil.copy(white, tmp_path / white.name))
    here = planned([(grey, 0.5, 60)], layers=[layer(white, 3, 9, (0, 0, 20, 20))], ass=cue(3, 9))
    copied = planned([(there, 0.5, 60)], layers=[layer(mark, 3, 9, (0, 0, 20, 20))], ass=cue(3, 9))
    moved = copied.picture.model_copy(update={"fonts": str(tmp_path), "lut": "/else/where.cube"})
    assert chunk_key(here.chunks[0], here.picture) == chunk_key(copied.chunks[0], moved)
    assert here.chunks[0] != copied.chunks[0]


def test_whatever_changes_a_pixel_changes_the_key(grey, white, planned):
    plain = planned([(grey, 0.5, 60)])
    others = [
        planned([(grey, 0.6, 60)]),
        planned([(grey, 0.5, 61)]),
        planned([(grey, 0.5, 60)], layers=[layer(white, 3, 9, (0, 0, 20, 20))]),
        planned([(grey, 0.5, 60)], layers=[layer(white, 3, 9, (1, 0, 20, 20))]),
        planned([(grey, 0.5, 60)], ass=cue(3, 9)),
        planned([(grey, 0.5, 60)], size=(96, 160)),
        planned([(grey, 0.5, 60)], crops=[CropPath(width=0.5, height=1, keys=(CropKey(frame=0, x=0.5, y=0.5),))]),
    ]
    keys = {chunk_key(plan.chunks[0], plan.picture) for plan in (plain, *others)}
    lut = plain.picture.model_copy(update={"lut": "x.cube", "lut_sha256": "00"})
    assert len(keys | {chunk_key(plain.chunks[0], lut)}) == len(others) + 2
    assert ffmpeg_version().startswith("ffmpeg version")


def test_the_kind_of_a_layer_is_no_part_of_what_is_seen(grey, white, planned):
    plan = planned([(grey, 0.5, 60)], layers=[layer(white, 3, 9, (0, 0, 20, 20))])
    chunk = plan.chunks[0]
    renamed = chunk.model_copy(update={"laid": tuple(laid.model_copy(update={"kind": "mark"}) for laid in chunk.laid)})
    assert chunk_key(renamed, plan.picture) == chunk_key(chunk, plan.picture)


def made_with(machine: CpuBudget, plan, folder: Path) -> list[bytes]:
    files, _ = make_all_chunks([plan], Store(folder), machine, lambda _: None)
    return [file.read_bytes() for file in files[0]]


@pytest.mark.system
def test_however_many_threads_the_bytes_are_the_same(run_ffmpeg, look_at, picture_options, counting, planned, tmp_path):
    source = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=3,noise=alls=20:allf=t", *picture_options]
    clip = look_at(run_ffmpeg(*source, out=tmp_path / "busy.mp4"))
    keys = (CropKey(frame=0, x=0.3, y=0.5), CropKey(frame=40, x=0.7, y=0.5))
    window = CropPath(width=0.5, height=0.8, keys=keys)
    plan = planned(
        [(clip, 0.3, 80)],
        size=(270, 480),
        layers=[layer(counting, 9, 40, (40, 30, 20, 20))],
        ass=cue(20, 50),
        crops=[window],
        longest_s=2.0,
    )
    bytes_of = {threads: made_with(CpuBudget(threads=threads), plan, tmp_path / str(threads)) for threads in (1, 2, 5)}
    assert bytes_of[1] == bytes_of[2] == bytes_of[5]


@pytest.mark.system
def test_hdr_is_the_same_bytes_however_many_threads(footage, look_at, planned, tmp_path):
    clip = look_at(footage / "clips" / "rooftops_hlg_hevc10_portrait.mp4")
    plan = planned([(clip, 0.2, 6)], size=(270, 480))
    assert made_with(CpuBudget(threads=1), plan, tmp_path / "1") == made_with(CpuBudget(threads=3), plan, tmp_path / "3")


@pytest.mark.system
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_every_thread_of_a_render_is_as_nice_as_asked(run_ffmpeg, look_at, picture_options, planned, tmp_path):
    busy = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=4", *picture_options]
    plan = planned([(look_at(run_ffmpeg(*busy, out=tmp_path / "busy.mp4")), 0.0, 120)], size=(640, 360))
    plan = plan.model_copy(update={"picture": plan.picture.model_copy(update={"speed": "veryslow"})})
    seen: set[int] = set()
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    others = set(children.read_text().split())  # what other tests keep running

    def look(_: float) -> None:
        for child in set(children.read_text().split()) - others:
            for task in Path(f"/proc/{child}/task").glob("*/stat"):
                with suppress(OSError):  # a thread that has ended
                    seen.add(int(task.read_text().rpartition(")")[2].split()[16]))

    make_all_chunks([plan], Store(tmp_path), CpuBudget(threads=1, nice=7), look)
    assert seen == {os.nice(0) + 7}


def test_a_corrupted_chunk_is_made_again(grey, planned, tmp_path):
    plan = planned([(grey, 0.0, 90)], longest_s=1.0, shortest_s=0.5)
    files, made = make_chunks(plan, Store(tmp_path), at_once=2, progress=lambda _: None)
    before = files[1].read_bytes()
    files[1].write_bytes(before[: len(before) // 2])
    again, remade = make_chunks(plan, Store(tmp_path), at_once=2, progress=lambda _: None)
    assert (made, remade) == (3, 1)
    assert again[1].read_bytes() == before


def test_a_cut_beyond_the_end_of_its_clip_is_a_fault_and_leaves_nothing(grey, planned, tmp_path):
    plan = planned([(grey, 1.0, 30)])
    piece = plan.chunks[0].pieces[0].model_copy(update={"source_start_s": 60.0})
    beyond = plan.model_copy(update={"chunks": (plan.chunks[0].model_copy(update={"pieces": (piece,)}),)})
    with pytest.raises(MediaFault, match="frames instead of"):
        make_chunks(beyond, Store(tmp_path), at_once=1, progress=lambda _: None)
    assert not [path for path in (tmp_path / "chunks").iterdir() if path.name != ".lock"]


def test_a_source_that_is_gone_is_a_fault_that_names_the_place(grey, planned, tmp_path):
    gone = grey.model_copy(update={"path": str(tmp_path / "gone.mp4")})
    with pytest.raises(MediaFault, match=r"seconds 0\.0–1\.0 of the video"):
        make_chunks(planned([(gone, 0.0, 30)]), Store(tmp_path), at_once=1, progress=lambda _: None)


def test_progress_only_grows_and_ends_at_the_end(grey, planned, tmp_path):
    told: list[float] = []
    make_chunks(planned([(grey, 0.0, 110)], longest_s=1.0), Store(tmp_path), at_once=1, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


RENDER = """
import sys
from pathlib import Path
from pipeline.documents.plan import RenderPlan
from pipeline.render.chunks import make_chunks
from pipeline.store import Store
make_chunks(RenderPlan.from_json(Path(sys.argv[1]).read_bytes()), Store(Path(sys.argv[2])), at_once=2, progress=lambda _: None)
"""


@pytest.mark.system
def test_a_killed_run_leaves_nothing_that_is_taken_for_finished_and_the_next_resumes(
    planned, look_at, run_ffmpeg, tmp_path, picture_options
):
    busy = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=4", *picture_options]
    clip = look_at(run_ffmpeg(*busy, out=tmp_path / "busy.mp4"))
    plan = planned([(clip, 0.0, 120)], size=(640, 360), longest_s=0.5, shortest_s=0.2)
    plan = plan.model_copy(update={"picture": plan.picture.model_copy(update={"speed": "slow"})})
    (tmp_path / "plan.json").write_text(plan.model_dump_json())
    chunks = tmp_path / "cache" / "chunks"
    run = subprocess.Popen([sys.executable, "-c", RENDER, str(tmp_path / "plan.json"), str(tmp_path / "cache")], cwd=ROOT)
    ends = time.monotonic() + 20
    while time.monotonic() < ends and len(list(chunks.glob("*.seal"))) < 2:
        time.sleep(0.01)
    run.send_signal(signal.SIGKILL)
    run.wait()
    finished = [path for path in chunks.glob("*.mp4") if ".part" not in path.name]
    assert finished
    files, made = make_chunks(plan, Store(tmp_path / "cache"), at_once=2, progress=lambda _: None)
    assert 0 < made < len(plan.chunks)
    counts = []
    for file in files:
        assert ".part" not in file.name
        with av.open(str(file)) as container:
            counts.append(sum(1 for _ in container.decode(video=0)))
    assert counts == [chunk.frames for chunk in plan.chunks]


@pytest.fixture(scope="module")
def ramp(tmp_path_factory: pytest.TempPathFactory, look_at):
    """A wide picture whose luma says the column: 0 at the left to 255 at the right, lossless."""
    path = tmp_path_factory.mktemp("ramp") / "ramp.mp4"
    row = np.tile(np.linspace(20, 230, 480).astype(np.uint8), (120, 1))
    how = [
        "-f",
        "rawvideo",
        "-pix_fmt",
        "gray",
        "-s",
        "480x120",
        "-r",
        "30",
        "-i",
        "pipe:0",
        "-pix_fmt",
        "yuv420p",
        "-c:v",
        "libx264",
        "-qp",
        "0",
    ]
    subprocess.run([FFMPEG, "-y", "-loglevel", "error", *how, str(path)], input=row.tobytes() * 90, check=True)
    return look_at(path)


@pytest.mark.parametrize("longest_s", [5.0, 0.7])
def test_a_moving_window_stands_where_its_path_says_on_every_frame(ramp, planned, frames_of, tmp_path, longest_s):
    """In one chunk and split: the window goes on across the join."""
    keys = (CropKey(frame=0, x=0.2, y=0.5), CropKey(frame=20, x=0.2, y=0.5), CropKey(frame=70, x=0.75, y=0.5))
    window = CropPath(width=0.25, height=1, keys=keys)
    plan = planned([(ramp, 0.2, 80)], size=(120, 120), crops=[window], longest_s=longest_s, shortest_s=0.3)
    centre = [float(frame[40:80, 56:64].mean()) for frame in frames_of(plan, Store(tmp_path))]
    still = centre[0]
    moved = [(level - still) / 210 for level in centre]
    meant = [float(np.interp(place, [0, 20, 70], [0.2, 0.2, 0.75])) - 0.2 for place in range(80)]
    step = 0.55 / 50
    assert max(abs(there - here) for there, here in zip(moved, meant, strict=True)) < step / 2  # less than half a frame's way


@pytest.mark.system
def test_hdr_becomes_ordinary_video_that_is_not_washed_out(footage, look_at, planned, frames_of, tmp_path):
    for name in ("rooftops_hdr10_pq_hevc10.mp4", "rooftops_hlg_hevc10_portrait.mp4"):
        clip = look_at(footage / "clips" / name)
        crop = CropPath(width=min(1.0, clip.height * 9 / 16 / clip.width), height=1, keys=(CropKey(frame=0, x=0.5, y=0.5),))
        plan = planned([(clip, 0.2, 5)], size=(270, 480), crops=[crop])
        store = Store(tmp_path)
        luma = np.stack(frames_of(plan, store))
        low, high = np.percentile(luma, [2, 98])
        assert high - low > 110, name
        assert high > 170, name
        assert low < 60, name
        with av.open(str(make_chunks(plan, store, at_once=1, progress=lambda _: None)[0][0])) as container:
            context = container.streams.video[0].codec_context
            assert (context.color_primaries, context.color_trc, context.colorspace, context.color_range) == (1, 1, 1, 1)
            assert (context.pix_fmt, context.profile) == ("yuv420p", "High")


@pytest.mark.parametrize(
    ("turn", "size", "quarter"), [(90, (96, 160), (1, 0)), (180, (160, 96), (1, 1)), (270, (96, 160), (0, 1)), (0, (160, 96), (0, 0))]
)
def test_a_turned_clip_is_rendered_upright(run_ffmpeg, look_at, picture_options, planned, frames_of, tmp_path, turn, size, quarter):
    """White stands in the upper left of the stored picture; (row, column) says where a player shows it."""
    marked = "color=black:s=160x96:r=30:d=1,drawbox=0:0:80:48:white:fill"
    stored = run_ffmpeg("-f", "lavfi", "-i", marked, *picture_options, out=tmp_path / "stored.mp4")
    clip = look_at(run_ffmpeg("-display_rotation", turn, "-i", stored, "-c", "copy", out=tmp_path / "turned.mp4"))
    frame = frames_of(planned([(clip, 0.2, 5)], size=size), Store(tmp_path))[2]
    assert frame.shape == size[::-1]
    light = [
        [frame[row : row + size[1] // 2, column : column + size[0] // 2].mean() for column in (0, size[0] // 2)]
        for row in (0, size[1] // 2)
    ]
    assert np.unravel_index(np.argmax(light), (2, 2)) == quarter
    assert sorted(np.ravel(light))[2] < 40
