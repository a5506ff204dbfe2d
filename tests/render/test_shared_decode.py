"""Several sizes out of one process: each clip is decoded once, and every file is the one that is made alone."""

import tempfile
from pathlib import Path

import pytest
from PIL import Image

from pipeline.documents.edit import CropKey, CropPath
from pipeline.documents.look import Box, Layer
from pipeline.documents.plan import Chunk, RenderPlan
from pipeline.errors import MediaFault
from pipeline.render import CpuBudget
from pipeline.render.chunk_command import ChunkOutput, ChunkRequest, chunk_command
from pipeline.render.chunks import chunk_keys, group_by_source_frames, make_all_chunks
from pipeline.resources import TEMPLATES
from pipeline.store import Store, file_sha256

SIZES = ((96, 160), (128, 128), (160, 96))
ROOM = 900.0
ASS = """[Script Info]
PlayResX: 160
PlayResY: 96

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Bold, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV
Style: Default,Noto Sans SC,30,&H00FFFFFF,0,1,0,0,2,4,4,30

[Events]
Format: Layer, Start, End, Style, Text
Dialogue: 0,0:00:00.20,0:00:01.00,Default,土豆
"""


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory, run_ffmpeg, picture_options, look_at):
    """Six seconds of a moving test picture in a file with an awkward name."""
    path = tmp_path_factory.mktemp("busy") / "[0:v] 村里 [s1]'s.mp4"
    return look_at(run_ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x192:r=30:d=6", *picture_options, out=path))


@pytest.fixture(scope="module")
def mark(tmp_path_factory: pytest.TempPathFactory) -> Layer:
    path = tmp_path_factory.mktemp("mark") / "[1:v] [s2].png"
    Image.new("RGBA", (20, 20), (255, 255, 0, 255)).save(path)
    box = Box(x=10, y=10, width=20, height=20)
    return Layer(kind="mark", start_frame=7, frames=30, box=box, file=str(path), key=path.name, still=str(path), rest_start=0, rest_end=30)


@pytest.fixture
def sizes(planned, busy, mark):
    """The same two cuts, the second at twice the speed and dissolved into, in three sizes with windows of their own."""
    lut = sorted(TEMPLATES.rglob("*.cube"))[0]

    def plan(place: int, size: tuple[int, int]) -> RenderPlan:
        keys = (CropKey(frame=0, x=0.3, y=0.5), CropKey(frame=30, x=0.6, y=0.5))
        window = CropPath(width=0.3 + 0.2 * place, height=1, keys=keys)
        spans = [(busy, 0.4, 30), (busy, 2.2, 30)]
        made = planned(spans, size=size, layers=[mark][:place], ass=lambda *_: ASS if place else "", crops=[window, window])
        pieces = [piece for chunk in made.chunks for piece in chunk.pieces]
        pieces[1] = pieces[1].model_copy(update={"dissolve": 9, "speed": 2.0})
        laid = made.chunks[0].laid
        chunk = Chunk(start_frame=0, frames=60, pieces=tuple(pieces), laid=laid, ass=made.chunks[0].ass)
        picture = made.picture.model_copy(update={"lut": str(lut), "lut_sha256": file_sha256(lut)})
        return made.model_copy(update={"chunks": (chunk,), "picture": picture})

    return [plan(place, size) for place, size in enumerate(SIZES)]


def missing(*plans: RenderPlan) -> list[ChunkRequest]:
    return [ChunkRequest(key, chunk, plan.picture) for plan in plans for key, chunk in zip(chunk_keys(plan), plan.chunks, strict=True)]


def made(plans: list[RenderPlan], folder: Path) -> list[bytes]:
    files, _ = make_all_chunks(plans, Store(folder), CpuBudget(threads=2), lambda _: None)
    return [file.read_bytes() for own in files for file in own]


def test_what_shows_the_same_frames_goes_into_one_process_that_opens_each_cut_once(sizes, tmp_path: Path):
    groups = group_by_source_frames(missing(*sizes), ROOM)
    assert [len(group) for group in groups] == [3]
    wanted = [ChunkOutput(one, tmp_path / f"{one.key}.mp4", tmp_path) for one in groups[0]]
    arguments = chunk_command(wanted, 1)
    opened = [arguments[place + 1] for place, word in enumerate(arguments) if word == "-i"]
    assert sorted(Path(name).suffix for name in opened) == [".mp4", ".mp4", ".png"]


@pytest.mark.system
def test_each_file_is_the_one_that_is_made_alone(sizes, tmp_path: Path):
    alone = [made([plan], tmp_path / str(place))[0] for place, plan in enumerate(sizes)]
    assert made(sizes, tmp_path / "group_by_source_frames") == alone
    assert len(set(alone)) == 3


@pytest.mark.system
def test_hdr_in_two_sizes_is_what_it_is_in_each(footage, look_at, planned, tmp_path: Path):
    clip = look_at(footage / "clips" / "rooftops_hlg_hevc10_portrait.mp4")
    plans = [planned([(clip, 0.2, 6)], size=size) for size in ((270, 480), (270, 270))]
    alone = [made([plan], tmp_path / str(place))[0] for place, plan in enumerate(plans)]
    assert made(plans, tmp_path / "group_by_source_frames") == alone


@pytest.mark.system
def test_brackets_in_the_folder_for_scratch_files_are_no_links(sizes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    awkward = tmp_path / "[s0][0:v] it's"
    awkward.mkdir()
    plain = made(sizes, tmp_path / "plain")
    monkeypatch.setattr(tempfile, "tempdir", str(awkward))
    assert made(sizes, tmp_path / "awkward") == plain


def test_other_frames_have_a_process_of_their_own(planned, busy):
    plans = [planned([(busy, start, frames)]) for start, frames in ((0.0, 30), (0.0, 31), (0.5, 30))]
    assert [len(group) for group in group_by_source_frames(missing(*plans), ROOM)] == [1, 1, 1]


def test_no_process_is_given_more_outputs_than_the_room_holds(sizes):
    large = [
        plan.model_copy(update={"picture": plan.picture.model_copy(update={"width": 1080, "height": 1920 - 2 * place})})
        for place, plan in enumerate(sizes)
    ]
    assert [len(group) for group in group_by_source_frames(missing(*large), ROOM)] == [3]
    assert [len(group) for group in group_by_source_frames(missing(*large), 350.0)] == [2, 1]
    assert [len(group) for group in group_by_source_frames(missing(*large), 0.0)] == [1, 1, 1]


def test_a_device_is_never_asked_for_more_encodings_than_it_allows(sizes):
    plans = [
        plan.model_copy(update={"picture": plan.picture.model_copy(update={"encoder": "h264_nvenc", "crf": crf})})
        for plan in sizes
        for crf in (20, 22)
    ]
    assert [len(group) for group in group_by_source_frames(missing(*plans), ROOM)] == [3, 3]


def test_an_output_that_is_whole_is_kept_beside_one_that_is_not(sizes, tmp_path: Path):
    chunk = sizes[1].chunks[0]
    wrong = sizes[1].model_copy(update={"chunks": (chunk.model_copy(update={"frames": 70}),)})
    store = Store(tmp_path)
    with pytest.raises(MediaFault, match="60 frames instead of 70"):
        make_all_chunks([sizes[0], wrong, sizes[2]], store, CpuBudget(), lambda _: None)
    found = [store.find("chunks", chunk_keys(plan)[0], ".mp4") is not None for plan in (sizes[0], wrong, sizes[2])]
    assert found == [True, False, True]
    assert not list((tmp_path / "chunks").glob("*.part*"))


def test_progress_of_sizes_made_together_only_grows_and_ends_at_the_end(sizes, tmp_path: Path):
    told: list[float] = []
    make_all_chunks(sizes, Store(tmp_path), CpuBudget(), told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
